"""The way to the mail server: a connection per batch, and an error that says whether to try again."""

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Protocol

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from mail.lines import one_line
from mail.relays import Relay

SECONDS_PER_LETTER = 30.0
OUR_NAME = "[127.0.0.1]"
# RFC 4954: these speak of how we sign in, not of the letter.
NOT_ABOUT_THE_LETTER = frozenset({530, 534, 535, 538})
LOST = (SMTPException, OSError)
"""What a connection that is refused, lost or silent raises; TimeoutError is an OSError."""


class Undelivered(Exception):
    """The mail server did not take the letter; `permanent` says that it never will."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Unreachable(Undelivered):
    """There is no connection to the mail server, so that other letters need not be tried now."""


class Transport(Protocol):
    """Whoever takes letters away."""

    async def send(self, message: EmailMessage) -> None:
        """Hand over one message; raises Undelivered."""
        ...

    async def close(self) -> None:
        """End what `send` opened; never raises."""
        ...


class SmtpTransport:
    """A relay spoken to by SMTP; it connects at the first letter and keeps the connection until `close`."""

    def __init__(
        self, url: str, *, tls: ssl.SSLContext | None = None, seconds: float = SECONDS_PER_LETTER
    ) -> None:
        self._relay = Relay.parse(url)
        self._tls = tls
        self._seconds = seconds
        self._connection: SMTP | None = None

    async def send(self, message: EmailMessage) -> None:
        """Hand over one message; raises Undelivered, or Unreachable where no connection comes about.

        A connection that breaks after the message went out counts as not delivered: the mail may arrive
        twice, with the same Message-ID.
        """
        connection = await self._connected()
        sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        try:
            async with asyncio.timeout(self._seconds):
                await connection.sendmail(sender, [recipient], message.as_bytes())
        except SMTPRecipientsRefused as refusal:
            raise refused(refusal.recipients[0]) from refusal
        except SMTPResponseException as refusal:
            raise refused(refusal) from refusal
        except LOST as loss:
            self._drop()
            raise Undelivered(told(loss)) from loss

    async def reach(self) -> None:
        """Sign in and say goodbye; raises Unreachable."""
        await self._connected()
        await self.close()

    async def close(self) -> None:
        """Say goodbye to the server, if it is still there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*LOST):
                async with asyncio.timeout(self._seconds):
                    await connection.quit()
            connection.close()

    async def _connected(self) -> SMTP:
        if self._connection is None or not self._connection.is_connected:
            self._connection = await self._connect()
        return self._connection

    async def _connect(self) -> SMTP:
        connection = SMTP(
            hostname=self._relay.host,
            port=self._relay.port,
            username=self._relay.username,
            password=self._relay.password,
            use_tls=self._relay.is_encrypted,
            start_tls=self._relay.start_tls,
            tls_context=self._tls,
            # Without a name the library asks the DNS for one.
            local_hostname=OUR_NAME,
        )
        try:
            async with asyncio.timeout(self._seconds):
                await connection.connect()
        except LOST as loss:
            raise Unreachable(told(loss)) from loss
        return connection

    def _drop(self) -> None:
        """Give up a connection of which nobody knows what it waits for."""
        connection, self._connection = self._connection, None
        if connection is not None:  # pragma: no branch  one was there when the letter was tried
            connection.close()


def refused(refusal: SMTPResponseException) -> Undelivered:
    """Return what the server's answer means: 4xx try again, 5xx never (RFC 5321 section 4.2.1)."""
    permanent = refusal.code >= 500 and refusal.code not in NOT_ABOUT_THE_LETTER  # noqa: PLR2004  RFC 5321
    return Undelivered(told(refusal), permanent=permanent)


def told(error: Exception) -> str:
    """Return one line for the administrator: the server's code and words, or the kind of trouble."""
    if isinstance(error, SMTPResponseException):
        return one_line(f"{error.code} {error.message}")
    return one_line(f"{type(error).__name__}: {error}")
