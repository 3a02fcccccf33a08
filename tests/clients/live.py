"""A server as clients of others find it: on a real socket, with an advisor who signs in with an app."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from pyotp.totp import TOTP

from auth import totp
from models import Account, TotpDevice
from server.app import create_app
from server.http_rules import HttpRules
from tests.api import Api
from tests.http.serving import served_at
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
}


async def prepare(api: Api) -> None:
    """Write more papers than a page holds, and give Anna an app."""
    anna = api.world.accounts["anna"]
    for paper in PAPERS:
        async with writing(api) as firm:
            await firm.document(paper, anna)
    async with writing(api) as firm:
        await firm.keep(app_of(api, anna))


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
    async with served_at(
        lambda url: create_app(replace(api.ports, public_url=url), rules=HttpRules(**rules))
    ) as url:
        yield {
            "KLUIS_URL": url,
            "KLUIS_TOKEN": str(await api.token("arthur")),
            "KLUIS_LICENCE": "de-linde",
            "KLUIS_USERNAME": "anna@de-linde.example",
            "KLUIS_PASSWORD": PASSWORD,
            "KLUIS_CODE": TOTP(SECRET).at(api.ports.clock.now()),
        }
