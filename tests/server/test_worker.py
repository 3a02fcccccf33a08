"""The worker: every letter leaves, whatever becomes of the others, the mail server and the database."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from mail.outbox import LEASE, MOST_ATTEMPTS
from mail.sink import Sink
from mail.transport import SmtpTransport
from models import Letter
from resolvers.database import Database
from server.worker import BATCH, SECONDS_BETWEEN_LOOKS, TIME_TO_SEND, Worker
from tests import databases
from tests.conftest import SetClock
from tests.mail.correspondents import ACCESS, PORTAL, SENDER, firm, found, kept, text_of
from tests.mail.correspondents import queue as queued
from tests.mail.servers import Office, serving

PASSWORD = "ab2c-d3ef-gh4j-kmnpq"


def seal(licence_id: UUID, letter_id: UUID) -> bytes:
    return licence_id.bytes + letter_id.bytes


def open_secret(licence_id: UUID, letter_id: UUID, sealed: bytes) -> str:
    """Open what `seal` closed, and only for the letter that it was closed for."""
    if sealed != seal(licence_id, letter_id):
        raise LookupError(PASSWORD)
    return PASSWORD


class Desk:
    """A firm with an outbox, and a worker on some mail server."""

    def __init__(self, database: Database, clock: SetClock, url: str, licence_id: UUID) -> None:
        self.database = database
        self.clock = clock
        self.licence_id = licence_id
        transport = SmtpTransport(url)
        self.worker = Worker(database, transport, clock, open_secret, sender=SENDER, portal_url=PORTAL)

    async def queue(self, **columns: Any) -> UUID:
        now = self.clock.now()
        return await queued(self.database, self.licence_id, **{"queued_at": now, "due_at": now, **columns})

    async def letter(self, letter_id: UUID) -> Letter:
        return await found(self.database, self.licence_id, letter_id)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self.worker.run())
        try:
            yield
            assert not task.done()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def desk(database: Database, clock: SetClock, tmp_path: Path) -> AsyncGenerator[Desk]:
    """A worker whose mail server keeps what it gets in `tmp_path`."""
    async with Sink(tmp_path) as url:
        yield Desk(database, clock, url, await firm(database))


async def until_kept(folder: Path, number: int) -> list[EmailMessage]:
    """Wait for so many mails to arrive."""
    async with asyncio.timeout(60):
        while len(list(folder.glob("*.eml"))) < number:  # noqa: ASYNC110, ASYNC240  a file tells nobody
            await asyncio.sleep(0.02)
    return kept(folder)


async def test_a_letter_is_sent_in_the_name_of_its_firm(desk: Desk, tmp_path: Path) -> None:
    letter_id = await desk.queue()
    assert await desk.worker.deliver_due() == 1
    [mail] = kept(tmp_path)
    assert mail["From"] == f"Peeters & Zonen <{SENDER}>"
    assert mail["Message-ID"] == f"<{letter_id}@example.com>"
    assert PORTAL in text_of(mail)
    row = await desk.letter(letter_id)
    assert (row.state, row.attempts, row.sent_at) == ("SENT", 1, desk.clock.now())


async def test_a_sent_letter_is_not_sent_again(desk: Desk, tmp_path: Path) -> None:
    await desk.queue()
    await desk.worker.deliver_due()
    desk.clock.advance(LEASE * 2)
    assert await desk.worker.deliver_due() == 0
    assert len(kept(tmp_path)) == 1


async def test_the_password_is_opened_for_the_mail_and_then_forgotten(desk: Desk, tmp_path: Path) -> None:
    letter_id = uuid4()
    sealed = seal(desk.licence_id, letter_id)
    await desk.queue(id=letter_id, kind="access_granted", details=ACCESS, sealed=sealed)
    await desk.worker.deliver_due()
    assert PASSWORD in text_of(kept(tmp_path)[0])
    assert (await desk.letter(letter_id)).sealed is None


async def test_letters_of_all_firms_are_sent(desk: Desk, tmp_path: Path) -> None:
    other = await firm(desk.database, "Kantoor Janssens")
    now = desk.clock.now()
    await desk.queue()
    await queued(desk.database, other, queued_at=now, due_at=now)
    assert await desk.worker.deliver_due() == 2
    assert {mail["From"].addresses[0].display_name for mail in kept(tmp_path)} == {
        "Peeters & Zonen",
        "Kantoor Janssens",
    }


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"kind": "poem"}, "poem: 'poem' is not a valid Kind"),
        ({"kind": "document_uploaded"}, "document_uploaded: 'client_name' is undefined"),
        (
            {"kind": "access_granted", "details": ACCESS, "sealed": b"spoilt"},
            "cannot be written: LookupError",
        ),
        ({"recipient": "nobody"}, "document_shared: not an e-mail address: what stands before the @"),
    ],
)
async def test_a_letter_that_cannot_be_written_is_set_aside_and_the_others_go_on(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture, columns: dict[str, Any], reason: str
) -> None:
    before, bad, after = await desk.queue(), await desk.queue(**columns), await desk.queue()
    with caplog.at_level(logging.DEBUG, "kluis.worker"):
        await desk.worker.deliver_due()
    row = await desk.letter(bad)
    assert (row.state, row.last_error) == ("FAILED", reason)
    assert [(await desk.letter(it)).state for it in (before, after)] == ["SENT", "SENT"]
    assert len(kept(tmp_path)) == 2
    assert caplog.messages == [f"letter {bad} is set aside"]


async def test_a_letter_that_killed_its_workers_is_given_up(desk: Desk, tmp_path: Path) -> None:
    letter_id = await desk.queue(attempts=MOST_ATTEMPTS)
    await desk.worker.deliver_due()
    row = await desk.letter(letter_id)
    assert row.last_error == f"given up: {MOST_ATTEMPTS} tries ended without a word"
    assert (row.state, kept(tmp_path)) == ("FAILED", [])


async def test_a_letter_that_is_refused_for_good_is_set_aside(database: Database, clock: SetClock) -> None:
    async with serving(Office(rcpt="550 5.1.1 nobody here")) as port:
        desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
        letter_id = await desk.queue(sealed=None)
        await desk.worker.deliver_due()
    row = await desk.letter(letter_id)
    assert (row.state, row.last_error) == ("FAILED", "550 5.1.1 nobody here")


async def test_a_letter_that_is_refused_for_now_is_tried_again_later(
    database: Database, clock: SetClock
) -> None:
    office = Office(data="451 later")
    async with serving(office) as port:
        desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
        letter_id = await desk.queue()
        await desk.worker.deliver_due()
        row = await desk.letter(letter_id)
        assert (row.state, row.attempts, row.last_error) == ("QUEUED", 1, "451 later")
        assert row.due_at > clock.now()
        office.data = "250 OK"
        assert await desk.worker.deliver_due() == 0
        clock.advance(row.due_at - clock.now())
        assert await desk.worker.deliver_due() == 1
    row = await desk.letter(letter_id)
    assert (row.state, row.attempts, row.last_error) == ("SENT", 2, None)


async def test_while_the_mail_server_is_down_all_letters_wait(database: Database, clock: SetClock) -> None:
    async with serving(Office()) as port:
        pass
    desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
    letters = [await desk.queue() for _ in range(3)]
    await desk.worker.deliver_due()
    rows = [await desk.letter(it) for it in letters]
    assert {row.state for row in rows} == {"QUEUED"}
    assert len({row.last_error for row in rows}) == 1
    assert len({row.due_at for row in rows}) == 3


async def test_a_mail_server_that_turns_us_away_is_asked_once_a_round(
    database: Database, clock: SetClock
) -> None:
    visits: list[str] = []

    async def turn_away(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append("421 not now")
        writer.write(b"421 not now\r\n")
        writer.close()

    async with await asyncio.start_server(turn_away, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
        letters = [await desk.queue() for _ in range(3)]
        await desk.worker.deliver_due()
    assert {(await desk.letter(it)).last_error for it in letters} == {"421 not now"}
    assert len(visits) == 1


async def test_a_round_ends_its_connection(database: Database, clock: SetClock) -> None:
    office = Office()
    async with serving(office) as port:
        desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
        for _ in range(2):
            await desk.queue()
            await desk.worker.deliver_due()
    assert office.connections == 2


async def test_a_dropped_connection_puts_off_one_letter_alone(database: Database, clock: SetClock) -> None:
    office = Office(data="drop")
    async with serving(office) as port:
        desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
        for _ in range(2):
            await desk.queue()
        await desk.worker.deliver_due()
    assert (len(office.received), office.connections) == (2, 2)


async def test_a_letter_whose_claim_is_about_to_lapse_is_left_to_come_back(
    database: Database, clock: SetClock
) -> None:
    class Slow(Office):
        async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
            clock.advance(LEASE - TIME_TO_SEND + timedelta(seconds=1))
            return await super().handle_DATA(server, _session, envelope)

    async with serving(Slow()) as port:
        desk = Desk(database, clock, f"smtp://127.0.0.1:{port}?starttls=off", await firm(database))
        first, second = await desk.queue(), await desk.queue()
        await desk.worker.deliver_due()
        assert [(await desk.letter(it)).state for it in (first, second)] == ["SENT", "QUEUED"]
        clock.advance(TIME_TO_SEND)
        await desk.worker.deliver_due()
    row = await desk.letter(second)
    assert (row.state, row.attempts) == ("SENT", 2)


async def test_one_round_takes_a_batch_of_each_firm(desk: Desk, tmp_path: Path) -> None:
    for _ in range(BATCH + 1):
        await desk.queue()
    assert await desk.worker.deliver_due() == BATCH
    assert await desk.worker.deliver_due() == 1
    assert len({mail["Message-ID"] for mail in kept(tmp_path)}) == BATCH + 1


async def test_a_running_worker_empties_the_outbox_without_resting(desk: Desk, tmp_path: Path) -> None:
    for _ in range(BATCH + 1):
        await desk.queue()
    async with desk.running():
        await until_kept(tmp_path, BATCH + 1)


async def test_a_running_worker_looks_for_new_letters(desk: Desk, tmp_path: Path) -> None:
    async with desk.running():
        for number in (1, 2):
            await desk.queue()
            await until_kept(tmp_path, number)


async def test_a_worker_that_is_woken_looks_at_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.worker.SECONDS_BETWEEN_LOOKS", 3600)
    async with desk.running():
        for number in (1, 2):
            await desk.queue()
            desk.worker.wake()
            await until_kept(tmp_path, number)


class HardOfHearing:
    """A mail server's side that drops a cancellation, as the library may on Python 3.11."""

    def __init__(self) -> None:
        self.is_sending = asyncio.Event()

    async def send(self, message: EmailMessage) -> None:  # noqa: ARG002
        with suppress(asyncio.CancelledError):
            self.is_sending.set()
            await asyncio.Event().wait()

    async def close(self) -> None:
        pass


async def test_a_worker_stops_though_a_cancellation_was_not_heard(desk: Desk) -> None:
    transport = HardOfHearing()
    worker = Worker(desk.database, transport, desk.clock, open_secret, sender=SENDER, portal_url=PORTAL)
    letter_id = await desk.queue()
    task = asyncio.create_task(worker.run())
    await transport.is_sending.wait()
    task.cancel()
    async with asyncio.timeout(60):
        await asyncio.wait([task])
    assert task.cancelled()
    assert (await desk.letter(letter_id)).state == "SENT"


async def test_a_worker_outlives_a_database_that_is_away(
    desk: Desk, tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    async with desk.running():
        await desk.queue()
        await until_kept(tmp_path, 1)
        await databases.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await databases.administer(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        )
        await until_away(caplog)
        # Time to be turned away once more: that is not worth another line.
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS * 2)
        await databases.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await desk.database.close()
        await desk.queue()
        await until_kept(tmp_path, 2)
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("the database is away (")


async def until_away(caplog: pytest.LogCaptureFixture) -> None:
    """Wait for the worker to say that the database is away."""
    async with asyncio.timeout(60):
        while not caplog.messages:  # noqa: ASYNC110  nor does a log
            await asyncio.sleep(0.01)
