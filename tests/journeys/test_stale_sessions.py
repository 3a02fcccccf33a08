"""A session that has ended: nothing about passwords, second factors or sessions is changed with it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from auth.sessions import IDLE_FOR, LASTS_FOR
from models import Account, Challenge, Passkey, RecoveryCode, TotpDevice
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.burglars import lift_limits
from tests.journeys.every_secret import REPLACE
from tests.journeys.passkeys import (
    CONFIRM,
    CONFIRM_APP,
    DISABLE,
    PROOF,
    REGENERATE,
    REMOVE,
    START,
    START_APP,
    Journey,
)
from tests.journeys.rows import block, rows
from tests.journeys.steps import NEW
from tests.world import PASSWORD

UPDATE: Final = """mutation ($input: UpdateProfileInput!) {
  it: updateProfile(input: $input) { userErrors { code } } }"""
REVOKE: Final = """mutation ($input: RevokeSessionInput!) {
  it: revokeSession(input: $input) { userErrors { code } } }"""
SIGN_OUT: Final = "mutation { it: signOut { userErrors { code } } }"
PROVEN: Final = {"password": PASSWORD, "code": "123456"}
CHANGED: Final = (Account, TotpDevice, RecoveryCode, Passkey, Challenge)


async def idle(_: Api, clock: SetClock) -> None:
    clock.advance(IDLE_FOR)


async def over(_: Api, clock: SetClock) -> None:
    clock.advance(LASTS_FOR)


async def blocked(api: Api, _: SetClock) -> None:
    await block(api, "bert")


@pytest.fixture(autouse=True)
def _nobody_pays(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the price keep nobody out, so that the guards behind it are seen."""
    lift_limits(api, monkeypatch)


@pytest.fixture
async def said(api: Api) -> dict[str, dict[str, Any]]:
    """What each mutation is told, with ids of something that is there."""
    none = {"challenge": str(await api.token("dirk")), "name": "Phone", "credential": "{}"}
    return {
        REPLACE: {"oldPassword": PASSWORD, "newPassword": NEW, "newPasswordConfirmation": NEW},
        START_APP: {"password": PASSWORD},
        CONFIRM_APP: {"enrolmentId": api.id("TotpDevice", api.world.document.id), "code": "123456"},
        DISABLE: PROVEN,
        REGENERATE: PROVEN,
        START: {"password": PASSWORD},
        CONFIRM: none,
        PROOF: {"password": PASSWORD},
        REMOVE: PROVEN | {"passkeyId": api.id("Passkey", api.world.document.id)},
        UPDATE: {"givenName": "Somebody"},
        REVOKE: {"sessionId": api.id("Session", api.world.document.id)},
        SIGN_OUT: {},
    }


async def state(api: Api) -> list[str]:
    """Return all that could have been changed, as it stands."""
    found = [it for kind in CHANGED for it in await rows(api, kind)]
    return sorted(str({key: it for key, it in vars(one).items() if key[0] != "_"}) for one in found)


@pytest.mark.parametrize("ending", [idle, over, blocked])
async def test_nothing_is_changed_with_a_session_that_has_ended(
    api: Api,
    clock: SetClock,
    said: dict[str, dict[str, Any]],
    ending: Callable[[Api, SetClock], Awaitable[None]],
) -> None:
    await Journey(api, clock).adds_app("bert")
    await ending(api, clock)
    before = await state(api)
    for mutation, given in said.items():
        variables = {"input": given} if given else {}
        assert await api.codes("bert", mutation, **variables) == ["UNAUTHENTICATED"], mutation
    assert await state(api) == before


async def test_an_app_that_was_begun_with_it_is_not_confirmed(api: Api, clock: SetClock) -> None:
    journey = Journey(api, clock)
    begun = (await journey.does("bert", START_APP, password=PASSWORD))["enrolment"]
    await block(api, "bert")
    confirming = {"enrolmentId": begun["id"], "code": "123456"}
    assert await api.codes("bert", CONFIRM_APP, input=confirming) == ["UNAUTHENTICATED"]
