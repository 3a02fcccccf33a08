"""Access to the portal, given on a relation's sheet: the account, the letter, its password, the seats."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models import Account, Letter, Relation
from resolvers.first_secrets import LASTS_FOR
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.invited import opened, outcome, signs_in
from tests.journeys.rows import block, row, rows, set_login_limit, set_values, writing

GRANT = """
mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) {
    account { displayName role username status initialPasswordExpiresAt lastSignedInAt relation { email } }
    relation { displayName portalAccount { username } }
    userErrors { code message path }
  }
}
"""
FEMKE = "femke@dupont.example"
SECOND = timedelta(seconds=1)
CLIENTS_OF_THE_WORLD = 3


async def grant(api: Api, who: str, relation: Relation) -> dict[str, Any]:
    said = {"relationId": api.id("Relation", relation.id)}
    return (await api.gets(who, GRANT, input=said))["grantPortalAccess"]


def femke(api: Api) -> Relation:
    return api.world.relations["femke"]


async def test_a_relation_with_an_address_gets_an_account(api: Api) -> None:
    assert await grant(api, "anna", femke(api)) == {
        "account": {
            "displayName": "Femke Dupont",
            "role": "CLIENT",
            "username": FEMKE,
            "status": "INVITED",
            "initialPasswordExpiresAt": (START + timedelta(days=5)).isoformat(),
            "lastSignedInAt": None,
            "relation": {"email": FEMKE},
        },
        "relation": {"displayName": "Femke Dupont", "portalAccount": {"username": FEMKE}},
        "userErrors": [],
    }


async def test_the_letter_carries_the_user_name_and_a_sealed_password(api: Api) -> None:
    await grant(api, "anna", femke(api))
    letter = await row(api, Letter)
    assert (letter.kind, letter.recipient, letter.language) == ("access_granted", FEMKE, "FR")
    assert letter.details["username"] == FEMKE
    password = await opened(api, letter)
    assert password not in str(letter.details)
    assert password.encode() not in (letter.sealed or b"")


async def test_the_mailed_password_signs_in_and_is_to_be_replaced(api: Api) -> None:
    await grant(api, "anna", femke(api))
    password = await opened(api, await row(api, Letter))
    assert outcome(await signs_in(api, FEMKE, password)) == "PASSWORD_CHANGE_REQUIRED"


@pytest.mark.parametrize(
    ("age", "then"),
    [
        (timedelta(days=4, hours=23, minutes=59), "PASSWORD_CHANGE_REQUIRED"),
        (LASTS_FOR - SECOND, "PASSWORD_CHANGE_REQUIRED"),
        (LASTS_FOR, "WRONG_CREDENTIALS"),
        (LASTS_FOR + SECOND, "WRONG_CREDENTIALS"),
    ],
)
async def test_the_mailed_password_dies_after_five_times_24_hours(
    api: Api, clock: SetClock, age: timedelta, then: str
) -> None:
    assert timedelta(hours=5 * 24) == LASTS_FOR
    await grant(api, "anna", femke(api))
    password = await opened(api, await row(api, Letter))
    clock.advance(age)
    assert outcome(await signs_in(api, FEMKE, password)) == then


async def test_no_answer_and_no_row_holds_the_password(api: Api) -> None:
    said = {"relationId": api.id("Relation", femke(api).id)}
    answer = await answer_to(api, "anna", GRANT, input=said)
    password = await opened(api, await row(api, Letter))
    assert password.encode() not in answer
    account = await row(api, Account, username=FEMKE)
    assert account.password_hash
    assert account.password_hash.startswith("$argon2id$")
    assert password not in account.password_hash


async def test_every_account_has_a_password_of_its_own(api: Api) -> None:
    await grant(api, "anna", femke(api))
    await grant(api, "anna", await add_relation(api, 1))
    first, second = [await opened(api, it) for it in await rows(api, Letter)]
    assert first != second


async def add_relation(api: Api, number: int, email: str | None = None) -> Relation:
    async with writing(api) as firm:
        return await firm.relation(
            f"Client {number}", "Janssens", email=email or f"client{number}@janssens.example"
        )


async def nothing_came_of_it(api: Api) -> bool:
    return len(await rows(api, Account, role="CLIENT")) == CLIENTS_OF_THE_WORLD and not await rows(
        api, Letter
    )


@pytest.mark.parametrize("email", [None, "", " "])
async def test_without_an_address_there_is_no_access(api: Api, email: str | None) -> None:
    noor = api.world.relations["noor"]
    await set_values(api, Relation, noor.id, email=email)
    payload = await grant(api, "anna", noor)
    assert payload["account"] is None
    message, path = "This relation has no e-mail address.", ["input", "relationId"]
    assert payload["userErrors"] == [{"code": "NO_EMAIL", "message": message, "path": path}]
    assert await nothing_came_of_it(api)


@pytest.mark.parametrize(
    "email",
    [
        "femke",
        "fémke@dupont.example",
        "femke@dupont",
        "femke@dupont.example\nBcc: eva@het-ander.example",
        "femke@dupont.example, dirk@schyns.example",
        "f" * 300 + "@dupont.example",
    ],
)
async def test_where_no_mail_would_arrive_there_is_no_access(api: Api, email: str) -> None:
    payload = await grant(api, "anna", await add_relation(api, 1, email))
    assert payload["account"] is None
    assert payload["userErrors"] == [
        {
            "code": "NO_EMAIL",
            "message": "The e-mail address of this relation is not right: no mail can be sent to it.",
            "path": ["input", "relationId"],
        }
    ]
    assert await nothing_came_of_it(api)


async def test_the_user_name_is_the_address_without_what_stands_around_it(api: Api) -> None:
    payload = await grant(api, "anna", await add_relation(api, 1, " Jan@JANSSENS.example "))
    assert (payload["userErrors"], payload["account"]["username"]) == ([], "Jan@janssens.example")
    assert (await row(api, Letter)).recipient == "Jan@janssens.example"


async def test_access_is_given_once(api: Api) -> None:
    payload = await grant(api, "anna", api.world.relations["bert"])
    assert mistakes(payload) == [("ALREADY_EXISTS", ["input", "relationId"])]
    assert await nothing_came_of_it(api)


@pytest.mark.parametrize(
    "email", ["bert@callewaert.example", "BERT@Callewaert.Example", "anna@de-linde.example"]
)
async def test_two_accounts_never_share_an_address(api: Api, email: str) -> None:
    payload = await grant(api, "anna", await add_relation(api, 1, email))
    assert mistakes(payload) == [("ALREADY_EXISTS", ["input", "relationId"])]
    assert await nothing_came_of_it(api)


async def test_somebody_may_be_a_client_of_two_firms(api: Api) -> None:
    payload = await grant(api, "anna", await add_relation(api, 1, "eva@het-ander.example"))
    assert payload["userErrors"] == []


async def test_whoever_is_given_access_twice_at_once_gets_it_once(api: Api) -> None:
    await api.token("anna")
    payloads = await asyncio.gather(*(grant(api, "anna", femke(api)) for _ in range(4)))
    codes = sorted(str([it["code"] for it in payload["userErrors"]]) for payload in payloads)
    assert codes == ["['ALREADY_EXISTS']"] * 3 + ["[]"]
    assert len(await rows(api, Letter)) == 1


async def test_no_access_is_given_when_all_seats_are_taken(api: Api) -> None:
    await set_login_limit(api, CLIENTS_OF_THE_WORLD)
    payload = await grant(api, "anna", femke(api))
    assert payload["account"] is None
    assert payload["userErrors"] == [
        {
            "code": "NO_SEAT_LEFT",
            "message": "All 3 client logins of the licence are in use.",
            "path": ["input", "relationId"],
        }
    ]
    assert await nothing_came_of_it(api)


async def test_the_last_seat_can_be_taken(api: Api) -> None:
    await set_login_limit(api, CLIENTS_OF_THE_WORLD + 1)
    assert (await grant(api, "anna", femke(api)))["userErrors"] == []
    used = await api.gets("anna", "{ viewer { licence { clientLogins { used limit } } } }")
    assert used["viewer"]["licence"]["clientLogins"] == {"used": 4, "limit": 4}


async def test_a_blocked_client_gives_his_seat_back(api: Api) -> None:
    await set_login_limit(api, CLIENTS_OF_THE_WORLD)
    await block(api, "dirk")
    assert (await grant(api, "anna", femke(api)))["userErrors"] == []


async def test_six_at_once_take_exactly_the_two_seats_that_are_left(api: Api) -> None:
    await set_login_limit(api, CLIENTS_OF_THE_WORLD + 2)
    relations = [await add_relation(api, number) for number in range(6)]
    await api.token("anna")
    payloads = await asyncio.gather(*(grant(api, "anna", it) for it in relations))
    codes = sorted(str([it["code"] for it in payload["userErrors"]]) for payload in payloads)
    assert codes == ["['NO_SEAT_LEFT']"] * 4 + ["[]"] * 2
    assert len(await rows(api, Account, role="CLIENT")) == CLIENTS_OF_THE_WORLD + 2
    assert len(await rows(api, Letter)) == 2


@pytest.mark.parametrize(("who", "code"), [("bert", "FORBIDDEN"), ("nobody", "UNAUTHENTICATED")])
async def test_only_staff_give_access(api: Api, who: str, code: str) -> None:
    for id_ in (api.id("Relation", femke(api).id), "x"):
        said = {"relationId": id_}
        assert await refused_fields(api, who, GRANT, input=said) == [(code, ["grantPortalAccess"])]
    assert await nothing_came_of_it(api)


async def test_what_cannot_be_seen_is_not_found_like_what_never_was(api: Api) -> None:
    never = await answer_to(api, "anna", GRANT, input={"relationId": api.id("Relation", uuid4())})
    assert b'"NOT_FOUND"' in never
    for id_ in (api.id("Document", api.world.document.id), api.id("Account", api.world.accounts["bert"].id)):
        assert await answer_to(api, "anna", GRANT, input={"relationId": id_}) == never
    await set_values(api, Relation, femke(api).id, deleted_at=START)
    said = {"relationId": api.id("Relation", femke(api).id)}
    assert await answer_to(api, "anna", GRANT, input=said) == never
    assert await nothing_came_of_it(api)


@pytest.mark.parametrize("id_", ["", "x", "é"])
async def test_a_malformed_id_is_invalid(api: Api, id_: str) -> None:
    payload = (await api.gets("anna", GRANT, input={"relationId": id_}))["grantPortalAccess"]
    assert mistakes(payload) == [("INVALID", ["input", "relationId"])]
