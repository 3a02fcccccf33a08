"""Files that are read again: each within thirty days, and whatever is wrong with one is told."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from obstore.exceptions import GenericError

from models import DocumentVersion, Event
from resolvers.scrubbing import AT_ONCE, CLAIMED_FOR, EVERY, count_due, scrub
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import add_file, flip, lose, paper_of, sent, version_of
from tests.journeys.rows import rows, set_values

A_SECOND: Final = timedelta(seconds=1)
Found = list[tuple[UUID, str | None]]


def ours(api: Api) -> UUID:
    return api.world.firm.licence_id


async def scrubbed(api: Api, some: int = AT_ONCE) -> Found:
    """Return which versions are read now, and what is wrong with each."""
    now = api.ports.clock.now()
    reading = scrub(api.ports, ours(api), until=now - EVERY, now=now, some=some)
    return [(row.id, found) async for row, found in reading]


async def due(api: Api) -> int:
    return await count_due(api.ports, ours(api), api.ports.clock.now() - EVERY)


async def papers(api: Api, how_many: int) -> list[DocumentVersion]:
    """Return the versions of new documents."""
    ids = [await paper_of(api, "bert", f"{number}".encode(), "a.txt") for number in range(how_many)]
    return [await version_of(api, id_) for id_ in ids]


async def again(api: Api, version: DocumentVersion) -> DocumentVersion:
    """Return a version as it stands now."""
    (found,) = await rows(api, DocumentVersion, id=version.id)
    return found


async def damages(api: Api) -> Sequence[Event]:
    return sorted(await rows(api, Event, kind="document.damaged"), key=lambda it: it.id)


async def test_a_file_is_read_when_its_month_is_over_and_then_every_month(api: Api, clock: SetClock) -> None:
    (version,) = await papers(api, 1)
    clock.advance(EVERY)
    assert (await due(api), await scrubbed(api)) == (0, [])
    clock.advance(A_SECOND)
    assert (await due(api), await scrubbed(api)) == (1, [(version.id, None)])
    assert (await again(api, version)).checked_at == clock.now()
    assert (await due(api), await scrubbed(api)) == (0, [])
    clock.advance(EVERY + A_SECOND)
    assert await scrubbed(api) == [(version.id, None)]


async def test_older_versions_are_read_too_and_uploads_are_not(api: Api, clock: SetClock) -> None:
    id_ = await paper_of(api, "bert")
    await add_file(api, "arthur", id_, b"words", "b.txt")
    await sent(api, "bert")
    clock.advance(EVERY + A_SECOND)
    assert {it for it, _ in await scrubbed(api)} == {(await version_of(api, id_, it)).id for it in (1, 2)}


async def test_what_was_read_longest_ago_is_read_first(api: Api, clock: SetClock) -> None:
    versions = await papers(api, 4)
    for ago, version in zip((2, 4, 1, 3), versions, strict=True):
        moment = clock.now() - timedelta(days=ago)
        await set_values(api, DocumentVersion, version.id, checked_at=moment)
    clock.advance(EVERY)
    found = await scrubbed(api, some=1)
    assert [it for it, _ in found] == [versions[it].id for it in (1, 3, 0, 2)]


async def test_many_files_are_read_once_each(api: Api, clock: SetClock) -> None:
    versions = await papers(api, 7)
    clock.advance(EVERY + A_SECOND)
    found = await scrubbed(api, some=2)
    assert sorted(it for it, _ in found) == sorted(it.id for it in versions)


async def test_nothing_is_read_twice_where_all_is_to_be_read(api: Api, clock: SetClock) -> None:
    await papers(api, 4)
    clock.advance(A_SECOND)
    now = clock.now()
    reading = scrub(api.ports, ours(api), until=now, now=now, some=2)
    async with asyncio.timeout(60):
        assert len([row async for row, _ in reading]) == 4


async def test_two_who_read_at_once_share_the_files(api: Api, clock: SetClock) -> None:
    versions = await papers(api, 5)
    clock.advance(EVERY + A_SECOND)
    now = clock.now()
    first = scrub(api.ports, ours(api), until=now - EVERY, now=now, some=2)
    taken = [(await anext(first))[0].id]
    others = [it for it, _ in await scrubbed(api, some=2)]
    taken += [row.id async for row, _ in first]
    assert (len(taken), len(others)) == (2, 3)
    assert sorted(taken + others) == sorted(it.id for it in versions)


async def test_what_somebody_claimed_who_died_is_read_an_hour_later(api: Api, clock: SetClock) -> None:
    versions = await papers(api, 2)
    clock.advance(EVERY + A_SECOND)
    now = clock.now()
    first = scrub(api.ports, ours(api), until=now - EVERY, now=now)
    read = (await anext(first))[0].id
    await first.aclose()
    clock.advance(CLAIMED_FOR)
    assert await scrubbed(api) == []
    clock.advance(A_SECOND)
    assert await scrubbed(api) == [(it.id, None) for it in versions if it.id != read]


@pytest.mark.parametrize("found", ["DAMAGED", "MISSING"])
async def test_what_is_wrong_is_told_in_the_log_in_the_row_and_once_as_an_event(
    api: Api, clock: SetClock, tmp_path: Path, caplog: pytest.LogCaptureFixture, found: str
) -> None:
    version, whole = await papers(api, 2)
    breaks = flip if found == "DAMAGED" else lose
    breaks(tmp_path, version.object_key)
    clock.advance(EVERY + A_SECOND)
    first = clock.now()
    assert dict(await scrubbed(api)) == {version.id: found, whole.id: None}
    assert caplog.messages == [f"the object {version.object_key} is {found.lower()}"]
    row = await again(api, version)
    assert (row.damage, row.checked_at) == (found, first)
    assert (await again(api, whole)).damage is None
    (event,) = await damages(api)
    assert (event.document_id, event.details) == (version.document_id, {"version": 1, "found": found})
    assert event.occurred_at == first
    clock.advance(EVERY + A_SECOND)
    assert dict(await scrubbed(api)) == {version.id: found, whole.id: None}
    assert len(await damages(api)) == 1


@pytest.mark.parametrize("breaks", [flip, lose])
async def test_a_file_that_was_put_back_is_damaged_no_more(
    api: Api, clock: SetClock, tmp_path: Path, breaks: Callable[[Path, str], None]
) -> None:
    (version,) = await papers(api, 1)
    path = tmp_path / "files" / version.object_key
    content = path.read_bytes()
    for number in (1, 2):
        breaks(tmp_path, version.object_key)
        clock.advance(EVERY + A_SECOND)
        await scrubbed(api)
        assert (await again(api, version)).damage is not None
        assert len(await damages(api)) == number
        path.write_bytes(content)
        clock.advance(EVERY + A_SECOND)
        assert await scrubbed(api) == [(version.id, None)]
        assert (await again(api, version)).damage is None


async def test_a_damaged_file_that_gets_lost_is_told_again(api: Api, clock: SetClock, tmp_path: Path) -> None:
    (version,) = await papers(api, 1)
    for breaks in (flip, lose):
        breaks(tmp_path, version.object_key)
        clock.advance(EVERY + A_SECOND)
        await scrubbed(api)
    assert [it.details["found"] for it in await damages(api)] == ["DAMAGED", "MISSING"]


async def test_damage_anywhere_in_a_long_file_is_found(api: Api, clock: SetClock, tmp_path: Path) -> None:
    id_ = await paper_of(api, "bert", b"%PDF-1.7\n" + b"x" * 90_000 + b"\n%%EOF\n")
    version = await version_of(api, id_)
    flip(tmp_path, version.object_key, 60_000)
    clock.advance(EVERY + A_SECOND)
    assert await scrubbed(api) == [(version.id, "DAMAGED")]


async def test_a_file_with_another_digest_than_its_row_says_is_damaged(api: Api, clock: SetClock) -> None:
    (version,) = await papers(api, 1)
    await set_values(api, DocumentVersion, version.id, sha256=bytes(32))
    clock.advance(EVERY + A_SECOND)
    assert await scrubbed(api) == [(version.id, "DAMAGED")]


async def test_a_key_that_belongs_to_another_row_is_damage(api: Api, clock: SetClock) -> None:
    one, other = await papers(api, 2)
    await set_values(api, DocumentVersion, one.id, sealed_key=other.sealed_key)
    clock.advance(EVERY + A_SECOND)
    assert dict(await scrubbed(api)) == {one.id: "DAMAGED", other.id: None}


async def test_what_was_given_up_is_not_read(api: Api, clock: SetClock) -> None:
    (version,) = await papers(api, 1)
    await set_values(api, DocumentVersion, version.id, sealed_key=None)
    clock.advance(EVERY + A_SECOND)
    assert (await due(api), await scrubbed(api), await damages(api)) == (0, [], [])


async def test_the_files_of_another_licence_are_left_to_it(api: Api, clock: SetClock) -> None:
    await paper_of(api, "eva")
    clock.advance(EVERY + A_SECOND)
    assert (await due(api), await scrubbed(api)) == (0, [])
    theirs, until = api.world.other_firm.licence_id, clock.now() - EVERY
    assert await count_due(api.ports, theirs, until) == 1
    assert len([it async for it in scrub(api.ports, theirs, until=until, now=clock.now())]) == 1


async def test_a_store_that_is_away_damages_nothing_and_the_file_is_read_an_hour_later(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (version,) = await papers(api, 1)
    clock.advance(EVERY + A_SECOND)

    async def away(_: str) -> int:
        raise GenericError("away")

    with monkeypatch.context() as patch:
        patch.setattr(api.ports.files.store, "size", away)
        with pytest.raises(GenericError):
            await scrubbed(api)
    assert ((await again(api, version)).damage, await damages(api)) == (None, [])
    clock.advance(CLAIMED_FOR + A_SECOND)
    assert await scrubbed(api) == [(version.id, None)]


async def test_a_moment_is_that_of_the_one_who_reads(api: Api, clock: SetClock) -> None:
    (version,) = await papers(api, 1)
    clock.advance(EVERY * 3)
    now: datetime = clock.now()
    reading = scrub(api.ports, ours(api), until=now - timedelta(days=1), now=now)
    assert [row.id async for row, _ in reading] == [version.id]
    assert (await again(api, version)).checked_at == now
