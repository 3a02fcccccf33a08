"""The sealer looks only where events wait, and finds all of them: late ones, and when the clock jumps."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from resolvers import due
from resolvers.database import Database
from server import sealing
from server.sealing import FAR_EVERY, Sealer
from tests.api import Api
from tests.models.catalogue import asked
from tests.resolvers.chains import broken, happen

LATE: Final = """
    INSERT INTO event (licence_id, id, kind, occurred_at)
    VALUES (:licence, uuidv7(CAST(:shift AS interval)), 'late', now())
"""

SHIFTED: Final = "SELECT uuidv7(CAST(:shift AS interval)) AS id"


def sealer(api: Api) -> Sealer:
    return Sealer(api.ports.database, api.ports.clock, None)


async def late(api: Api, database_url: str, shift: timedelta) -> None:
    """Let an event be committed that was written at another time."""
    await asked(database_url, LATE, licence=api.world.firm.licence_id, shift=shift)


async def test_the_first_round_asks_each_firm_and_the_next_ones_where_events_wait(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[UUID] = []

    async def nothing(_database: Database, licence_id: UUID, _now: object) -> int:
        looked_at.append(licence_id)
        return 0

    monkeypatch.setattr(sealing, "seal", nothing)
    ours, theirs = api.world.firm.licence_id, api.world.other_firm.licence_id
    sealing_here = sealer(api)
    rounds: list[set[UUID]] = []
    for happening in ([], [], [theirs], [ours, theirs]):
        for it in happening:
            await happen(api, "x", licence_id=it)
        looked_at.clear()
        await sealing_here.seal()
        rounds.append({*looked_at})
    assert rounds == [{ours, theirs}, set(), {theirs}, {ours, theirs}]


async def test_what_was_written_long_ago_and_committed_before_the_first_round_is_sealed(
    api: Api, database_url: str
) -> None:
    await late(api, database_url, timedelta(days=-3))
    assert await sealer(api).seal() == 1


async def test_what_is_committed_late_is_sealed_and_what_is_committed_very_late_within_a_minute(
    api: Api, database_url: str
) -> None:
    sealing_here = sealer(api)
    await sealing_here.seal()
    await late(api, database_url, timedelta(seconds=-10))
    assert await sealing_here.seal() == 1
    await late(api, database_url, timedelta(minutes=-10))
    found = [await sealing_here.seal() for _ in range(FAR_EVERY)]
    assert found == [0] * (FAR_EVERY - 2) + [1, 0]
    assert await broken(api) is None


@pytest.mark.parametrize("far_every", [1, FAR_EVERY])
@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
async def test_when_the_databases_clock_jumps_nothing_is_left_out(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch, jump: timedelta, far_every: int
) -> None:
    async def jumped(_database: Database) -> tuple[UUID, UUID]:
        shifts = (jump - timedelta(seconds=15), jump - timedelta(minutes=15))
        near, far = [await asked(database_url, SHIFTED, shift=it) for it in shifts]
        return near[0]["id"], far[0]["id"]

    monkeypatch.setattr(sealing, "FAR_EVERY", far_every)
    sealing_here = sealer(api)
    await sealing_here.seal()
    # It was written a moment before the clock was put forward, or after it was put back.
    await late(api, database_url, min(jump, timedelta(0)))
    monkeypatch.setattr(due, "marks", jumped)
    assert await sealing_here.seal() == 1
    assert await broken(api) is None


async def test_a_far_round_that_broke_off_is_made_again(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing_here = sealer(api)
    await sealing_here.seal()
    await late(api, database_url, timedelta(minutes=-10))
    seal, troubles = sealing.seal, [OSError()]

    async def away(database: Database, licence_id: UUID, now: object) -> int:
        if troubles:
            raise troubles.pop()
        return await seal(database, licence_id, now)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing, "seal", away)
    monkeypatch.setattr(sealing, "FAR_EVERY", 1)
    with pytest.raises(OSError):  # noqa: PT011  it is this one
        await sealing_here.seal()
    assert await sealing_here.seal() == 1
