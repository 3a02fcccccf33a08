"""A new licence: its short name, and all that it starts with."""

import asyncio

import pytest
from sqlalchemy import func, select

from core.errors import AlreadyExists, Invalid
from models import AccountGroup, BusinessUnit, Category, Licence
from resolvers.database import Database
from resolvers.first_categories import CATEGORIES
from resolvers.founding import found_licence


@pytest.mark.parametrize("slug", ["a", "de-linde", "firm-2", "0", "-"])
async def test_small_letters_digits_and_hyphens_make_a_slug(database: Database, slug: str) -> None:
    founded = await found_licence(database, slug, "Kantoor")
    assert await database.licence_ids(slug) == [founded.licence_id]


@pytest.mark.parametrize("slug", ["", "De-Linde", "de linde", "de_linde", "lindé", "a/b", "a.b", "a\n"])
async def test_nothing_else_makes_a_slug(database: Database, slug: str) -> None:
    with pytest.raises(Invalid) as caught:
        await found_licence(database, slug, "Kantoor")
    assert caught.value.path == ("slug",)
    assert await database.licence_ids() == []


async def test_a_slug_is_taken_once(database: Database) -> None:
    await found_licence(database, "de-linde", "Kantoor De Linde")
    with pytest.raises(AlreadyExists) as caught:
        await found_licence(database, "de-linde", "Een Ander")
    assert (caught.value.code, caught.value.path) == ("ALREADY_EXISTS", ("slug",))
    assert len(await database.licence_ids()) == 1


async def test_a_licence_starts_with_its_groups_a_business_unit_and_50_logins(database: Database) -> None:
    founded = await found_licence(database, "de-linde", "Kantoor De Linde")
    async with database.snapshot(founded.licence_id) as connection:
        groups = (await connection.execute(select(AccountGroup.built_in, AccountGroup.id))).all()
        units = (await connection.execute(select(BusinessUnit.name, BusinessUnit.id))).all()
        mine = Licence.id == founded.licence_id
        licence = (
            await connection.execute(select(Licence.name, Licence.client_login_limit).where(mine))
        ).one()
    assert set(groups) == {("ADMINISTRATORS", founded.administrators), ("USERS", founded.users)}
    assert units == [("MAIN", founded.business_unit)]
    assert licence == ("Kantoor De Linde", 50)


async def test_a_licence_starts_with_the_categories_of_the_manual(database: Database) -> None:
    founded = await found_licence(database, "de-linde", "Kantoor De Linde")
    async with database.snapshot(founded.licence_id) as connection:
        names = await connection.execute(select(Category.name_nl, Category.id).order_by(Category.position))
        unnamed = await connection.execute(
            select(func.count()).where(
                func.num_nulls(Category.name_fr, Category.name_de, Category.name_en) > 0
            )
        )
        assert names.all() == [(it.nl, founded.categories[it.key]) for it in CATEGORIES]
        assert unnamed.scalar_one() == 0
    assert len(CATEGORIES) == 9


async def test_of_two_at_once_with_one_short_name_one_is_founded(database: Database) -> None:
    both = await asyncio.gather(
        found_licence(database, "de-linde", "De Linde"),
        found_licence(database, "de-linde", "De Linde"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in both) == ["AlreadyExists", "Founded"]
    assert len(await database.licence_ids()) == 1
