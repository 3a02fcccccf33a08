"""The portal in a browser: the manual's screens for clients, one after the other."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from demo import portal, world
from models import Account
from resolvers.founding import found_licence
from resolvers.ports import Ports
from server.app import create_app
from tests.browser.browsers import seen_in
from tests.conftest import SetClock
from tests.http.serving import served_at

FIVE_DAYS = timedelta(days=5)
NO_NUMBER = "Dit is geen telefoonnummer. Schrijf een nummer van een ander land met + en de landcode."


@asynccontextmanager
async def portal_over(ports: Ports) -> AsyncGenerator[str]:
    """Yield the address of a server with the portal."""
    async with served_at(
        lambda url: create_app(replace(ports, public_url=url, origins=(url,)), portal=portal.FOLDER)
    ) as url:
        yield url


async def hand_first_password(ports: Ports, username: str) -> None:
    """Let the password of an account be the one that a letter brought."""
    (licence_id,) = await ports.database.licence_ids(world.SLUG)
    async with ports.database.change(licence_id) as session:
        await session.execute(
            update(Account)
            .where(Account.licence_id == licence_id, Account.username == username)
            .values(initial_password_expires_at=ports.clock.now() + FIVE_DAYS)
        )


async def test_a_client_goes_all_the_way_of_the_manual(ports: Ports, clock: SetClock) -> None:
    bert = world.ROLES["client"]
    await world.write_world(ports)
    await found_licence(ports.database, "another", "Another firm")
    await hand_first_password(ports, bert)
    async with portal_over(ports) as url:
        seen = await seen_in(
            url, "portal.mjs", username=bert, password=world.PASSWORD, at=clock.now().timestamp()
        )
    assert seen.told == {
        "refusal": "De gebruikersnaam of het paswoord is niet juist.",
        "differs": "Dit is niet hetzelfde paswoord als hierboven.",
        "isNewestFirst": True,
        "uncategorised": ["Aanslagbiljet personenbelasting 2025"],
        "older": ["Aankoopakte woning Kouterdreef 18"],
        "opened": [200, "inline", 2],
        "saved": "zorgverklaring-carla-verlinden.docx",
        "proposed": "Notulen 2026",
        "first": "Notulen algemene vergadering",
        "itsCategory": "Zonder categorie",
        "wrongNumber": NO_NUMBER,
        "mobile": "+32 470 12 34 56",
        "codes": 10,
        "language": "fr-BE",
        "french": {"width": 390, "category": "Carte d'identité"},
    }
    assert seen.found == []
