"""The list of letters: administrators see what became of each, and nobody sees what is in them."""

from datetime import timedelta
from typing import Any, Final

import pytest

from core.viewer import ApiScope
from models import Letter
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, refusals, refused_fields
from tests.journeys.invited import opened
from tests.journeys.outbox import write
from tests.journeys.programs import lets_in
from tests.journeys.rows import rows
from tests.journeys.test_first_secrets import is_invited

LETTERS: Final = """query ($first: Int, $after: String, $state: LetterState) {
  letters(first: $first, after: $after, state: $state) {
    totalCount edges { cursor node { recipient } } nodes {
      id kind recipient language state attempts queuedAt sentAt lastError
    } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
NODE: Final = "query ($id: ID!) { node(id: $id) { ... on Letter { id state recipient } } }"
A_MINUTE: Final = timedelta(minutes=1)


async def page(api: Api, who: str = "arthur", **asked: Any) -> dict[str, Any]:
    return (await api.gets(who, LETTERS, **asked))["letters"]


def recipients(found: dict[str, Any]) -> list[str]:
    assert [it["node"]["recipient"] for it in found["edges"]] == [it["recipient"] for it in found["nodes"]]
    return [it["recipient"] for it in found["nodes"]]


async def test_an_administrator_sees_what_became_of_a_letter(api: Api) -> None:
    failed = await write(
        api, "a@x.example", "FAILED", attempts=3, last_error="550 nobody here", language="FR"
    )
    (seen,) = (await page(api))["nodes"]
    assert seen == {
        "id": api.id("Letter", failed),
        "kind": "document_shared",
        "recipient": "a@x.example",
        "language": "FR",
        "state": "FAILED",
        "attempts": 3,
        "queuedAt": START.isoformat(),
        "sentAt": None,
        "lastError": "550 nobody here",
    }
    found = await api.gets("arthur", NODE, id=seen["id"])
    assert found == {"node": {"id": seen["id"], "state": "FAILED", "recipient": "a@x.example"}}


async def test_when_a_letter_was_sent_is_said(api: Api) -> None:
    await write(api, "a@x.example", "SENT", sent_at=START + A_MINUTE)
    (seen,) = (await page(api))["nodes"]
    assert (seen["sentAt"], seen["lastError"]) == ((START + A_MINUTE).isoformat(), None)


async def test_letters_come_the_newest_first_and_those_of_one_moment_too(api: Api, clock: SetClock) -> None:
    await write(api, "old@x.example")
    clock.advance(A_MINUTE)
    together = [await write(api, f"{it}@x.example") for it in range(3)]
    await write(api, "oldest@x.example", queued_at=START - A_MINUTE)
    found = await page(api)
    last_of_one_moment = [api.id("Letter", it) for it in sorted(together, reverse=True)]
    assert [it["id"] for it in found["nodes"][:3]] == last_of_one_moment
    assert recipients(found)[3:] == ["old@x.example", "oldest@x.example"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_pages_come_to_the_whole_list(api: Api, clock: SetClock, size: int) -> None:
    # given: several of them of one moment
    for number in range(7):
        await write(api, f"{number}@x.example")
        clock.advance(A_MINUTE * (number % 2))
    whole = await page(api)
    # when
    pages = [await page(api, first=size)]
    while pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append(await page(api, first=size, after=pages[-1]["pageInfo"]["endCursor"]))
    # then
    assert [it for found in pages for it in recipients(found)] == recipients(whole)
    assert {len(it["nodes"]) for it in pages[:-1]} <= {size}
    assert {it["totalCount"] for it in pages} == {7}
    assert [it["pageInfo"]["hasPreviousPage"] for it in pages] == [at > 0 for at in range(len(pages))]
    assert pages[0]["pageInfo"]["startCursor"] == whole["edges"][0]["cursor"]


async def test_a_state_is_a_list_of_its_own(api: Api) -> None:
    for state, many in (("QUEUED", 1), ("SENT", 2), ("FAILED", 3)):
        for number in range(many):
            await write(api, f"{state}{number}@x.example", state)
    for state, many in (("QUEUED", 1), ("SENT", 2), ("FAILED", 3)):
        found = await page(api, state=state)
        assert ({it["state"] for it in found["nodes"]}, found["totalCount"]) == ({state}, many)
    first = await page(api, state="FAILED", first=2)
    rest = await page(api, state="FAILED", first=2, after=first["pageInfo"]["endCursor"])
    assert (recipients(rest), rest["pageInfo"]["hasNextPage"]) == (["FAILED0@x.example"], False)
    assert (await page(api, state=None))["totalCount"] == 6


async def test_an_empty_outbox_is_an_empty_list(api: Api) -> None:
    found = await page(api)
    assert (found["nodes"], found["totalCount"]) == ([], 0)
    assert found["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


@pytest.mark.parametrize(
    ("asked", "argument"),
    [({"first": 0}, "first"), ({"first": 101}, "first"), ({"after": "x"}, "after")],
)
async def test_a_page_that_can_not_be_is_refused(api: Api, asked: dict[str, Any], argument: str) -> None:
    assert await refusals(api, "arthur", LETTERS, **asked) == [("INVALID", [argument])]


@pytest.mark.parametrize("who", ["anna", "bert", "dirk", "program"])
async def test_nobody_but_an_administrator_sees_letters(api: Api, who: str) -> None:
    letter = api.id("Letter", await write(api, "a@x.example"))
    if who == "program":
        await lets_in(api, who, *(it.value for it in ApiScope))
    assert await refused_fields(api, who, LETTERS) == [("FORBIDDEN", ["letters"])]
    assert await api.gets(who, NODE, id=letter) == {"node": None}


async def test_an_administrator_of_another_firm_sees_her_own_alone(api: Api) -> None:
    letter = api.id("Letter", await write(api, "a@x.example"))
    assert (await page(api, "eva"))["totalCount"] == 0
    assert await api.gets("eva", NODE, id=letter) == {"node": None}
    assert await refusals(api, "nobody", LETTERS) == [("UNAUTHENTICATED", None)]


async def test_what_a_letter_carries_is_not_told(api: Api) -> None:
    await is_invited(api)
    (letter,) = await rows(api, Letter, kind="access_granted")
    told = (await answer_to(api, "arthur", LETTERS)).decode()
    assert letter.recipient in told
    secrets = [await opened(api, letter), letter.details["expires_at"], letter.details["family_name"]]
    assert [it for it in secrets if it in told] == []
