"""Signing in with a passkey after the password: once for each answer, and never with a copy."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import delete

from auth.challenges import FIRST_PASSWORD, LASTS_FOR, hand_out
from auth.passkeys import LONGEST
from core.errors import WrongCode
from core.tokens import Token, pack
from models import Account, Passkey
from resolvers import second_factors
from resolvers.completing_sign_in import complete_two_factor, standing
from resolvers.entering import as_account
from resolvers.request import Request
from resolvers.second_factors import Proof
from tests.api import Api
from tests.auth.software_authenticator import Said
from tests.conftest import SetClock
from tests.journeys.passkeys import (
    COMPLETE,
    CONFIRM,
    DISABLE,
    REGENERATE,
    REMOVE,
    START,
    START_APP,
    WRONG,
    Journey,
    codes_of,
    copies,
    waiting,
)
from tests.journeys.rows import block, row, set_values
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"
SECOND: Final = timedelta(seconds=1)
CHANGE_PASSWORD: Final = """
mutation ($input: CompletePasswordChangeInput!) {
  it: completePasswordChange(input: $input) { step token challenge passkeyOptions userErrors { code } }
}
"""
LISTED: Final = (
    "{ viewer { twoFactor { enabled enabledAt recoveryCodesLeft } passkeys { id name lastUsedAt } } }"
)


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def test_a_passkey_signs_in_after_the_password(journey: Journey, clock: SetClock) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    assert (asked["step"], asked["token"]) == ("TWO_FACTOR_REQUIRED", None)
    options = json.loads(asked["passkeyOptions"])
    assert options["allowCredentials"] == [{"id": pack(it.credential_id), "type": "public-key"}]
    assert options["rpId"] == "kluis.test"
    done = await journey.completes(asked, it)
    assert (done["step"], done["viewer"], codes_of(done)) == ("SIGNED_IN", {"email": BERT}, [])
    key = await row(journey.api, Passkey)
    assert (key.sign_count, key.last_used_at) == (1, clock.now())
    headers = {"Authorization": f"Bearer {done['token']}"}
    seen = await journey.api.http.post("/graphql", json={"query": LISTED}, headers=headers)
    assert seen.json()["data"]["viewer"]["passkeys"][0]["lastUsedAt"] == clock.now().isoformat()


@pytest.mark.parametrize("counts", [True, False])
async def test_a_passkey_signs_in_again_and_again(journey: Journey, *, counts: bool) -> None:
    it = journey.authenticator(counts=counts)
    await journey.adds("bert", it)
    for number in range(3):
        assert (await journey.completes(await journey.signs_in("bert"), it))["step"] == "SIGNED_IN"
        assert (await row(journey.api, Passkey)).sign_count == (number + 1) * counts


async def test_each_of_ones_passkeys_signs_in(journey: Journey) -> None:
    first, second = journey.authenticator(), journey.authenticator()
    codes = (await journey.adds("bert", first))["recoveryCodes"]
    await journey.adds("bert", second, recoveryCode=codes[0])
    for it in (second, first):
        assert (await journey.completes(await journey.signs_in("bert"), it))["step"] == "SIGNED_IN"


async def test_whoever_has_an_app_alone_is_asked_for_no_passkey(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await journey.signs_in("bert")
    assert (asked["step"], asked["passkeyOptions"]) == ("TWO_FACTOR_REQUIRED", None)
    lone = journey.authenticator()
    request = json.dumps({"challenge": "AA", "rpId": "kluis.test"})
    refused = await journey.shows(asked, credential=lone.sign(request))
    assert codes_of(refused) == ["WRONG_CODE"]
    code = app.at(journey.clock.now())
    assert (await journey.shows(asked, code=code))["step"] == "SIGNED_IN"


async def test_a_passkey_that_came_after_the_question_does_not_answer_it(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    asked = await journey.signs_in("bert")
    it = journey.authenticator()
    begun = await journey.begins("bert", code=app.at(journey.clock.now()))
    await journey.confirms("bert", begun, it)
    request = json.dumps({"challenge": "AA", "rpId": "kluis.test"})
    assert codes_of(await journey.shows(asked, credential=it.sign(request))) == ["WRONG_CODE"]


async def test_a_recovery_code_signs_in_where_the_passkey_is_lost(journey: Journey) -> None:
    codes = (await journey.adds("bert", journey.authenticator()))["recoveryCodes"]
    asked = await journey.signs_in("bert")
    assert (await journey.shows(asked, recoveryCode=codes[3]))["step"] == "SIGNED_IN"
    assert codes_of(await journey.shows(asked, recoveryCode=codes[4])) == ["EXPIRED"]


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"code": "", "recoveryCode": "", "credential": ""},
        {"code": "1", "recoveryCode": "a"},
        {"code": "1", "credential": "{}"},
        {"recoveryCode": "a", "credential": "{}"},
        {"code": "1", "recoveryCode": "a", "credential": "{}"},
    ],
)
async def test_one_thing_is_shown_and_one_alone(journey: Journey, proof: dict[str, str]) -> None:
    await journey.adds("bert", journey.authenticator())
    asked = await journey.signs_in("bert")
    assert codes_of(await journey.shows(asked, **proof)) == ["REQUIRED"]
    for mutation in (DISABLE, REGENERATE):
        assert codes_of(await journey.does("bert", mutation, password=PASSWORD, **proof)) == ["REQUIRED"]
    gone = {"passkeyId": journey.api.id("Passkey", uuid4()), "password": PASSWORD}
    assert codes_of(await journey.does("bert", REMOVE, **gone, **proof)) == ["REQUIRED"]


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
async def test_what_is_signed_wrong_signs_nobody_in_and_can_be_signed_again(
    journey: Journey, said: Said
) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    refused = await journey.completes(asked, it, said)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [
        ("WRONG_CODE", ["input", "credential"])
    ]
    assert (refused["step"], refused["token"], refused["viewer"]) == (None, None, None)
    assert (await row(journey.api, Passkey)).last_used_at is None
    assert (await journey.completes(asked, it))["step"] == "SIGNED_IN"


async def test_an_answer_signs_in_once(journey: Journey) -> None:
    it = journey.authenticator(counts=False)
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    answer = it.sign(asked["passkeyOptions"])
    assert (await journey.shows(asked, credential=answer))["step"] == "SIGNED_IN"
    assert codes_of(await journey.shows(asked, credential=answer)) == ["EXPIRED"]
    again = await journey.signs_in("bert")
    assert codes_of(await journey.shows(again, credential=answer)) == ["WRONG_CODE"]


async def test_the_passkey_of_another_account_signs_nobody_in(journey: Journey) -> None:
    of_bert, of_carla = journey.authenticator(), journey.authenticator()
    await journey.adds("bert", of_bert)
    await journey.adds("carla", of_carla)
    refused = await journey.completes(await journey.signs_in("bert"), of_carla)
    assert codes_of(refused) == ["WRONG_CODE"]
    # Under the name of Bert's passkey it is Carla's signature.
    forged = replace(of_carla, credential_id=of_bert.credential_id)
    assert codes_of(await journey.completes(await journey.signs_in("bert"), forged)) == ["WRONG_CODE"]


@pytest.mark.parametrize("count", [0, 4, 5])
async def test_a_count_that_does_not_rise_is_that_of_a_copy(journey: Journey, count: int) -> None:
    it = journey.authenticator(sign_count=4)
    await journey.adds("bert", it)
    await journey.completes(await journey.signs_in("bert"), it)
    copy = replace(it, sign_count=max(count - 1, 0), counts=bool(count))
    asked = await journey.signs_in("bert")
    refused = await journey.completes(asked, copy)
    assert codes_of(refused) == ["WRONG_CODE"]
    assert refused["userErrors"][0]["path"] == ["input", "credential"]
    (event,) = await copies(journey.api)
    key = await row(journey.api, Passkey)
    assert event.account_id == journey.api.world.accounts["bert"].id
    assert event.details == {"passkey": str(key.id), "sign_count": count}
    assert key.sign_count == 5
    # Its answer was right, so that the question is used up; the passkey itself still signs in.
    assert codes_of(await journey.completes(asked, it)) == ["EXPIRED"]
    assert (await journey.completes(await journey.signs_in("bert"), it))["step"] == "SIGNED_IN"


@pytest.mark.parametrize("counts", [True, False])
async def test_of_thirty_who_show_the_same_answer_at_once_one_comes_in(
    journey: Journey, *, counts: bool
) -> None:
    it = journey.authenticator(counts=counts)
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    proof = Proof(credential=it.sign(asked["passkeyOptions"]))
    request = Request(journey.api.ports)
    token, account, found = await standing(request, asked["challenge"], "TWO_FACTOR")

    async def shows() -> bool:
        async with as_account(request, token.licence_id, account) as change:
            return await second_factors.use(change, proof, found)

    done = await asyncio.gather(*(shows() for _ in range(30)), return_exceptions=True)
    assert [it for it in done if it is True] == [True]
    assert {type(it).__name__ for it in done} == {"bool", "Expired"}
    assert await copies(journey.api) == []
    assert (await row(journey.api, Passkey)).sign_count == counts


async def test_whoever_takes_a_passkey_away_does_not_wait_for_whoever_signs_in_with_it(
    journey: Journey, database_url: str
) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    request = Request(journey.api.ports, await journey.api.token("bert"))
    proof = Proof(credential=it.sign(asked["passkeyOptions"]))
    async with request.change() as change:
        await second_factors.hold(change)
        signing_in = asyncio.create_task(
            complete_two_factor(Request(journey.api.ports), asked["challenge"], proof)
        )
        await waiting(database_url, 1)
        await change.session.execute(delete(Passkey).where(Passkey.licence_id == change.viewer.licence_id))
    with pytest.raises(WrongCode):
        await signing_in


@pytest.mark.parametrize(("after", "codes"), [(LASTS_FOR - SECOND, []), (LASTS_FOR, ["EXPIRED"])])
async def test_the_question_at_a_sign_in_stands_for_five_minutes(
    journey: Journey, clock: SetClock, after: timedelta, codes: list[str]
) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    clock.advance(after)
    credential = it.sign(asked["passkeyOptions"])
    done = await journey.does("nobody", COMPLETE, challenge=asked["challenge"], credential=credential)
    assert codes_of(done) == codes


async def test_whoever_is_blocked_meanwhile_does_not_come_in(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    await block(journey.api, "bert")
    assert codes_of(await journey.completes(asked, it)) == ["EXPIRED"]


async def test_a_passkey_that_is_taken_away_meanwhile_signs_nobody_in(journey: Journey) -> None:
    it, other = journey.authenticator(), journey.authenticator()
    added = await journey.adds("bert", it)
    codes = added["recoveryCodes"]
    await journey.adds("bert", other, recoveryCode=codes[0])
    asked = await journey.signs_in("bert")
    said = {"passkeyId": added["passkey"]["id"], "password": PASSWORD, "recoveryCode": codes[1]}
    assert codes_of(await journey.does("bert", REMOVE, **said)) == []
    assert codes_of(await journey.completes(asked, it)) == ["WRONG_CODE"]
    assert (await journey.completes(asked, other))["step"] == "SIGNED_IN"


async def test_a_new_first_password_leaves_the_passkey_and_it_is_asked_for(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    key = journey.api.world.accounts["bert"].id
    until = journey.clock.now() + timedelta(days=5)
    await set_values(journey.api, Account, key, initial_password_expires_at=until)
    done = await journey.completes(await journey.signs_in("bert"), it)
    assert (done["step"], done["token"]) == ("PASSWORD_CHANGE_REQUIRED", None)
    assert done["challenge"]


async def test_whoever_comes_by_a_mailed_link_shows_his_passkey_too(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    bert, link = journey.api.world.accounts["bert"], Token.new(journey.api.world.firm.licence_id)
    async with journey.api.ports.database.change(bert.licence_id) as session:
        hand_out(session, bert.id, FIRST_PASSWORD, link, journey.clock.now())
    said = dict.fromkeys(("newPassword", "newPasswordConfirmation"), "vier losse woorden zeilboot")
    asked = await journey.does("nobody", CHANGE_PASSWORD, challenge=str(link), **said)
    assert (asked["step"], asked["token"], codes_of(asked)) == ("TWO_FACTOR_REQUIRED", None, [])
    assert (await journey.completes(asked, it))["step"] == "SIGNED_IN"


async def test_tries_are_counted_wherever_they_are_made(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    proof = await journey.proves("bert", it)
    for _ in range(5):
        wrong = await journey.does("bert", REGENERATE, password=PASSWORD, **proof | {"credential": "{}"})
        assert codes_of(wrong) == ["WRONG_CODE"]
    for mutation in (DISABLE, REGENERATE, START, START_APP):
        assert codes_of(await journey.does("bert", mutation, password=PASSWORD, **proof)) == ["RATE_LIMITED"]
    said = {"challenge": asked["challenge"], "credential": it.sign(asked["passkeyOptions"])}
    assert codes_of(await journey.does("nobody", COMPLETE, **said)) == ["RATE_LIMITED"]


async def test_tries_to_make_one_are_counted(journey: Journey) -> None:
    begun, it = await journey.begins("bert"), journey.authenticator()
    wrong = [codes_of(await journey.confirms("bert", begun, it, Said(flags=0))) for _ in range(5)]
    assert wrong == [["WRONG_CODE"]] * 5
    assert codes_of(await journey.confirms("bert", begun, it)) == ["RATE_LIMITED"]


@pytest.mark.parametrize(
    "garbage",
    ["{", "[]", "1" * 5000, "[" * 9000, '{"id": "é", "rawId": "é", "response": {}}', '{"response": 1}'],
)
async def test_garbage_is_wrong_wherever_it_is_sent(journey: Journey, garbage: str) -> None:
    it = journey.authenticator()
    begun = await journey.begins("carla")
    said = {"challenge": begun["challenge"], "name": "x", "credential": garbage}
    assert codes_of(await journey.does("carla", CONFIRM, **said)) == ["WRONG_CODE"]
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    assert codes_of(await journey.shows(asked, credential=garbage)) == ["WRONG_CODE"]
    proof = await journey.proves("bert", it) | {"credential": garbage}
    assert codes_of(await journey.does("bert", REGENERATE, password=PASSWORD, **proof)) == ["WRONG_CODE"]


async def test_an_answer_that_is_too_long_is_not_looked_at(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    asked = await journey.signs_in("bert")
    refused = await journey.shows(asked, credential=it.sign(asked["passkeyOptions"]).ljust(LONGEST + 1))
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [
        ("TOO_LONG", ["input", "credential"])
    ]
