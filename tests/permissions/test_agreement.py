"""Lists, checks, counts and the gate agree with the rule as one would say it, and each arm of it counts."""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from sqlalchemy import event

from core.errors import Forbidden, NotFound
from core.rights import Right
from core.tokens import Token
from core.viewer import Viewer
from models.tables import AnySelect
from permissions.access import Plan
from resolvers import document_lists, document_rows, fetching, gate
from resolvers.change import Change
from resolvers.document_lists import DocumentsAsked, OrderField, Shape, page_statement
from resolvers.fetching import Prepared
from resolvers.paging import Cut, PageAsked
from resolvers.ports import Ports
from resolvers.request import Request
from tests.permissions.small_worlds import PEOPLE, SHARED_THEN_MORE, SmallWorld, Written, small_worlds, write

slugs = (f"small-{number}" for number in count())
# One database serves all examples of a test: each writes a licence of its own.
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
See = Callable[[Written, int], Viewer]


def as_written(written: Written, person: int) -> Viewer:
    return written.viewer(person)


async def check_agreement(ports: Ports, world: SmallWorld, see: See = as_written) -> None:
    """Write the world, and compare what everybody finds by every path with the naive rule."""
    written = await write(ports.database, next(slugs), world)
    for person in range(PEOPLE):
        viewer = see(written, person)
        request = Request(ports, Token.new(written.licence_id))
        request.asker = viewer
        try:
            await check_lists(request, written, person)
            await check_looked_up(request, written, person)
        finally:
            request.asker = None
            await request.close()
        await check_gate(ports, viewer, written, person)


async def check_lists(request: Request, written: Written, person: int) -> None:
    """The list, by both plans, holds what the rule says with its rights and date; so does the count."""
    expected = written.reach(person)
    for plan in Plan:
        shape = Shape(plan, bool(person), None, frozenset(), OrderField.UPDATED_AT, Cut(descending=True))
        rows = await request.rows(page_statement(shape), page_size=100)
        assert {row.id: Right(row.rights or 0) for row in rows} == expected
        assert len(rows) == len(expected)
        if person == 0:
            dated = written.dated(person)
            assert {row.id: row.updated_at for row in rows} == {key: dated[key] for key in expected}
    page = await document_lists.documents(request, DocumentsAsked(PageAsked(first=100)))
    assert {row.id for row in page.edges.rows} == set(expected)
    assert await document_lists.totals(request, [page]) == [len(expected)]


async def check_looked_up(request: Request, written: Written, person: int) -> None:
    """Each paper, looked up by its key, is there exactly when the rule says so."""
    found = await document_rows.by_ids(request, written.papers)
    expected = written.reach(person)
    assert [row and Right(row.rights or 0) for row in found] == [expected.get(key) for key in written.papers]


async def check_gate(ports: Ports, viewer: Viewer, written: Written, person: int) -> None:
    """A change gets in with the rights that the rule gives; who may only read is told so, others nothing."""
    expected = written.reach(person)
    async with ports.database.change(written.licence_id) as session:
        change = Change(ports, viewer, session)
        for key in written.papers:
            for right in Right:
                verdict = await verdict_of(change, key, right)
                assert verdict is (None if right in expected.get(key, Right(0)) else refusal(key in expected))


def refusal(is_seen: bool) -> type[Exception]:  # noqa: FBT001  it reads well where it is used
    return Forbidden if is_seen else NotFound


async def verdict_of(change: Change, key: UUID, right: Right) -> type[Exception] | None:
    """Return the error with which the gate refuses, None when it lets in."""
    try:
        await gate.document(change, key, right, path=())
    except (Forbidden, NotFound) as error:
        return type(error)
    return None


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(small_worlds())
@example(SHARED_THEN_MORE)
async def test_every_path_agrees_with_the_rule(ports: Ports, world: SmallWorld) -> None:
    await check_agreement(ports, world)


@dataclass(frozen=True)
class Fault:
    """An arm of the rule taken away: in the statements, or in who the viewer is taken to be."""

    name: str
    pattern: str = ""
    instead: str = ""
    see: See = as_written


def without_groups(written: Written, person: int) -> Viewer:
    viewer = written.viewer(person)
    return replace(viewer, principals=viewer.principals[:1])


def without_himself(written: Written, person: int) -> Viewer:
    viewer = written.viewer(person)
    return replace(viewer, principals=viewer.principals[1:])


FAULTS = (
    Fault("grants to his groups do not count", see=without_groups),
    Fault("grants to himself do not count", see=without_himself),
    Fault("anybody's grants count", r"document_grant\.principal_id = ANY \(\$\d+::UUID\[\]\)", "true"),
    Fault("deleted papers are there", r"document\.deleted_at IS NULL", "true"),
    Fault("any right lets read", r"access\.rights & \$\d+::INTEGER != \$\d+::INTEGER", "true"),
    Fault("one grant hides the others", r"bit_or\(", "min("),
    Fault("a later grant takes away", r"bit_or\(", "bit_and("),
    Fault("walking, any paper's grants count", r"document_grant\.document_id = document\.id", "true"),
    Fault("from the grants, any paper is there", r"access\.document_id = document\.id", "true"),
    Fault("any grant dates the paper", r"document_grant\.rights & \S+ != [^)]+(?=\) AS|\))", "true"),
)


@contextmanager
def planted(ports: Ports, fault: Fault) -> Generator[list[str]]:
    """Change the statements on their way to the database, by either way; yield those that were changed."""
    changed: list[str] = []

    def rewritten(statement: str) -> str:
        if not fault.pattern or not re.search(fault.pattern, statement):
            return statement
        changed.append(statement)
        # The parameters stay: a statement must go on naming each of them.
        kept = re.findall(r"\$\d+::[A-Z]+(?:\[\])?", found_in(fault, statement))
        unused = "".join(f" AND {it} IS NOT NULL" for it in kept)
        return re.sub(fault.pattern, f"{fault.instead}{unused}", statement)

    def fetched(statement: AnySelect) -> Prepared:
        ready = Prepared(statement)
        ready.text = rewritten(ready.text)
        return ready

    def executed(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        return rewritten(statement), parameters

    engine = ports.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", executed, retval=True)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fetching, "prepared", lru_cache(fetched))
            yield changed
    finally:
        event.remove(engine, "before_cursor_execute", executed)


def found_in(fault: Fault, statement: str) -> str:
    """Return the part of a statement that the fault takes away."""
    found = re.search(fault.pattern, statement)
    return found.group() if found else ""


def some_worlds() -> list[SmallWorld]:
    """Return the same worlds at every run, enough for each fault to show in one."""
    worlds = [SHARED_THEN_MORE]

    @settings(max_examples=120, derandomize=True, phases=[Phase.generate], database=None)
    @given(small_worlds())
    def collect(world: SmallWorld) -> None:
        worlds.append(world)

    collect()
    return worlds


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_an_arm_that_is_taken_away_is_missed(ports: Ports, fault: Fault) -> None:
    with planted(ports, fault) as changed:
        assert await is_missed(ports, fault)
    assert bool(changed) is bool(fault.pattern)


async def is_missed(ports: Ports, fault: Fault) -> bool:
    """Return whether in one of the worlds somebody finds too much, or misses something."""
    for world in some_worlds():
        try:
            await check_agreement(ports, world, fault.see)
        except AssertionError:
            return True
    return False
