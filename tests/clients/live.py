"""A server as clients of others find it: on a real socket, with an advisor who signs in with an app."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from pyotp.totp import TOTP
from starlette.applications import Starlette

from auth import totp
from models import Account, TotpDevice
from server.app import create_app
from server.house import working
from server.http_rules import HttpRules
from server.numbering import Registrar
from tests.api import Api
from tests.clients import colleague
from tests.clients.colleague import Colleague
from tests.http.serving import served_at
from tests.journeys.people import add_group
from tests.journeys.rows import writing
from tests.world import PASSWORD

SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAPERS: Final = ("Huurcontract", "Testament", "Zorgverklaring")
# What a journey of a client comes to, the newest document first.
TOLD: Final[Mapping[str, object]] = {
    "pages": [["Zorgverklaring", "Testament"], ["Huurcontract", "Huwelijkscontract"]],
    "filtered": ["Huurcontract", "Huwelijkscontract"],
    "sent": ["A note", 27],
    "sentInSteps": ["A large note", 300_000],
    "newest": ["A large note", "A note"],
    "downloaded": "Dear Bert, this is for you.",
    "readers": ["Administrators", "Users", "Anna Lindeman", "Bert Callewaert"],
    "refused": ["NOT_LINKED_TO_CLIENT"],
    # How the list of two changes under the eyes of whoever looks at it, and by which events.
    "watched": [
        ["A large note", "A note"],
        *([it, "A large note"] for it in colleague.NAMES[:2]),
        ["A large note", "A note"],
        *([it, "A large note"] for it in colleague.NAMES[2:]),
    ],
    "heard": ["DocumentAdded", "DocumentChanged", "DocumentGone"],
}


async def prepare(api: Api) -> None:
    """Write more papers than a page holds, and give Anna an app."""
    anna = api.world.accounts["anna"]
    for paper in PAPERS:
        async with writing(api) as firm:
            await firm.document(paper, anna)
    async with writing(api) as firm:
        await firm.keep(app_of(api, anna))
    await add_group(api, colleague.GROUP)


def app_of(api: Api, account: Account) -> TotpDevice:
    """Return the row of an authenticator app."""
    sealed = totp.seal(api.ports.keys, SECRET, account.licence_id, account.id)
    return TotpDevice(
        licence_id=account.licence_id,
        account_id=account.id,
        sealed_secret=sealed,
        created_at=api.ports.clock.now(),
    )


@asynccontextmanager
async def live(api: Api, **rules: Any) -> AsyncGenerator[dict[str, str]]:
    """Yield what a client is told by its environment: where the server is, and who signs in."""
    arthur = Colleague(api)

    def made(url: str) -> Starlette:
        ports = replace(api.ports, public_url=url)
        numbering = Registrar(api.ports.database)
        return arthur.beside(create_app(ports, lambda: working(numbering), rules=HttpRules(**rules)))

    async with served_at(made) as url:
        yield {
            "KLUIS_URL": url,
            "KLUIS_TOKEN": str(await api.token("arthur")),
            "KLUIS_LICENCE": "de-linde",
            "KLUIS_USERNAME": "anna@de-linde.example",
            "KLUIS_PASSWORD": PASSWORD,
            "KLUIS_CODE": TOTP(SECRET).at(api.ports.clock.now()),
        }
    # Whoever listens says goodbye (RFC 6455, section 7.4.1: normal closure).
    assert set(arthur.goodbyes) <= {1000}
