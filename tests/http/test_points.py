"""What operations may cost, and what is told when the points are spent."""

from datetime import timedelta
from typing import Any

import pytest

from resolvers import points, strangers
from schema.operation import DEAREST
from tests.api import Api
from tests.conftest import SetClock
from tests.http.asking import GRAPHQL, IN_JSON, JSON, WHAT_TYPE, WHO, ask, codes, send

PAGE = "documents(first: 100) { nodes { id categories { id } relations { id } } }"
# More than half of what one operation may cost.
DEAR = f"{{ a: {PAGE} b: {PAGE} c: {PAGE} }}"
STANDING = "{ rateLimit { cost limit remaining restoreRate } }"
TELLING = b'{"query": "%s", "extensions": {"cost": true}}'


async def cost_of(api: Api, query: str, who: str) -> dict[str, Any]:
    """Return what an answer says of its cost, when it is asked to."""
    headers = IN_JSON | await api.headers(who)
    answer = await send(api, headers=headers, content=TELLING % query.encode())
    return answer.json()["extensions"]["cost"]


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_nobody_has_200_points_and_gets_two_a_second(api: Api, clock: SetClock, media: str) -> None:
    # To read this document is 1 point, once; to carry it out is another.
    answers = [await ask(api, "{__typename}", accept=media) for _ in range(200)]
    assert [it.status_code for it in answers] == [200] * 199 + [429]
    last = answers[-1]
    assert (codes(last), list(last.json())) == (["RATE_LIMITED"], ["errors"])
    assert last.headers["retry-after"] == "1"
    assert last.json()["errors"][0]["extensions"]["retryAfterSeconds"] == 1
    clock.advance(timedelta(seconds=1))
    answers = [await ask(api, "{__typename}", accept=media) for _ in range(3)]
    assert [it.status_code for it in answers] == [200, 200, 429]


async def test_the_points_of_nobody_are_not_those_of_an_account(api: Api, clock: SetClock) -> None:
    address, now = "127.0.0.1", clock.now()
    api.ports.strangers.spend(address, strangers.BUCKET.capacity, now)
    assert (await ask(api, WHO)).status_code == 429
    assert (await ask(api, WHO, "bert")).status_code == 200


async def test_an_account_that_has_spent_its_points_is_told_when_to_come_again(
    api: Api, clock: SetClock
) -> None:
    dear = (await cost_of(api, DEAR, "bert"))["cost"]
    assert DEAREST / 2 < dear <= DEAREST
    answers = [await ask(api, DEAR, "bert") for _ in range(points.BUCKET.capacity // dear)]
    assert {it.status_code for it in answers[:-1]} == {200}
    last = answers[-1]
    assert (last.status_code, codes(last)) == (429, ["RATE_LIMITED"])
    assert (await ask(api, DEAR, "carla")).status_code == 200
    wait = int(last.headers["retry-after"])
    assert 1 <= wait <= dear / points.BUCKET.per_second + 1
    clock.advance(timedelta(seconds=wait))
    assert (await ask(api, DEAR, "bert")).status_code == 200


async def test_an_operation_tells_its_cost_when_it_is_asked_to(api: Api) -> None:
    told = await cost_of(api, WHO, "bert")
    assert (told["limit"], told["restoreRate"]) == (points.BUCKET.capacity, points.BUCKET.per_second)
    assert 0 < told["cost"] < 10
    assert told["remaining"] <= points.BUCKET.capacity - told["cost"]
    again = await cost_of(api, WHO, "bert")
    assert again == told | {"remaining": told["remaining"] - told["cost"]}


async def test_the_cost_is_told_to_who_has_an_account_and_asks_for_it(api: Api) -> None:
    assert list((await ask(api, WHO, "bert")).json()) == ["data"]
    for said in (b"1", b'"true"', b"false", b"null"):
        body = b'{"query": "{ __typename }", "extensions": {"cost": %s}}' % said
        answer = await send(api, headers=IN_JSON | await api.headers("bert"), content=body)
        assert list(answer.json()) == ["data"]
    answer = await send(api, headers=IN_JSON, content=TELLING % WHAT_TYPE.encode())
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_field_tells_the_same(api: Api) -> None:
    await cost_of(api, STANDING, "bert")
    before = (await cost_of(api, STANDING, "bert"))["remaining"]
    standing = (await ask(api, STANDING, "bert")).json()["data"]["rateLimit"]
    assert standing == {
        "cost": 1,
        "limit": points.BUCKET.capacity,
        "remaining": before - 1,
        "restoreRate": points.BUCKET.per_second,
    }
    answer = await ask(api, STANDING)
    assert (answer.json()["data"], codes(answer)) == ({"rateLimit": None}, ["UNAUTHENTICATED"])


@pytest.mark.parametrize(
    ("who", "query", "limit"),
    [
        (
            "bert",
            "{ documents(first: 100) { nodes { categories { documents(first: 100) { nodes { id } } } } } }",
            DEAREST,
        ),
        ("nobody", DEAR, strangers.BUCKET.capacity),
        ("nobody", "{ __typename }" + " " * 16_000, strangers.BUCKET.capacity),
    ],
)
async def test_what_costs_more_than_there_can_ever_be_is_not_told_to_wait(
    api: Api, who: str, query: str, limit: int
) -> None:
    answer = await ask(api, query, who, accept=GRAPHQL)
    assert (answer.status_code, codes(answer)) == (400, ["TOO_EXPENSIVE"])
    assert "retry-after" not in answer.headers
    assert str(limit) in answer.json()["errors"][0]["message"]
