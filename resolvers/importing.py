"""What every import has in common: rows with names of outside, what they came to, and what was wrong.

A row says what it means by what other programs call it, or by its id here. What is there already is changed
where the row says something else, so that the same rows can come again.
"""

from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, CompoundSelect, Integer, Text, Uuid, any_, bindparam, func, select, union_all

from core.errors import Conflict, Correctable, NotFound, Problems, Required, TooLong
from core.folding import fold
from core.viewer import Role
from models import Account, BusinessUnit, Document, Dossier, Holding, Relation
from models.tables import LICENCE
from permissions.people import sees_files
from resolvers import accounts
from resolvers.formats import Keep
from resolvers.reading import Reading
from resolvers.relation_changes import STAFF
from resolvers.relation_fields import REFERENCE

MOST_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came: its place among the others, what it is called outside, and what it says."""

    place: int
    reference: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row; the path of the error is that of the field within it."""

    place: int
    error: Correctable


@dataclass(slots=True)
class Outcome:
    """What rows came to, by what they are called."""

    created: list[str] = field(default_factory=list[str])
    updated: list[str] = field(default_factory=list[str])
    unchanged: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    deferred: list[Row] = field(default_factory=list[Row])
    """Rows that name something which stands further on: they are to come once more."""

    def of(self, key: UUID | None, *, is_changed: bool) -> list[str]:
        """Return the list that a row belongs to which can be written."""
        if key is None:
            return self.created
        return self.updated if is_changed else self.unchanged

    def add(self, other: "Outcome") -> None:
        """Add what other rows came to."""
        for name in ("created", "updated", "unchanged", "problems", "deferred"):
            getattr(self, name).extend(getattr(other, name))


def by_reference(entity: Any) -> CompoundSelect[Any, Any]:
    """Return the statement that finds by external references, or by ids: each by an index of its own."""
    statement = select(entity.id, entity.external_reference).where(entity.licence_id == LICENCE)
    if hasattr(entity, "deleted_at"):
        statement = statement.where(entity.deleted_at.is_(None))
    named = entity.external_reference == any_(bindparam("references", type_=ARRAY(Text())))
    return union_all(
        statement.where(named), statement.where(entity.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    )


NEW_KEYS: Final = select(func.uuidv7().label("id")).select_from(
    func.generate_series(1, bindparam("how_many", type_=Integer()))
)
FINDS: Final = {
    "Relation": by_reference(Relation),
    "Dossier": by_reference(Dossier),
    "Holding": by_reference(Holding),
    "Document": by_reference(Document),
}
UNITS: Final = select(BusinessUnit.id, BusinessUnit.name).where(BusinessUnit.licence_id == LICENCE)
MANAGERS: Final = accounts.ACCOUNT.where(
    Account.username_folded == any_(bindparam("usernames", type_=ARRAY(Text())))
)


async def new_keys(reading: Reading, how_many: int) -> list[UUID]:
    """Return keys for so many new rows."""
    return [row.id for row in await reading.rows(NEW_KEYS, how_many=how_many)]


async def find(reading: Reading, type_name: str, references: Iterable[str]) -> dict[str, UUID]:
    """Return the keys of what is called so: by external reference, else by its id here."""
    wanted = sorted(set(references))
    if not wanted:
        return {}
    keys = {it: key for it in wanted if (key := key_in(reading, type_name, it))}
    found = await reading.rows(FINDS[type_name], references=wanted, ids=list(keys.values()))
    by_id = {row.id for row in found}
    by_name = {row.external_reference: row.id for row in found}
    known = {text: key for text, key in keys.items() if key in by_id}
    return known | {text: by_name[text] for text in wanted if text in by_name}


async def find_seen(reading: Reading, type_name: str, references: Iterable[str]) -> dict[str, UUID]:
    """Return the keys of relations, dossiers or holdings that are called so, if they exist for the viewer."""
    return await find(reading, type_name, references) if sees_files(reading.viewer) else {}


def key_in(reading: Reading, type_name: str, text: str) -> UUID | None:
    """Return the key that a text spells if it is an id of this type."""
    found = reading.ports.ids.read(text)
    return found[1] if found and found[0] == type_name else None


async def units_by_name(reading: Reading) -> dict[str, UUID]:
    """Return the business units by their names."""
    return {row.name: row.id for row in await reading.rows(UNITS)}


async def in_charge_by_name(reading: Reading, usernames: Iterable[str]) -> dict[str, UUID]:
    """Return by user name those of these accounts that work for the firm."""
    folded = {it: fold(it) for it in usernames}
    if not folded or not sees_files(reading.viewer):
        return {}
    found = await reading.rows(MANAGERS, usernames=sorted(set(folded.values())))
    staff = {fold(row.username): row.id for row in found if Role(row.role) in STAFF}
    return {name: staff[key] for name, key in folded.items() if key in staff}


@contextmanager
def noted(row: Row, problems: list[Problem]) -> Generator[None]:
    """Note what is wrong with a row, where the block finds something."""
    try:
        yield
    except Problems as wrong:
        problems += [Problem(row.place, within_row(it)) for it in wrong.errors]
    except Correctable as wrong:
        problems.append(Problem(row.place, within_row(wrong)))


def within_row(error: Correctable) -> Correctable:
    """Return an error whose place is that within its row."""
    return error.at(*error.path[1:]) if error.path[:1] == ("input",) else error


def named_once(rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
    """Return the rows that have a name of their own, and what is wrong with the others."""
    kept: list[Row] = []
    problems: list[Problem] = []
    seen: set[Hashable] = set()
    for row in rows:
        error = fault_of(row.reference, seen)
        if error is None:
            seen.add(row.reference)
            kept.append(row)
        else:
            problems.append(Problem(row.place, error.at("externalReference")))
    return kept, problems


def fault_of(reference: str, seen: set[Hashable]) -> Correctable | None:
    """Return what is wrong with the name of a row."""
    if not reference:
        return Required()
    try:
        REFERENCE(reference)
    except TooLong as error:
        return error
    return Conflict("Another row has this reference too.") if reference in seen else None


def require_once(key: UUID | None, seen: set[UUID]) -> None:
    """Require that no other row changes the same, by its reference or by its id. Raise Conflict.

    Each row is compared with what is there before any is written: the second would undo the first.
    """
    if key in seen:
        raise Conflict("Another row has this reference too.", path=("externalReference",))
    if key is not None:
        seen.add(key)


def key_of(known: Mapping[str, UUID]) -> Keep:
    """Return what keeps the key of what is named. It raises NotFound."""

    def keep(said: str) -> UUID:
        if said not in known:
            raise NotFound("There is nothing here with this name.")
        return known[said]

    return keep


def texts_in(rows: Iterable[Row], name: str) -> set[str]:
    """Return what a field of these rows names."""
    return {text for row in rows if (text := row.said.get(name))}
