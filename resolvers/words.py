"""The one writer of the words that relations, dossiers, holdings and accounts are found by."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Delete,
    Insert,
    SmallInteger,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from core.words import Entry, digits_in, entries
from models import (
    Account,
    AccountWord,
    Dossier,
    DossierMember,
    DossierWord,
    Holding,
    HoldingWord,
    Licence,
    Relation,
    RelationWord,
)
from models.tables import LICENCE, AnyRow
from resolvers.change import Change

Kind = type[RelationWord] | type[DossierWord] | type[HoldingWord] | type[AccountWord]
# What of a relation makes its words.
RELATION_FIELDS: Final = frozenset(
    {"given_name", "family_name", "company_name", "email", "national_register_number"}
)
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
# Whoever renames the same one at the same time waits, and then reads the other's name.
RELATIONS: Final = (
    select(
        Relation.id,
        Relation.display_name,
        Relation.display_name_folded,
        Relation.given_name,
        Relation.family_name,
        Relation.company_name,
        Relation.email,
        Relation.national_register_number,
    )
    .where(Relation.licence_id == LICENCE, Relation.id == IDS, Relation.deleted_at.is_(None))
    .order_by(Relation.id)
    .with_for_update(key_share=True)
)
ACCOUNTS: Final = (
    select(Account.id, Account.display_name, Account.display_name_folded, Account.username)
    .where(Account.licence_id == LICENCE, Account.id == IDS)
    .order_by(Account.id)
    .with_for_update(key_share=True)
)
HOLDINGS: Final = (
    select(Holding.id, Holding.name, Holding.name_folded, Holding.reference)
    .where(Holding.licence_id == LICENCE, Holding.id == IDS)
    .order_by(Holding.id)
    .with_for_update(key_share=True)
)
DOSSIERS_OF: Final = (
    select(DossierMember.dossier_id.label("id"))
    .where(DossierMember.licence_id == LICENCE, DossierMember.relation_id == IDS)
    .distinct()
)
MEMBER_NAMES: Final = (
    select(Relation.display_name)
    .join(
        DossierMember,
        (DossierMember.licence_id == LICENCE) & (DossierMember.relation_id == Relation.id),
    )
    .where(
        Relation.licence_id == LICENCE, DossierMember.dossier_id == Dossier.id, Relation.deleted_at.is_(None)
    )
    .order_by(Relation.id)
    .correlate(Dossier)
    .scalar_subquery()
)
DOSSIERS: Final = select(
    Dossier.id,
    Dossier.name,
    Dossier.name_folded,
    func.array(MEMBER_NAMES, type_=ARRAY(Text())).label("member_names"),
).where(Dossier.licence_id == LICENCE, Dossier.id == IDS)
# A dossier has words of several rows. Without this, who renames a member would not know of a dossier that
# another is putting the member into, and that one not of the new name.
HELD: Final = select(Licence.id).where(Licence.id == LICENCE).with_for_update(key_share=True)


async def rewrite_relations(change: Change, relation_ids: Iterable[UUID]) -> None:
    """Make the words of relations anew, as their rows are now, and those of the dossiers that they are in.

    Call it last: others who change names wait from here on. A relation that was deleted has no words.
    """
    ids = list(relation_ids)
    rows = await change.rows(RELATIONS, ids=ids)
    await rewrite(change, RelationWord, ids, {row.id: of_relation(row) for row in rows})
    await change.rows(HELD)
    await rewrite_held(change, [row.id for row in await change.rows(DOSSIERS_OF, ids=ids)])


async def rewrite_dossiers(change: Change, dossier_ids: Iterable[UUID]) -> None:
    """Make the words of dossiers anew, as their rows and those of their members are now.

    Call it last: others who change names wait from here on.
    """
    await change.rows(HELD)
    await rewrite_held(change, list(dossier_ids))


async def rewrite_held(change: Change, ids: Sequence[UUID]) -> None:
    """Make the words of dossiers anew while nobody else does."""
    if ids:
        rows = await change.rows(DOSSIERS, ids=ids)
        await rewrite(change, DossierWord, ids, {row.id: of_dossier(row, row.member_names) for row in rows})


async def rewrite_holdings(change: Change, holding_ids: Iterable[UUID]) -> None:
    """Make the words of holdings anew, as their rows are now."""
    ids = list(holding_ids)
    rows = await change.rows(HOLDINGS, ids=ids)
    await rewrite(change, HoldingWord, ids, {row.id: of_holding(row) for row in rows})


async def rewrite_accounts(change: Change, account_ids: Iterable[UUID]) -> None:
    """Make the words of accounts anew, as their rows are now."""
    ids = list(account_ids)
    rows = await change.rows(ACCOUNTS, ids=ids)
    await rewrite(change, AccountWord, ids, {row.id: of_account(row) for row in rows})


def of_relation(row: AnyRow | Relation) -> list[Entry]:
    """Return what a relation is found by: its names, its e-mail address and its number."""
    names = (row.display_name, row.given_name, row.family_name, row.company_name)
    return entries(row.display_name_folded, [*names, row.email, digits_in(row.national_register_number)])


def of_dossier(row: AnyRow | Dossier, member_names: Iterable[str]) -> list[Entry]:
    """Return what a dossier is found by: names alone, since clients search their dossiers too."""
    return entries(row.name_folded, [row.name, *member_names])


def of_holding(row: AnyRow | Holding) -> list[Entry]:
    """Return what a holding is found by: its name and its reference."""
    return entries(row.name_folded, [row.name, row.reference])


def of_account(row: AnyRow | Account) -> list[Entry]:
    """Return what an account is found by: its name and its user name."""
    return entries(row.display_name_folded, [row.display_name, row.username])


async def rewrite(
    change: Change, kind: Kind, ids: Sequence[UUID], found: Mapping[UUID, Sequence[Entry]]
) -> None:
    """Write the words of each of these, in place of those that it had."""
    await change.rows(forget(kind), ids=ids)
    rows = [(id_, *entry) for id_, of_one in found.items() for entry in of_one]
    if rows:
        owners, sort_keys, words, positions = map(list, zip(*rows, strict=True))
        await change.rows(
            remember(kind), owners=owners, sort_keys=sort_keys, words=words, positions=positions
        )


@lru_cache(maxsize=4)
def forget(kind: Kind) -> Delete:
    """Return the statement that takes the words of some away."""
    return delete(kind).where(kind.licence_id == LICENCE, kind.id == IDS)


@lru_cache(maxsize=4)
def remember(kind: Kind) -> Insert:
    """Return the statement that writes words: one for any number of them."""
    rows = select(
        LICENCE,
        unnested("owners", Uuid()),
        unnested("positions", SmallInteger()),
        unnested("sort_keys", Text()),
        unnested("words", Text()),
    )
    return insert(kind).from_select(["licence_id", "id", "position", "sort_key", "words"], rows)


def unnested(name: str, type_: Any) -> ColumnElement[Any]:
    """Return the elements of a bound array, a row for each."""
    return func.unnest(bindparam(name, type_=ARRAY(type_)), type_=type_)
