"""The first password: it opens nothing but the way to a password of one's own, for five days."""

from datetime import timedelta
from typing import Final

import pytest
from pyotp.totp import TOTP

from auth.challenges import FIRST_PASSWORD, hand_out
from core.tokens import Token
from models import Account, Letter, Session
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes
from tests.journeys.passkeys import Journey, codes_of
from tests.journeys.rows import rows, set_values
from tests.journeys.steps import FIVE_DAYS, NEW, chooses, hand_first_password, shows, signs_in

BERT: Final = "bert@callewaert.example"
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def test_the_first_password_opens_nothing_before_it_is_replaced(journey: Journey) -> None:
    await hand_first_password(journey)
    asked = await signs_in(journey)
    assert (asked["step"], asked["token"]) == ("PASSWORD_CHANGE_REQUIRED", None)
    bert = journey.api.world.accounts["bert"].id
    assert await rows(journey.api, Session, account_id=bert) == []
    done = await chooses(journey, asked["challenge"])
    viewer = {"email": BERT, "mustChangePassword": False}
    assert (done["step"], done["viewer"], mistakes(done)) == ("SIGNED_IN", viewer, [])
    assert codes_of(await signs_in(journey)) == ["WRONG_CREDENTIALS"]
    assert (await signs_in(journey, password=NEW))["step"] == "SIGNED_IN"
    assert codes_of(await chooses(journey, asked["challenge"])) == ["EXPIRED"]
    assert [it.kind for it in await rows(journey.api, Letter)] == ["password_changed"]


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        (NEW, NEW + ".", ("INVALID", ["input", "newPasswordConfirmation"])),
        ("qzvxjwkpfym", None, ("WEAK_PASSWORD", ["input", "newPassword"])),
        ("kever callewaert mist", None, ("WEAK_PASSWORD", ["input", "newPassword"])),
        ("kever linde mist zeil", None, ("WEAK_PASSWORD", ["input", "newPassword"])),
        ("kluis kever mist zeil", None, ("WEAK_PASSWORD", ["input", "newPassword"])),
        ("é" * 513, None, ("TOO_LONG", ["input", "newPassword"])),
    ],
)
async def test_a_password_that_will_not_do_leaves_the_challenge_standing(
    journey: Journey, new: str, again: str | None, told: tuple[str, list[str]]
) -> None:
    await hand_first_password(journey)
    challenge = (await signs_in(journey))["challenge"]
    assert mistakes(await chooses(journey, challenge, new, again)) == [told]
    assert (await chooses(journey, challenge))["step"] == "SIGNED_IN"


async def test_the_first_password_does_not_replace_itself(journey: Journey) -> None:
    first = journey.api.ports.passwords
    key = journey.api.world.accounts["bert"].id
    await set_values(journey.api, Account, key, password_hash=await first.hash(NEW))
    await hand_first_password(journey)
    challenge = (await signs_in(journey, password=NEW))["challenge"]
    assert mistakes(await chooses(journey, challenge)) == [("WEAK_PASSWORD", ["input", "newPassword"])]


@pytest.mark.parametrize(("after", "told"), [(FIVE_DAYS - SECOND, []), (FIVE_DAYS, ["WRONG_CREDENTIALS"])])
async def test_a_first_password_stands_for_five_days(
    journey: Journey, clock: SetClock, after: timedelta, told: list[str]
) -> None:
    await hand_first_password(journey)
    clock.advance(after)
    assert codes_of(await signs_in(journey)) == told


async def test_the_factor_comes_before_the_password_of_ones_own(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    await hand_first_password(journey)
    asked = await signs_in(journey)
    assert asked["step"] == "TWO_FACTOR_REQUIRED"
    after_code = await shows(journey, asked, code=app.at(journey.clock.now()))
    assert (after_code["step"], after_code["token"]) == ("PASSWORD_CHANGE_REQUIRED", None)
    assert (await chooses(journey, after_code["challenge"]))["step"] == "SIGNED_IN"


@pytest.mark.parametrize("has_app", [False, True])
async def test_whoever_comes_by_the_mailed_link_shows_a_factor_if_he_has_one(
    journey: Journey, *, has_app: bool
) -> None:
    app: TOTP | None = (await journey.adds_app("bert"))[0] if has_app else None
    bert, link = journey.api.world.accounts["bert"], Token.new(journey.api.world.firm.licence_id)
    async with journey.api.ports.database.change(bert.licence_id) as session:
        hand_out(session, bert.id, FIRST_PASSWORD, link, journey.clock.now())
    done = await chooses(journey, str(link))
    if app:
        assert (done["step"], done["token"]) == ("TWO_FACTOR_REQUIRED", None)
        done = await shows(journey, done, code=app.at(journey.clock.now()))
    assert done["step"] == "SIGNED_IN"
    assert (await signs_in(journey, password=NEW))["step"] == ("TWO_FACTOR_REQUIRED" if app else "SIGNED_IN")
