"""Sealed secrets of apps: in the row of another account they open nothing, whoever put them there."""

from typing import Final

import pytest
from pyotp.totp import TOTP

from models import TotpDevice
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.passkeys import COMPLETE, SIGN_IN, Journey
from tests.journeys.rows import row, set_values
from tests.world import PASSWORD

NAMES: Final = {"bert": "bert@callewaert.example", "dirk": "dirk@schyns.example"}


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def device_of(api: Api, who: str) -> TotpDevice:
    return await row(api, TotpDevice, account_id=api.world.accounts[who].id)


async def comes_in(journey: Journey, who: str, app: TOTP) -> bool:
    """Return whether a code of an app is right for somebody."""
    said = {"username": NAMES[who], "password": PASSWORD, "licence": "de-linde"}
    asked = await journey.does("carla", SIGN_IN, **said)
    shown = {"challenge": asked["challenge"], "code": app.at(journey.clock.now())}
    answer = await journey.api.ask("carla", COMPLETE, input=shown)
    # What cannot be opened is a defect, and told as one.
    return (answer["data"]["it"] or {"step": None})["step"] == "SIGNED_IN"


async def test_a_secret_in_the_row_of_another_lets_nobody_in(journey: Journey) -> None:
    apps = {who: (await journey.adds_app(who))[0] for who in NAMES}
    sealed = {who: (await device_of(journey.api, who)).sealed_secret for who in NAMES}
    for who, other in (("bert", "dirk"), ("dirk", "bert")):
        device = await device_of(journey.api, who)
        await set_values(journey.api, TotpDevice, device.id, sealed_secret=sealed[other])
    for who in NAMES:
        assert [await comes_in(journey, who, app) for app in apps.values()] == [False, False]
    for who in NAMES:
        device = await device_of(journey.api, who)
        await set_values(journey.api, TotpDevice, device.id, sealed_secret=sealed[who])
        assert await comes_in(journey, who, apps[who])
