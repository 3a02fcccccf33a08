"""What an operation pays: for its document before that is read, for its objects before they are."""

from datetime import timedelta
from typing import Any, Final

import pytest

from core.errors import TooExpensive, TooManyTries, Unauthenticated
from resolvers.points import AHEAD, BUCKET
from resolvers.strangers import BUCKET as OF_STRANGERS
from schema.operation import CHARACTERS_A_POINT, DEAREST, LEAST
from tests.conftest import SetClock
from tests.schema.asking import Desk, codes_in
from tests.statements import counting

WHO: Final = "{ viewer { email } }"
LEFT: Final = "{ rateLimit { cost limit remaining restoreRate } }"
OF_SIXTY: Final = "{ documents(first: 59) { nodes { id } } }"
SIGN_OUT: Final = "mutation { signOut { userErrors { code } } }"
SIGN_IN: Final = "mutation ($input: SignInInput!) { signIn(input: $input) { step viewer { email } } }"
SIGNED: Final = {
    "username": "bert@callewaert.example",
    "password": "a password for tests",
    "licence": "de-linde",
}


def long(text: str, points: int) -> str:
    """Return a document that costs so many points to read."""
    return text.ljust((points - 1) * CHARACTERS_A_POINT)


async def paid(desk: Desk, who: str, text: str, **said: Any) -> int:
    """Return how many points an operation takes from those at hand, of which there are enough."""
    await desk.ask(who, WHO)
    before = await desk.at_hand(who)
    await desk.ask(who, text, **said)
    return before - await desk.at_hand(who)


async def test_a_document_is_paid_for_by_its_length_the_first_time(desk: Desk) -> None:
    assert await paid(desk, "anna", long("{ __typename }", 7)) == 7 + LEAST
    assert await paid(desk, "anna", long("{ __typename }", 7)) == LEAST
    assert await paid(desk, "anna", "{ __typename } ") == 1 + LEAST


async def test_to_read_what_is_known_is_free_whoever_brought_it(desk: Desk) -> None:
    text = long("{ __typename }", 7)
    assert await paid(desk, "anna", text) == 7 + LEAST
    assert await paid(desk, "arthur", text) == LEAST
    # To him it is another one: he may not introspect.
    assert await paid(desk, "bert", text) == 7 + LEAST
    assert await paid(desk, "carla", text) == LEAST


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ viewer { ", "GRAPHQL_PARSE_FAILED"),
        ("{ treasures }", "GRAPHQL_VALIDATION_FAILED"),
        (f"{{ {'viewer { email } ' * 21} }}", "DOCUMENT_TOO_LARGE"),
        ('{ dossiers(search: "\\u0000") { totalCount } }', "INVALID"),
    ],
)
async def test_a_document_is_paid_for_also_when_it_is_refused(desk: Desk, text: str, code: str) -> None:
    document = long(text, 30)
    assert await paid(desk, "anna", document) == 30
    assert await desk.code("anna", document) == code


@pytest.mark.parametrize("text", ["{ viewer { ", "{ treasures }", WHO])
@pytest.mark.parametrize("who", ["anna", "nobody"])
async def test_who_cannot_pay_for_a_document_has_it_not_read(desk: Desk, who: str, text: str) -> None:
    await desk.spend_all(who)
    assert await desk.code(who, text) == "RATE_LIMITED"


async def test_a_trusted_document_is_not_paid_for_but_what_it_asks_is(desk: Desk) -> None:
    assert await paid(desk, "anna", long(OF_SIXTY, 100), is_trusted=True) == 60


async def test_an_operation_pays_its_price(desk: Desk) -> None:
    await desk.gets("anna", OF_SIXTY)
    assert [await paid(desk, "anna", OF_SIXTY) for _ in range(2)] == [60, 60]


async def test_what_cannot_be_executed_pays_no_price(desk: Desk) -> None:
    text = "query ($first: Int!) { documents(first: $first) { nodes { id } } }"
    assert await paid(desk, "anna", text) == 1 + len(text) // CHARACTERS_A_POINT
    assert await paid(desk, "anna", text) == 0
    assert await paid(desk, "anna", text, variables={"first": 9}, operation_name="A") == 0
    assert await paid(desk, "anna", text, variables={"first": 9}) == 10


async def test_what_has_no_objects_costs_a_point(desk: Desk) -> None:
    """To find out who asks is work too."""
    await desk.gets("anna", "{ __typename }")
    assert await paid(desk, "anna", "{ __typename }") == LEAST == 1


def of(points: int) -> str:
    """Return an operation of this price."""
    aliased = " ".join(f"d{it}: dossier {{ id }}" for it in range(18))
    rest = points - (1 + 100 * 19)
    return (
        f"{{ documents(first: 100) {{ nodes {{ {aliased} }} }} "
        f"more: documents(first: {rest - 1}) {{ nodes {{ id }} }} }}"
    )


async def test_an_operation_may_cost_so_much_and_no_more(desk: Desk) -> None:
    assert await desk.code("anna", of(DEAREST)) is None
    answer = await desk.ask("anna", of(DEAREST + 1))
    assert (answer.data, answer.refusal, codes_in(answer)) == (None, TooExpensive.code, [TooExpensive.code])
    assert "2001" in answer.errors[0].message
    assert await paid(desk, "anna", of(DEAREST + 1)) == 0


async def test_what_is_too_expensive_reads_nothing(desk: Desk) -> None:
    await desk.ask("anna", of(DEAREST + 1))
    async with counting(desk.ports.database) as statements:
        await desk.ask("anna", of(DEAREST + 1))
    assert len(statements) == 1  # who asks


async def test_a_trusted_document_may_cost_more(desk: Desk) -> None:
    assert await desk.code("anna", of(DEAREST + 1), is_trusted=True) is None


async def test_whoever_has_spent_all_is_told_when_to_come_again(desk: Desk, clock: SetClock) -> None:
    await desk.gets("anna", OF_SIXTY)
    clock.advance(timedelta(minutes=10))
    await desk.spend_all("anna")
    answer = await desk.ask("anna", OF_SIXTY)
    assert (answer.data, answer.refusal, answer.retry_after) == (None, TooManyTries.code, 1)
    assert [it.extensions for it in answer.errors] == [{"code": TooManyTries.code, "retryAfterSeconds": 1}]
    clock.advance(timedelta(seconds=1))
    assert await desk.code("anna", OF_SIXTY) is None


async def test_one_who_has_spent_all_takes_nothing_from_another(desk: Desk) -> None:
    await desk.spend_all("anna")
    for who in ("arthur", "bert", "nobody"):
        assert await desk.code(who, WHO) is None


async def test_nobody_pays_by_network(desk: Desk, clock: SetClock) -> None:
    await desk.spend_all("nobody", "2001:db8::1")
    answer = await desk.ask("nobody", WHO, address="2001:db8::2")
    assert (answer.refusal, answer.retry_after) == (TooManyTries.code, 1)
    assert await desk.code("nobody", WHO, address="2001:db8:0:1::1") is None
    clock.advance(timedelta(seconds=1))
    assert await desk.code("nobody", WHO, address="2001:db8::2") is None


async def test_what_is_dearer_than_nobody_can_ever_pay_is_too_expensive(desk: Desk) -> None:
    assert await desk.code("nobody", long(WHO, OF_STRANGERS.capacity + 1)) == TooExpensive.code
    text = "{ dossiers(first: 100) { nodes { id businessUnit { id } } } }"
    assert await desk.code("nobody", text) == TooExpensive.code


async def test_nobody_makes_the_database_write_nothing(desk: Desk) -> None:
    async with counting(desk.ports.database) as statements:
        refusals = [(await desk.ask("nobody", OF_SIXTY)).refusal for _ in range(4)]
    assert refusals == [None, None, None, TooManyTries.code]
    assert statements == []


async def test_to_sign_in_is_paid_for_as_nobody(desk: Desk) -> None:
    await desk.spend_all("nobody")
    assert await desk.code("nobody", SIGN_IN, variables={"input": SIGNED}) == TooManyTries.code
    data = await desk.gets("nobody", SIGN_IN, variables={"input": SIGNED}, address="192.0.2.2")
    assert data["signIn"]["viewer"] == {"email": SIGNED["username"]}


async def test_an_operation_tells_what_it_costs_and_what_is_left(desk: Desk) -> None:
    reading = 1 + len(LEFT) // CHARACTERS_A_POINT
    left = {"cost": 1, "limit": BUCKET.capacity, "restoreRate": 100}
    first, second = [await desk.gets("anna", LEFT) for _ in range(2)]
    assert first == {"rateLimit": {**left, "remaining": BUCKET.capacity - reading - 1}}
    assert second == {"rateLimit": {**left, "remaining": BUCKET.capacity - reading - 2}}


async def test_nobody_has_no_rate_limit(desk: Desk) -> None:
    answer = await desk.ask("nobody", LEFT)
    assert (answer.data, codes_in(answer)) == ({"rateLimit": None}, ["UNAUTHENTICATED"])


async def test_an_answer_tells_what_it_cost_where_that_is_asked(desk: Desk) -> None:
    assert (await desk.ask("anna", OF_SIXTY)).extensions == {}
    left = BUCKET.capacity - 1 - len(OF_SIXTY) // CHARACTERS_A_POINT - 60
    assert (await desk.ask("anna", OF_SIXTY, tells_cost=True)).extensions == {
        "cost": {"cost": 60, "limit": BUCKET.capacity, "remaining": left - 60, "restoreRate": 100}
    }


async def test_nobody_is_told_no_cost(desk: Desk) -> None:
    answer = await desk.ask("nobody", WHO, tells_cost=True)
    assert (answer.data, answer.extensions) == ({"viewer": None}, {})


async def test_the_cost_is_told_as_it_is_before_anything_is_done(desk: Desk) -> None:
    answer = await desk.ask("bert", SIGN_OUT, tells_cost=True)
    assert answer.data == {"signOut": {"userErrors": []}}
    assert answer.extensions["cost"]["cost"] == 12


async def test_points_that_were_paid_stay_paid_when_the_operation_fails(desk: Desk) -> None:
    await desk.gets("anna", WHO)
    before = await desk.at_hand("anna")
    assert before <= AHEAD
    text = "{ documents(first: 101) { nodes { id } } }"
    assert codes_in(await desk.ask("anna", text)) == ["INVALID"]
    assert await desk.at_hand("anna") == before - (1 + len(text) // CHARACTERS_A_POINT) - 101


async def test_what_a_session_that_has_ended_would_have_paid_asks_to_sign_in(desk: Desk) -> None:
    text = "{ dossiers(first: 100) { nodes { id businessUnit { id } } } }"
    await desk.api.token("anna")
    assert await desk.code("anna", text) is None
    await desk.api.gets("anna", "mutation { signOut { userErrors { code } } }")
    assert await desk.code("anna", text) == Unauthenticated.code
