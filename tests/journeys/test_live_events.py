"""Live events: whoever listens hears of a document the moment it concerns him, and of nothing else."""

from collections.abc import AsyncGenerator

import pytest

from server.app import create_app
from server.house import working
from server.numbering import Registrar
from tests.api import Api
from tests.http.hearing import listening, stream
from tests.http.serving import served
from tests.journeys.feeding import paper
from tests.journeys.people import account
from tests.journeys.rules import SET_RIGHTS


@pytest.fixture
async def url(api: Api) -> AsyncGenerator[str]:
    """The address of a server that numbers the feed as well."""
    async with served(create_app(api.ports, lambda: working(Registrar(api.ports.database)))) as address:
        yield address


async def share(api: Api, who: str, *rights: str) -> None:
    said = {"documentId": paper(api), "principalId": account(api, who), "rights": list(rights)}
    await api.gets("anna", SET_RIGHTS, input=said)


async def test_a_client_hears_of_a_document_when_it_is_shared_with_him_and_when_not_any_more(
    api: Api, url: str
) -> None:
    async with listening(url, api, "carla") as carla, listening(url, api, "dirk") as dirk:
        await share(api, "carla", "READ")
        assert await carla.event() == {
            "__typename": "DocumentAdded",
            "document": {"id": paper(api), "description": "Huwelijkscontract"},
        }
        await share(api, "carla")
        assert await carla.event() == {"__typename": "DocumentGone", "documentId": paper(api)}
        await dirk.silence()


async def test_the_same_is_heard_over_server_sent_events(api: Api, url: str) -> None:
    async with stream(url, headers=await api.headers("carla")) as carla:
        assert carla.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        await share(api, "carla", "READ")
        assert (await carla.event())["__typename"] == "DocumentAdded"
        await share(api, "carla")
        assert (await carla.event())["documentId"] == paper(api)
