"""Codes of an account: so many tries and no more, however often and wherever a sign-in is begun anew."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import pytest

from core.errors import KluisError
from resolvers.completing_sign_in import complete_two_factor
from resolvers.request import Request
from resolvers.second_factors import Proof
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.passkeys import Journey, codes_of
from tests.journeys.steps import shows, signs_in

MINUTE: Final = timedelta(minutes=1)
AT_ONCE: Final = 30
IN_A_ROW: Final = 5
A_DAY: Final = 50
# There are half of them at first, and the others come back in a day.
AT_FIRST: Final = A_DAY // 2
UNTIL_ONE_IS_BACK: Final = timedelta(minutes=57, seconds=36)


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def tries(journey: Journey, asked: dict[str, Any]) -> str:
    """Return what a wrong code comes to."""
    (code,) = codes_of(await shows(journey, asked, code="000000"))
    return code


async def test_of_thirty_tries_at_once_in_several_sign_ins_five_are_made(journey: Journey) -> None:
    await journey.adds_app("bert")
    challenges = [(await signs_in(journey))["challenge"] for _ in range(3)]

    async def tried(number: int) -> str:
        # Each server has its own addresses in front of it: where a try comes from does not matter.
        request = Request(journey.api.ports, address=f"192.0.2.{number}")
        try:
            await complete_two_factor(request, challenges[number % 3], Proof(code="000000"))
        except KluisError as error:
            return error.code
        finally:
            await request.close()
        return "let in"

    told = sorted(await asyncio.gather(*map(tried, range(AT_ONCE))))
    assert told == ["RATE_LIMITED"] * (AT_ONCE - IN_A_ROW) + ["WRONG_CODE"] * IN_A_ROW


async def test_a_day_has_fifty_tries_however_slowly_they_come(journey: Journey, clock: SetClock) -> None:
    app, codes = await journey.adds_app("bert")
    assert codes
    begin = clock.now()
    made = 0
    while await tries(journey, await signs_in(journey)) == "WRONG_CODE":
        made += 1
        clock.advance(MINUTE)
    # The one that confirmed the app was a try too, and each comes back in its time.
    came_back = (clock.now() - begin + 2 * MINUTE) // UNTIL_ONE_IS_BACK
    assert made == AT_FIRST - 1 + came_back
    asked = await signs_in(journey)
    for right in ({"code": app.at(clock.now())}, {"recoveryCode": codes[0]}):
        assert codes_of(await shows(journey, asked, **right)) == ["RATE_LIMITED"]
    clock.advance(UNTIL_ONE_IS_BACK)
    done = await shows(journey, await signs_in(journey), code=app.at(clock.now()))
    assert done["step"] == "SIGNED_IN"


async def test_in_any_24_hours_there_are_fifty_tries(journey: Journey, clock: SetClock) -> None:
    await journey.adds_app("bert")
    made = 1  # the code that confirmed the app
    begin = clock.now()
    while clock.now() - begin < timedelta(hours=23, minutes=50):
        made += await tries(journey, await signs_in(journey)) == "WRONG_CODE"
        clock.advance(5 * MINUTE)
    assert A_DAY - 2 <= made <= A_DAY


async def test_a_right_code_gives_no_tries_back(journey: Journey, clock: SetClock) -> None:
    app, _ = await journey.adds_app("bert")
    for _ in range(IN_A_ROW - 1):
        assert await tries(journey, await signs_in(journey)) == "WRONG_CODE"
    done = await shows(journey, await signs_in(journey), code=app.at(clock.now()))
    assert done["step"] == "SIGNED_IN"
    assert await tries(journey, await signs_in(journey)) == "RATE_LIMITED"


async def test_the_tries_of_one_account_are_not_those_of_another(journey: Journey, clock: SetClock) -> None:
    await journey.adds_app("bert")
    app, _ = await journey.adds_app("dirk")
    asked = await signs_in(journey)
    while await tries(journey, asked) == "WRONG_CODE":
        pass
    done = await shows(journey, await signs_in(journey, "dirk"), code=app.at(clock.now()))
    assert done["step"] == "SIGNED_IN"
