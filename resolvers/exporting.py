"""The firm's files as tables: each row says what an import of it would, and to import it changes nothing."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from models import Document, DocumentVersion, Dossier, Relation
from models.tables import LICENCE, AnyRow, AnySelect
from resolvers import (
    accounts,
    categories,
    document_rows,
    dossiers,
    gate,
    holdings,
    import_relations,
    licences,
    relations,
)
from resolvers.change import Change
from resolvers.levels import column
from resolvers.opening import OF_FILE, is_openable
from storage.file_names import cleaned

PAGE: Final = 500
FIRST: Final = UUID(int=0)


def keys_of(entity: Any) -> AnySelect:
    """Return the statement of a page of keys, in their order."""
    return (
        select(entity.id)
        .where(entity.licence_id == LICENCE, entity.id > bindparam("after", type_=Uuid()))
        .order_by(entity.id)
        .limit(bindparam("page_size", PAGE, Integer()))
    )


RELATION_KEYS: Final = keys_of(Relation)
DOSSIER_KEYS: Final = keys_of(Dossier)
DOCUMENT_KEYS: Final = keys_of(Document)
FILES: Final = (
    select(*OF_FILE)
    .join(Document, (Document.licence_id == LICENCE) & (Document.id == DocumentVersion.document_id))
    .where(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.number == Document.current_version,
        DocumentVersion.document_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    )
)


async def pages(change: Change, keys: AnySelect) -> AsyncGenerator[list[UUID]]:
    """Yield all keys of a table, so many at a time."""
    after = FIRST
    while found := await change.rows(keys, after=after):
        yield column(found, "id")
        after = found[-1].id


async def all_relations(change: Change) -> AsyncGenerator[dict[str, Any]]:
    """Yield every relation, by the names of its columns. Raise Forbidden."""
    gate.files(change)
    async for keys in pages(change, RELATION_KEYS):
        rows = [it for it in await relations.by_ids(change, keys) if it]
        details = await relations.particulars(change, rows)
        levels = zip(
            rows,
            await relations.contacts(change, rows),
            details,
            await licences.units_named_by(change, rows),
            await accounts.named_by(change, rows, "internal_manager_id"),
            await relations.by_ids(change, column(details, "accountant_id")),
            strict=True,
        )
        for row, contact, detail, unit, manager, accountant in levels:
            yield {
                **vars_in((row, contact, detail), import_relations.COLUMNS),
                "external_reference": reference_of(change, "Relation", row),
                "business_unit": unit and unit.name,
                "internal_manager": manager and manager.username,
                "accountant": accountant and reference_of(change, "Relation", accountant),
            }


def vars_in(rows: Sequence[Any], names: Sequence[str]) -> dict[str, Any]:
    """Return what these rows hold under these names."""
    return {name: getattr(row, name) for row in rows for name in names if hasattr(row, name)}


async def all_dossiers(change: Change) -> AsyncGenerator[dict[str, Any]]:
    """Yield every dossier with its members by their roles. Raise Forbidden."""
    gate.files(change)
    async for keys in pages(change, DOSSIER_KEYS):
        rows = [it for it in await dossiers.by_ids(change, keys) if it]
        members = await dossiers.members(change, rows)
        people = {it.relation_id for some in members for it in some}
        known = {it.id: it for it in await relations.by_ids(change, sorted(people)) if it}
        levels = zip(
            rows,
            members,
            await licences.units_named_by(change, rows),
            await accounts.named_by(change, rows, "manager_id"),
            strict=True,
        )
        for row, some, unit, manager in levels:
            named = [(it.role, reference_of(change, "Relation", known[it.relation_id])) for it in some]
            yield {
                "external_reference": reference_of(change, "Dossier", row),
                "name": row.name,
                "business_unit": unit and unit.name,
                "manager": manager and manager.username,
                "members": named,
            }


async def documents_of(change: Change, keys: Sequence[UUID]) -> list[tuple[dict[str, Any], AnyRow | None]]:
    """Return each of these documents that the viewer may read, and its file's row if that can be opened."""
    rows = [it for it in await document_rows.by_ids(change, keys) if it]
    files = {it.document_id: it for it in await change.rows(FILES, ids=column(rows, "id"))}
    levels = zip(
        rows,
        await licences.units_named_by(change, rows),
        await dossiers.named_by(change, rows, "dossier_id"),
        await categories.of_documents(change, rows),
        await relations.of_documents(change, rows),
        await holdings.of_documents(change, rows),
        strict=True,
    )
    found: list[tuple[dict[str, Any], AnyRow | None]] = []
    for row, unit, dossier, in_categories, on_relations, on_holdings in levels:
        file = files[row.id] if is_openable(change.ports, files[row.id]) else None
        said = {
            "external_reference": reference_of(change, "Document", row),
            "file": file and path_of(change, file),
            "description": row.description,
            "document_date": row.document_date,
            "dossier": dossier and reference_of(change, "Dossier", dossier),
            "categories": [it.name_nl for it in in_categories],
            "relations": [reference_of(change, "Relation", it) for it in on_relations],
            "holdings": [reference_of(change, "Holding", it) for it in on_holdings],
            "business_unit": unit and unit.name,
        }
        found.append((said, file))
    await change.record_each("document.exported", [(row.id, {}) for row in rows])
    return found


def path_of(change: Change, file: AnyRow) -> str:
    """Return where an exported file goes: into a folder of its own, under its name."""
    (folder,) = change.ports.ids.write("Document", [file.document_id])
    return f"{folder}/{cleaned(file.file_name, fallback='file')}"


def reference_of(change: Change, type_name: str, row: AnyRow) -> str:
    """Return what other programs call a thing, its id here where they call it nothing."""
    return row.external_reference or change.ports.ids.write(type_name, [row.id])[0]
