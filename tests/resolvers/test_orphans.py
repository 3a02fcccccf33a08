"""What lies in the store and belongs to no row: swept a day after it came, and nothing else ever is."""

import os
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from obstore.exceptions import GenericError
from sqlalchemy import any_, delete, func, select

from models import Upload
from resolvers import orphans
from resolvers.orphans import end_uploads, sweep_orphans
from resolvers.previews import in_one
from resolvers.uploads import LASTS_FOR
from storage import store
from storage.store import Listed
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import (
    add_file,
    announce,
    complete,
    gives,
    objects,
    paper_of,
    preview_of,
    sent,
    ticket_of,
    url_of,
)
from tests.journeys.rows import rows, set_values
from tests.journeys.secured import sent_file
from tests.storage.real_files import png

A_DAY: Final = timedelta(hours=24)
A_SECOND: Final = timedelta(seconds=1)


def ours(api: Api) -> UUID:
    return api.world.firm.licence_id


async def keep(api: Api, licence_id: UUID) -> str:
    """Keep an object that no row names; return its key."""
    return (await api.ports.files.put(licence_id, in_one(b"of nobody"), limit=9)).object_key


def date_all(folder: Path, moment: datetime) -> None:
    """Let all files in the store be of one moment."""
    for path in (folder / "files").rglob("*"):
        if path.is_file():
            os.utime(path, (moment.timestamp(), moment.timestamp()))


async def swept(api: Api, folder: Path, age: timedelta) -> int:
    """Sweep when all that is in the store has this age."""
    date_all(folder, api.ports.clock.now() - age)
    return await sweep_orphans(api.ports, ours(api), api.ports.clock.now())


async def test_an_object_of_nobody_goes_a_day_after_it_came(
    api: Api, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    object_key = await keep(api, ours(api))
    assert await swept(api, tmp_path, A_DAY) == 0
    assert await objects(api) == {object_key}
    assert caplog.messages == []
    assert await swept(api, tmp_path, A_DAY + A_SECOND) == 1
    assert await objects(api) == set()
    assert caplog.messages == ["1 objects of no document were swept"]


async def test_a_row_of_each_kind_keeps_its_object(api: Api, tmp_path: Path) -> None:
    paper = await paper_of(api, "bert", png(), "a.png")
    assert (await gives(api, await preview_of(api, "bert", paper))).status_code == 200
    await add_file(api, "arthur", paper, b"words", "b.txt")
    waiting = await sent(api, "bert")
    before = await objects(api)
    assert len(before) == 4
    orphan = await keep(api, ours(api))
    assert await swept(api, tmp_path, timedelta(days=1000)) == 1
    assert await objects(api) == before
    assert orphan not in before
    assert (await gives(api, await url_of(api, "bert", paper, version=1))).content == png()
    assert (await complete(api, "bert", waiting))["userErrors"] == []


async def test_what_was_made_of_an_upload_keeps_its_object(api: Api, tmp_path: Path) -> None:
    made = (await complete(api, "bert", await sent(api, "bert", b"words")))["document"]["id"]
    assert await swept(api, tmp_path, timedelta(days=1000)) == 0
    assert (await gives(api, await url_of(api, "bert", made))).content == b"words"


async def test_what_was_sent_before_a_row_was_written_stays_a_day(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr("resolvers.receiving.note_received", crash)
        ticket = await ticket_of(api, "bert", b"words")
        with pytest.raises(ConnectionResetError):
            await api.http.put(ticket["url"], content=b"words")
    assert len(await objects(api)) == 1
    assert await swept(api, tmp_path, A_DAY) == 0
    assert await swept(api, tmp_path, A_DAY + A_SECOND) == 1


async def test_rests_of_writes_that_were_cut_off_go_too(api: Api, tmp_path: Path) -> None:
    paper = await paper_of(api, "bert", b"words", "a.txt")
    (object_key,) = await objects(api)
    rest = tmp_path / "files" / f"{object_key}#1"
    of_others = tmp_path / "files" / f"{store.new_key(api.world.other_firm.licence_id)}#1"
    for path in (rest, of_others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    assert await swept(api, tmp_path, A_DAY) == 0
    assert rest.exists()
    assert await swept(api, tmp_path, A_DAY + A_SECOND) == 1
    assert (rest.exists(), of_others.exists()) == (False, True)
    assert (await gives(api, await url_of(api, "bert", paper))).content == b"words"


async def test_the_objects_of_another_licence_stay(api: Api, tmp_path: Path) -> None:
    theirs = api.world.other_firm.licence_id
    object_key = await keep(api, theirs)
    assert await swept(api, tmp_path, timedelta(days=1000)) == 0
    assert (tmp_path / "files" / object_key).exists()
    assert await sweep_orphans(api.ports, theirs, api.ports.clock.now()) == 1


async def test_what_another_licences_row_names_is_nobodys_here(api: Api, tmp_path: Path) -> None:
    object_key = await keep(api, ours(api))
    upload = sent_file(api, api.world.accounts["eva"])
    upload.object_key = object_key
    async with api.ports.database.change(api.world.other_firm.licence_id) as session:
        session.add(upload)
    assert await swept(api, tmp_path, A_DAY + A_SECOND) == 1


async def test_young_and_old_are_told_apart_in_many_parts(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LISTED_AT_ONCE", 2)
    keys = sorted([await keep(api, ours(api)) for _ in range(7)])
    date_all(tmp_path, api.ports.clock.now() - timedelta(days=2))
    young = (api.ports.clock.now() - timedelta(hours=1)).timestamp()
    for object_key in keys[:3]:
        os.utime(tmp_path / "files" / object_key, (young, young))
    assert await sweep_orphans(api.ports, ours(api), api.ports.clock.now()) == 4
    assert await objects(api) == set(keys[:3])


async def test_a_store_that_is_away_for_a_moment_is_swept_the_next_time(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = await paper_of(api, "bert", b"words", "a.txt")
    await keep(api, ours(api))

    async def away(_: UUID) -> AsyncGenerator[list[Listed]]:
        raise GenericError("away")
        yield []

    with monkeypatch.context() as patch:
        patch.setattr(api.ports.files.store, "listed", away)
        with pytest.raises(GenericError):
            await swept(api, tmp_path, A_DAY + A_SECOND)
    assert len(await objects(api)) == 2
    assert await swept(api, tmp_path, A_DAY + A_SECOND) == 1
    assert (await gives(api, await url_of(api, "bert", paper))).content == b"words"


# uploads whose time is over ---------------------------------------------------------------------------------


async def ended(api: Api) -> int:
    return await end_uploads(api.ports, ours(api), api.ports.clock.now())


async def test_an_upload_goes_with_its_bytes_when_its_time_is_over(api: Api, clock: SetClock) -> None:
    await sent(api, "bert")
    assert (await announce(api, "bert"))["userErrors"] == []
    clock.advance(LASTS_FOR - A_SECOND)
    assert (await ended(api), len(await objects(api))) == (0, 1)
    clock.advance(A_SECOND)
    assert (await ended(api), len(await objects(api))) == (2, 0)
    assert await rows(api, Upload) == []
    assert await ended(api) == 0


async def test_the_object_of_a_document_outlives_its_upload(api: Api, clock: SetClock) -> None:
    made = (await complete(api, "bert", await sent(api, "bert", b"words")))["document"]["id"]
    clock.advance(LASTS_FOR)
    assert await ended(api) == 1
    assert await rows(api, Upload) == []
    api.tokens.clear()
    assert (await gives(api, await url_of(api, "bert", made))).content == b"words"


async def test_many_uploads_end_in_parts(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        await sent(api, "bert")
    (one, *_) = await rows(api, Upload)
    await set_values(api, Upload, one.id, expires_at=one.expires_at + LASTS_FOR)
    clock.advance(LASTS_FOR)
    # The statement was made for parts of a thousand.
    some = func.array(orphans.SOME_OVER.limit(2).scalar_subquery())
    in_parts = delete(Upload).where(Upload.licence_id == ours(api), Upload.id == any_(some))
    monkeypatch.setattr(orphans, "AT_ONCE", 2)
    monkeypatch.setattr(orphans, "END_UPLOADS", in_parts.returning(Upload.object_key))
    assert await ended(api) == 4
    assert [it.id for it in await rows(api, Upload)] == [one.id]
    assert await objects(api) == {one.object_key}


async def test_an_upload_that_somebody_holds_is_left_to_him(api: Api, clock: SetClock) -> None:
    await sent(api, "bert")
    clock.advance(LASTS_FOR)
    async with api.ports.database.change(ours(api)) as session:
        await session.execute(select(Upload).where(Upload.licence_id == ours(api)).with_for_update())
        assert await ended(api) == 0
    assert len(await objects(api)) == 1
    assert await ended(api) == 1


async def test_the_uploads_of_another_licence_are_left_to_it(api: Api, clock: SetClock) -> None:
    await sent(api, "eva")
    clock.advance(LASTS_FOR)
    assert await ended(api) == 0
    theirs = api.world.other_firm.licence_id
    assert await end_uploads(api.ports, theirs, clock.now()) == 1


async def test_bytes_that_could_not_be_removed_are_swept_as_nobodys(
    api: Api, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sent(api, "bert")
    clock.advance(LASTS_FOR)

    async def away(_: str) -> None:
        raise GenericError("away")

    with monkeypatch.context() as patch:
        patch.setattr(api.ports.files, "delete", away)
        with pytest.raises(GenericError):
            await ended(api)
    assert (await rows(api, Upload), len(await objects(api))) == ([], 1)
    assert await swept(api, tmp_path, A_DAY + A_SECOND) == 1
    assert await objects(api) == set()
