"""The clock of programs: the machine's own, as long as that agrees with the database's."""

from datetime import datetime, timedelta

import pytest

from resolvers.away import AWAY
from resolvers.database import Database
from resolvers.database_clock import DatabaseClock
from tests.conftest import START, SetClock

NOWHERE = "postgresql+asyncpg://kluis@/kluis?host=/nowhere/at/all"
AN_HOUR = timedelta(hours=1)
A_MINUTE = timedelta(minutes=1)
HALF_A_SECOND = timedelta(seconds=0.5)


@pytest.fixture
def still(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the database it is START, and stays that."""

    async def moment() -> datetime:
        return START

    monkeypatch.setattr(database, "moment", moment)


async def test_a_clock_that_is_off_is_set_right(database: Database, clock: SetClock) -> None:
    began = await database.moment()
    shared = DatabaseClock(database, clock)
    # The clock of tests is months off.
    assert shared.now() == clock.now()
    await shared.agree()
    assert began < shared.now() <= await database.moment()


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("off", [AN_HOUR, -AN_HOUR])
async def test_it_goes_on_from_there(database: Database, clock: SetClock, off: timedelta) -> None:
    clock.advance(off)
    shared = DatabaseClock(database, clock)
    await shared.agree()
    clock.advance(A_MINUTE)
    assert shared.now() == START + A_MINUTE
    # Somebody sets the machine's clock right.
    clock.moment = START
    await shared.agree()
    assert shared.now() == START


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("off", [HALF_A_SECOND, -HALF_A_SECOND])
async def test_one_that_is_hardly_off_stays_as_it_is(
    database: Database, clock: SetClock, off: timedelta
) -> None:
    clock.advance(off)
    shared = DatabaseClock(database, clock)
    await shared.agree()
    assert shared.now() == START + off


@pytest.mark.usefixtures("still")
async def test_the_log_tells_once_what_a_clock_is_off(
    database: Database, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    shared = DatabaseClock(database, clock)
    none = timedelta()
    for off in (none, HALF_A_SECOND, AN_HOUR, AN_HOUR, AN_HOUR + HALF_A_SECOND, -A_MINUTE, none):
        clock.moment = START + off
        await shared.agree()
    assert caplog.messages == [
        f"this machine's clock is {seconds} s from the database's, which counts"
        for seconds in ("+3600.0", "-60.0", "+0.0")
    ]


async def test_a_slow_answer_makes_no_clock_wrong(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def moment() -> datetime:
        clock.advance(A_MINUTE)
        return START

    monkeypatch.setattr(database, "moment", moment)
    shared = DatabaseClock(database, clock)
    await shared.agree()
    assert shared.now() == START + A_MINUTE


async def test_while_the_database_is_away_it_goes_on_as_it_was(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = DatabaseClock(database, clock)
    await shared.agree()
    known = shared.now()
    monkeypatch.setattr(database, "engine", Database(NOWHERE).engine)
    with pytest.raises(AWAY):
        await shared.agree()
    assert shared.now() == known
