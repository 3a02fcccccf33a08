"""What is due in any firm is found by one statement, carried out by the owner of the database alone."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from core.errors import TookTooLong
from models import DocumentVersion, Event, FeedEntry, Letter
from resolvers import due
from resolvers.database import Database
from resolvers.sealing import FIRST, seal
from server import migrations
from server.running import CannotRun, migrate
from tests import databases
from tests.api import Api
from tests.journeys.filing import paper_of, version_of
from tests.journeys.rows import set_values
from tests.mail.correspondents import MORNING, firm, queue
from tests.statements import counting

A_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Firms:
    """Three firms in a database whose owner is no superuser, and so stands before the wall like others."""

    database: Database
    ours: UUID
    theirs: UUID
    quiet: UUID

    async def happens(self, licence_id: UUID) -> None:
        async with self.database.change(licence_id) as change:
            change.add(Event(licence_id=licence_id, kind="x", occurred_at=MORNING))

    async def changes(self, licence_id: UUID, number: int | None = None) -> None:
        async with self.database.change(licence_id) as change:
            said = {"kind": "CREATED", "subject": "Dossier", "subject_id": uuid4(), "occurred_at": MORNING}
            change.add(FeedEntry(licence_id=licence_id, number=number, **said))


@pytest.fixture
async def firms() -> AsyncGenerator[Firms]:
    name = f"owned_{uuid4().hex}"
    await databases.administer(f"CREATE ROLE {name} LOGIN")
    try:
        await databases.administer(f"GRANT kluis_app TO {name} WITH ADMIN OPTION")
        await databases.administer(f"CREATE DATABASE {name} OWNER {name}")
        url = databases.url_of(name).replace("kluis@", f"{name}@")
        await migrations.upgrade(url)
        database = Database(url, databases.PATIENT)
        yield Firms(database, *[await firm(database) for _ in range(3)])
        await database.close()
    finally:
        await databases.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await databases.administer(f"DROP ROLE {name}")


async def test_one_statement_finds_the_firms_that_have_something_due(firms: Firms) -> None:
    # given
    database, both = firms.database, {firms.ours, firms.theirs}
    for _ in range(2):
        for it in both:
            await queue(database, it)
            await firms.happens(it)
            await firms.changes(it)
    await firms.changes(firms.quiet, number=1)
    asked: list[Callable[[], Awaitable[object]]] = [
        lambda: due.with_letters(database, MORNING),
        lambda: due.with_events(database, FIRST),
        lambda: due.with_changes(database),
    ]
    for ask in asked:
        # when
        async with counting(database) as statements:
            found = await ask()
        # then
        assert (len(statements), sorted(str(it) for it in found)) == (1, sorted(map(str, both)))  # type: ignore[attr-defined]
    assert await due.with_files(database, MORNING) == []


async def test_the_owner_of_the_database_changes_nothing_meanwhile_and_the_application_sees_nothing(
    firms: Firms,
) -> None:
    await queue(firms.database, firms.ours)
    with pytest.raises(DBAPIError, match="read-only"):
        async with firms.database.across() as connection:
            await connection.execute(update(Letter).values(attempts=9))
    async with firms.database.across() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM letter"))).scalar_one() == 1
        assert (await connection.execute(text("SELECT count(*) FROM account"))).scalar_one() == 0
        await connection.execute(text("SET LOCAL ROLE kluis_app"))
        assert (await connection.execute(text("SELECT count(*) FROM letter"))).scalar_one() == 0


async def test_in_a_database_of_somebody_else_nothing_is_begun(firms: Firms, database_url: str) -> None:
    """There no firm would be found."""
    user = firms.database.engine.url.username
    with pytest.raises(CannotRun, match="must own the database"):
        await migrate(database_url.replace("kluis@", f"{user}@"))


async def test_a_letter_that_waits_is_found_in_its_time(api: Api) -> None:
    ours = api.world.firm.licence_id
    await queue(api.ports.database, ours, due_at=MORNING)
    await queue(api.ports.database, api.world.other_firm.licence_id, state="SENT")
    assert await due.with_letters(api.ports.database, MORNING - A_SECOND) == []
    assert await due.with_letters(api.ports.database, MORNING) == [ours]


async def test_a_file_is_found_that_nobody_has_searched(api: Api) -> None:
    ours = api.world.firm.licence_id
    version = await version_of(api, await paper_of(api, "bert"))
    assert await due.with_files(api.ports.database, version.scan_due_at - A_SECOND) == []
    assert await due.with_files(api.ports.database, version.scan_due_at) == [ours]
    await set_values(api, DocumentVersion, version.id, scan_state="CLEAN")
    assert await due.with_files(api.ports.database, version.scan_due_at) == []


async def test_an_event_is_found_until_it_is_sealed(firms: Firms) -> None:
    database = firms.database
    await firms.happens(firms.ours)
    near, far = await due.marks(database)
    assert far < near
    for after in (far, near, FIRST):
        assert await due.with_events(database, after) == [firms.ours]
    await seal(database, firms.ours, MORNING)
    assert await due.with_events(database, FIRST) == []


async def test_where_so_much_waits_that_it_takes_too_long_every_firm_is_asked(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def takes_too_long(*_: object) -> None:
        raise TookTooLong

    monkeypatch.setattr(due, "fetched", takes_too_long)
    both = {api.world.firm.licence_id, api.world.other_firm.licence_id}
    assert {*await due.with_changes(api.ports.database)} == both
