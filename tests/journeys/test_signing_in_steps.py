"""The second factor after the password: a code works once, at its time, for its account and its challenge."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from argon2 import PasswordHasher, extract_parameters

from auth.challenges import LASTS_FOR
from auth.passwords import CHEAPEST
from core.errors import KluisError
from core.tokens import Token
from models import Account, Challenge, Session
from resolvers import second_factors, throttles
from resolvers.change import Change
from resolvers.completing_sign_in import complete_two_factor
from resolvers.request import Request
from resolvers.second_factors import Proof
from resolvers.signing_in import Step
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes
from tests.journeys.passkeys import ERRORS, Journey, codes_of
from tests.journeys.rows import block, row, rows, set_values
from tests.journeys.steps import chooses, hand_first_password, shows, signs_in
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"
SECOND: Final = timedelta(seconds=1)
STEP: Final = timedelta(seconds=30)
LIMITED: Final = """mutation ($input: SignInInput!) { it: signIn(input: $input) {
  userErrors { __typename code ... on RateLimitedError { retryAfterSeconds } } } }"""
RESET: Final = f"mutation ($input: ResetPasswordInput!) {{ it: resetPassword(input: $input) {{ {ERRORS} }} }}"


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def reset(journey: Journey) -> None:
    key = journey.api.id("Account", journey.api.world.accounts["bert"].id)
    assert codes_of(await journey.does("arthur", RESET, accountId=key)) == []


async def block_bert(journey: Journey) -> None:
    await block(journey.api, "bert")


async def test_a_code_of_the_app_signs_in_after_the_password(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await signs_in(journey)
    assert (asked["step"], asked["token"], asked["passkeyOptions"]) == ("TWO_FACTOR_REQUIRED", None, None)
    assert await rows(journey.api, Session, account_id=journey.api.world.accounts["carla"].id)
    done = await shows(journey, asked, code=app.at(journey.clock.now()))
    assert (done["step"], done["viewer"], mistakes(done)) == ("SIGNED_IN", {"email": BERT}, [])
    assert Token.parse(done["token"])
    assert await rows(journey.api, Challenge) == []
    assert (await row(journey.api, Account, username=BERT)).last_signed_in_at == journey.clock.now()


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_code_may_be_one_step_early_or_late(
    journey: Journey,
    steps: int,
    is_right: bool,  # noqa: FBT001
) -> None:
    app, _ = await journey.adds_app("bert")
    done = await shows(journey, await signs_in(journey), code=app.at(journey.clock.now() + steps * STEP))
    assert done["step"] == ("SIGNED_IN" if is_right else None)
    assert mistakes(done) == ([] if is_right else [("WRONG_CODE", ["input", "code"])])


async def test_no_code_works_a_second_time_and_none_from_before_it(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    first, second = (app.at(journey.clock.now() + it * STEP) for it in (0, 1))
    told = [
        codes_of(await shows(journey, await signs_in(journey), code=code))
        for code in (first, second, first, second)
    ]
    assert told == [[], [], ["WRONG_CODE"], ["WRONG_CODE"]]


async def test_the_code_that_confirmed_the_app_does_not_sign_in(journey: Journey, clock: SetClock) -> None:
    begin = clock.now()
    app, _ = await journey.adds_app("bert")
    clock.moment = begin
    assert codes_of(await shows(journey, await signs_in(journey), code=app.at(begin))) == ["WRONG_CODE"]


async def all_at_once(journey: Journey, proof: Proof) -> list[Step | str]:
    """Return what thirty requests come to that show the same, to three challenges."""
    challenges = [(await signs_in(journey))["challenge"] for _ in range(3)]

    async def comes_in(number: int) -> Step | str:
        request = Request(journey.api.ports)
        try:
            return (await complete_two_factor(request, challenges[number % 3], proof)).step
        except KluisError as error:
            return error.code
        finally:
            await request.close()

    return await asyncio.gather(*(comes_in(number) for number in range(30)))


@pytest.mark.parametrize("kind", ["code", "recovery_code"])
async def test_of_thirty_who_show_the_same_code_at_once_one_comes_in(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    app, codes = await journey.adds_app("bert")
    for name in ("CODES", "CODES_A_DAY"):
        monkeypatch.setattr(throttles, name, replace(getattr(throttles, name), capacity=100))
    assert codes
    shown = {"code": app.at(journey.clock.now()), "recovery_code": codes[0]}
    told = await all_at_once(journey, Proof(**{kind: shown[kind]}))
    assert told.count(Step.SIGNED_IN) == 1
    assert set(told) <= {Step.SIGNED_IN, "WRONG_CODE", "EXPIRED"}
    assert len(await rows(journey.api, Session, account_id=journey.api.world.accounts["bert"].id)) == 2


async def test_a_recovery_code_signs_in_once_and_the_others_stay(journey: Journey) -> None:
    _, codes = await journey.adds_app("bert")
    assert codes
    written = codes[0].upper().replace("-", " ")
    assert (await shows(journey, await signs_in(journey), recoveryCode=written))["step"] == "SIGNED_IN"
    refused = await shows(journey, await signs_in(journey), recoveryCode=codes[0])
    assert mistakes(refused) == [("WRONG_CODE", ["input", "recoveryCode"])]
    assert (await shows(journey, await signs_in(journey), recoveryCode=codes[1]))["step"] == "SIGNED_IN"


async def test_codes_of_another_account_sign_nobody_in(journey: Journey) -> None:
    app, codes = await journey.adds_app("dirk")
    await journey.adds_app("bert")
    assert codes
    asked = await signs_in(journey)
    for proof in ({"code": app.at(journey.clock.now())}, {"recoveryCode": codes[0]}):
        assert codes_of(await shows(journey, asked, **proof)) == ["WRONG_CODE"]


async def test_a_wrong_code_leaves_the_challenge_standing(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await signs_in(journey)
    for wrong in ("000000", "no code", "\N{GRINNING FACE}"):
        assert codes_of(await shows(journey, asked, code=wrong)) == ["WRONG_CODE"]
    assert (await shows(journey, asked, code=app.at(journey.clock.now())))["step"] == "SIGNED_IN"


async def test_a_challenge_is_used_up_by_the_right_code(journey: Journey) -> None:
    app, codes = await journey.adds_app("bert")
    assert codes
    asked = await signs_in(journey)
    assert (await shows(journey, asked, code=app.at(journey.clock.now())))["step"] == "SIGNED_IN"
    again = await shows(journey, asked, recoveryCode=codes[0])
    assert mistakes(again) == [("EXPIRED", ["input", "challenge"])]


@pytest.mark.parametrize(("after", "codes"), [(LASTS_FOR - SECOND, []), (LASTS_FOR, ["EXPIRED"])])
async def test_both_challenges_stand_for_five_minutes(
    journey: Journey, clock: SetClock, after: timedelta, codes: list[str]
) -> None:
    app, _ = await journey.adds_app("bert")
    await hand_first_password(journey, "dirk")
    of_bert, of_dirk = await signs_in(journey), await signs_in(journey, "dirk")
    clock.advance(after)
    assert codes_of(await shows(journey, of_bert, code=app.at(clock.now()))) == codes
    assert codes_of(await chooses(journey, of_dirk["challenge"])) == codes


async def test_a_challenge_serves_for_its_own_step_alone(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    await hand_first_password(journey, "dirk")
    of_bert, of_dirk = await signs_in(journey), await signs_in(journey, "dirk")
    assert mistakes(await chooses(journey, of_bert["challenge"])) == [("EXPIRED", ["input", "challenge"])]
    assert codes_of(await shows(journey, of_dirk, code=app.at(journey.clock.now()))) == ["EXPIRED"]


@pytest.mark.parametrize("challenge", ["", "garbage", "é", "A" * 64, "A" * 5000])
async def test_what_is_no_challenge_is_too_late(journey: Journey, challenge: str) -> None:
    assert codes_of(await shows(journey, {"challenge": challenge}, code="123456")) == ["EXPIRED"]
    assert codes_of(await chooses(journey, challenge)) == ["EXPIRED"]


@pytest.mark.parametrize("meanwhile", [reset, block_bert])
async def test_a_reset_or_a_block_ends_what_was_begun(
    journey: Journey, meanwhile: Callable[[Journey], Awaitable[None]]
) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await signs_in(journey)
    await meanwhile(journey)
    assert codes_of(await shows(journey, asked, code=app.at(journey.clock.now()))) == ["EXPIRED"]
    assert codes_of(await signs_in(journey)) == ["WRONG_CREDENTIALS"]


async def test_after_five_codes_one_a_minute_is_taken_whatever_is_begun_anew(
    journey: Journey, clock: SetClock
) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await signs_in(journey)
    for _ in range(5):
        assert codes_of(await shows(journey, asked, code="000000")) == ["WRONG_CODE"]
    again = await signs_in(journey)
    assert codes_of(await shows(journey, again, code=app.at(clock.now()))) == ["RATE_LIMITED"]
    clock.advance(timedelta(minutes=1))
    assert codes_of(await shows(journey, again, code=app.at(clock.now()))) == []


async def test_a_hash_of_older_parameters_is_made_anew_at_the_sign_in(journey: Journey) -> None:
    key = journey.api.world.accounts["bert"].id
    older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    await set_values(journey.api, Account, key, password_hash=older)
    assert codes_of(await signs_in(journey, password="wrong")) == ["WRONG_CREDENTIALS"]
    assert (await row(journey.api, Account, username=BERT)).password_hash == older
    assert (await signs_in(journey))["step"] == "SIGNED_IN"
    kept = (await row(journey.api, Account, username=BERT)).password_hash
    assert kept
    assert extract_parameters(kept).memory_cost == CHEAPEST.memory_cost
    assert (await signs_in(journey))["step"] == "SIGNED_IN"
    assert (await row(journey.api, Account, username=BERT)).password_hash == kept


async def test_the_11th_try_of_a_name_is_told_when_the_next_may_come(
    journey: Journey, clock: SetClock
) -> None:
    for name in (BERT, "nobody@callewaert.example"):
        for _ in range(10):
            tried = await signs_in(journey, username=name, password="wrong")
            assert codes_of(tried) == ["WRONG_CREDENTIALS"]
        said = {"username": name, "password": PASSWORD, "licence": "de-linde"}
        refused = await journey.does("carla", LIMITED, **said)
        told = {"__typename": "RateLimitedError", "code": "RATE_LIMITED", "retryAfterSeconds": 60}
        assert refused["userErrors"] == [told]
    clock.advance(timedelta(seconds=60))
    assert (await signs_in(journey))["step"] == "SIGNED_IN"


async def test_whoever_is_blocked_at_the_last_moment_does_not_come_in(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await signs_in(journey)
    hold = second_factors.hold

    async def hold_too_late(change: Change) -> None:
        await block_bert(journey)
        await hold(change)

    monkeypatch.setattr(second_factors, "hold", hold_too_late)
    assert codes_of(await shows(journey, asked, code=app.at(journey.clock.now()))) == ["WRONG_CREDENTIALS"]
    # That in which he added the app.
    assert len(await rows(journey.api, Session, account_id=journey.api.world.accounts["bert"].id)) == 1
