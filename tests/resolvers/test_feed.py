"""Entries of the feed get numbers once they are committed, each its own, and go when they are old."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from models import Feed, FeedEntry, Licence
from models.feed import ChangeKind
from resolvers import feed
from resolvers.change import Change
from resolvers.database import Database
from resolvers.entering import acting, steward
from resolvers.feed import number, remove_old
from tests.api import Api
from tests.conftest import SetClock
from tests.databases import PATIENT
from tests.journeys.feeding import page
from tests.journeys.rows import row, rows
from tests.journeys.waiting import somebody_waits


async def enter(api: Api, *subjects: UUID, kind: ChangeKind = ChangeKind.CHANGED) -> None:
    """Enter a change of each of these in a transaction of its own."""
    for subject in subjects:
        async with acting(api.ports, steward(api.world.firm.licence_id, api.ports.clock.now())) as change:
            await change.note(kind, "Dossier", subject)


async def open_change(api: Api, stack: AsyncExitStack) -> Change:
    """Return a transaction that is committed when the stack is closed."""
    viewer = steward(api.world.firm.licence_id, api.ports.clock.now())
    return await stack.enter_async_context(acting(api.ports, viewer))


async def numbers(api: Api) -> list[tuple[int | None, UUID]]:
    """Return the subjects of our entries with their numbers, in the order in which they were written."""
    found = sorted(await rows(api, FeedEntry), key=lambda it: it.id)
    return [(it.number, it.subject_id) for it in found]


async def give(api: Api) -> int:
    return await number(api.ports.database, api.world.firm.licence_id)


async def test_entries_get_their_numbers_in_the_order_in_which_they_were_written(api: Api) -> None:
    subjects = [uuid4() for _ in range(3)]
    await enter(api, *subjects)
    assert await give(api) == 3
    assert await numbers(api) == [(1, subjects[0]), (2, subjects[1]), (3, subjects[2])]
    assert (await row(api, Feed)).numbered_up_to == 3
    assert await give(api) == 0


async def test_what_is_not_committed_yet_gets_no_number_and_is_seen_by_whoever_reads_on(api: Api) -> None:
    # given
    slow = api.world.dossier.id
    other = api.world.relations["dirk"].id
    async with AsyncExitStack() as stack:
        change = await open_change(api, stack)
        await change.note(ChangeKind.CHANGED, "Dossier", slow)
        async with acting(api.ports, steward(api.world.firm.licence_id, change.now)) as quick:
            await quick.note(ChangeKind.CHANGED, "Relation", other)
        # when
        before = await page(api, "anna")
        assert [it["nodeId"] for it in before["nodes"]] == [api.id("Relation", other)]
    after = await page(api, "anna", before["pageInfo"]["endCursor"])
    # then
    assert [it["nodeId"] for it in after["nodes"]] == [api.id("Dossier", slow)]
    assert await numbers(api) == [(2, slow), (1, other)]


async def test_what_is_rolled_back_leaves_no_gap(api: Api) -> None:
    first, second = uuid4(), uuid4()
    await enter(api, first)
    with pytest.raises(ZeroDivisionError):
        await fail(api)
    await enter(api, second)
    assert await give(api) == 2
    assert await numbers(api) == [(1, first), (2, second)]


async def fail(api: Api) -> None:
    async with AsyncExitStack() as stack:
        change = await open_change(api, stack)
        await change.note(ChangeKind.CHANGED, "Dossier", uuid4())
        raise ZeroDivisionError


async def test_of_two_who_give_numbers_the_second_waits_and_goes_on_from_the_first(
    api: Api, database_url: str
) -> None:
    first, second = uuid4(), uuid4()
    await enter(api, first)
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        assert await feed.number_some(session, licence_id) == 1
        await enter(api, second)
        waiting = asyncio.create_task(give(api))
        await somebody_waits(database_url)
    # The second saw both entries without a number before it had to wait.
    assert await waiting == 1
    assert await numbers(api) == [(1, first), (2, second)]


async def test_many_who_write_and_give_numbers_at_once_leave_neither_gaps_nor_doubles(
    api: Api, database_url: str
) -> None:
    other = Database(database_url, PATIENT)
    subjects = [uuid4() for _ in range(24)]

    async def register(database: Database) -> int:
        return sum([await number(database, api.world.firm.licence_id) for _ in range(12)])

    async with asyncio.TaskGroup() as group:
        for part in (subjects[:12], subjects[12:]):
            group.create_task(enter(api, *part))
        given = [group.create_task(register(it)) for it in (api.ports.database, other)]
    left = await give(api)
    await other.close()
    assert sum(it.result() for it in given) + left == 24
    found = await numbers(api)
    assert sorted(it for it, _ in found if it) == list(range(1, 25))
    assert {it for _, it in found} == {*subjects}


async def test_whoever_dies_between_the_commit_and_the_number_leaves_it_to_the_next_one(api: Api) -> None:
    await enter(api, uuid4())
    licence_id = api.world.firm.licence_id
    with pytest.raises(ZeroDivisionError):
        await die_while_numbering(api, licence_id)
    assert [it for it, _ in await numbers(api)] == [None]
    assert await give(api) == 1
    assert [it for it, _ in await numbers(api)] == [1]


async def die_while_numbering(api: Api, licence_id: UUID) -> None:
    async with api.ports.database.change(licence_id) as session:
        await feed.number_some(session, licence_id)
        raise ZeroDivisionError


async def test_each_firm_counts_for_itself(api: Api) -> None:
    await enter(api, uuid4(), uuid4())
    theirs = api.world.other_firm.licence_id
    async with acting(api.ports, steward(theirs, api.ports.clock.now())) as change:
        await change.note(ChangeKind.CHANGED, "Dossier", uuid4())
    assert await number(api.ports.database, theirs) == 1
    assert [it for it, _ in await numbers(api)] == [None, None]
    assert await give(api) == 2


async def test_many_changes_are_entered_by_one_statement_each_with_whom_it_concerns(api: Api) -> None:
    keys = [uuid4() for _ in range(3)]
    async with AsyncExitStack() as stack:
        change = await open_change(api, stack)
        of = [(keys[0], ()), (keys[1], [keys[2]]), (keys[2], [keys[0], keys[1]])]
        await change.note_each(ChangeKind.CREATED, "Document", of)
        await change.note_each(ChangeKind.CREATED, "Document", [])
    found = sorted(await rows(api, FeedEntry), key=lambda it: it.id)
    assert [(it.subject_id, it.principals) for it in found] == [
        (keys[0], None),
        (keys[1], [keys[2]]),
        (keys[2], [keys[0], keys[1]]),
    ]
    assert {(it.kind, it.subject, it.occurred_at) for it in found} == {
        ("CREATED", "Document", api.ports.clock.now())
    }


# what is old ------------------------------------------------------------------------------------------------

A_SECOND = timedelta(seconds=1)


async def remove(api: Api) -> int:
    return await remove_old(api.ports.database, api.world.firm.licence_id, api.ports.clock.now())


async def keep_for(api: Api, days: int) -> None:
    """Set how long the firm keeps changes."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        (await session.get_one(Licence, licence_id)).changes_kept_days = days


@pytest.mark.parametrize("days", [1, 30])
async def test_entries_go_when_they_are_as_old_as_the_licence_says(
    api: Api, clock: SetClock, days: int
) -> None:
    await keep_for(api, days)
    await enter(api, uuid4())
    clock.advance(A_SECOND)
    await enter(api, uuid4())
    await give(api)
    clock.advance(timedelta(days=days) - 2 * A_SECOND)
    assert await remove(api) == 0
    clock.advance(A_SECOND)
    assert await remove(api) == 1
    assert [it for it, _ in await numbers(api)] == [2]
    assert ((await row(api, Feed)).numbered_up_to, (await row(api, Feed)).removed_up_to) == (2, 1)
    clock.advance(A_SECOND)
    assert await remove(api) == 1
    assert (await numbers(api), await remove(api)) == ([], 0)
    await enter(api, uuid4())
    await give(api)
    assert [it for it, _ in await numbers(api)] == [3]


async def test_what_has_no_number_yet_is_kept_however_old_it_is(api: Api, clock: SetClock) -> None:
    await enter(api, uuid4())
    clock.advance(timedelta(days=400))
    assert await remove(api) == 0
    assert await give(api) == 1
    assert await remove(api) == 1


async def test_an_old_entry_that_was_numbered_late_waits_for_those_before_it(
    api: Api, clock: SetClock
) -> None:
    async with AsyncExitStack() as stack:
        change = await open_change(api, stack)
        clock.advance(timedelta(days=2))
        await enter(api, uuid4())
        await give(api)
        await change.note(ChangeKind.CHANGED, "Dossier", uuid4())
    await give(api)
    clock.advance(timedelta(days=29))
    # The second is 31 days old, the first 29.
    assert await remove(api) == 0
    clock.advance(timedelta(days=1))
    assert await remove(api) == 2


async def test_many_old_entries_go_a_part_at_a_time(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "AT_ONCE", 2)
    monkeypatch.setattr(feed, "OLDEST", feed.OLDEST.limit(2))
    await enter(api, *(uuid4() for _ in range(5)))
    await give(api)
    clock.advance(timedelta(days=31))
    assert await remove(api) == 5
    assert await rows(api, FeedEntry) == []


async def test_of_two_who_remove_the_same_one_counts_it(api: Api, clock: SetClock, database_url: str) -> None:
    await enter(api, uuid4())
    await give(api)
    clock.advance(timedelta(days=31))
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        assert await feed.remove_some(session, licence_id, clock.now()) == 1
        waiting = asyncio.create_task(remove(api))
        await somebody_waits(database_url)
    assert await waiting == 0
    assert (await row(api, Feed)).removed_up_to == 1
