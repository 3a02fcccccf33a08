"""Every form of a list, the check, the count and the gate agree with the rule, and each arm of it counts."""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from core.errors import Forbidden, NotFound
from core.rights import Right
from core.tokens import Token
from core.viewer import Viewer
from permissions.access import Plan, some_readable
from resolvers import document_lists, document_rows, gate
from resolvers.change import Change
from resolvers.document_lists import DocumentsAsked, OrderField, Shape, page_statement
from resolvers.document_rows import select_documents
from resolvers.paging import Cut, PageAsked
from resolvers.ports import Ports
from resolvers.request import Request
from tests.models.rewriting import rewriting
from tests.permissions.small_worlds import (
    PEOPLE,
    SHARED_THEN_MORE,
    START,
    Grant,
    Paper,
    SmallWorld,
    Written,
    small_worlds,
    write,
)

pytestmark = pytest.mark.at_length

slugs = (f"small-{number}" for number in count())
# One database serves all examples of a test: each writes a licence of its own.
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
See = Callable[[Written, int], Viewer]
# By either plan: the whole list, from the grants in both ways, and a part of it, which happens to be all.
PART = frozenset({"updated_after"}), {"updated_after": START - timedelta(days=1)}
FORMS: tuple[tuple[Plan, frozenset[str], dict[str, Any]], ...] = (
    (Plan.FROM_GRANTS, frozenset(), {}),
    (Plan.FROM_GRANTS, frozenset(), {"sifted_from": 0}),
    (Plan.FROM_GRANTS, *PART),
    (Plan.WALKING, frozenset(), {}),
    (Plan.WALKING, *PART),
)


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
    """The list, in each form that it can be found in, holds what the rule says with its rights and date."""
    expected = written.reach(person)
    for plan, filters, values in FORMS:
        shape = Shape(plan, bool(person), None, filters, OrderField.UPDATED_AT, Cut(descending=True))
        rows = await request.rows(page_statement(shape), page_size=100, **values)
        assert {row.id: Right(row.rights or 0) for row in rows} == expected
        assert len(rows) == len(expected)
        if person == 0:
            dated = written.dated(person)
            assert {row.id: row.updated_at for row in rows} == {key: dated[key] for key in expected}
    # What the categories of a client begin with.
    statement, _ = select_documents(Plan.FROM_GRANTS, for_staff=bool(person))
    found = await request.rows(statement)
    assert {row.id: Right(row.rights) for row in found} == expected
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


TWICE = Paper(is_deleted=False, minutes=0, grants=(Grant(0, 1, 1, "MANUAL"), Grant(0, 1, 2, "UPLOADER")))
SHARED_TWICE = SmallWorld(groups=(frozenset(), frozenset()), papers=(TWICE, TWICE, TWICE))


async def test_a_count_that_is_cut_short_counts_a_paper_once_whatever_it_was_given_by(ports: Ports) -> None:
    written = await write(ports.database, next(slugs), SHARED_TWICE)
    request = Request(ports, Token.new(written.licence_id))
    request.asker = written.viewer(0)
    found = await request.rows(some_readable(2))
    request.asker = None
    await request.close()
    assert len({row.document_id for row in found} & {*written.papers}) == len(found) == 2


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
    Fault("anybody's grants count", r"document_grant\.principal_id = mine\.id", "true"),
    Fault("deleted papers are there", r"document\.deleted_at IS NULL", "true"),
    Fault("any right lets read", r"access\.rights & \$\d+::INTEGER != \$\d+::INTEGER", "true"),
    Fault("one grant hides the others", r"bit_or\(", "min("),
    Fault("a later grant takes away", r"bit_or\(", "bit_and("),
    Fault("walking, any paper's grants count", r"document_grant\.document_id = (document|index)\.id", "true"),
    Fault("from the grants, any paper is there", r"document\.id = (held|near|ordered)\.document_id", "true"),
    Fault("in a part of them, any paper is there", r"access\.document_id = document\.id", "true"),
    Fault("any right counts", r"document_grant\.rights & \S+ != \S+(?= ORDER)", "true"),
    Fault("any grant dates the paper", r"document_grant\.rights & \S+ != [^)]+(?=\) AS|\))", "true"),
)


@contextmanager
def planted(ports: Ports, fault: Fault) -> Generator[set[str]]:
    """Change the statements on their way to the database, by either way; yield those that were changed."""

    def rewritten(statement: str) -> str:
        return re.sub(fault.pattern, taken_away, statement) if fault.pattern else statement

    def taken_away(found: re.Match[str]) -> str:
        # The parameters stay: a statement must go on naming each of them.
        kept = re.findall(r"\$\d+::[A-Z]+(?:\[\])?", found.group())
        return fault.instead + "".join(f" AND {it} IS NOT NULL" for it in kept)

    with rewriting(ports.database, rewritten) as changed:
        yield changed


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
