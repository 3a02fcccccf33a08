"""Servers that tell live events, and what is done while somebody listens."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from resolvers.ports import Ports
from server.app import create_app
from server.house import working
from server.numbering import Registrar
from tests.api import Api
from tests.http.serving import served
from tests.journeys.feeding import paper
from tests.journeys.people import account
from tests.journeys.rules import SET_RIGHTS

CONTRACT: Final = "Huwelijkscontract"


@asynccontextmanager
async def alive(ports: Ports) -> AsyncGenerator[str]:
    """Yield the address of a server that numbers the feed as well."""
    async with served(create_app(ports, lambda: working(Registrar(ports.database)))) as url:
        yield url


async def share(api: Api, who: str, *rights: str) -> None:
    """Set what one of the cast may do with the cast's document."""
    said = {"documentId": paper(api), "principalId": account(api, who), "rights": list(rights)}
    answer = await api.gets("anna", SET_RIGHTS, input=said)
    assert answer == {"setDocumentRights": {"userErrors": []}}


def added(api: Api, description: str = CONTRACT) -> dict[str, object]:
    """Return what is told when the cast's document can be seen from now on."""
    return {"__typename": "DocumentAdded", "document": {"id": paper(api), "description": description}}


def changed(api: Api, description: str = CONTRACT) -> dict[str, object]:
    """Return what is told when it was changed."""
    return added(api, description) | {"__typename": "DocumentChanged"}


def gone(api: Api) -> dict[str, object]:
    """Return what is told when it can not be seen any more."""
    return {"__typename": "DocumentGone", "documentId": paper(api)}
