"""Reads of the viewer's own licence and its business units."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from models import Account, BusinessUnit, Licence
from models.tables import LICENCE, AnyRow
from resolvers.levels import column, looked_up, matched
from resolvers.reading import Reading

OWN: Final = select(
    Licence.id,
    Licence.name,
    Licence.slug,
    Licence.client_login_limit,
    Licence.first_secret,
    Licence.staff_need_two_factor,
    Licence.accepts_active_files,
    Licence.changes_kept_days,
    Licence.mail_sender,
    Licence.mail_reply_to,
).where(Licence.id == LICENCE)
UNITS: Final = (
    select(BusinessUnit.id, BusinessUnit.name)
    .where(BusinessUnit.licence_id == LICENCE)
    .order_by(BusinessUnit.name)
)
UNITS_BY_IDS: Final = UNITS.where(BusinessUnit.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
# Whoever refers to a unit waits for whoever deletes it, and does not find it then.
UNITS_TO_REFER_TO: Final = UNITS_BY_IDS.with_for_update(read=True, key_share=True)
ONLY_UNIT: Final = UNITS.with_for_update(read=True, key_share=True)
# Whoever was invited takes a seat too; whoever is blocked gives it back (A14).
SEATS_TAKEN: Final = select(func.count().label("used")).where(
    Account.licence_id == LICENCE, Account.role == "CLIENT", Account.blocked_at.is_(None)
)


async def own(request: Reading) -> AnyRow:
    """Return the viewer's licence."""
    (licence,) = await request.rows(OWN)
    return licence


async def own_by_ids(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the viewer's licence in the place of its id, None in the place of every other one."""
    return matched(await request.rows(OWN), over=ids)


async def units(request: Reading) -> Sequence[AnyRow]:
    """Return the licence's business units, by name."""
    return await request.rows(UNITS)


async def only_unit(request: Reading) -> UUID | None:
    """Return the business unit of what is new: the firm's, where it has but one (S003).

    It is not deleted before this transaction ends.
    """
    found = await request.rows(ONLY_UNIT)
    return found[0].id if len(found) == 1 else None


async def units_by_ids(request: Reading, ids: Sequence[UUID | None]) -> list[AnyRow | None]:
    """Return the business unit of each id, None in the place of every other one."""
    return await looked_up(request, UNITS_BY_IDS, ids)


async def units_to_refer_to(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the same, each of which is not deleted before this transaction ends."""
    return await looked_up(request, UNITS_TO_REFER_TO, ids)


async def units_named_by(request: Reading, parents: Sequence[Any]) -> list[AnyRow | None]:
    """Return the business unit of each parent, None where it has none."""
    return await units_by_ids(request, column(parents, "business_unit_id"))


async def seats_taken(request: Reading) -> int:
    """Return how many of the licence's client logins are in use (S083)."""
    (row,) = await request.rows(SEATS_TAKEN)
    return row.used
