"""The portal in a browser: the manual's screens for clients, one after the other."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from auth import challenges
from core.clock import SystemClock
from core.tokens import Token
from demo import portal, world
from models import Account
from resolvers.founding import found_licence
from resolvers.ports import Ports
from server.app import create_app
from tests.browser.browsers import seen_in
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


async def invite(ports: Ports, username: str) -> Token:
    """Let an account have the password of a letter; return what the link of one would bring."""
    (licence_id,) = await ports.database.licence_ids(world.SLUG)
    now, token = ports.clock.now(), Token.new(licence_id)
    async with ports.database.change(licence_id) as session:
        statement = (
            update(Account)
            .where(Account.licence_id == licence_id, Account.username == username)
            .values(initial_password_expires_at=now + FIVE_DAYS)
            .returning(Account.id)
        )
        account_id = (await session.execute(statement)).scalar_one()
        challenges.hand_out(session, account_id, challenges.PASSWORD_CHANGE, token, now)
    return token


async def test_a_client_goes_all_the_way_of_the_manual(ports: Ports) -> None:
    # Whoever is not signed in has few points, which come back with time; and apps have clocks of their own.
    ports = replace(ports, clock=SystemClock())
    bert = world.ROLES["client"]
    await world.write_world(ports)
    await found_licence(ports.database, "another", "Another firm")
    await invite(ports, bert)
    secret = str(await invite(ports, world.ROLES["partner"]))
    async with portal_over(ports) as url:
        seen = await seen_in(
            url,
            "portal.mjs",
            username=bert,
            password=world.PASSWORD,
            secret=secret,
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
        "byLink": ["/portal/home", ""],
        "french": {"width": 390, "category": "Carte d'identité"},
    }
    assert seen.found == []
