"""The transport, against real mail servers: what arrives, and what each kind of trouble means."""

import asyncio
from email import message_from_bytes
from pathlib import Path

import pytest

from mail.letters import compose
from mail.transport import SmtpTransport, Undelivered, Unreachable
from tests.mail.correspondents import letter
from tests.mail.servers import Office, authenticator, certificate, serving

MESSAGE = compose(letter())


def plain(port: int, *, seconds: float = 30) -> SmtpTransport:
    return SmtpTransport(f"smtp://127.0.0.1:{port}?starttls=off", seconds=seconds)


async def refusal(transport: SmtpTransport) -> Undelivered:
    with pytest.raises(Undelivered) as trouble:
        await transport.send(MESSAGE)
    await transport.close()
    return trouble.value


async def test_a_message_arrives_as_it_was_written() -> None:
    office = Office()
    async with serving(office) as port:
        transport = plain(port)
        await transport.send(MESSAGE)
        await transport.close()
    assert message_from_bytes(office.received[0])["Message-ID"] == MESSAGE["Message-ID"]
    assert office.received[0] == MESSAGE.as_bytes()


async def test_a_batch_goes_over_one_connection() -> None:
    office = Office()
    async with serving(office) as port:
        transport = plain(port)
        for _ in range(3):
            await transport.send(MESSAGE)
        await transport.close()
        assert (len(office.received), office.connections) == (3, 1)
        await transport.send(MESSAGE)
        await transport.close()
        await transport.close()
    assert (len(office.received), office.connections) == (4, 2)


@pytest.mark.parametrize(
    ("rcpt", "data", "permanent"),
    [
        ("450 mailbox busy", "250 OK", False),
        ("550 5.1.1 nobody here", "250 OK", True),
        ("250 OK", "451 later", False),
        ("250 OK", "550 not wanted", True),
        ("250 OK", "554 5.7.1 spam", True),
        ("530 5.7.0 sign in first", "250 OK", False),
    ],
)
async def test_the_code_says_whether_to_try_again(rcpt: str, data: str, *, permanent: bool) -> None:
    async with serving(Office(rcpt=rcpt, data=data)) as port:
        trouble = await refusal(plain(port))
    assert trouble.permanent is permanent
    assert not isinstance(trouble, Unreachable)
    assert str(trouble) == (data if rcpt == "250 OK" else rcpt)


async def test_a_refusal_does_not_end_the_connection() -> None:
    office = Office(rcpt="550 nobody here")
    async with serving(office) as port:
        transport = plain(port)
        with pytest.raises(Undelivered):
            await transport.send(MESSAGE)
        office.rcpt = "250 OK"
        await transport.send(MESSAGE)
        await transport.close()
    assert (len(office.received), office.connections) == (1, 1)


async def test_a_connection_dropped_after_the_message_is_tried_again_on_a_new_one() -> None:
    office = Office(data="drop")
    async with serving(office) as port:
        transport = plain(port)
        with pytest.raises(Undelivered) as trouble:
            await transport.send(MESSAGE)
        office.data = "250 OK"
        await transport.send(MESSAGE)
        await transport.close()
    assert not trouble.value.permanent
    assert not isinstance(trouble.value, Unreachable)
    assert office.connections == 2
    assert len({message_from_bytes(it)["Message-ID"] for it in office.received}) == 1


async def test_a_server_that_hangs_is_left() -> None:
    office = Office()
    office.hang.clear()
    async with serving(office) as port:
        trouble = await refusal(plain(port, seconds=0.2))
    assert (trouble.permanent, str(trouble)) == (False, "TimeoutError:")


async def test_the_next_letter_does_not_go_over_a_connection_that_hung() -> None:
    office = Office()
    office.hang.clear()
    async with serving(office) as port:
        transport = plain(port, seconds=0.5)
        with pytest.raises(Undelivered):
            await transport.send(MESSAGE)
        office.hang.set()
        await transport.send(MESSAGE)
        await transport.close()
        assert office.connections == 2


async def test_a_server_that_is_down_is_unreachable() -> None:
    async with serving(Office()) as port:
        pass
    trouble = await refusal(plain(port))
    assert isinstance(trouble, Unreachable)
    assert not trouble.permanent


async def test_a_server_that_never_greets_is_unreachable() -> None:
    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    done = asyncio.Event()
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        trouble = await refusal(plain(server.sockets[0].getsockname()[1], seconds=0.2))
        done.set()
        await asyncio.sleep(0)
    assert isinstance(trouble, Unreachable)


async def test_a_goodbye_that_fails_is_no_trouble() -> None:
    async with serving(Office()) as port:
        transport = plain(port)
        await transport.send(MESSAGE)
    await transport.close()


async def test_a_server_without_tls_does_not_get_the_letter() -> None:
    office = Office()
    async with serving(office) as port:
        trouble = await refusal(SmtpTransport(f"smtp://127.0.0.1:{port}"))
    assert isinstance(trouble, Unreachable)
    assert office.received == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    office = Office()
    async with serving(office, tls_context=server) as port:
        trouble = await refusal(SmtpTransport(f"smtp://127.0.0.1:{port}"))
    assert isinstance(trouble, Unreachable)
    assert office.received == []


async def test_starttls_and_a_password_lead_to_delivery(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    office = Office()
    options = {"tls_context": server, "require_starttls": True, "auth_required": True}
    async with serving(office, **options, authenticator=authenticator) as port:
        transport = SmtpTransport(f"smtp://kluis:p%40ss@127.0.0.1:{port}", tls=client)
        await transport.send(MESSAGE)
        await transport.close()
    assert len(office.received) == 1


async def test_a_wrong_password_is_our_trouble_and_not_the_letters(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    office = Office()
    async with serving(office, tls_context=server, authenticator=authenticator) as port:
        trouble = await refusal(SmtpTransport(f"smtp://kluis:hushhush@127.0.0.1:{port}", tls=client))
    assert isinstance(trouble, Unreachable)
    assert not trouble.permanent
    assert str(trouble).startswith("535 ")
    assert "hushhush" not in str(trouble)
