"""The console in a browser: what people do in it, and that it keeps to itself meanwhile."""

from typing import Any, Final

from auth import totp
from models import TotpDevice
from resolvers import operating
from tests.api import Api
from tests.browser.browsers import Seen, live, seen_in
from tests.conftest import SetClock
from tests.journeys.passkeys import Journey
from tests.journeys.secured import SECRET
from tests.journeys.steps import NEW, hand_first_password
from tests.world import PASSWORD

LICENCE: Final = "de-linde"


async def seen_by(api: Api, who: str, journey: str, **given: Any) -> Seen:
    """Return what a journey of one of the cast sees."""
    said = {"username": api.world.accounts[who].username, "password": PASSWORD, "licence": LICENCE}
    now = int(api.ports.clock.now().timestamp())
    async with live(api.ports) as url:
        return await seen_in(url, "console.mjs", journey=journey, now=now, **said, **given)


async def give_app(api: Api, who: str) -> None:
    """Let somebody have an authenticator app."""
    account, now = api.world.accounts[who], api.ports.clock.now()
    of = {"licence_id": account.licence_id, "account_id": account.id}
    sealed = totp.seal(api.ports.keys, SECRET, account.licence_id, account.id)
    async with api.ports.database.change(account.licence_id) as session:
        session.add(TotpDevice(**of, sealed_secret=sealed, created_at=now, confirmed_at=now))


async def test_a_member_of_the_staff_works_in_it_and_finds_it_as_he_left_it(api: Api) -> None:
    await give_app(api, "anna")
    seen = await seen_by(api, "anna", "works", secret=SECRET)
    assert seen.told == {"refused": "The user name or the password is not right.", "kept": [], "cookies": 0}
    assert not seen.found, "\n".join(seen.found)


async def test_whoever_comes_for_the_first_time_is_led_to_a_password_and_a_factor_of_his_own(
    api: Api, clock: SetClock
) -> None:
    await hand_first_password(Journey(api, clock), "anna")
    await operating.set_rules(api.ports, LICENCE, first_secret=None, staff_need_two_factor=True)
    seen = await seen_by(api, "anna", "begins", own=NEW)
    assert seen.told == {"refused": "The two passwords are not the same.", "recoveryCodes": 10}
    assert not seen.found, "\n".join(seen.found)


async def test_it_is_not_for_clients_and_a_passkey_opens_it_for_the_staff(
    api: Api,
) -> None:
    seen = await seen_by(api, "bert", "meets", staff=api.world.accounts["anna"].username)
    assert seen.told == {
        "refused": "De gebruikersnaam of het wachtwoord is niet juist.",
        "language": "nl",
        "isTooWide": False,
    }
    assert not seen.found, "\n".join(seen.found)
