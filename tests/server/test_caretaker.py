"""The caretaker goes on beside the server and the worker: over every licence, again and again."""

import asyncio
import os
from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import update

from core.clock import SystemClock
from models import Document, DocumentVersion, FeedEntry, Throttle, Upload
from models.feed import ChangeKind
from resolvers.database import Database
from resolvers.entering import acting, steward
from resolvers.feed import number
from resolvers.founding import found_licence
from resolvers.ports import Ports
from resolvers.previews import in_one
from resolvers.scrubbing import CLAIMED_FOR, EVERY
from server import caretaker, running
from server.caretaker import Caretaker
from server.house import working
from server.settings import Settings
from storage.files import Files
from storage.malware import Clamd, Connection, Verdict
from storage.store import Store
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import objects, paper_of, sent, version_of
from tests.journeys.rows import delete_document, rows

A_SECOND: Final = timedelta(seconds=1)


async def nowhere() -> Connection:
    raise ConnectionRefusedError


class Scanner(Clamd):
    """A scanner that finds everything clean."""

    def __init__(self) -> None:
        super().__init__(nowhere)

    async def scan_all(self, pieces: AsyncIterable[bytes], *, within: float) -> Verdict:  # noqa: ARG002
        return Verdict.CLEAN if [it async for it in pieces] else Verdict.UNKNOWN


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)


async def write_tries(database: Database, clock: SetClock | SystemClock) -> int:
    """Add a try to each licence, which counts no longer; return how many there are."""
    licence_ids = await database.licence_ids()
    for licence_id in licence_ids:
        async with database.change(licence_id) as change:
            change.add(Throttle(licence_id=licence_id, key="x", allowed_at=clock.now()))
    return len(licence_ids)


async def put_orphans(ports: Ports, folder: Path, age: timedelta) -> int:
    """Keep an object of nobody in each licence, of some age; return how many there are."""
    licence_ids = await ports.database.licence_ids()
    for licence_id in licence_ids:
        stored = await ports.files.put(licence_id, in_one(b"of nobody"), limit=9)
        moment = (ports.clock.now() - age).timestamp()
        os.utime(folder / stored.object_key, (moment, moment))
    return len(licence_ids)


def lying_in(folder: Path) -> int:
    return sum(it.is_file() for it in folder.rglob("*"))


# one round --------------------------------------------------------------------------------------------------


async def test_a_round_goes_over_every_licence(ports: Ports, clock: SetClock) -> None:
    for slug in ("de-linde", "de-beuk"):
        await found_licence(ports.database, slug, slug)
    assert await write_tries(ports.database, clock) == 2
    assert await Caretaker(ports).sweep() == 2
    assert await Caretaker(ports).sweep() == 0


async def test_sweeping_takes_old_changes_away(api: Api, clock: SetClock) -> None:
    async with acting(api.ports, steward(api.world.firm.licence_id, clock.now())) as change:
        await change.note(ChangeKind.CHANGED, "Dossier", api.world.dossier.id)
    await number(api.ports.database, api.world.firm.licence_id)
    clock.advance(timedelta(days=30))
    assert await Caretaker(api.ports).sweep() == 1
    assert await rows(api, FeedEntry) == []


async def test_sweeping_takes_away_rows_uploads_and_what_was_deleted_long_ago(
    api: Api, clock: SetClock
) -> None:
    paper = await version_of(api, await paper_of(api, "bert"))
    await sent(api, "anna")
    await delete_document(api, paper.document_id)
    clock.advance(timedelta(days=31))
    api.tokens.clear()
    kept = await paper_of(api, "bert")
    assert await Caretaker(api.ports).sweep() > 3
    assert (await rows(api, Upload), await rows(api, Document, id=paper.document_id)) == ([], [])
    assert await objects(api) == {(await version_of(api, kept)).object_key}
    assert await Caretaker(api.ports).sweep() == 0


@pytest.mark.parametrize(("shared", "own", "taken"), [(3_000, 0, 0), (0, 3_000, 0), (3_000, 3_000, 1)])
async def test_a_clock_that_is_years_ahead_alone_takes_nothing_away(
    api: Api, clock: SetClock, shared: int, own: int, taken: int
) -> None:
    machine = SetClock()
    paper = await version_of(api, await paper_of(api, "bert"))
    await delete_document(api, paper.document_id)
    clock.advance(timedelta(days=shared))
    machine.advance(timedelta(days=own))
    await Caretaker(api.ports, machine).sweep()
    assert len(await rows(api, Document, id=paper.document_id)) == 1 - taken


async def test_objects_of_nobody_are_looked_for_in_every_licence(api: Api, tmp_path: Path) -> None:
    for age, swept in ((timedelta(hours=23), 0), (timedelta(hours=25), 2)):
        assert await put_orphans(api.ports, tmp_path / "files", age) == 2
        assert await Caretaker(api.ports).sweep_orphans() == swept
    assert lying_in(tmp_path / "files") == 2


async def test_files_are_read_again_in_every_licence(api: Api, clock: SetClock) -> None:
    ours = await version_of(api, await paper_of(api, "bert", b"12345", "a.txt"))
    await paper_of(api, "eva", b"1234567", "a.txt")
    clock.advance(EVERY)
    assert await Caretaker(api.ports).scrub() == 0
    clock.advance(A_SECOND)
    assert await Caretaker(api.ports).scrub() == 12
    assert (await rows(api, DocumentVersion, id=ours.id))[0].checked_at == clock.now()
    assert await Caretaker(api.ports).scrub() == 0


async def test_a_round_reads_so_many_bytes_and_the_next_one_goes_on(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caretaker, "SCRUBBED_A_ROUND", 15)
    for who in ("bert", "bert", "bert", "eva"):
        await paper_of(api, who, b"0123456789", "a.txt")
    clock.advance(EVERY + A_SECOND)
    read = [await Caretaker(api.ports).scrub() for _ in range(2)]
    # What the first had claimed and did not come to is nobody's in an hour.
    clock.advance(CLAIMED_FOR + A_SECOND)
    read += [await Caretaker(api.ports).scrub() for _ in range(2)]
    assert (max(read), sum(read), read[-1]) == (20, 40, 0)
    checked = {it.checked_at for it in await rows(api, DocumentVersion) if it.sealed_key}
    assert all(clock.now() - it < timedelta(hours=2) for it in checked)


async def test_files_that_wait_are_searched_in_every_licence_where_there_is_a_scanner(api: Api) -> None:
    for who in ("bert", "eva"):
        await paper_of(api, who)
    assert await Caretaker(api.ports).search() == 0
    searching = Caretaker(replace(api.ports, scanner=Scanner()))
    assert (await searching.search(), await searching.search()) == (2, 0)


# round after round ------------------------------------------------------------------------------------------


def hurry(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let a minute last so long, and rounds follow each other however long one takes on a busy machine."""
    monkeypatch.setattr(caretaker, "MINUTES", seconds)
    monkeypatch.setattr(caretaker, "LEFT_TO_OTHERS", 0)


async def test_it_goes_on_after_a_round_and_after_the_database_was_away(
    ports: Ports, clock: SetClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hurry(monkeypatch, 0.002)
    await found_licence(ports.database, "de-linde", "de-linde")
    begun: list[timedelta] = []
    licence_ids = ports.database.licence_ids

    async def away_at_first(slug: str | None = None) -> list[UUID]:
        begun.append(timedelta())
        if len(begun) == 1:
            raise ConnectionRefusedError
        return [*await licence_ids(slug)]

    monkeypatch.setattr(ports.database, "licence_ids", away_at_first)
    sweeping = Caretaker(ports).rounds()[0]
    async with working(sweeping):
        await until(lambda: len(begun) > 2)
        assert await write_tries(ports.database, clock) == 1
        after = len(begun)
        await until(lambda: len(begun) > after + 1)
    assert await tries(ports.database) == 0
    assert [it.message for it in caplog.records if it.name == "kluis.rounds"] == [
        "sweeping waits: ConnectionRefusedError"
    ]


async def tries(database: Database) -> int:
    """Return how many tries count in all licences."""
    found = 0
    for licence_id in await database.licence_ids():
        async with database.change(licence_id) as session:
            touch = update(Throttle).where(Throttle.licence_id == licence_id).values(key=Throttle.key)
            found += len((await session.execute(touch.returning(Throttle.key))).all())
    return found


async def test_all_of_it_goes_on_at_once(
    api: Api, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What one passes by, since another holds it just then, it finds in its next round.
    hurry(monkeypatch, 0.01)
    monkeypatch.setattr(caretaker, "SEARCHING", 0.05)
    waiting = await version_of(api, await paper_of(api, "bert"))
    clock.advance(EVERY + A_SECOND)
    await write_tries(api.ports.database, clock)
    ports = replace(api.ports, scanner=Scanner())
    await put_orphans(ports, tmp_path / "files", timedelta(hours=25))
    os.utime(tmp_path / "files" / waiting.object_key, (0, 0))
    (version,) = await rows(api, DocumentVersion, id=waiting.id)
    async with working(*Caretaker(ports).rounds()), asyncio.timeout(20):
        while (version.scan_state, version.checked_at) != ("CLEAN", clock.now()):
            await asyncio.sleep(0.01)
            (version,) = await rows(api, DocumentVersion, id=waiting.id)
        await until_swept(ports.database, tmp_path / "files", left=1)
    assert await objects(api) == {waiting.object_key}


async def test_without_a_scanner_nothing_is_searched(api: Api) -> None:
    assert len(Caretaker(replace(api.ports, scanner=Scanner())).rounds()) == 4
    assert len(Caretaker(api.ports).rounds()) == 3


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """What a server and a worker are told that share a database and a folder."""
    return Settings(home=tmp_path, database_url=database_url, port=0, smtp_url="smtp://127.0.0.1:9")


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rounds follow each other: what one passes by, since we hold it, is found in the next."""
    hurry(monkeypatch, 0.01)


async def littered(database: Database, folder: Path, clock: SystemClock) -> None:
    """Found two licences, each with a try that counts no longer and an object of nobody."""
    for slug in ("de-linde", "de-beuk"):
        licence_id = (await found_licence(database, slug, slug)).licence_id
        files = Files(Store.open(folder))
        stored = await files.put(licence_id, in_one(b"of nobody"), limit=9)
        moment = (clock.now() - timedelta(hours=25)).timestamp()
        os.utime(folder / stored.object_key, (moment, moment))
    assert (await write_tries(database, clock), lying_in(folder)) == (2, 2)


async def until_swept(database: Database, folder: Path, left: int = 0) -> None:
    """Return once no try and so many objects are left."""
    async with asyncio.timeout(60):
        while lying_in(folder) > left or await tries(database):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("often")
async def test_a_worker_cares_too(settings: Settings, database: Database, database_url: str) -> None:
    folder = settings.home / "files"
    await littered(database, folder, SystemClock())
    delivering = asyncio.create_task(running.deliver(settings, database_url, "smtp://127.0.0.1:9"))
    await until_swept(database, folder)
    assert not delivering.done()
    delivering.cancel()
    with suppress(asyncio.CancelledError):
        await delivering
    assert delivering.cancelled()


@pytest.mark.usefixtures("often")
async def test_a_server_cares_while_it_answers(
    settings: Settings, database: Database, database_url: str
) -> None:
    folder = settings.home / "files"
    await littered(database, folder, SystemClock())
    async with running.application(settings, database_url, is_demo=False) as app:
        await asyncio.sleep(0.1)
        assert (await tries(database), lying_in(folder)) == (2, 2)
        lifespan: Any = app.router.lifespan_context(app)
        async with lifespan:
            await until_swept(database, folder)
