"""The firm's rows as a journey needs them: written with no rule in between, and read back as they stand."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, update

from auth.passwords import CHEAPEST
from demo.firm import Firm
from models import Account, Document, Entity, Event, Licence
from tests.api import Api
from tests.world import PASSWORD

Kind = TypeVar("Kind", bound=Entity)


@asynccontextmanager
async def writing(api: Api) -> AsyncGenerator[Firm]:
    """Yield the firm of the cast, to be filled further in one transaction."""
    founded = api.world.firm
    async with api.ports.database.change(founded.licence_id) as session:
        yield Firm(session, founded, now=api.ports.clock.now(), password_hash=CHEAPEST.hash(PASSWORD))


async def rows(api: Api, kind: type[Kind], /, **values: Any) -> Sequence[Kind]:
    """Return the cast's firm's rows of a table that have these values.

    What was refused left nothing but that: it is among the events only when it is asked for by its kind.
    """
    licence_id = api.world.firm.licence_id
    wanted = select(kind).filter_by(licence_id=licence_id, **values)
    if kind is Event and "kind" not in values:
        wanted = wanted.where(Event.kind.not_like("%.refused"))
    async with api.ports.database.change(licence_id) as session:
        return (await session.scalars(wanted)).all()


async def row(api: Api, kind: type[Kind], /, **values: Any) -> Kind:
    """Return the one row of a table that has these values."""
    (found,) = await rows(api, kind, **values)
    return found


async def set_values(api: Api, kind: type[Entity], key: UUID, **values: Any) -> None:
    """Change a row behind the product's back."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        await session.execute(update(kind).filter_by(licence_id=licence_id, id=key).values(**values))


async def block(api: Api, who: str) -> None:
    """Block the account of one of the cast."""
    await set_values(api, Account, api.world.accounts[who].id, blocked_at=api.ports.clock.now())


async def delete_document(api: Api, key: UUID, at: datetime | None = None) -> None:
    """Delete a document (schrappen): the row stays, and nobody sees it."""
    await set_values(api, Document, key, deleted_at=at or api.ports.clock.now())


async def set_login_limit(api: Api, limit: int) -> None:
    """Set how many client logins the licence has."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        await session.execute(
            update(Licence).where(Licence.id == licence_id).values(client_login_limit=limit)
        )
