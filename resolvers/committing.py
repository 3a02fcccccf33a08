"""Committing: whoever does not wait any longer leaves the commit to the database, and never cancels it.

It may wait for a standby. Cancelled then, PostgreSQL lets everybody see what one machine alone has, and says
no more than a warning: whoever tried again, and found it there, would be told that it is kept.
"""

import asyncio
from typing import Any, Final

# In seconds. The driver cancels what it does not wait for any longer; who commits has a limit of his own.
FOREVER: Final = 86_400.0


async def commit(driver: Any, *, within: float) -> None:
    """Return when all is kept that a transaction has changed.

    Raise asyncpg.PostgresError, and TimeoutError when it takes more than so many seconds: then it may have
    been kept or not, and the connection is given up.
    """
    committing = asyncio.ensure_future(driver.execute("COMMIT", timeout=FOREVER))
    try:
        await asyncio.wait({committing}, timeout=within)
    finally:
        is_left = not committing.done()
        if is_left:
            driver.terminate()
            await asyncio.gather(committing, return_exceptions=True)
    if is_left:
        raise TimeoutError
    committing.result()
