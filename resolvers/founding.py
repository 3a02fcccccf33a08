"""A new licence: its built-in groups, its business unit and its first categories (S002-S005, S019)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import AlreadyExists, Invalid
from models import AccountGroup, BusinessUnit, Category, Licence, Principal
from resolvers.database import Database
from resolvers.first_categories import CATEGORIES

SLUG_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class Founded:
    """The ids of what a new licence starts with."""

    licence_id: UUID
    administrators: UUID
    users: UUID
    business_unit: UUID
    categories: dict[str, UUID]


async def found_licence(database: Database, slug: str, name: str) -> Founded:
    """Add a licence with all that one starts with. Raise Invalid, AlreadyExists."""
    licence_id = uuid4()
    async with database.change(licence_id) as session:
        return await found(session, licence_id, slug, name)


async def found(session: AsyncSession, licence_id: UUID, slug: str, name: str) -> Founded:
    """Add it within a transaction. Raise the same."""
    if not slug or set(slug) - SLUG_LETTERS:
        raise Invalid("The short name has small letters, digits and hyphens alone.", path=("slug",))
    await add_licence(session, Licence(id=licence_id, slug=slug, name=name))
    unit = BusinessUnit(licence_id=licence_id, name="MAIN")
    session.add(unit)
    administrators = await add_group(session, licence_id, "Administrators", "ADMINISTRATORS")
    users = await add_group(session, licence_id, "Users", "USERS")
    categories = {
        it.key: Category(
            licence_id=licence_id,
            name_nl=it.nl,
            name_fr=it.fr,
            name_de=it.de,
            name_en=it.en,
            position=it.position,
        )
        for it in CATEGORIES
    }
    session.add_all(categories.values())
    await session.flush()
    ids = {key: category.id for key, category in categories.items()}
    return Founded(licence_id, administrators, users, unit.id, ids)


async def add_licence(session: AsyncSession, licence: Licence) -> None:
    """Add the licence itself. Raise AlreadyExists: the database knows best, whoever came first."""
    session.add(licence)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyExists(path=("slug",)) from None


async def add_group(session: AsyncSession, licence_id: UUID, name: str, built_in: str) -> UUID:
    """Add a group that every licence has; return its id."""
    principal_id = await add_principal(session, licence_id, "GROUP")
    session.add(AccountGroup(licence_id=licence_id, id=principal_id, name=name, built_in=built_in))
    await session.flush()
    return principal_id


async def add_principal(session: AsyncSession, licence_id: UUID, kind: str) -> UUID:
    """Add the key that an account or a group is named by; return it."""
    principal = Principal(licence_id=licence_id, kind=kind)
    session.add(principal)
    await session.flush()
    return principal.id
