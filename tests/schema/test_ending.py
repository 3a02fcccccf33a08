"""How operations end: told in our own words, and with every connection given back, whatever happened."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import Executable, func, select

from core.errors import Busy, Internal, TookTooLong
from models.tables import AnyRow
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.points import Points
from schema.context import Context
from schema.operation import MOST_AT_ONCE, Answer
from tests.api import Api
from tests.schema.asking import Desk, codes_in, words_in

WHO: Final = "{ viewer { email } }"
LIST: Final = "{ documents { totalCount nodes { description dossier { name } } } }"
SECRET: Final = "the words of something that broke"


class Mishap(Exception):
    """Something that nobody has thought of."""


class Opened(Context):
    """Breaks while it is found out who asks."""

    async def open(self) -> None:
        await super().open()
        raise Mishap(SECRET)


class Closed(Context):
    """Breaks when all is done."""

    async def close(self) -> None:
        await super().close()
        raise Mishap(SECRET)


class Paying(Context):
    """Breaks while the operation is paid for."""

    async def pay(self, points: int) -> None:
        await super().pay(points)
        raise Mishap(SECRET)


class Reading(Context):
    """Breaks at the first statement of a field."""

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        await super().rows(statement, **values)
        raise Mishap(SECRET)


class Slow(Context):
    """Takes longer over every statement than anybody would wait."""

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        await super().rows(select(func.pg_sleep(60)))
        return await super().rows(statement, **values)


class Waiting(Context):
    """Waits in the first field until it may go on."""

    inside = asyncio.Queue[None]()
    may_go_on = asyncio.Event()

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        Waiting.inside.put_nowait(None)
        await Waiting.may_go_on.wait()
        return await super().rows(statement, **values)


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Waiting, "inside", asyncio.Queue[None]())
    monkeypatch.setattr(Waiting, "may_go_on", asyncio.Event())


async def until_inside(count: int) -> None:
    for _ in range(count):
        await Waiting.inside.get()


@pytest.mark.parametrize("kind", [Opened, Paying])
@pytest.mark.parametrize("who", ["anna", "nobody"])
async def test_what_is_ours_to_mend_is_told_as_the_number_of_the_request(
    desk: Desk, who: str, kind: type[Context], caplog: pytest.LogCaptureFixture
) -> None:
    answer = await desk.ask(who, WHO, kind)
    assert (answer.data, answer.refusal, codes_in(answer)) == (None, Internal.code, [Internal.code])
    assert f"request of {who}" in words_in(answer)
    assert SECRET not in words_in(answer)
    (record,) = [it for it in caplog.records if it.levelno >= logging.ERROR]
    assert record.getMessage().startswith(f"request request of {who} failed\n")
    assert "Mishap" in record.getMessage()
    assert SECRET not in caplog.text


async def test_what_was_done_is_answered_though_its_end_fails(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await desk.ask("anna", WHO, Closed)
    assert (answer.data, answer.errors) == ({"viewer": {"email": "anna@de-linde.example"}}, [])
    (record,) = [it for it in caplog.records if it.levelno >= logging.ERROR]
    assert record.getMessage().startswith("request request of anna failed\n")
    assert SECRET not in caplog.text


async def test_a_field_that_breaks_is_told_in_its_place(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    answer = await desk.ask("anna", LIST, Reading)
    assert (answer.data, answer.refusal, codes_in(answer)) == ({"documents": None}, None, [Internal.code])
    assert answer.errors[0].path == ["documents"]
    assert "request of anna" in words_in(answer)
    assert SECRET not in words_in(answer) + caplog.text


ENDS: Final[dict[str, tuple[str, type[Context], dict[str, Any]]]] = {
    "well": (LIST, Context, {}),
    "with a cost": (LIST, Context, {"tells_cost": True}),
    "unread": ("{", Context, {}),
    "invalid": ("{ treasures }", Context, {}),
    "too large": (f"{{ {'viewer { email } ' * 21} }}", Context, {}),
    "too expensive": ("{ dossiers(first: 100) { nodes { documents { nodes { id } } } } }", Context, {}),
    "without an operation": (WHO, Context, {"operation_name": "B"}),
    "by GET": ("mutation { signOut { userErrors { code } } }", Context, {"may_change": False}),
    "with a bad variable": ("query ($id: ID!) { document(id: $id) { id } }", Context, {}),
    "with an unstorable text": ('{ dossiers(search: "\\u0000") { totalCount } }', Context, {}),
    "with an error in a field": ("{ documents(first: 0) { totalCount } }", Context, {}),
    "signed out": ("mutation { signOut { userErrors { code } } }", Context, {}),
    "broken when opened": (LIST, Opened, {}),
    "broken when closed": (LIST, Closed, {}),
    "broken when paid": (LIST, Paying, {}),
    "broken in a field": (LIST, Reading, {}),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("who", ["anna", "bert", "nobody"])
async def test_however_it_ends_nothing_is_left_open(desk: Desk, who: str, how: str) -> None:
    text, kind, said = ENDS[how]
    await desk.ask(who, text, kind, **said)
    assert desk.lent() == 0
    assert desk.operations.crowd.inside == {}


async def test_whoever_has_no_points_is_turned_away_and_nothing_is_left_open(desk: Desk) -> None:
    await desk.spend_all("anna")
    assert await desk.code("anna", LIST) == "RATE_LIMITED"
    assert desk.lent() == 0


async def test_an_operation_that_is_given_up_leaves_nothing_open(desk: Desk) -> None:
    await desk.ask("anna", WHO)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await desk.ask("anna", LIST, Slow)
    assert desk.lent() == 0
    assert desk.operations.crowd.inside == {}
    assert await desk.code("anna", LIST) is None


async def test_an_operation_that_is_cancelled_leaves_nothing_open(desk: Desk) -> None:
    await desk.gets("anna", LIST)
    asking = asyncio.create_task(desk.ask("anna", LIST, Waiting))
    await until_inside(1)
    assert desk.lent() == 1
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert desk.lent() == 0
    assert desk.operations.crowd.inside == {}


async def test_an_operation_that_is_cancelled_while_it_is_found_out_who_asks_leaves_nothing_open(
    desk: Desk,
) -> None:
    await desk.gets("anna", WHO)
    for turns in range(12):
        asking = asyncio.create_task(desk.ask("anna", LIST))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert desk.lent() == 0
    assert await desk.code("anna", LIST) is None


async def test_a_statement_that_takes_too_long_is_given_up(desk: Desk, database_url: str) -> None:
    database = Database(database_url)
    desk.ports = replace(desk.ports, database=database, points=Points(database))
    hurried = await desk.context("anna")
    await hurried.open()
    await hurried.rows(select(func.set_config("statement_timeout", "50", False)))  # noqa: FBT003  it takes no names
    with pytest.raises(TookTooLong):
        await hurried.rows(select(func.pg_sleep(60)))
    await hurried.close()
    assert desk.lent() == 0
    await database.close()


async def test_so_many_operations_of_an_account_are_under_way_at_once(desk: Desk) -> None:
    await desk.api.token("anna")
    asking = [asyncio.create_task(desk.ask("anna", LIST, Waiting)) for _ in range(MOST_AT_ONCE)]
    await until_inside(MOST_AT_ONCE)
    answer = await desk.ask("anna", WHO)
    assert (answer.refusal, answer.retry_after, codes_in(answer)) == (Busy.code, 1, [Busy.code])
    for who in ("arthur", "bert", "nobody"):
        assert await desk.code(who, WHO) is None
    Waiting.may_go_on.set()
    answers: list[Answer] = await asyncio.gather(*asking)
    assert [it.refusal for it in answers] == [None] * MOST_AT_ONCE
    assert await desk.code("anna", WHO) is None


async def test_so_many_operations_of_nobody_are_under_way_at_once_for_a_network(desk: Desk) -> None:
    with ExitStack() as inside:
        for _ in range(MOST_AT_ONCE):
            inside.enter_context(desk.operations.crowd.enter("2001:db8::/64"))
        assert await desk.code("nobody", WHO, address="2001:db8::9") == Busy.code
        assert await desk.code("nobody", WHO, address="2001:db8:0:1::9") is None
    assert await desk.code("nobody", WHO, address="2001:db8::9") is None


@pytest.fixture
async def two_connections(api: Api, database_url: str) -> AsyncGenerator[Desk]:
    """The desk of a server that has two connections."""
    database = Database(database_url, Terms(pool_size=2))
    desk = Desk(api)
    desk.ports = replace(api.ports, database=database, points=Points(database))
    yield desk
    await database.close()


async def test_more_operations_than_connections_all_of_which_need_points_all_end(
    two_connections: Desk,
) -> None:
    cast = ("anna", "arthur", "bert", "carla", "dirk")
    for who in cast:
        await two_connections.api.token(who)
    asking = [two_connections.ask(who, f"{LIST} # {number}") for who in cast for number in range(6)]
    answers: list[Answer] = await asyncio.gather(*asking)
    assert [codes_in(it) for it in answers] == [[]] * 30
    assert two_connections.lent() == 0


async def test_more_changes_than_connections_all_of_which_need_points_all_end(two_connections: Desk) -> None:
    cast = ("anna", "arthur", "bert", "carla", "dirk")
    for who in cast:
        await two_connections.api.token(who)
    text = "mutation { signOut { userErrors { code } } }"
    answers: list[Answer] = await asyncio.gather(*(two_connections.ask(who, text) for who in cast))
    assert [codes_in(it) for it in answers] == [[]] * 5
