"""The house put together from the settings: ports, worker, and the application over both."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from auth.keys import Keys, open_keys
from auth.opaque_ids import OpaqueIds
from auth.passwords import Passwords
from mail.transport import SmtpTransport
from resolvers.change import letter_seal
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.database_clock import DatabaseClock
from resolvers.points import Points
from resolvers.ports import Ports
from server.http_rules import origin_of
from server.live import Live
from server.numbering import Registrar
from server.postman import Postman
from server.rounds import Rounds
from server.scribe import OpenSecret, Scribe
from server.settings import Settings
from server.worker import Worker
from storage.files import Files
from storage.malware import Clamd
from storage.store import Store

# In seconds.
NEWS_WAIT = 120
CLOCK_EVERY = 5.0


@asynccontextmanager
async def open_house(
    settings: Settings, database_url: str, smtp_url: str
) -> AsyncGenerator[tuple[Ports, Worker]]:
    """Yield the ports, and the worker for letters that are written. Raise AWAY, BadKeys, ValueError."""
    keys = open_keys(settings.keys)
    files = Files(Store.open(settings.storage_url or settings.home / "files"))
    database = Database(database_url, terms_of(settings))
    passwords = Passwords()
    scribe = Scribe(secret_opener(keys), sender_of(settings), settings.public_url)
    transports = [SmtpTransport(smtp_url) for _ in range(settings.mail_connections)]
    clock = DatabaseClock(database)
    worker = Worker(database, Postman(database, transports, clock, scribe.write))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.callback(passwords.close)
        await stack.enter_async_context(set_right(clock))
        yield (
            Ports(
                database=database,
                files=files,
                scanner=Clamd.at(settings.clamd_url) if settings.clamd_url else None,
                clock=clock,
                passwords=passwords,
                keys=keys,
                ids=OpaqueIds(keys.ids),
                public_url=settings.public_url,
                origins=(origin_of(settings.public_url), *settings.allowed_origins),
                upload_limit=settings.upload_limit,
                large_upload_limit=settings.large_upload_limit,
                purge_after=timedelta(days=settings.purge_after_days),
                news_wait=timedelta(seconds=NEWS_WAIT if settings.news_wait is None else settings.news_wait),
                points=Points(database),
            ),
            worker,
        )


@asynccontextmanager
async def set_right(clock: DatabaseClock) -> AsyncGenerator[None]:
    """Let a clock agree with the database's before the block begins, and time and again in it. Raise AWAY."""
    await clock.agree()
    async with working(Rounds("asking for the time", CLOCK_EVERY, clock.agree)):
        yield


def terms_of(settings: Settings) -> Terms:
    """Return what is set of the connections to the database."""
    return Terms(
        settings.database_pool, settings.statement_timeout, settings.idle_timeout, settings.pooler_url
    )


def sender_of(settings: Settings) -> str:
    """Return the address that letters come from: of the host that people use, unless one is set."""
    if settings.mail_sender:
        return settings.mail_sender
    # A host that is an address of IPv6 has no name here.
    host = urlsplit(settings.public_url).hostname or ""
    return f"no-reply@{'localhost' if ':' in host else host}"


def secret_opener(keys: Keys) -> OpenSecret:
    """Return what opens the secret that a letter carries."""

    def open_secret(licence_id: UUID, letter_id: UUID, sealed: bytes) -> str:
        return keys.open(sealed, bound_to=letter_seal(licence_id, letter_id)).decode()

    return open_secret


@asynccontextmanager
async def working(*workers: Worker | Registrar | Rounds | Live) -> AsyncGenerator[None]:
    """Let these run beside whatever the block does."""
    tasks = [asyncio.create_task(it.run()) for it in workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
