"""Every change of what somebody signs in with: its owner is told, at his own address, in one letter."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from models import Letter
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.burglars import lift_limits
from tests.journeys.caring import does
from tests.journeys.every_secret import GRANT, REPLACE, joins
from tests.journeys.passkeys import CONFIRM_APP, DISABLE, REGENERATE, REMOVE, START_APP, Journey, codes_of
from tests.journeys.rows import rows
from tests.journeys.steps import NEW, chooses, hand_first_password, signs_in
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"
NEW_ONE: Final = {"newPassword": NEW, "newPasswordConfirmation": NEW}


@pytest.fixture
def journey(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Journey:
    lift_limits(api, monkeypatch)
    return Journey(api, clock)


class Told:
    """The letters that somebody gets from now on."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.before: set[object] = set()

    async def begin(self) -> None:
        self.before = {it.id for it in await rows(self.journey.api, Letter)}

    async def letters(self) -> list[tuple[str, str]]:
        found = await rows(self.journey.api, Letter)
        return sorted((it.kind, it.recipient) for it in found if it.id not in self.before)


@pytest.fixture
def told(journey: Journey) -> Told:
    return Told(journey)


async def replaces_password(journey: Journey, _: Told) -> None:
    assert codes_of(await journey.does("bert", REPLACE, oldPassword=PASSWORD, **NEW_ONE)) == []


async def replaces_first_password(journey: Journey, _: Told) -> None:
    await hand_first_password(journey)
    assert codes_of(await chooses(journey, (await signs_in(journey))["challenge"])) == []


async def is_reset(journey: Journey, _: Told) -> None:
    assert codes_of(await does(journey.api, "anna", "resetPassword", "bert")) == []


async def is_given_access(journey: Journey, _: Told) -> None:
    relation = journey.api.id("Relation", journey.api.world.relations["femke"].id)
    assert codes_of(await journey.does("anna", GRANT, relationId=relation)) == []


async def joins_the_staff(journey: Journey, _: Told) -> None:
    await joins(journey, "greet@de-linde.example")


async def adds_app(journey: Journey, _: Told) -> None:
    await journey.adds_app("bert")


async def takes_app_away(journey: Journey, told: Told) -> None:
    app, _ = await journey.adds_app("bert")
    await told.begin()
    said = {"password": PASSWORD, "code": app.at(journey.clock.now())}
    assert codes_of(await journey.does("bert", DISABLE, **said)) == []


async def makes_codes_anew(journey: Journey, told: Told) -> None:
    app, _ = await journey.adds_app("bert")
    await told.begin()
    said = {"password": PASSWORD, "code": app.at(journey.clock.now())}
    assert codes_of(await journey.does("bert", REGENERATE, **said)) == []


async def adds_passkey(journey: Journey, _: Told) -> None:
    await journey.adds("bert", journey.authenticator())


async def takes_passkey_away(journey: Journey, told: Told) -> None:
    it = journey.authenticator()
    added = await journey.adds("bert", it)
    await told.begin()
    said = {"passkeyId": added["passkey"]["id"], "password": PASSWORD, **await journey.proves("bert", it)}
    assert codes_of(await journey.does("bert", REMOVE, **said)) == []


async def loses_factors(journey: Journey, told: Told) -> None:
    await journey.adds_app("bert")
    await told.begin()
    assert codes_of(await does(journey.api, "arthur", "resetTwoFactor", "bert")) == []


async def gives_wrong_password(journey: Journey, _: Told) -> None:
    told = await journey.does("bert", REPLACE, oldPassword="wrong", **NEW_ONE)
    assert codes_of(told) == ["WRONG_CREDENTIALS"]


async def shows_wrong_code(journey: Journey, _: Told) -> None:
    begun = (await journey.does("bert", START_APP, password=PASSWORD))["enrolment"]
    told = await journey.does("bert", CONFIRM_APP, enrolmentId=begun["id"], code="000000")
    assert codes_of(told) == ["WRONG_CODE"]


async def signs_in_only(journey: Journey, _: Told) -> None:
    assert (await signs_in(journey))["step"] == "SIGNED_IN"


@pytest.mark.parametrize(
    ("event", "letters"),
    [
        (replaces_password, [("password_changed", BERT)]),
        (replaces_first_password, [("password_changed", BERT)]),
        (is_reset, [("password_reset", BERT)]),
        (is_given_access, [("access_granted", "femke@dupont.example")]),
        (joins_the_staff, [("access_granted", "greet@de-linde.example")]),
        (adds_app, [("two_factor_enabled", BERT)]),
        (takes_app_away, [("two_factor_disabled", BERT)]),
        (makes_codes_anew, [("recovery_codes_made", BERT)]),
        (adds_passkey, [("passkey_added", BERT)]),
        (takes_passkey_away, [("passkey_removed", BERT)]),
        (loses_factors, [("two_factor_reset", BERT)]),
        (gives_wrong_password, []),
        (shows_wrong_code, []),
        (signs_in_only, []),
    ],
)
async def test_each_change_is_told_in_one_letter_and_what_changes_nothing_in_none(
    journey: Journey,
    told: Told,
    event: Callable[[Journey, Told], Awaitable[None]],
    letters: list[tuple[str, str]],
) -> None:
    await event(journey, told)
    assert await told.letters() == letters
