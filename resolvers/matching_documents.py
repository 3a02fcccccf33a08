"""What rows of documents mean here: what is there already, and what each row would change."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from uuid import UUID

from core.errors import AlreadyExists, Forbidden, Invalid, Required
from core.rights import Right
from models.tables import AnyRow
from resolvers import categories, document_rows, documents, holdings, licences, relations
from resolvers.change import Change
from resolvers.formats import Keep, text
from resolvers.gate import MOST_IDS
from resolvers.importing import (
    Problem,
    Row,
    find,
    find_seen,
    key_of,
    named_once,
    noted,
    texts_in,
    units_by_name,
)
from resolvers.relation_fields import kept_by, kept_texts

OUTSIDE: Final = {
    "dossier": "dossier_id",
    "categories": "category_ids",
    "relations": "relation_ids",
    "holdings": "holding_ids",
    "business_unit": "business_unit_id",
}
LISTS: Final = {
    "category_ids": categories.of_documents,
    "relation_ids": relations.of_documents,
    "holding_ids": holdings.of_documents,
}


class Source(Protocol):
    """A file that a row brings along."""

    async def digest(self) -> bytes:
        """Return its SHA-256: 32 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that can be written: what it changes, None for what is new, and whether its file is kept."""

    row: Row
    changes: Mapping[str, Any]
    key: UUID | None
    takes_file: bool

    @property
    def is_changed(self) -> bool:
        """Return whether there is anything to write."""
        return bool(self.changes) or self.takes_file


def kept(rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
    """Return rows with what each field is kept as, and what is wrong with others; no name is looked up."""
    rows, problems = named_once(rows)
    there: list[Row] = []
    for row in rows:
        with noted(row, problems):
            said = kept_texts(row.said, {"description": text(documents.LONGEST_DESCRIPTION)})
            if "description" in said and not said["description"]:
                raise Required(path=("description",))
            there.append(replace(row, said=said))
    return there, problems


@dataclass(frozen=True, slots=True)
class Look:
    """What is there already of all that some rows name."""

    named: Mapping[str, Keep]
    """Of each field that names something, what finds its key."""
    known: Mapping[str, UUID]
    standing: Mapping[UUID, AnyRow]
    links: Mapping[str, Mapping[UUID, set[UUID]]]
    """Of each list, what each document has."""
    archived: AbstractSet[UUID]
    """Categories that are no longer given."""
    unit_id: UUID | None
    """Of what is new."""

    @classmethod
    async def at(cls, change: Change, rows: Sequence[Row]) -> "Look":
        """Return what is there."""
        known = await find(change, "Document", (it.reference for it in rows))
        found = [it for it in await document_rows.by_ids(change, list(known.values())) if it]
        links = {
            name: {
                it.id: {one.id for one in some}
                for it, some in zip(found, await of_documents(change, found), strict=True)
            }
            for name, of_documents in LISTS.items()
        }
        all_of_them = await change.rows(categories.SEEN)
        named = {
            "dossier": key_of(await find_seen(change, "Dossier", texts_in(rows, "dossier"))),
            "relations": keys_of(await find_seen(change, "Relation", all_in(rows, "relations"))),
            "holdings": keys_of(await find_seen(change, "Holding", all_in(rows, "holdings"))),
            "categories": keys_of({it.name_nl: it.id for it in all_of_them}),
            "business_unit": key_of(await units_by_name(change)),
        }
        archived = {it.id for it in all_of_them if it.is_archived}
        unit_id = await licences.only_unit(change)
        return cls(named, known, {it.id: it for it in found}, links, archived, unit_id)

    async def ready(self, row: Row) -> Ready:
        """Return a row as it is written. Raise Problems, Required, NotFound, Forbidden, AlreadyExists."""
        names = {name: row.said[name] for name in row.said if name in OUTSIDE}
        said = {**row.said, **kept_by(names, self.named)}
        source: Source | None = said.pop("file", None)
        columns = {OUTSIDE.get(name, name): it for name, it in said.items()}
        columns |= {name: columns[name] or () for name in LISTS.keys() & columns.keys()}
        key = self.known.get(row.reference)
        if key is not None:
            return await self.changed(row, key, columns, source)
        if source is None or not columns.get("description"):
            raise Required(path=("file" if source is None else "description",))
        self.require_given(set(columns.get("category_ids", ())))
        return Ready(row, {"business_unit_id": self.unit_id, **columns}, None, takes_file=True)

    async def changed(self, row: Row, key: UUID, columns: Mapping[str, Any], source: Source | None) -> Ready:
        """Return what a row changes of a document that is there. Raise AlreadyExists, Forbidden, Invalid."""
        there = self.standing.get(key)
        if there is None:
            raise AlreadyExists(path=("externalReference",))
        changes = {name: it for name, it in columns.items() if self.differs(there, name, it)}
        is_other = source is not None and await source.digest() != there.sha256
        if (changes or is_other) and Right.UPDATE not in Right(there.rights):
            raise Forbidden(path=("externalReference",))
        new = set(changes.get("category_ids", ())) - self.links["category_ids"][key]
        self.require_given(new)
        return Ready(row, changes, key, takes_file=is_other)

    def require_given(self, category_ids: AbstractSet[UUID]) -> None:
        """Require that these categories are given to documents still. Raise Invalid."""
        if self.archived & category_ids:
            raise Invalid("This category is no longer given to documents.", path=("categories",))

    def differs(self, there: AnyRow, name: str, value: Any) -> bool:
        """Return whether a document has another value than a row says."""
        if name in LISTS:
            return self.links[name][there.id] != set(value)
        return getattr(there, name) != value


def all_in(rows: Sequence[Row], name: str) -> set[str]:
    """Return what a field of these rows names, which is a list in each."""
    return {it for row in rows for it in row.said.get(name) or ()}


def keys_of(known: Mapping[str, UUID]) -> Keep:
    """Return what keeps the keys of what is named, each once. It raises NotFound, Invalid for too many."""
    one = key_of(known)

    def keep_all(said: Sequence[str]) -> list[UUID]:
        if len(said) > MOST_IDS:
            raise Invalid("At most {most} ids.", most=MOST_IDS)
        return list(dict.fromkeys(one(it) for it in said))

    return keep_all
