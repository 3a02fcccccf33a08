"""Accounts of the firm's own people: who makes them, what they are in, and what they are mailed."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from models import Account, AccountGroupMember, Event, Letter
from tests.api import Api
from tests.conftest import START
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.invited import chooses, mail_links, mailed, outcome, signs_in
from tests.journeys.rows import row, rows

CREATE: Final = """
mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) {
    account { displayName role username status initialPasswordExpiresAt relation { id } }
    userErrors { code message path }
  }
}
"""
CREATE_GROUP: Final = """
mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } userErrors { code } } }
"""
GREET: Final = "greet@de-linde.example"
PEOPLE_OF_THE_WORLD: Final = 5


async def creates(api: Api, who: str = "arthur", **said: Any) -> dict[str, Any]:
    """Return what createAccount answers; where nothing is said, for Greet."""
    given = {"username": GREET, "givenName": "Greet", "familyName": "Wouters"} | said
    return (await api.gets(who, CREATE, input=given))["createAccount"]


async def groups_of(api: Api, username: str) -> set[UUID]:
    account = await row(api, Account, username=username)
    return {it.group_id for it in await rows(api, AccountGroupMember, account_id=account.id)}


async def nothing_came_of_it(api: Api) -> bool:
    kinds = {it.kind for it in await rows(api, Event)}
    people = len(await rows(api, Account))
    return people == PEOPLE_OF_THE_WORLD and not await rows(api, Letter) and "account.created" not in kinds


async def test_an_administrator_adds_somebody_to_the_staff(api: Api) -> None:
    assert await creates(api) == {
        "account": {
            "displayName": "Greet Wouters",
            "role": "STAFF",
            "username": GREET,
            "status": "INVITED",
            "initialPasswordExpiresAt": (START + timedelta(days=5)).isoformat(),
            "relation": None,
        },
        "userErrors": [],
    }
    assert await groups_of(api, GREET) == {api.world.firm.users}


async def test_whoever_is_added_is_remembered_with_who_added_him(api: Api) -> None:
    await creates(api)
    (event,) = [it for it in await rows(api, Event) if it.kind == "account.created"]
    assert event.account_id == api.world.accounts["arthur"].id
    assert event.details == {"account": str((await row(api, Account, username=GREET)).id)}


async def test_he_is_in_the_groups_that_are_named_and_in_users(api: Api) -> None:
    made = await api.gets("arthur", CREATE_GROUP, input={"name": "Juristen"})
    lawyers = made["createGroup"]["group"]["id"]
    users = api.id("Group", api.world.firm.users)
    assert (await creates(api, groupIds=[lawyers, users, lawyers]))["userErrors"] == []
    named = api.ports.ids.read(lawyers)
    assert named
    assert await groups_of(api, GREET) == {api.world.firm.users, named[1]}


async def test_whoever_is_put_among_the_administrators_is_one(api: Api) -> None:
    payload = await creates(api, groupIds=[api.id("Group", api.world.firm.administrators)])
    assert payload["account"]["role"] == "ADMINISTRATOR"


async def test_the_mailed_password_brings_him_in(api: Api) -> None:
    await creates(api, language="FR")
    letter = await row(api, Letter)
    assert (letter.kind, letter.recipient, letter.language) == ("access_granted", GREET, "FR")
    assert letter.details["role"] == "STAFF"
    asked = await signs_in(api, GREET, await mailed(api, "access_granted"))
    assert outcome(asked) == "PASSWORD_CHANGE_REQUIRED"
    done = await chooses(api, asked["challenge"])
    assert done["viewer"] == {"email": GREET, "language": "FR"}


async def test_where_links_are_mailed_a_link_brings_him_in(api: Api) -> None:
    await mail_links(api)
    await creates(api)
    done = await chooses(api, await mailed(api, "access_granted_by_link"))
    assert done["viewer"] == {"email": GREET, "language": "NL"}


async def test_the_address_and_the_names_are_kept_without_what_stands_around_them(api: Api) -> None:
    payload = await creates(
        api, username=" Greet@DE-LINDE.example ", givenName=" Greet ", familyName=" Wouters "
    )
    assert payload["account"]["username"] == "Greet@de-linde.example"
    assert payload["account"]["displayName"] == "Greet Wouters"
    account = await row(api, Account, username_folded=GREET)
    assert account.email == "Greet@de-linde.example"


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ({"username": ""}, "REQUIRED", "username"),
        ({"username": "  "}, "REQUIRED", "username"),
        ({"username": "greet"}, "INVALID", "username"),
        ({"username": "greet@"}, "INVALID", "username"),
        ({"username": "greet@de linde.example"}, "INVALID", "username"),
        ({"username": "Greet <greet@de-linde.example>"}, "INVALID", "username"),
        ({"username": "greet@de-linde.example\nBcc: eva@het-ander.example"}, "INVALID", "username"),
        ({"username": "g" * 300 + "@de-linde.example"}, "TOO_LONG", "username"),
        ({"username": "g" * 65 + "@de-linde.example"}, "INVALID", "username"),
        ({"username": "gréét@de-linde.example"}, "INVALID", "username"),
        ({"username": "greet@de-linde"}, "INVALID", "username"),
        ({"username": "anna@de-linde.example"}, "ALREADY_EXISTS", "username"),
        ({"username": "ANNA@De-Linde.Example"}, "ALREADY_EXISTS", "username"),
        ({"username": "bert@callewaert.example"}, "ALREADY_EXISTS", "username"),
        ({"givenName": " "}, "REQUIRED", "givenName"),
        ({"familyName": ""}, "REQUIRED", "familyName"),
        ({"givenName": "g" * 101}, "TOO_LONG", "givenName"),
        ({"familyName": "g" * 101}, "TOO_LONG", "familyName"),
        ({"groupIds": ["x"]}, "INVALID", "groupIds"),
    ],
)
async def test_what_is_said_wrong_adds_nobody(api: Api, said: dict[str, Any], code: str, place: str) -> None:
    payload = await creates(api, **said)
    assert payload["account"] is None
    assert [(it, path[:2]) for it, path in mistakes(payload) if path] == [(code, ["input", place])]
    assert await nothing_came_of_it(api)


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("gréét@de-linde.example", "Vóór de @ moeten 1 tot 64 tekens staan: letters zonder accenten"),
        ("greet@de-linde", "Achter de @ moet een openbaar domein staan, zoals example.com."),
    ],
)
async def test_an_address_is_refused_in_words_that_say_what_to_change(
    api: Api, username: str, words: str
) -> None:
    (said,) = (await creates(api, username=username))["userErrors"]
    assert said["message"].startswith(words)


async def test_a_group_that_is_not_there_adds_nobody(api: Api) -> None:
    for key in (uuid4(), api.world.other_firm.users, api.world.document.id):
        payload = await creates(api, groupIds=[api.id("Group", api.world.firm.users), api.id("Group", key)])
        assert mistakes(payload) == [("NOT_FOUND", ["input", "groupIds"])]
    assert await nothing_came_of_it(api)


async def test_somebody_may_work_for_two_firms(api: Api) -> None:
    assert (await creates(api, username="eva@het-ander.example"))["userErrors"] == []


async def test_whoever_is_added_twice_at_once_is_added_once(api: Api) -> None:
    await api.token("arthur")
    payloads = await asyncio.gather(*(creates(api) for _ in range(4)))
    assert sorted(mistakes(it) for it in payloads) == [[]] + [[("ALREADY_EXISTS", ["input", "username"])]] * 3
    assert len(await rows(api, Letter)) == 1


@pytest.mark.parametrize(
    ("who", "code"), [("anna", "FORBIDDEN"), ("bert", "FORBIDDEN"), ("nobody", "UNAUTHENTICATED")]
)
async def test_only_administrators_add_people(api: Api, who: str, code: str) -> None:
    said = {"username": GREET, "givenName": "Greet", "familyName": "Wouters"}
    assert await refused_fields(api, who, CREATE, input=said) == [(code, ["createAccount"])]
    assert await nothing_came_of_it(api)
