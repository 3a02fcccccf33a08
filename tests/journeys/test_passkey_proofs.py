"""Passkeys in a session: shown in place of a code, listed, and taken away."""

import asyncio
import json
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest

from models import Challenge, Passkey, RecoveryCode
from resolvers import second_factors
from resolvers.request import Request
from tests.api import Api
from tests.auth.software_authenticator import Said
from tests.conftest import SetClock
from tests.journeys.passkeys import (
    A_WHILE,
    COMPLETE,
    DISABLE,
    PROOF,
    REGENERATE,
    REMOVE,
    START,
    START_APP,
    Journey,
    codes_of,
    copies,
    waiting,
)
from tests.journeys.rows import row, rows
from tests.world import PASSWORD

LISTED: Final = (
    "{ viewer { twoFactor { enabled enabledAt recoveryCodesLeft } passkeys { id name lastUsedAt } } }"
)
RESET: Final = """
mutation ($input: ResetTwoFactorInput!) { it: resetTwoFactor(input: $input) { userErrors { code } } }
"""


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def test_a_passkey_is_taken_away_with_itself_and_the_recovery_codes_go_with_the_last(
    journey: Journey,
) -> None:
    it = journey.authenticator()
    added = await journey.adds("bert", it)
    proof = await journey.proves("bert", it)
    id_ = added["passkey"]["id"]
    removed = await journey.does("bert", REMOVE, passkeyId=id_, password=PASSWORD, **proof)
    assert removed == {
        "removedPasskeyId": id_,
        "viewer": {"twoFactor": {"enabled": False, "recoveryCodesLeft": 0}, "passkeys": []},
        "userErrors": [],
    }
    assert await rows(journey.api, RecoveryCode) == []
    assert (await journey.signs_in("bert"))["step"] == "SIGNED_IN"


async def test_the_recovery_codes_stay_while_an_app_is_left(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    it = journey.authenticator()
    added = await journey.adds("bert", it, code=app.at(journey.clock.now()))
    code = app.at(journey.clock.now())
    removed = await journey.does(
        "bert", REMOVE, passkeyId=added["passkey"]["id"], password=PASSWORD, code=code
    )
    assert removed["viewer"]["twoFactor"] == {"enabled": True, "recoveryCodesLeft": 10}


async def test_the_recovery_codes_stay_while_another_passkey_is_left(journey: Journey) -> None:
    first, second = journey.authenticator(), journey.authenticator()
    added = await journey.adds("bert", first)
    await journey.adds("bert", second, **await journey.proves("bert", first))
    proof = await journey.proves("bert", second)
    removed = await journey.does("bert", REMOVE, passkeyId=added["passkey"]["id"], password=PASSWORD, **proof)
    assert removed["viewer"]["twoFactor"] == {"enabled": True, "recoveryCodesLeft": 10}
    assert [it.credential_id for it in await rows(journey.api, Passkey)] == [second.credential_id]


async def test_an_app_is_taken_away_with_a_passkey_and_the_recovery_codes_stay(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    await journey.adds_app("bert", **await journey.proves("bert", it))
    disabled = await journey.does("bert", DISABLE, password=PASSWORD, **await journey.proves("bert", it))
    assert disabled == {
        "viewer": {"twoFactor": {"enabled": True, "recoveryCodesLeft": 10}},
        "userErrors": [],
    }
    again = await journey.does("bert", DISABLE, password=PASSWORD, **await journey.proves("bert", it))
    assert codes_of(again) == ["INVALID"]
    assert again["userErrors"][0]["message"] == "Er is geen app om te verwijderen."


async def test_an_app_alone_is_taken_away_with_its_recovery_codes(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    disabled = await journey.does("bert", DISABLE, password=PASSWORD, code=app.at(journey.clock.now()))
    assert disabled["viewer"]["twoFactor"] == {"enabled": False, "recoveryCodesLeft": 0}
    assert await rows(journey.api, RecoveryCode) == []


async def test_the_recovery_codes_go_when_the_last_two_factors_go_at_once(
    journey: Journey, database_url: str
) -> None:
    it = journey.authenticator()
    added = await journey.adds("bert", it)
    await journey.adds_app("bert", **await journey.proves("bert", it))
    first, second, *_ = added["recoveryCodes"]
    id_ = added["passkey"]["id"]
    request = Request(journey.api.ports, await journey.api.token("bert"))
    async with request.change() as change:
        await second_factors.hold(change)
        going = [
            asyncio.create_task(journey.does("bert", DISABLE, password=PASSWORD, recoveryCode=first)),
            asyncio.create_task(
                journey.does("bert", REMOVE, passkeyId=id_, password=PASSWORD, recoveryCode=second)
            ),
        ]
        await waiting(database_url, 2)
    assert [codes_of(await one) for one in going] == [[], []]
    assert await rows(journey.api, RecoveryCode) == []


async def test_a_passkey_makes_recovery_codes_anew(journey: Journey) -> None:
    it = journey.authenticator()
    old = (await journey.adds("bert", it))["recoveryCodes"]
    made = await journey.does("bert", REGENERATE, password=PASSWORD, **await journey.proves("bert", it))
    assert (len(made["recoveryCodes"]), {*made["recoveryCodes"]} & {*old}) == (10, set())
    asked = await journey.signs_in("bert")
    said = {"challenge": asked["challenge"], "recoveryCode": old[0]}
    assert codes_of(await journey.does("nobody", COMPLETE, **said)) == ["WRONG_CODE"]


async def test_the_passkey_of_somebody_else_is_not_there(journey: Journey) -> None:
    of_bert, of_carla = journey.authenticator(), journey.authenticator()
    await journey.adds("bert", of_bert)
    added = await journey.adds("carla", of_carla)
    answers: list[dict[str, Any]] = []
    for id_ in (added["passkey"]["id"], journey.api.id("Passkey", uuid4())):
        proof = await journey.proves("bert", of_bert)
        answers.append(await journey.does("bert", REMOVE, passkeyId=id_, password=PASSWORD, **proof))
        journey.clock.advance(A_WHILE)
    assert answers[0] == answers[1]
    assert [(it["code"], it["path"]) for it in answers[0]["userErrors"]] == [
        ("NOT_FOUND", ["input", "passkeyId"])
    ]
    assert len(await rows(journey.api, Passkey)) == 2


async def test_ones_passkeys_are_listed_to_oneself_alone(journey: Journey) -> None:
    await journey.adds("bert", journey.authenticator())
    seen = (await journey.api.gets("bert", LISTED))["viewer"]
    assert [it["name"] for it in seen["passkeys"]] == ["Sleutelhanger"]
    for who in ("carla", "arthur", "eva"):
        assert (await journey.api.gets(who, LISTED))["viewer"] == {
            "twoFactor": {"enabled": False, "enabledAt": None, "recoveryCodesLeft": 0},
            "passkeys": [],
        }


async def test_the_second_factor_is_there_since_the_first_of_them(journey: Journey, clock: SetClock) -> None:
    begin = clock.now().isoformat()
    it = journey.authenticator()
    await journey.adds("bert", it)
    await journey.adds_app("bert", **await journey.proves("bert", it))
    seen = (await journey.api.gets("bert", LISTED))["viewer"]["twoFactor"]
    assert seen == {"enabled": True, "enabledAt": begin, "recoveryCodesLeft": 10}


async def test_staff_see_that_an_account_has_a_second_factor(journey: Journey) -> None:
    await journey.adds("bert", journey.authenticator())
    query = "query ($id: ID!) { node(id: $id) { ... on Account { twoFactorEnabled } } }"
    for who, has in (("bert", True), ("carla", False)):
        id_ = journey.api.id("Account", journey.api.world.accounts[who].id)
        assert await journey.api.gets("anna", query, id=id_) == {"node": {"twoFactorEnabled": has}}


@pytest.mark.parametrize("mutation", [DISABLE, REGENERATE, START, START_APP])
async def test_a_wrong_password_changes_nothing_whatever_else_is_right(
    journey: Journey, mutation: str
) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    proof = await journey.proves("bert", it)
    refused = await journey.does("bert", mutation, password="not the password", **proof)
    assert codes_of(refused) == ["WRONG_CREDENTIALS"]
    assert (await row(journey.api, Passkey)).last_used_at is None


async def test_a_passkey_stays_without_the_password_or_without_a_proof(journey: Journey) -> None:
    it = journey.authenticator()
    added = await journey.adds("bert", it)
    id_ = added["passkey"]["id"]
    proof = await journey.proves("bert", it)
    refused = await journey.does("bert", REMOVE, passkeyId=id_, password="not the password", **proof)
    assert codes_of(refused) == ["WRONG_CREDENTIALS"]
    wrong = await journey.proves("bert", it, Said(origin="http://kluis.example"))
    for shown in (wrong, {"code": "123456"}, {"recoveryCode": "aaaa-bbbb-cccc-dddd"}):
        refused = await journey.does("bert", REMOVE, passkeyId=id_, password=PASSWORD, **shown)
        assert codes_of(refused) == ["WRONG_CODE"]
    assert len(await rows(journey.api, Passkey)) == 1
    assert len(await rows(journey.api, RecoveryCode, used_at=None)) == 10


async def test_a_proof_is_of_the_one_who_shows_it(journey: Journey) -> None:
    of_bert, of_carla = journey.authenticator(), journey.authenticator()
    await journey.adds("bert", of_bert)
    await journey.adds("carla", of_carla)
    for shown, codes in (
        (await journey.proves("carla", of_carla), ["EXPIRED"]),
        (await journey.proves("bert", of_carla), ["WRONG_CODE"]),
        (await journey.proves("bert", of_bert) | {"challenge": ""}, ["EXPIRED"]),
    ):
        assert codes_of(await journey.does("bert", REGENERATE, password=PASSWORD, **shown)) == codes
    lone = {"credential": (await journey.proves("bert", of_bert))["credential"]}
    assert codes_of(await journey.does("bert", REGENERATE, password=PASSWORD, **lone)) == ["EXPIRED"]


async def test_a_proof_is_shown_once(journey: Journey) -> None:
    it = journey.authenticator(counts=False)
    await journey.adds("bert", it)
    proof = await journey.proves("bert", it)
    assert codes_of(await journey.does("bert", REGENERATE, password=PASSWORD, **proof)) == []
    assert codes_of(await journey.does("bert", REGENERATE, password=PASSWORD, **proof)) == ["EXPIRED"]
    said = {"challenge": proof["challenge"], "credential": proof["credential"]}
    assert codes_of(await journey.does("nobody", COMPLETE, **said)) == ["EXPIRED"]


async def test_the_challenge_of_a_new_passkey_proves_nothing_and_that_of_a_proof_makes_none(
    journey: Journey,
) -> None:
    it = journey.authenticator()
    codes = (await journey.adds("bert", it))["recoveryCodes"]
    begun = await journey.begins("bert", recoveryCode=codes[0])
    nonce = json.loads(begun["options"])["challenge"]
    signed = it.sign(json.dumps({"challenge": nonce, "rpId": "kluis.test"}))
    said = {"challenge": begun["challenge"], "credential": signed}
    assert codes_of(await journey.does("nobody", COMPLETE, **said)) == ["EXPIRED"]
    assert codes_of(await journey.does("bert", REGENERATE, password=PASSWORD, **said)) == ["EXPIRED"]
    asked = await journey.does("bert", PROOF, password=PASSWORD)
    creation = json.loads(begun["options"]) | {"challenge": json.loads(asked["options"])["challenge"]}
    made = asked | {"options": json.dumps(creation)}
    assert codes_of(await journey.confirms("bert", made, journey.authenticator())) == ["EXPIRED"]


async def test_a_copy_in_a_session_changes_nothing_and_is_remembered(journey: Journey) -> None:
    it = journey.authenticator(sign_count=4)
    added = await journey.adds("bert", it)
    proof = await journey.proves("bert", replace(it, sign_count=0))
    id_ = added["passkey"]["id"]
    refused = await journey.does("bert", REMOVE, passkeyId=id_, password=PASSWORD, **proof)
    assert codes_of(refused) == ["WRONG_CODE"]
    assert len(await copies(journey.api)) == 1
    assert (await row(journey.api, Passkey)).sign_count == 4


async def test_who_has_no_passkey_can_show_none(journey: Journey) -> None:
    refused = await journey.does("bert", PROOF, password=PASSWORD)
    assert (codes_of(refused), refused["challenge"], refused["options"]) == (["INVALID"], None, None)
    assert refused["userErrors"][0]["message"] == "Er is nog geen passkey."
    refused = await journey.does("bert", PROOF, password="not the password")
    assert codes_of(refused) == ["WRONG_CREDENTIALS"]
    assert await rows(journey.api, Challenge) == []


async def test_an_administrator_takes_passkeys_away_that_are_lost(journey: Journey) -> None:
    await journey.adds("bert", journey.authenticator())
    id_ = journey.api.id("Account", journey.api.world.accounts["bert"].id)
    assert await journey.does("arthur", RESET, accountId=id_) == {"userErrors": []}
    assert await rows(journey.api, Passkey) == []
    assert (await journey.signs_in("bert"))["step"] == "SIGNED_IN"


@pytest.mark.parametrize(
    "name", ["startPasskeyEnrolment", "startPasskeyProof", "confirmPasskeyEnrolment", "removePasskey"]
)
async def test_one_operation_tries_once(journey: Journey, name: str) -> None:
    kind = name[0].upper() + name[1:]
    once = f"{name}(input: $input) {{ userErrors {{ code }} }}"
    twice = f"mutation ($input: {kind}Input!) {{ a: {once} b: {once} }}"
    answer = await journey.api.ask("bert", twice, input={})
    assert "data" not in answer
    assert [it["message"] for it in answer["errors"]] == [
        "The document has too many fields that sign in or change a second factor: more than 1."
    ]
