"""Relations from other programs, hundreds at a time: added, or changed where a row says something else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import AlreadyExists, Conflict, Invalid
from core.folding import fold
from models import Account, Relation
from models.feed import ChangeKind
from models.relations import Contact, Particulars
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.people import sees_files
from resolvers import gate, licences, relation_fields, words
from resolvers.change import Change
from resolvers.formats import Keep, as_it_is, born_until
from resolvers.importing import (
    Outcome,
    Problem,
    Row,
    find,
    find_seen,
    in_charge_by_name,
    key_of,
    named_once,
    new_keys,
    noted,
    require_once,
    texts_in,
    units_by_name,
)
from resolvers.reading import Reading

TABLES: Final = ("relation", "relation_word", "dossier_word", "event", "feed_entry")
NAMES: Final = ("given_name", "family_name", "company_name")
TABS: Final = (*Contact.__annotations__, *Particulars.__annotations__)
COLUMNS: Final = (
    "kind",
    *NAMES,
    "title",
    "email",
    "language",
    "business_unit_id",
    "internal_manager_id",
    *TABS,
)
# What a row names by its own name outside, and the column that is meant.
OUTSIDE: Final = {
    "business_unit": "business_unit_id",
    "internal_manager": "internal_manager_id",
    "accountant": "accountant_id",
}
EMPTY: Final[Mapping[str, Any]] = {
    **dict.fromkeys(COLUMNS),
    "kind": "PERSON",
    "is_deceased": False,
    "is_disabled": False,
}
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
STANDING: Final[AnySelect] = select(
    Relation.id, Relation.external_reference, *(getattr(Relation, name) for name in COLUMNS)
).where(Relation.licence_id == LICENCE, Relation.id == IDS, Relation.deleted_at.is_(None))
# In an order that all keep: of two imports of the same rows one waits for the other.
STANDING_LOCKED: Final = STANDING.order_by(Relation.id).with_for_update()
WITH_ACCESS: Final = select(Account.relation_id).where(
    Account.licence_id == LICENCE, Account.relation_id == IDS
)
WRITTEN: Final = (*COLUMNS, "display_name", "display_name_folded")
ADD: Final = insert(cast("Table", Relation.__table__)).values(
    licence_id=LICENCE,
    id=bindparam("key"),
    created_at=bindparam("now"),
    updated_at=bindparam("now"),
    external_reference=bindparam("external_reference"),
    **{name: bindparam(name) for name in WRITTEN},
)
SET: Final = (
    update(cast("Table", Relation.__table__))
    .where(Relation.licence_id == LICENCE, Relation.id == bindparam("key"))
    .values(
        updated_at=bindparam("now"),
        revision=Relation.revision + 1,
        **{name: bindparam(name) for name in WRITTEN},
    )
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that can be written: all its columns, and the key of what it changes, None for what is new."""

    row: Row
    columns: Mapping[str, Any]
    key: UUID | None
    is_changed: bool

    def values(self, key: UUID | None) -> dict[str, Any]:
        """Return what is bound to write it."""
        name = self.columns["display_name"]
        return {**self.columns, "key": key, "display_name_folded": fold(name)}


def kept(rows: Sequence[Row], today: date) -> tuple[list[Row], list[Problem]]:
    """Return rows with what each field is kept as, and what is wrong with others; no name is looked up."""
    fields = {
        **relation_fields.FIELDS,
        **dict.fromkeys(relation_fields.TICKS, bool),
        **dict.fromkeys(("kind", *OUTSIDE), as_it_is),
        "birth_date": born_until(today),
    }
    rows, problems = named_once(rows)
    there: list[Row] = []
    for row in rows:
        with noted(row, problems):
            said = relation_fields.kept_by(row.said, fields)
            if said.get("kind", "") is None:  # it can not be emptied
                del said["kind"]
            there.append(replace(row, said=said))
    return there, problems


async def import_relations(change: Change, rows: Sequence[Row], later: Collection[str] = ()) -> Outcome:
    """Write all rows that have no problem; return what they came to.

    An accountant among `later`, or in another of the rows, need not be there yet: whoever names him is
    written without him, and deferred. Raise Forbidden, and Conflict when somebody else adds the same now.
    """
    gate.files(change)
    ready, outcome = await examine(change, rows, later, locks=True)
    # In an order that all keep, too: each waits for what the other adds, and not both at once.
    new = sorted((it for it in ready if it.key is None), key=lambda it: it.row.reference)
    changed = [it for it in ready if it.key is not None and it.is_changed]
    keys = await new_keys(change, len(new))
    added = [it.values(key) for it, key in zip(new, keys, strict=True)]
    for it, values in zip(new, added, strict=True):
        values["external_reference"] = it.row.reference
    try:
        await change.execute_many(ADD, added)
    except IntegrityError:
        raise Conflict from None
    await change.execute_many(SET, [it.values(it.key) for it in changed])
    others = [it.key for it in changed if it.key is not None]
    await change.record_relations("relation.imported", keys)
    await change.record_relations("relation.updated", others)
    await change.note_each(ChangeKind.CREATED, "Relation", [(it, ()) for it in keys])
    await change.note_each(ChangeKind.CHANGED, "Relation", [(it, ()) for it in others])
    await words.rewrite_relations(change, [*keys, *others])
    return outcome


async def examine(
    reading: Reading, rows: Sequence[Row], later: Collection[str] = (), *, locks: bool = False
) -> tuple[list[Ready], Outcome]:
    """Return the rows that can be written, and what all of them come to; nothing is changed.

    With `locks` nobody else changes what is there already until this transaction ends.
    """
    outcome = Outcome()
    look = await Look.at(reading, rows, {*later, *(it.reference for it in rows)}, locks=locks)
    ready: list[Ready] = []
    seen: set[UUID] = set()
    for row in rows:
        with noted(row, outcome.problems):
            one = look.ready(row)
            require_once(one.key, seen)
            ready.append(one)
            outcome.deferred += [row] if look.is_deferred(row) else []
    ready = await without_moved_users(reading, ready, look, outcome)
    for it in ready:
        outcome.of(it.key, is_changed=it.is_changed).append(it.row.reference)
    return ready, outcome


async def dry_run(change: Change, rows: Sequence[Row], later: Collection[str] = ()) -> Outcome:
    """Return what rows would come to. Raise Forbidden."""
    gate.files(change)
    return (await examine(change, rows, later))[1]


@dataclass(frozen=True, slots=True)
class Look:
    """What is there already of all that some rows name."""

    named: Mapping[str, Keep]
    """Of each field that names something, what finds its key."""
    standing: Mapping[str, AnyRow]
    is_seen: bool
    """Whether what is there exists for the viewer."""
    accountants: Mapping[str, UUID]
    later: Collection[str]
    unit_id: UUID | None
    """Of what is new."""

    @classmethod
    async def at(
        cls, reading: Reading, rows: Sequence[Row], later: Collection[str], *, locks: bool
    ) -> "Look":
        """Return what is there."""
        known = await find(reading, "Relation", (it.reference for it in rows))
        accountants = await find_seen(reading, "Relation", texts_in(rows, "accountant"))
        managers = await in_charge_by_name(reading, texts_in(rows, "internal_manager"))
        units = await units_by_name(reading)
        statement = STANDING_LOCKED if locks else STANDING
        found = {it.id: it for it in await reading.rows(statement, ids=sorted(known.values()))}
        named = {
            "business_unit": key_of(units),
            "internal_manager": key_of(managers),
            "accountant": key_of(accountants),
        }
        standing = {text: found[key] for text, key in known.items() if key in found}
        is_seen = sees_files(reading.viewer)
        unit_id = await licences.only_unit(reading)
        return cls(named, standing, is_seen, accountants, later if is_seen else (), unit_id)

    def is_deferred(self, row: Row) -> bool:
        """Return whether a row names an accountant who is not there yet, but will be."""
        named = row.said.get("accountant")
        return named is not None and named not in self.accountants and named in self.later

    def ready(self, row: Row) -> Ready:
        """Return a row as it is written. Raise Problems, Required, Invalid, AlreadyExists."""
        there = self.standing.get(row.reference)
        if there is not None and not self.is_seen:
            raise AlreadyExists(path=("externalReference",))
        said = {
            name: it for name, it in row.said.items() if name != "accountant" or not self.is_deferred(row)
        }
        names = {name: said[name] for name in said if name in OUTSIDE}
        said |= relation_fields.kept_by(names, self.named)
        columns = {OUTSIDE.get(name, name): value for name, value in said.items()}
        require_possible(row, columns, there)
        before: dict[str, Any] = {"business_unit_id": self.unit_id} if there is None else vars_of(there)
        after = {**EMPTY, **before, **columns}
        after["display_name"] = relation_fields.displayed(after["kind"], after)
        is_changed = any(before[name] != after[name] for name in columns) if there is not None else True
        return Ready(row, after, None if there is None else there.id, is_changed)


def require_possible(row: Row, columns: Mapping[str, Any], there: AnyRow | None) -> None:
    """Require that a relation stays what it is, and is accountant to others alone. Raise Invalid."""
    if there is not None and columns.get("kind", there.kind) != there.kind:
        raise Invalid("A person cannot become a company, nor a company a person.", path=("kind",))
    itself = there is not None and columns.get("accountant_id") == there.id
    if itself or row.said.get("accountant") == row.reference:
        raise Invalid("Nobody is his own accountant.", path=("accountant",))


def vars_of(row: AnyRow) -> dict[str, Any]:
    """Return the columns of a row that can be written."""
    return {name: getattr(row, name) for name in COLUMNS}


async def without_moved_users(
    reading: Reading, ready: list[Ready], look: Look, outcome: Outcome
) -> list[Ready]:
    """Return the rows but for those that give another address to somebody who signs in with his (A16)."""
    moved = {
        it.key: it
        for it in ready
        if it.key is not None and it.columns["email"] != look.standing[it.row.reference].email
    }
    if not moved:
        return ready
    users = {row.relation_id for row in await reading.rows(WITH_ACCESS, ids=list(moved))}
    for key in users & moved.keys():
        message = "This relation signs in with its e-mail address: change it on its sheet."
        outcome.problems.append(Problem(moved[key].row.place, Conflict(message, path=("email",))))
    return [it for it in ready if it.key not in users]
