"""Accounts whose password or second factor is lost: what is given anew, and what it ends."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from models import Letter, Passkey, RecoveryCode, TotpDevice
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes
from tests.journeys.caring import PLACE, does, events, is_somebody
from tests.journeys.invited import mailed, outcome, signs_in
from tests.journeys.passkeys import Journey
from tests.journeys.rows import block, row, rows
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"


async def test_a_reset_ends_the_sessions_and_the_old_password(api: Api) -> None:
    assert await is_somebody(api, "bert")
    payload = await does(api, "anna", "resetPassword", "bert")
    assert payload == {
        "account": {
            "status": "INVITED",
            "initialPasswordExpiresAt": (START + timedelta(days=5)).isoformat(),
        },
        "relation": {"displayName": "Bert Callewaert"},
        "userErrors": [],
    }
    assert not await is_somebody(api, "bert")
    assert outcome(await signs_in(api, BERT, PASSWORD)) == "WRONG_CREDENTIALS"


async def test_a_reset_begins_five_new_days(api: Api, clock: SetClock) -> None:
    await does(api, "anna", "resetPassword", "bert")
    first = await mailed(api, "password_reset")
    clock.advance(timedelta(days=4))
    api.tokens.clear()
    await does(api, "anna", "resetPassword", "bert")
    second = await mailed(api, "password_reset")
    assert outcome(await signs_in(api, BERT, first)) == "WRONG_CREDENTIALS"
    clock.advance(timedelta(days=4, hours=23))
    assert outcome(await signs_in(api, BERT, second)) == "PASSWORD_CHANGE_REQUIRED"
    clock.advance(timedelta(hours=1))
    assert outcome(await signs_in(api, BERT, second)) == "WRONG_CREDENTIALS"


async def test_the_letter_of_a_reset_goes_to_its_owner_in_his_language(api: Api) -> None:
    await does(api, "anna", "resetPassword", "dirk")
    letter = await row(api, Letter)
    assert (letter.kind, letter.recipient, letter.language) == ("password_reset", "dirk@schyns.example", "DE")


async def test_a_reset_leaves_the_second_factor(api: Api, clock: SetClock) -> None:
    journey = Journey(api, clock)
    app, _ = await journey.adds_app("bert")
    await does(api, "anna", "resetPassword", "bert")
    asked = await signs_in(api, BERT, await mailed(api, "password_reset"))
    assert outcome(asked) == "TWO_FACTOR_REQUIRED"
    code = app.at(clock.now())
    assert outcome(await journey.shows(asked, code=code)) == "PASSWORD_CHANGE_REQUIRED"


async def test_whoever_is_blocked_is_mailed_nothing(api: Api) -> None:
    await block(api, "bert")
    payload = await does(api, "anna", "resetPassword", "bert")
    assert mistakes(payload) == [("INVALID", PLACE)]
    assert (await rows(api, Letter), await events(api)) == ([], [])


async def factors(api: Api, who: str) -> Sequence[object]:
    key = api.world.accounts[who].id
    return [
        it for kind in (TotpDevice, RecoveryCode, Passkey) for it in await rows(api, kind, account_id=key)
    ]


async def test_a_lost_second_factor_is_taken_away_and_its_owner_told(api: Api, clock: SetClock) -> None:
    journey = Journey(api, clock)
    _, codes = await journey.adds_app("bert")
    assert codes
    await journey.adds("bert", journey.authenticator(), recoveryCode=codes[0])
    await journey.adds_app("carla")
    asked = await journey.signs_in("bert")
    assert mistakes(await does(api, "arthur", "resetTwoFactor", "bert")) == []
    assert await factors(api, "bert") == []
    assert await factors(api, "carla") != []
    assert not await is_somebody(api, "bert")
    assert outcome(await journey.shows(asked, recoveryCode=codes[1])) == "EXPIRED"
    (letter,) = [it for it in await rows(api, Letter) if it.kind == "two_factor_reset"]
    assert (letter.recipient, letter.sealed) == (BERT, None)
    assert outcome(await signs_in(api, BERT, PASSWORD)) == "SIGNED_IN"


async def test_nobody_takes_his_own_second_factor_away_so(api: Api, clock: SetClock) -> None:
    await Journey(api, clock).adds_app("arthur")
    payload = await does(api, "arthur", "resetTwoFactor", "arthur")
    assert mistakes(payload) == [("FORBIDDEN", PLACE)]
    assert await factors(api, "arthur") != []
    assert await is_somebody(api, "arthur")
