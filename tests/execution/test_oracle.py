"""Whatever is asked: both executors give the same answer, about specimens and about what the product holds.

Operations are drawn by chance, the same ones in every run of the gate; `make oracle` draws many more, and new
ones each time.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from graphql import DocumentNode, parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable

import schema
from execution import BreadthFirst
from execution.plan import Plans
from models.tables import AnyRow
from schema.context import Context
from tests.api import Api
from tests.execution.cabinet import SCHEMA
from tests.execution.comparing import LATER_SPECIMENS, SPECIMENS, compare
from tests.execution.operations import Drawn, drawn
from tests.execution.oracle import Answer, Stock, assert_same, core, executed, swept

# Of what the oracle gives up before it has begun.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.at_length,
]
VARIABLE: Final = "ORACLE_EXAMPLES"
EXAMPLES: Final = int(os.environ.get(VARIABLE, "2000"))
# Addresses are sealed with chance in them: no two are the same.
SEALED: Final = frozenset({"contentUrl", "previewUrl", "archiveUrl"})
REAL: Final = core(schema.build())
# Who asks, some more often than others.
CAST: Final = ("anna", "bert", "anna", "dirk", "bert", "nobody")


def by_chance(share: float) -> settings:
    """Return how many operations a test draws, and how."""
    return settings(
        max_examples=round(EXAMPLES * share),
        deadline=None,
        derandomize=VARIABLE not in os.environ,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


# To validate takes as long as all the rest, so it is not done each time.
@by_chance(0.05)
@given(operation=LATER_SPECIMENS)
def test_what_is_drawn_is_valid(operation: Drawn) -> None:
    assert validate(core(SCHEMA), parse(operation.text)) == []


@by_chance(0.6)
@given(operation=SPECIMENS, has_key=st.booleans())
async def test_where_nobody_has_to_wait_the_answers_are_the_same_to_the_letter(
    operation: Drawn,
    has_key: bool,  # noqa: FBT001
) -> None:
    await compare(operation, has_key=has_key)


@by_chance(0.2)
@given(operation=LATER_SPECIMENS, has_key=st.booleans())
async def test_where_somebody_has_to_wait_only_chance_makes_a_difference(
    operation: Drawn,
    has_key: bool,  # noqa: FBT001
) -> None:
    with swept():
        await compare(operation, has_key=has_key, in_order=False)


@pytest.fixture
async def operations(api: Api) -> st.SearchStrategy[Drawn]:
    """Operations on what the cast's world holds: its own ids, those of others, and what is no id."""
    world = api.world
    ours: dict[str, Any] = {
        "Document": world.document.id,
        "Dossier": world.dossier.id,
        "Relation": world.relations["bert"].id,
        "Account": world.accounts["bert"].id,
        "Licence": world.firm.licence_id,
    }
    ids = [api.id(name, key) for name, key in ours.items()]
    ids += [api.id("Document", world.foreign_document.id), api.id("Relation", world.document.id)]
    lists = "{ pageInfo { startCursor } }"
    listed = await api.gets(
        "anna", f"{{ documents {lists} relations {lists} dossiers {lists} categories {{ id }} }}"
    )
    cursors = [listed[name]["pageInfo"]["startCursor"] for name in ("documents", "relations", "dossiers")]
    scalars = {
        "ID": (*ids[:3], *ids[:2], *ids, listed["categories"][0]["id"], "", "no id"),
        "Int": (2, 1, 25, 3, 10, 0, 101),
        "String": ("e", "", *cursors, "Huwelijk", "no cursor"),
        "DateTime": ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00+02:00"),
    }
    return drawn(REAL, scalars, lambda name: name not in SEALED, deepest=7, may_change=False)


@by_chance(0.2)
@given(data=st.data(), who=st.sampled_from(CAST))
async def test_the_product_answers_the_same_to_whoever_asks(
    api: Api, operations: st.SearchStrategy[Drawn], data: st.DataObject, who: str
) -> None:
    operation = data.draw(operations)
    document = parse(operation.text)
    assert validate(REAL, document) == []
    plans = Plans()
    with swept():
        for values in operation.values:
            ours = await answered(api, who, BreadthFirst, document, values, plans=plans)
            theirs = await answered(api, who, Stock, document, values)
            assert_same(ours, theirs, in_order=False)


class Patient(Context):
    """Lets a statement come to its end when nobody waits for it any more; else that costs the connection."""

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        return await asyncio.shield(super().rows(statement, **values))


async def answered(
    api: Api, who: str, executor: Any, document: DocumentNode, values: Mapping[str, Any], **named: Any
) -> Answer:
    """Return what one of the cast is answered by an executor."""
    request = Patient(api.ports, None if who == "nobody" else await api.token(who))
    try:
        await request.open()
        return await executed(executor, REAL, document, values, request, operation_name="Asked", **named)
    finally:
        await request.close()
