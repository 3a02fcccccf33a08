"""Dossiers from other programs, hundreds at a time: opened, or changed where a row says something else."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import AlreadyExists, Conflict, Invalid, NotFound, Required
from core.folding import fold
from models import Dossier, DossierMember
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.people import sees_files
from resolvers import gate, licences, words
from resolvers.change import Change
from resolvers.dossier_changes import MOST_MEMBERS, Member, note_members, require_roles
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
from resolvers.relation_fields import LINE, kept_by, kept_texts

TABLES: Final = ("dossier", "dossier_member", "dossier_word", "event", "feed_entry")
OUTSIDE: Final = {"business_unit": "business_unit_id", "manager": "manager_id"}
COLUMNS: Final = ("name", "business_unit_id", "manager_id")
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
STANDING: Final[AnySelect] = select(
    Dossier.id, Dossier.external_reference, *(getattr(Dossier, name) for name in COLUMNS)
).where(Dossier.licence_id == LICENCE, Dossier.id == IDS)
# In an order that all keep: of two imports of the same rows one waits for the other.
STANDING_LOCKED: Final = STANDING.order_by(Dossier.id).with_for_update()
MEMBERS: Final = select(DossierMember.dossier_id, DossierMember.relation_id, DossierMember.role).where(
    DossierMember.licence_id == LICENCE, DossierMember.dossier_id == IDS
)
EMPTY: Final = delete(DossierMember).where(
    DossierMember.licence_id == LICENCE, DossierMember.dossier_id == IDS
)
WRITTEN: Final[dict[str, Any]] = {name: bindparam(name) for name in (*COLUMNS, "name_folded")}
ADD: Final = insert(cast("Table", Dossier.__table__)).values(
    licence_id=LICENCE,
    id=bindparam("key"),
    created_at=bindparam("now"),
    updated_at=bindparam("now"),
    external_reference=bindparam("external_reference"),
    **WRITTEN,
)
SET: Final = (
    update(cast("Table", Dossier.__table__))
    .where(Dossier.licence_id == LICENCE, Dossier.id == bindparam("key"))
    .values(updated_at=bindparam("now"), revision=Dossier.revision + 1, **WRITTEN)
)
PUT_IN: Final = insert(cast("Table", DossierMember.__table__)).values(
    licence_id=LICENCE,
    dossier_id=bindparam("dossier"),
    relation_id=bindparam("relation"),
    role=bindparam("as_what"),
)


@dataclass(frozen=True, slots=True)
class NamedMember:
    """Somebody who is to be in a dossier, by what other programs call him."""

    reference: str
    role: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that can be written: its columns, its members if they are to be others, and what it changes."""

    row: Row
    columns: Mapping[str, Any]
    members: Mapping[UUID, str] | None
    key: UUID | None
    is_changed: bool
    were_in: AbstractSet[UUID] = frozenset()

    def values(self, key: UUID) -> dict[str, Any]:
        """Return what is bound to write it."""
        return {**self.columns, "key": key, "name_folded": fold(self.columns["name"])}


def kept(rows: Sequence[Row]) -> tuple[list[Row], list[Problem]]:
    """Return rows with what each field is kept as, and what is wrong with others; no name is looked up."""
    rows, problems = named_once(rows)
    there: list[Row] = []
    for row in rows:
        with noted(row, problems):
            said = kept_texts(row.said, {"name": LINE})
            if "name" in said and not said["name"]:
                raise Required(path=("name",))
            there.append(replace(row, said=said))
    return there, problems


async def import_dossiers(change: Change, rows: Sequence[Row], later: Collection[str] = ()) -> Outcome:  # noqa: ARG001  dossiers name no other
    """Write all rows that have no problem; return what they came to.

    Raise Forbidden, and Conflict when somebody else adds the same now.
    """
    gate.files(change)
    ready, outcome = await examine(change, rows, locks=True)
    # In an order that all keep, too: each waits for what the other adds, and not both at once.
    new = sorted((it for it in ready if it.key is None), key=lambda it: it.row.reference)
    added = list(zip(new, await new_keys(change, len(new)), strict=True))
    changed = [(it, it.key) for it in ready if it.key is not None and it.is_changed]
    rows_added = [{**it.values(key), "external_reference": it.row.reference} for it, key in added]
    try:
        await change.execute_many(ADD, rows_added)
    except IntegrityError:
        raise Conflict from None
    await change.execute_many(SET, [it.values(key) for it, key in changed])
    await put_in(change, [*added, *changed])
    await change.note_each(ChangeKind.CREATED, "Dossier", [(key, ()) for _, key in added])
    await change.note_each(ChangeKind.CHANGED, "Dossier", [(key, ()) for _, key in changed])
    for it, key in changed:
        if it.members is not None:
            await note_members(change, key, it.were_in, it.members.keys())
    await words.rewrite_dossiers(change, [key for _, key in (*added, *changed)])
    for kind, of in (("dossier.imported", added), ("dossier.updated", changed)):
        for _, key in of:
            change.record(kind, dossier=str(key))
    return outcome


async def put_in(change: Change, written: Sequence[tuple[Ready, UUID]]) -> None:
    """Make the members of dossiers those that their rows name, where these are others."""
    anew = {key: it.members for it, key in written if it.members is not None}
    await change.rows(EMPTY, ids=list(anew))
    rows = [
        {"dossier": key, "relation": relation, "as_what": role}
        for key, members in anew.items()
        for relation, role in members.items()
    ]
    await change.execute_many(PUT_IN, rows)


async def dry_run(change: Change, rows: Sequence[Row], later: Collection[str] = ()) -> Outcome:  # noqa: ARG001  the same
    """Return what rows would come to. Raise Forbidden."""
    gate.files(change)
    return (await examine(change, rows))[1]


async def examine(
    reading: Reading, rows: Sequence[Row], *, locks: bool = False
) -> tuple[list[Ready], Outcome]:
    """Return the rows that can be written, and what all of them come to; nothing is changed."""
    outcome = Outcome()
    look = await Look.at(reading, rows, locks=locks)
    ready: list[Ready] = []
    seen: set[UUID] = set()
    for row in rows:
        with noted(row, outcome.problems):
            one = look.ready(row)
            require_once(one.key, seen)
            ready.append(one)
    for it in ready:
        outcome.of(it.key, is_changed=it.is_changed).append(it.row.reference)
    return ready, outcome


@dataclass(frozen=True, slots=True)
class Look:
    """What is there already of all that some rows name."""

    named: Mapping[str, Any]
    """Of each field that names something, what finds its key."""
    relations: Mapping[str, UUID]
    standing: Mapping[str, AnyRow]
    is_seen: bool
    """Whether what is there exists for the viewer."""
    members: Mapping[UUID, Mapping[UUID, str]]
    unit_id: UUID | None
    """Of what is new."""

    @classmethod
    async def at(cls, reading: Reading, rows: Sequence[Row], *, locks: bool) -> "Look":
        """Return what is there."""
        known = await find(reading, "Dossier", (it.reference for it in rows))
        people = (it.reference for row in rows for it in row.said.get("members") or ())
        statement = STANDING_LOCKED if locks else STANDING
        found = {it.id: it for it in await reading.rows(statement, ids=sorted(known.values()))}
        members: dict[UUID, dict[UUID, str]] = {key: {} for key in found}
        for it in await reading.rows(MEMBERS, ids=list(found)):
            members[it.dossier_id][it.relation_id] = it.role
        return cls(
            {
                "business_unit": key_of(await units_by_name(reading)),
                "manager": key_of(await in_charge_by_name(reading, texts_in(rows, "manager"))),
            },
            await find_seen(reading, "Relation", people),
            {text: found[key] for text, key in known.items() if key in found},
            sees_files(reading.viewer),
            members,
            await licences.only_unit(reading),
        )

    def ready(self, row: Row) -> Ready:
        """Return a row as it is written. Raise Problems, Required, Invalid, NotFound, AlreadyExists."""
        there = self.standing.get(row.reference)
        if there is not None and not self.is_seen:
            raise AlreadyExists(path=("externalReference",))
        names = {name: row.said[name] for name in row.said if name in OUTSIDE}
        said = {name: it for name, it in row.said.items() if name != "members"} | kept_by(names, self.named)
        columns = {OUTSIDE.get(name, name): value for name, value in said.items()}
        members = self.members_of(row, is_new=there is None)
        if there is None:
            if "name" not in columns:
                raise Required(path=("name",))
            whole = {"manager_id": None, "business_unit_id": self.unit_id, **columns}
            return Ready(row, whole, members, None, is_changed=True)
        before = {name: getattr(there, name) for name in COLUMNS}
        others = None if members == self.members[there.id] else members
        is_changed = others is not None or before != before | columns
        were_in = self.members[there.id].keys()
        return Ready(row, before | columns, others, there.id, is_changed, were_in)

    def members_of(self, row: Row, *, is_new: bool) -> dict[UUID, str] | None:
        """Return who is to be in a dossier, None to leave it. Raise Required, Invalid, NotFound."""
        said: Sequence[NamedMember] | None = row.said.get("members")
        if said is None and not is_new:
            return None
        unknown = [it.reference for it in said or () if it.reference not in self.relations]
        if unknown:
            raise NotFound("There is no relation {name}.", name=unknown[0], path=("members",))
        members = [Member(self.relations[it.reference], it.role) for it in said or ()]
        if len(members) > MOST_MEMBERS:
            raise Invalid("At most {most} ids.", most=MOST_MEMBERS, path=("members",))
        require_roles(members)
        return {it.relation_id: it.role for it in members}
