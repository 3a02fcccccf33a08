"""Moments at which somebody waits for what another holds, so that a test can act in between."""

import asyncio
from typing import Final

from tests.models.catalogue import asked

WAITING: Final = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def somebody_waits(database_url: str) -> None:
    """Return once a statement waits for what another holds."""
    async with asyncio.timeout(20):
        while not await asked(database_url, WAITING):
            pass
