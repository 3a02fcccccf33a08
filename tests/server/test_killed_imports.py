"""Imports that are killed at any moment and run again: they leave what one run alone would have left."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from models import (
    BusinessUnit,
    Document,
    DocumentVersion,
    Entity,
    Event,
    FeedEntry,
    Relation,
    RelationWord,
)
from resolvers.batches import BATCH
from resolvers.orphans import sweep_orphans
from resolvers.verifying import compare
from resolvers.words import of_relation
from tests.api import Api
from tests.permissions.copies import differing
from tests.server.mortal_import import FEW, Task
from tests.server.tables import ANNA, table

PEOPLE: Final = 2_000
PAPERS: Final = 60
KILLED: Final = 3
A_MOMENT: Final = 0.1
"""In seconds: within it the next batch is begun, or written."""
EVA: Final = "eva@het-ander.example"
COLUMNS: Final = ("external_reference", "given_name", "family_name", "email", "phone", "accountant")
# What is another's in another firm, or at another time.
OWN: Final = {"id", "licence_id", "created_at", "updated_at"}
KEYS: Final = {"accountant_id", "business_unit_id", "internal_manager_id"}
Kind = TypeVar("Kind", bound=Entity)


async def all_of(api: Api, licence_id: UUID, kind: type[Kind]) -> Sequence[Kind]:
    """Return all rows that a firm has in a table."""
    async with api.ports.database.change(licence_id) as session:
        return (await session.scalars(select(kind).filter_by(licence_id=licence_id))).all()


async def imported(api: Api, kind: type[Relation | Document]) -> int:
    """Return how many rows of the cast's firm came from another program."""
    licence_id = api.world.firm.licence_id
    counted = select(func.count()).where(kind.licence_id == licence_id, kind.external_reference.is_not(None))
    async with api.ports.database.change(licence_id) as session:
        return (await session.scalars(counted)).one()


async def killed(
    api: Api, database_url: str, home: Path, task: Task, *, kind: type[Relation | Document], batch: int
) -> list[int]:
    """Begin an import again and again, and kill it after one more batch; return how much was there each time.

    At last it is run to its end.
    """
    dice = random.Random(20260130)  # noqa: S311  dice
    left: list[int] = []
    for _ in range(KILLED):
        process = task.begin(database_url, home)
        wanted = (left[-1] if left else 0) + batch * dice.randint(0, 1)
        while process.is_alive() and await imported(api, kind) < wanted:
            pass
        await asyncio.sleep(dice.uniform(0, A_MOMENT))
        process.kill()
        await asyncio.to_thread(process.join)
        left.append(await imported(api, kind))
    last = task.begin(database_url, home)
    await asyncio.to_thread(last.join)
    assert last.exitcode == 0
    return left


def people() -> list[list[str]]:
    """Return the rows of many people, each tenth of whom has an accountant who stands anywhere."""
    dice = random.Random(20260131)  # noqa: S311  dice
    return [
        [
            f"crm-{it}",
            dice.choice(("Zoë", "Jan", "")),
            f"Maes {it}",
            f"maes{it}@example.com",
            "09 223 45 67",
            f"crm-{(it + dice.randrange(1, PEOPLE)) % PEOPLE}" if it % 10 == 0 else "",
        ]
        for it in range(PEOPLE)
    ]


async def everything(api: Api, licence_id: UUID) -> dict[str, Any]:
    """Return all that an import of relations left, by what another program calls them."""
    found = {it.id: it for it in await all_of(api, licence_id, Relation) if it.external_reference}
    units = {it.id: it.name for it in await all_of(api, licence_id, BusinessUnit)}
    names = {key: str(it.external_reference) for key, it in found.items()}
    columns = [it.key for it in Relation.__table__.columns if it.key not in OWN | KEYS]
    rows = {
        names[key]: [
            *(getattr(it, name) for name in columns),
            it.accountant_id and names[it.accountant_id],
            it.business_unit_id and units[it.business_unit_id],
            it.internal_manager_id,
        ]
        for key, it in found.items()
    }
    words = await all_of(api, licence_id, RelationWord)
    told = await all_of(api, licence_id, FeedEntry)
    events = await all_of(api, licence_id, Event)
    return {
        "rows": rows,
        "words": Counter(
            (names[it.id], it.position, it.sort_key, it.words) for it in words if it.id in names
        ),
        "feed": Counter((it.kind, names[it.subject_id]) for it in told if it.subject_id in names),
        "events": Counter(
            (it.kind, names[it.relation_id]) for it in events if it.relation_id and it.relation_id in names
        ),
    }


async def test_relations_are_those_of_an_import_that_was_never_killed(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    file = table(tmp_path / "relations.csv", COLUMNS, people())
    ours, theirs = api.world.firm.licence_id, api.world.other_firm.licence_id
    await Task("het-ander", EVA, file).bring(api.ports)
    left = await killed(api, database_url, tmp_path, Task("de-linde", ANNA, file), kind=Relation, batch=BATCH)
    # It was killed on its way, and each batch was there as a whole.
    assert left == sorted(left)
    assert any(0 < it < PEOPLE for it in left)
    assert [it for it in left if it % BATCH] == []
    found = await everything(api, ours)
    assert len(found["rows"]) == PEOPLE
    assert found == await everything(api, theirs)
    expected = sum(len(of_relation(it)) for it in await all_of(api, ours, Relation) if it.external_reference)
    assert found["words"].total() == expected


async def test_no_document_is_without_its_file(api: Api, database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    contents = {f"x-{it}": f"Brief {it}\n".encode() * it for it in range(1, PAPERS + 1)}
    for name, content in contents.items():
        (folder / f"{name}.txt").write_bytes(content)
    rows = [[name, f"{name}.txt", f"Brief {name}", "Akten"] for name in contents]
    file = table(
        tmp_path / "documents.csv", ("external_reference", "file", "description", "categories"), rows
    )
    ours = api.world.firm.licence_id
    task = Task("de-linde", ANNA, file, folder)
    left = await killed(api, database_url, tmp_path, task, kind=Document, batch=FEW)
    assert left == sorted(left)
    assert any(0 < it < PAPERS for it in left)
    assert [it for it in left if it % FEW] == []
    papers = {it.id: it for it in await all_of(api, ours, Document) if it.external_reference}
    versions = [it for it in await all_of(api, ours, DocumentVersion) if it.document_id in papers]
    digests = {papers[it.document_id].external_reference: it.sha256 for it in versions}
    assert digests == {name: sha256(content).digest() for name, content in contents.items()}
    assert {(it.revision, it.current_version) for it in papers.values()} == {(1, 1)}
    assert {it.description for it in papers.values()} == {f"Brief {it}" for it in contents}
    told = [it.subject_id for it in await all_of(api, ours, FeedEntry) if it.kind == "CREATED"]
    assert Counter(told) == Counter(papers.keys())
    assert await differing(api.ports, ours) == []
    # Whatever was kept and not taken is swept.
    await sweep_orphans(api.ports, ours, datetime.now(UTC) + timedelta(hours=25))
    compared = await compare(api.ports, ours, lambda _: None)
    assert (compared.missing, compared.other_size) == ([], [])
    assert (compared.objects, compared.unknown) == (PAPERS, 0)
