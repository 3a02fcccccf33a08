"""A mail server that is down for an hour: no letter is lost, none is tried without end, and all arrive."""

from datetime import timedelta
from typing import Final

from resolvers.database import Database
from tests.conftest import SetClock
from tests.mail.correspondents import firm
from tests.mail.servers import Office, serving
from tests.server.desks import Desk

LETTERS: Final = 5
A_MINUTE: Final = timedelta(minutes=1)
AN_HOUR: Final = 60


async def test_after_an_hour_every_letter_arrives_once(database: Database, clock: SetClock) -> None:
    async with serving(Office()) as port:
        pass
    desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
    letters = [await desk.queue() for _ in range(LETTERS)]
    for _ in range(AN_HOUR):
        await desk.worker.deliver_due()
        clock.advance(A_MINUTE)
    down = [await desk.letter(it) for it in letters]
    assert {it.state for it in down} == {"QUEUED"}
    # Twice as long each time: half a minute, one, two, and so on up to half an hour, less the jitter.
    assert all(5 <= it.attempts <= 9 for it in down)
    office = Office()
    async with serving(office) as port:
        up = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", desk.licence_id)
        # One that was tried for the eighth time at the end waits for up to 64 minutes.
        for _ in range(2 * AN_HOUR):
            await up.worker.deliver_due()
            clock.advance(A_MINUTE)
    assert {(await up.letter(it)).state for it in letters} == {"SENT"}
    assert len(office.received) == LETTERS
