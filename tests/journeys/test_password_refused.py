"""A password given wrong by somebody who is signed in: nothing comes of it, and it is remembered."""

from typing import Any, Final

import pytest

from models import Event, Letter, Session
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.every_secret import REPLACE
from tests.journeys.invited import outcome
from tests.journeys.passkeys import DISABLE, PROOF, REGENERATE, REMOVE, START, START_APP, Journey, codes_of
from tests.journeys.rows import row, rows
from tests.journeys.steps import NEW, signs_in
from tests.world import PASSWORD

WRONG: Final = "regenjas en een tuinslang"
NEW_ONE: Final = {"newPassword": NEW, "newPasswordConfirmation": NEW}
ASKING: Final[dict[str, tuple[str, str, dict[str, str]]]] = {
    "changePassword": (REPLACE, "oldPassword", NEW_ONE),
    "startTwoFactorEnrolment": (START_APP, "password", {}),
    "disableTwoFactor": (DISABLE, "password", {"code": "123456"}),
    "regenerateRecoveryCodes": (REGENERATE, "password", {"code": "123456"}),
    "startPasskeyEnrolment": (START, "password", {}),
    "startPasskeyProof": (PROOF, "password", {}),
}


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def remembered(journey: Journey) -> list[tuple[str, Any, dict[str, Any]]]:
    kinds = [(it.kind, it.account_id, it.details) for it in await rows(journey.api, Event)]
    return [it for it in kinds if it[0] == "account.password_refused"]


@pytest.mark.parametrize("name", ASKING)
async def test_a_password_that_was_given_wrong_is_remembered(journey: Journey, name: str) -> None:
    mutation, field, said = ASKING[name]
    bert = journey.api.world.accounts["bert"].id
    told = await journey.does("bert", mutation, **{field: WRONG}, **said)
    assert codes_of(told) == ["WRONG_CREDENTIALS"]
    event = ("account.password_refused", bert, {"account": str(bert)})
    assert await remembered(journey) == [event]
    assert await rows(journey.api, Letter) == []
    assert len(await rows(journey.api, Session)) == 1
    assert outcome(await signs_in(journey)) == "SIGNED_IN"
    await journey.does("bert", mutation, **{field: PASSWORD}, **said)
    assert await remembered(journey) == [event]


async def test_a_passkey_is_not_removed_and_the_wrong_password_remembered(journey: Journey) -> None:
    it = journey.authenticator()
    added = await journey.adds("bert", it)
    proof = await journey.proves("bert", it)
    said = {"passkeyId": added["passkey"]["id"], "password": WRONG, **proof}
    assert codes_of(await journey.does("bert", REMOVE, **said)) == ["WRONG_CREDENTIALS"]
    assert len(await remembered(journey)) == 1


async def test_tries_that_are_not_made_are_not_remembered(journey: Journey) -> None:
    told = [codes_of(await journey.does("bert", REPLACE, oldPassword=WRONG, **NEW_ONE)) for _ in range(12)]
    assert told == [["WRONG_CREDENTIALS"]] * 10 + [["RATE_LIMITED"]] * 2
    assert len(await remembered(journey)) == 10


async def test_no_word_of_the_password_stands_in_what_is_remembered(journey: Journey) -> None:
    await journey.does("bert", REPLACE, oldPassword=WRONG, **NEW_ONE)
    event = await row(journey.api, Event, kind="account.password_refused")
    told = str(vars(event))
    assert [it for it in (WRONG, NEW) if it in told] == []
