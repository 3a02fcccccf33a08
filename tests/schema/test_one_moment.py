"""An operation reads everything as of one moment, one statement after another; a change begins a new one."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

import pytest
from sqlalchemy import Executable

from models import Document, Dossier
from models.tables import AnyRow
from schema.context import Context
from tests.api import Api
from tests.journeys.rows import set_values
from tests.schema.asking import Desk

TWICE: Final = "{ one: documents { nodes { description } } two: documents { nodes { description } } }"
BOTH: Final = "{ documents { nodes { description } } dossiers { nodes { name } } }"
BELOW: Final = "{ documents { nodes { description dossier { name } } } }"
MUCH: Final = """{
  documents { totalCount nodes { dossier { name } categories { name } relations { displayName } } }
  dossiers { nodes { members { relation { displayName } } documents { totalCount } } }
  relations { totalCount nodes { displayName } }
  viewer { email licence { businessUnits { name } } }
}"""
CHANGE: Final = """mutation ($one: UpdateDocumentInput!, $two: UpdateDocumentInput!) {
  one: updateDocument(input: $one) { document { description dossier { name } } userErrors { code } }
  two: updateDocument(input: $two) { document { description dossier { name } } userErrors { code } }
}"""
OLD: Final = "Test klantenportaal"


class Interrupted(Context):
    """After its first statement somebody else commits a change of the document and of its dossier."""

    api: ClassVar[Api]
    was_interrupted = False

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        found = await super().rows(statement, **values)
        if not self.was_interrupted:
            self.was_interrupted = True
            world = self.api.world
            await set_values(self.api, Document, world.document.id, description="Changed meanwhile")
            await set_values(self.api, Dossier, world.dossier.id, name="Changed meanwhile")
        return found


@pytest.fixture(autouse=True)
def interrupting(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interrupted, "api", api, raising=False)


def texts_in(value: Any) -> set[str]:
    """Return all texts that stand in an answer."""
    if isinstance(value, str):
        return {value}
    inner = cast("dict[str, Any]", value).values() if isinstance(value, dict) else value or ()
    return set[str]().union(*map(texts_in, inner))


@pytest.mark.parametrize("who", ["anna", "bert"])
@pytest.mark.parametrize("text", [TWICE, BOTH, BELOW])
async def test_what_is_committed_between_two_fields_is_seen_by_none(desk: Desk, who: str, text: str) -> None:
    before = texts_in(await desk.gets(who, text))
    assert "Huwelijkscontract" in before
    assert texts_in(await desk.gets(who, text, kind=Interrupted)) == before
    after = texts_in(await desk.gets(who, text))
    assert "Changed meanwhile" in after
    assert not {"Huwelijkscontract", OLD} & after


async def test_also_where_points_had_to_be_taken_the_fields_share_one_moment(desk: Desk) -> None:
    seen = texts_in(await desk.gets("bert", BOTH, kind=Interrupted))
    assert {"Huwelijkscontract", OLD} <= seen
    assert "Changed meanwhile" not in seen


async def test_each_change_sees_what_it_changed_and_what_was_committed_before_it(desk: Desk) -> None:
    document_id = desk.api.id("Document", desk.api.world.document.id)
    inputs = {it: {"documentId": document_id, "description": it} for it in ("one", "two")}
    data = await desk.gets("anna", CHANGE, kind=Interrupted, variables=inputs)
    # The interruption comes after the first statement of the first payload, which is the document's.
    assert data == {
        "one": {"document": {"description": "one", "dossier": {"name": OLD}}, "userErrors": []},
        "two": {
            "document": {"description": "two", "dossier": {"name": "Changed meanwhile"}},
            "userErrors": [],
        },
    }


class Watched(Context):
    """Notes how many statements are under way at once."""

    under_way = 0
    most: ClassVar[list[int]] = []

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        self.under_way += 1
        # Whoever wants to may come between.
        await asyncio.sleep(0)
        self.most.append(self.under_way)
        try:
            return await super().rows(statement, **values)
        finally:
            self.under_way -= 1


@pytest.mark.parametrize("who", ["anna", "bert"])
async def test_there_are_never_two_statements_under_way(
    desk: Desk, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most: list[int] = []
    monkeypatch.setattr(Watched, "most", most)
    answer = await desk.ask(who, MUCH, kind=Watched)
    assert answer.data is not None
    assert len(most) > 8
    assert set(most) == {1}
