"""The sink: it keeps every message, whole, private, and inside its folder."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtplib import SMTP

from mail import sink
from mail.letters import compose
from mail.sink import Sink, keep, safe_name
from mail.transport import SmtpTransport, Undelivered
from tests.mail.correspondents import kept, letter


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def deliver(url: str, *messages: EmailMessage) -> None:
    transport = SmtpTransport(url)
    for message in messages:
        await transport.send(message)
    await transport.close()


async def test_a_message_is_kept_as_it_came(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    message = compose(letter("access_granted"))
    async with Sink(folder, clock=Noon()) as url:
        await deliver(url, message)
    [path] = folder.iterdir()
    assert path.name == "20261128T120000-carla@example.com-1.eml"
    assert path.read_bytes() == message.as_bytes()
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_nothing_is_overwritten(tmp_path: Path) -> None:
    async with Sink(tmp_path, clock=Noon()) as url:
        await deliver(url, *[compose(letter())] * 3)
    async with Sink(tmp_path, clock=Noon()) as url:
        await deliver(url, compose(letter()))
    assert [name[-5:] for name in names(tmp_path)] == ["1.eml", "2.eml", "3.eml", "4.eml"]
    assert len(kept(tmp_path)) == 4


async def test_each_recipient_has_a_file(tmp_path: Path) -> None:
    async with Sink(tmp_path) as url:
        port = int(url.split(":")[2].split("?")[0])
        async with SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="x") as client:
            await client.sendmail("a@example.com", ["b@example.com", "c@example.com"], "Subject: x\r\n\r\nx")
    assert [name.split("-")[1] for name in names(tmp_path)] == [
        "b@example.com",
        "c@example.com",
    ]


async def test_a_message_that_there_is_no_room_for_may_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sink, "keep", full)
    async with Sink(tmp_path) as url:
        with pytest.raises(Undelivered) as caught:
            await deliver(url, compose(letter()))
    assert not caught.value.permanent
    assert kept(tmp_path) == []


async def test_a_client_that_stays_does_not_keep_the_sink_open(tmp_path: Path) -> None:
    async with Sink(tmp_path) as url:
        transport = SmtpTransport(url)
        await transport.send(compose(letter()))
    await transport.close()
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize(
    "recipient", ["../../etc/passwd@x", "..", "a/b@x", "a\\b@x", "a\0b@x", ".x@y", "x" * 300]
)
def test_a_recipient_cannot_leave_the_folder(tmp_path: Path, recipient: str) -> None:
    path = keep(tmp_path, f"20261128T120000-{safe_name(recipient)}", b"x")
    assert path.parent == tmp_path
    assert path.resolve().parent == tmp_path.resolve()
    assert [it.name for it in tmp_path.iterdir()] == [path.name]
