"""A worker in a process of its own, that can be killed."""

import asyncio
from datetime import datetime
from multiprocessing.process import BaseProcess

from mail.transport import SmtpTransport
from resolvers.database import Database
from server.worker import Worker
from tests.conftest import SetClock
from tests.databases import PATIENT
from tests.server.desks import postman
from tests.server.processes import PROCESSES

WAYS = 4


def begin(database_url: str, smtp_url: str, now: datetime) -> BaseProcess:
    """Start a worker to which it is `now`; it works until it is killed."""
    process = PROCESSES.Process(target=work, args=(database_url, smtp_url, now), daemon=True)
    process.start()
    return process


def work(database_url: str, smtp_url: str, now: datetime) -> None:
    """Deliver letters for ever."""
    asyncio.run(deliver(database_url, smtp_url, now))


async def deliver(database_url: str, smtp_url: str, now: datetime) -> None:
    database, clock = Database(database_url, PATIENT), SetClock()
    clock.moment = now
    ways = [SmtpTransport(smtp_url) for _ in range(WAYS)]
    await Worker(database, postman(database, clock, *ways)).run()
