"""The authenticator app on the profile page: it counts from its first code on, and a proof takes it away."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

import pytest
from pyotp.totp import TOTP

from models import Event, Letter, RecoveryCode, Session, TotpDevice
from resolvers.two_factor import LASTS_FOR, Enrolment
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes
from tests.journeys.passkeys import CONFIRM_APP, DISABLE, ERRORS, REGENERATE, START_APP, Journey, codes_of
from tests.journeys.rows import rows
from tests.journeys.steps import hand_first_password, shows, signs_in
from tests.world import PASSWORD

BEGIN: Final = f"""mutation ($input: StartTwoFactorEnrolmentInput!) {{
  it: startTwoFactorEnrolment(input: $input) {{
    enrolment {{ id secret otpauthUri qrCode expiresAt }} {ERRORS} }} }}"""
STATE: Final = "{ viewer { twoFactor { enabled enabledAt recoveryCodesLeft } } }"
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def state(journey: Journey) -> tuple[bool, int]:
    told = (await journey.api.gets("bert", STATE))["viewer"]["twoFactor"]
    return told["enabled"], told["recoveryCodesLeft"]


async def begins(journey: Journey, **said: str) -> dict[str, Any]:
    return await journey.does("bert", BEGIN, **{"password": PASSWORD} | said)


async def confirms(journey: Journey, begun: dict[str, Any], code: str | None = None) -> dict[str, Any]:
    right = TOTP(begun["enrolment"]["secret"]).at(journey.clock.now())
    said = {"enrolmentId": begun["enrolment"]["id"], "code": code or right}
    return await journey.does("bert", CONFIRM_APP, **said)


async def kinds(journey: Journey) -> list[str]:
    events = [it for it in await rows(journey.api, Event) if it.kind.startswith("two_factor")]
    return [it.kind for it in sorted(events, key=lambda it: it.occurred_at)]


async def letters(journey: Journey) -> list[tuple[str, str]]:
    written = sorted(await rows(journey.api, Letter), key=lambda it: it.queued_at)
    return [(it.kind, it.recipient) for it in written]


async def test_an_app_is_shown_its_secret_once_as_text_and_as_a_picture(journey: Journey) -> None:
    enrolment = (await begins(journey))["enrolment"]
    address = f"otpauth://totp/Kluis:bert@callewaert.example?secret={enrolment['secret']}&issuer=Kluis"
    assert unquote(enrolment["otpauthUri"]) == address
    assert enrolment["qrCode"].startswith("data:image/svg+xml")
    assert "fill='#fff'" in unquote(enrolment["qrCode"])
    assert enrolment["expiresAt"] == (START + timedelta(minutes=10)).isoformat()
    (device,) = await rows(journey.api, TotpDevice)
    assert enrolment["secret"].encode() not in device.sealed_secret


def test_the_secret_does_not_reach_a_log() -> None:
    assert "JBSWY3DP" not in repr(Enrolment(uuid4(), "JBSWY3DP", "otpauth://totp/?secret=JBSWY3DP", START))


async def test_an_app_counts_from_its_first_code_on(journey: Journey) -> None:
    begun = await begins(journey)
    assert not (await state(journey))[0]
    assert (await signs_in(journey))["step"] == "SIGNED_IN"
    added = await confirms(journey, begun)
    assert (mistakes(added), len(set(added["recoveryCodes"]))) == ([], 10)
    assert await state(journey) == (True, 10)
    assert (await signs_in(journey))["step"] == "TWO_FACTOR_REQUIRED"
    assert await kinds(journey) == ["two_factor.started", "two_factor.enabled"]
    assert await letters(journey) == [("two_factor_enabled", "bert@callewaert.example")]
    kept = {it.digest for it in await rows(journey.api, RecoveryCode)}
    assert not kept & {code.encode() for code in added["recoveryCodes"]}


async def test_a_wrong_code_does_not_make_the_app_count_and_can_be_shown_again(journey: Journey) -> None:
    begun = await begins(journey)
    assert mistakes(await confirms(journey, begun, "000000")) == [("WRONG_CODE", ["input", "code"])]
    assert not (await state(journey))[0]
    assert mistakes(await confirms(journey, begun)) == []
    assert mistakes(await confirms(journey, begun)) == [("EXPIRED", ["input", "enrolmentId"])]


@pytest.mark.parametrize(("after", "codes"), [(LASTS_FOR - SECOND, []), (LASTS_FOR, ["EXPIRED"])])
async def test_an_enrolment_stands_for_ten_minutes(
    journey: Journey, clock: SetClock, after: timedelta, codes: list[str]
) -> None:
    begun = await begins(journey)
    clock.advance(after)
    assert codes_of(await confirms(journey, begun)) == codes


async def test_a_new_enrolment_replaces_one_that_was_not_confirmed(journey: Journey) -> None:
    first, second = await begins(journey), await begins(journey)
    assert codes_of(await confirms(journey, first)) == ["EXPIRED"]
    assert codes_of(await confirms(journey, second)) == []


async def test_nobody_confirms_the_app_of_another(journey: Journey) -> None:
    begun = await begins(journey)
    code = TOTP(begun["enrolment"]["secret"]).at(journey.clock.now())
    said = {"enrolmentId": begun["enrolment"]["id"], "code": code}
    assert codes_of(await journey.does("carla", CONFIRM_APP, **said)) == ["EXPIRED"]


async def test_a_second_app_has_no_place_beside_the_first(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    assert codes_of(await begins(journey)) == ["REQUIRED"]
    refused = await begins(journey, code=app.at(journey.clock.now()))
    assert mistakes(refused) == [("INVALID", None)]


@pytest.mark.parametrize("mutation", [START_APP, DISABLE, REGENERATE])
async def test_the_password_is_asked_once_more_and_tries_of_it_are_counted(
    journey: Journey, clock: SetClock, mutation: str
) -> None:
    wrong = {"password": "wrong", "code": "123456"}
    for _ in range(10):
        told = mistakes(await journey.does("bert", mutation, **wrong))
        assert told == [("WRONG_CREDENTIALS", ["input", "password"])]
        clock.advance(timedelta(seconds=1))
    right = wrong | {"password": PASSWORD}
    assert codes_of(await journey.does("bert", mutation, **right)) == ["RATE_LIMITED"]


@pytest.mark.parametrize("kind", ["code", "recoveryCode"])
async def test_the_app_goes_with_any_factor_and_the_recovery_codes_go_with_it(
    journey: Journey, kind: str
) -> None:
    app, codes = await journey.adds_app("bert")
    assert codes
    shown = {"code": app.at(journey.clock.now()), "recoveryCode": codes[9]}[kind]
    gone = await journey.does("bert", DISABLE, password=PASSWORD, **{kind: shown})
    assert (mistakes(gone), gone["viewer"]["twoFactor"]["enabled"]) == ([], False)
    assert not await rows(journey.api, TotpDevice)
    assert not await rows(journey.api, RecoveryCode)
    assert (await signs_in(journey))["step"] == "SIGNED_IN"
    assert (await kinds(journey))[-1] == "two_factor.disabled"
    assert (await letters(journey))[-1] == ("two_factor_disabled", "bert@callewaert.example")


@pytest.mark.parametrize("mutation", [DISABLE, REGENERATE])
async def test_a_wrong_or_a_used_code_changes_nothing(journey: Journey, mutation: str) -> None:
    app, codes = await journey.adds_app("bert")
    assert codes
    used = app.at(journey.clock.now())
    assert (await shows(journey, await signs_in(journey), code=used))["step"] == "SIGNED_IN"
    for kind, code in (("code", used), ("code", "000000"), ("recoveryCode", "abcd-efgh")):
        told = mistakes(await journey.does("bert", mutation, password=PASSWORD, **{kind: code}))
        assert told == [("WRONG_CODE", ["input", kind])]
    assert await state(journey) == (True, 10)
    assert (await shows(journey, await signs_in(journey), recoveryCode=codes[0]))["step"] == "SIGNED_IN"


@pytest.mark.parametrize("mutation", [DISABLE, REGENERATE])
async def test_whoever_has_no_second_factor_shows_none(journey: Journey, mutation: str) -> None:
    said = {"password": PASSWORD, "code": "123456"}
    assert mistakes(await journey.does("bert", mutation, **said)) == [("WRONG_CODE", ["input", "code"])]


async def test_new_recovery_codes_make_the_old_ones_void(journey: Journey) -> None:
    app, old = await journey.adds_app("bert")
    assert old
    made = await journey.does("bert", REGENERATE, password=PASSWORD, code=app.at(journey.clock.now()))
    new = made["recoveryCodes"]
    assert (len(set(new)), set(new) & set(old)) == (10, set())
    assert codes_of(await shows(journey, await signs_in(journey), recoveryCode=old[0])) == ["WRONG_CODE"]
    assert (await shows(journey, await signs_in(journey), recoveryCode=new[0]))["step"] == "SIGNED_IN"
    assert await state(journey) == (True, 9)
    assert (await kinds(journey))[-1] == "two_factor.codes_made"
    assert (await letters(journey))[-1] == ("recovery_codes_made", "bert@callewaert.example")


async def test_what_was_begun_with_the_password_alone_is_void_with_the_first_factor(
    journey: Journey,
) -> None:
    await hand_first_password(journey)
    asked = await signs_in(journey)
    assert asked["step"] == "PASSWORD_CHANGE_REQUIRED"
    await journey.adds_app("bert")
    assert codes_of(await shows(journey, asked, code="123456")) == ["EXPIRED"]
    assert len(await rows(journey.api, Session, account_id=journey.api.world.accounts["bert"].id)) == 1
