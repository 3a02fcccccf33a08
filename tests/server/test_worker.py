"""The worker: every letter leaves, whatever becomes of the others and of the mail server."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from mail.outbox import LEASE, MOST_ATTEMPTS
from mail.sink import Sink
from resolvers.database import Database
from server.postman import BATCH, TIME_TO_SEND
from tests.conftest import SetClock
from tests.mail.correspondents import ACCESS, PORTAL, SENDER, firm, kept, text_of
from tests.mail.correspondents import queue as queued
from tests.mail.servers import Office, serving
from tests.server.desks import PASSWORD, Desk, seal


@pytest.fixture
async def desk(database: Database, clock: SetClock, tmp_path: Path) -> AsyncGenerator[Desk]:
    """A worker whose mail server keeps what it gets in `tmp_path`."""
    async with Sink(tmp_path) as url:
        yield Desk(database, clock, url, await firm(database))


async def test_a_letter_is_sent_in_the_name_of_its_firm(desk: Desk, tmp_path: Path) -> None:
    letter_id = await desk.queue()
    assert await desk.worker.deliver_due() == 1
    [mail] = kept(tmp_path)
    assert mail["From"] == f"Peeters & Zonen <{SENDER}>"
    assert mail["Message-ID"] == f"<{letter_id}@example.com>"
    assert PORTAL in text_of(mail)
    row = await desk.letter(letter_id)
    assert (row.state, row.attempts, row.sent_at) == ("SENT", 1, desk.clock.now())


async def test_a_firm_may_have_a_sender_of_its_own(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    async with Sink(tmp_path) as url:
        for columns in (
            {"mail_sender": "portaal@janssens.example", "mail_reply_to": "kantoor@janssens.example"},
            {"mail_reply_to": "kantoor@janssens.example"},
            {},
        ):
            desk = Desk(database, clock, url, await firm(database, "Kantoor Janssens", **columns))
            await desk.queue()
            await desk.worker.deliver_due()
    assert sorted((str(it["From"]), it["Reply-To"] or "") for it in kept(tmp_path)) == [
        ("Kantoor Janssens <portaal@janssens.example>", "kantoor@janssens.example"),
        (f"Kantoor Janssens <{SENDER}>", ""),
        (f"Kantoor Janssens <{SENDER}>", "kantoor@janssens.example"),
    ]


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
    for number in range(BATCH + 1):
        await desk.queue(recipient=f"client{number}@example.com")
    assert await desk.worker.deliver_due() == BATCH
    assert await desk.worker.deliver_due() == 1
    assert len({mail["Message-ID"] for mail in kept(tmp_path)}) == BATCH + 1
