"""Events are sealed once they are committed, each in a place of its own, and stay as they were sealed."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models import Event, EventChain, EventSeal
from resolvers import retention, sealing
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.entering import acting, steward
from resolvers.sealing import seal
from tests.api import Api
from tests.conftest import SetClock
from tests.databases import PATIENT
from tests.journeys.rows import row, rows
from tests.journeys.waiting import somebody_waits
from tests.models.catalogue import asked
from tests.resolvers.chains import broken, happen, sealed, seals


async def test_events_are_sealed_in_the_order_in_which_they_were_written(api: Api) -> None:
    await happen(api, "one", "two", "three")
    assert await sealed(api) == 3
    kinds = {it.id: it.kind for it in await rows(api, Event)}
    assert [(it.number, kinds[it.event_id]) for it in await seals(api)] == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
    ]
    chain = await row(api, EventChain)
    assert (chain.sealed_up_to, chain.digest) == (3, (await seals(api))[-1].digest)
    assert (await sealed(api), await broken(api)) == (0, None)


async def test_a_chain_goes_on_where_it_ended(api: Api) -> None:
    await happen(api, "one")
    await sealed(api)
    await happen(api, "two", "three")
    assert (await sealed(api), await broken(api)) == (2, None)
    assert [it.number for it in await seals(api)] == [1, 2, 3]


async def test_what_is_committed_late_is_sealed_then(api: Api) -> None:
    viewer = steward(api.world.firm.licence_id, api.ports.clock.now())
    async with AsyncExitStack() as stack:
        slow = await stack.enter_async_context(acting(api.ports, viewer))
        slow.record("slow")
        await slow.session.flush()
        await happen(api, "quick")
        assert await sealed(api) == 1
    assert (await sealed(api), await broken(api)) == (1, None)
    kinds = {it.id: it.kind for it in await rows(api, Event)}
    assert [kinds[it.event_id] for it in await seals(api)] == ["quick", "slow"]


def test_no_transaction_lasts_longer_than_the_sealer_looks_back() -> None:
    milliseconds = int(Terms().session["transaction_timeout"])
    assert 0 < milliseconds < timedelta(minutes=15) / timedelta(milliseconds=1)
    assert str(sealing.LOOKED_BACK) == "interval '-15 minutes'"


async def test_when_the_databases_clock_was_put_back_events_are_sealed_all_the_same(
    api: Api, database_url: str
) -> None:
    await happen(api, "one")
    await sealed(api)
    ahead = "UPDATE event_chain SET look_from = uuidv7('30 days')"
    await asked(database_url, ahead)
    await happen(api, "two")
    assert await sealed(api) == 1


async def test_of_two_who_seal_the_second_waits_and_goes_on_from_the_first(
    api: Api, database_url: str
) -> None:
    await happen(api, "one", "two")
    licence_id, now = api.world.firm.licence_id, api.ports.clock.now()
    async with api.ports.database.change(licence_id) as session:
        look = await sealing.begun(session, licence_id)
        assert await sealing.seal_some(session, licence_id, look, now) == 2
        await happen(api, "three")
        waiting = asyncio.create_task(sealed(api))
        await somebody_waits(database_url)
    assert (await waiting, await broken(api)) == (1, None)


async def test_whoever_waited_in_vain_seals_nothing_twice(api: Api, database_url: str) -> None:
    await happen(api, "one")
    licence_id, now = api.world.firm.licence_id, api.ports.clock.now()
    async with api.ports.database.change(licence_id) as session:
        look = await sealing.begun(session, licence_id)
        assert await sealing.seal_some(session, licence_id, look, now) == 1
        waiting = asyncio.create_task(sealed(api))
        await somebody_waits(database_url)
    assert (await waiting, len(await seals(api))) == (0, 1)


async def test_many_who_write_and_seal_at_once_leave_a_whole_chain(api: Api, database_url: str) -> None:
    other = Database(database_url, PATIENT)
    licence_id, now = api.world.firm.licence_id, api.ports.clock.now()

    async def go_on(database: Database) -> int:
        return sum([await seal(database, licence_id, now) for _ in range(8)])

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(happen(api, *["x"] * 12))
        working = [group.create_task(go_on(it)) for it in (api.ports.database, other)]
    left = await sealed(api)
    await other.close()
    assert sum(it.result() for it in working) + left == 24
    assert await broken(api) is None


async def test_many_events_are_sealed_a_part_at_a_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    monkeypatch.setattr(sealing, "UNSEALED", sealing.UNSEALED.limit(2))
    await happen(api, *["x"] * 4)
    assert (await sealed(api), await broken(api)) == (4, None)
    # Four were two full parts, after which there was nothing: the next look begins where this one did.
    assert (await row(api, EventChain)).look_from is None
    await happen(api, "y")
    assert (await sealed(api), await broken(api)) == (1, None)
    assert (await row(api, EventChain)).look_from is not None


async def test_each_firm_has_a_chain_of_its_own(api: Api) -> None:
    theirs = api.world.other_firm.licence_id
    await happen(api, "ours")
    await happen(api, "theirs", "theirs", licence_id=theirs)
    assert await sealed(api) == 1
    assert await seal(api.ports.database, theirs, api.ports.clock.now()) == 2
    assert await broken(api) is None


# what was written stays -------------------------------------------------------------------------------------

CHANGES = (
    "UPDATE event SET kind = 'nothing'",
    "DELETE FROM event",
    "TRUNCATE event",
    "UPDATE event_seal SET number = 9",
    "DELETE FROM event_seal",
    "TRUNCATE event_seal",
)


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_application_changes_and_removes_neither_events_nor_seals(api: Api, statement: str) -> None:
    await happen(api, "one")
    await sealed(api)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with api.ports.database.change(api.world.firm.licence_id) as session:
            await session.execute(text(statement))


async def test_with_the_rights_for_it_the_application_would_still_change_nothing(
    api: Api, database_url: str
) -> None:
    await happen(api, "one")
    await sealed(api)
    for table in ("event", "event_seal"):
        await asked(database_url, f"GRANT UPDATE, DELETE ON {table} TO kluis_app")
    for statement in CHANGES:
        if "TRUNCATE" not in statement:
            async with api.ports.database.change(api.world.firm.licence_id) as session:
                await session.execute(text(statement))
    for table in ("event", "event_seal"):
        await asked(database_url, f"REVOKE UPDATE, DELETE ON {table} FROM kluis_app")
    assert (len(await seals(api)), await broken(api)) == (1, None)
    assert (await row(api, Event)).kind == "one"


# what is old ------------------------------------------------------------------------------------------------


async def purge(api: Api, age: timedelta) -> int:
    now = api.ports.clock.now()
    return await retention.purge(api.ports, api.world.firm.licence_id, now - age)


async def test_old_events_go_and_the_chain_goes_on_behind_them(api: Api, clock: SetClock) -> None:
    # given
    await happen(api, "one", "two")
    await sealed(api)
    second = (await seals(api))[-1].digest
    clock.advance(timedelta(days=100))
    await happen(api, "three")
    await sealed(api)
    # when
    assert await purge(api, timedelta(days=50)) == 2
    # then
    assert await broken(api) is None
    assert await sealed(api) == 1
    assert await broken(api) is None
    assert {it.kind for it in await rows(api, Event)} == {"three", "audit.purged"}
    said = (await row(api, Event, kind="audit.purged")).details
    assert said == {"up_to": 2, "digest": second.hex(), "events": 2}
    assert await purge(api, timedelta(days=50)) == 0


async def test_old_events_go_a_part_at_a_time(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "OLDEST", retention.OLDEST.limit(2))
    await happen(api, *["x"] * 5)
    await sealed(api)
    clock.advance(timedelta(days=1))
    assert (await purge(api, timedelta(hours=1)), await broken(api)) == (5, None)
    assert await rows(api, EventSeal) == []


async def test_what_is_not_sealed_yet_is_kept_however_old_it_is(api: Api, clock: SetClock) -> None:
    assert await purge(api, timedelta(0)) == 0
    await happen(api, "one")
    clock.advance(timedelta(days=400))
    assert await purge(api, timedelta(0)) == 0
    assert [it.kind for it in await rows(api, Event)] == ["one"]


async def test_events_that_are_gone_without_an_event_that_says_so_are_missed(
    api: Api, database_url: str
) -> None:
    await happen(api, "one", "two")
    await sealed(api)
    first = (await seals(api))[0]
    await asked(database_url, "DELETE FROM event WHERE id = :id", id=first.event_id)
    await asked(database_url, "DELETE FROM event_seal WHERE event_id = :id", id=first.event_id)
    going_on = "UPDATE event_chain SET purged_up_to = 1, purged_digest = decode(:digest, 'hex')"
    await asked(database_url, going_on, digest=first.digest.hex())
    assert str(await broken(api)) == "event 1: it and those before it are gone, and no event says so"
