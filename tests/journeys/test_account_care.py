"""Accounts that are blocked and let in again, and who may do what with whose account."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from models import Challenge, Event, Letter, Session
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.caring import PLACE, VERBS, account_of, does, events, is_somebody, joins, mutation
from tests.journeys.invited import chooses, mailed, outcome, signs_in
from tests.journeys.programs import lets_in
from tests.journeys.rows import block, rows, set_login_limit
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"
CLIENTS_OF_THE_WORLD: Final = 3


async def test_whoever_is_blocked_is_nobody_at_the_next_request(api: Api) -> None:
    assert await is_somebody(api, "bert")
    assert await does(api, "anna", "blockAccount", "bert") == {
        "account": {"status": "BLOCKED", "initialPasswordExpiresAt": None},
        "relation": {"displayName": "Bert Callewaert"},
        "userErrors": [],
    }
    assert not await is_somebody(api, "bert")
    assert await rows(api, Session, account_id=api.world.accounts["bert"].id) == []
    assert outcome(await signs_in(api, BERT, PASSWORD)) == "WRONG_CREDENTIALS"


async def test_whoever_is_blocked_or_let_in_again_is_told_once_in_his_language(api: Api) -> None:
    for verb in ("unblockAccount", "blockAccount", "blockAccount", "unblockAccount", "unblockAccount"):
        await does(api, "anna", verb, "dirk")
    told = sorted(await rows(api, Letter), key=lambda it: it.id)
    assert [(it.kind, it.recipient, it.language, it.sealed) for it in told] == [
        ("account_blocked", "dirk@schyns.example", "DE", None),
        ("account_unblocked", "dirk@schyns.example", "DE", None),
    ]


async def test_a_block_that_may_not_be_tells_nobody(api: Api) -> None:
    assert mistakes(await does(api, "arthur", "blockAccount", "arthur")) == [("INVALID", PLACE)]
    assert await rows(api, Letter) == []


async def test_of_a_program_nobody_is_told(api: Api) -> None:
    program = await lets_in(api, "crm", "DOCUMENTS_READ")
    for verb in ("blockAccount", "unblockAccount"):
        assert mistakes(await does(api, "arthur", verb, program)) == []
    assert await rows(api, Letter) == []


async def test_a_sign_in_under_way_ends_with_the_block(api: Api) -> None:
    await does(api, "anna", "resetPassword", "bert")
    asked = await signs_in(api, BERT, await mailed(api, "password_reset"))
    await does(api, "anna", "blockAccount", "bert")
    assert await rows(api, Challenge) == []
    await does(api, "anna", "unblockAccount", "bert")
    assert outcome(await chooses(api, asked["challenge"])) == "EXPIRED"


async def test_a_block_frees_the_seat(api: Api) -> None:
    await does(api, "anna", "blockAccount", "bert")
    used = await api.gets("anna", "{ viewer { licence { clientLogins { used } } } }")
    assert used["viewer"]["licence"]["clientLogins"] == {"used": CLIENTS_OF_THE_WORLD - 1}


async def test_to_block_or_unblock_twice_changes_nothing(api: Api, clock: SetClock) -> None:
    for verb in ("blockAccount", "unblockAccount"):
        before = (await does(api, "anna", verb, "bert"))["account"]
        since = (await account_of(api, "bert")).blocked_at
        clock.advance(timedelta(minutes=1))
        assert await does(api, "anna", verb, "bert") == {
            "account": before,
            "relation": {"displayName": "Bert Callewaert"},
            "userErrors": [],
        }
        assert (await account_of(api, "bert")).blocked_at == since
    assert await events(api) == ["account.blocked", "account.unblocked"]


async def test_what_is_done_is_remembered_with_who_did_it(api: Api) -> None:
    for verb in VERBS:
        await does(api, "arthur", verb, "bert")
        await does(api, "arthur", "unblockAccount", "bert")
    of_bert = {"account": str(api.world.accounts["bert"].id)}
    found = [it for it in await rows(api, Event) if it.kind.startswith("account.")]
    kinds = {"account.password_reset", "account.blocked", "account.unblocked", "account.two_factor_reset"}
    assert {it.kind for it in found} == kinds
    for it in found:
        assert (it.account_id, it.details) == (api.world.accounts["arthur"].id, of_bert)
        assert it.relation_id == api.world.relations["bert"].id


async def test_whoever_is_unblocked_signs_in_as_before(api: Api) -> None:
    assert await is_somebody(api, "bert")
    await does(api, "anna", "blockAccount", "bert")
    assert (await does(api, "anna", "unblockAccount", "bert"))["account"]["status"] == "ACTIVE"
    assert not await is_somebody(api, "bert")
    assert outcome(await signs_in(api, BERT, PASSWORD)) == "SIGNED_IN"


async def test_whoever_is_unblocked_needs_a_seat(api: Api) -> None:
    await block(api, "bert")
    await set_login_limit(api, CLIENTS_OF_THE_WORLD - 1)
    payload = await does(api, "anna", "unblockAccount", "bert")
    assert (mistakes(payload), payload["account"]) == ([("NO_SEAT_LEFT", PLACE)], None)
    assert (await account_of(api, "bert")).blocked_at is not None
    assert (await events(api), await rows(api, Letter)) == ([], [])
    await set_login_limit(api, CLIENTS_OF_THE_WORLD)
    assert mistakes(await does(api, "anna", "unblockAccount", "bert")) == []


async def test_staff_take_no_seat(api: Api) -> None:
    await set_login_limit(api, 0)
    await does(api, "arthur", "blockAccount", "anna")
    payload = await does(api, "arthur", "unblockAccount", "anna")
    assert payload["account"]["status"] == "ACTIVE"
    assert payload["relation"] is None


@pytest.mark.parametrize("verb", VERBS[:3])
async def test_staff_manage_the_accounts_of_clients_and_no_others(api: Api, verb: str) -> None:
    await joins(api, "greet")
    program = await lets_in(api, "crm", "DOCUMENTS_READ")
    before = await events(api)
    for to in ("anna", "greet", "arthur", program):
        assert mistakes(await does(api, "anna", verb, to)) == [("FORBIDDEN", PLACE)]
    assert await events(api) == before
    assert mistakes(await does(api, "anna", verb, "bert")) == []


@pytest.mark.parametrize("verb", VERBS)
async def test_administrators_manage_everybody(api: Api, verb: str) -> None:
    await joins(api, "greet", administrator=True)
    for to in ("bert", "anna", "greet"):
        assert mistakes(await does(api, "arthur", verb, to)) == []


@pytest.mark.parametrize("verb", VERBS)
async def test_clients_manage_nobody(api: Api, verb: str) -> None:
    for who, code in (("bert", "FORBIDDEN"), ("nobody", "UNAUTHENTICATED")):
        for to in ("bert", "carla", "anna"):
            said = {"accountId": api.id("Account", api.world.accounts[to].id)}
            assert await refused_fields(api, who, mutation(verb), input=said) == [(code, ["it"])]
    assert (await events(api), await rows(api, Letter)) == ([], [])


async def test_staff_who_do_not_administer_take_no_second_factor_away(api: Api) -> None:
    said = {"accountId": api.id("Account", api.world.accounts["bert"].id)}
    refused = await refused_fields(api, "anna", mutation("resetTwoFactor"), input=said)
    assert refused == [("FORBIDDEN", ["it"])]


@pytest.mark.parametrize("verb", VERBS)
async def test_an_account_that_cannot_be_seen_is_not_found_like_what_never_was(api: Api, verb: str) -> None:
    query = mutation(verb)
    never = await answer_to(api, "arthur", query, input={"accountId": api.id("Account", uuid4())})
    assert b'"NOT_FOUND"' in never
    eva = {"accountId": api.id("Account", api.world.accounts["eva"].id)}
    assert await answer_to(api, "arthur", query, input=eva) == never
    assert await events(api) == []
