"""The console in a browser."""

from datetime import timedelta

from auth import totp
from models import TotpDevice
from pyotp.totp import TOTP
from tests.api import Api
from tests.browser.browsers import live, seen_in
from tests.conftest import START
from tests.journeys.secured import CODE, SECRET
from tests.world import PASSWORD


async def give_app(api: Api, who: str) -> None:
    """Let somebody have an authenticator app."""
    account = api.world.accounts[who]
    sealed = totp.seal(api.ports.keys, SECRET, account.licence_id, account.id)
    async with api.ports.database.change(account.licence_id) as session:
        session.add(
            TotpDevice(
                licence_id=account.licence_id,
                account_id=account.id,
                sealed_secret=sealed,
                created_at=START,
                confirmed_at=START,
            )
        )


async def test_a_member_of_the_staff_works_in_it(api: Api) -> None:
    await give_app(api, "anna")
    anna = api.world.accounts["anna"]
    async with live(api.ports) as url:
        seen = await seen_in(
            url, "console.mjs", journey="works", username=anna.username, password=PASSWORD, code=CODE
        )
    assert seen.told == {"refusal": "The user name or the password is not right."}
    assert seen.found == []
