"""Probes: the health of a process, told beside its metrics; a worker has no other place to tell it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from server.health import PATIENCE, Health

LIVE: Final = "/health/live"
READY: Final = "/health/ready"
# In seconds: longer than a look at everything takes.
WAITS: Final = PATIENCE + 1
HEADERS: Final = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Probes:
    """Those of the loop that it is made in: while that does not come round it is neither live nor ready."""

    def __init__(self, health: Health) -> None:
        self._loop = asyncio.get_running_loop()
        self._looks: dict[str, Callable[[], Awaitable[bool]]] = {LIVE: comes_round, READY: health.look}

    def before(self, app: Wsgi) -> Wsgi:
        """Return an application that answers these, and leaves everything else to `app`."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            path = str(environ.get("PATH_INFO"))
            look = self._looks.get(path)
            if look is None:
                return app(environ, start_response)
            is_well, word = self._asked(look), path.rpartition("/")[2]
            # The server puts the length into the list that it is given.
            start_response("200 OK" if is_well else "503 Service Unavailable", [*HEADERS])
            return [json.dumps({"status": word if is_well else f"not {word}"}).encode()]

        return answer

    def _asked(self, look: Callable[[], Awaitable[bool]]) -> bool:
        """Return what the event loop says, from another thread."""

        async def looked() -> bool:
            return await look()

        try:
            return asyncio.run_coroutine_threadsafe(looked(), self._loop).result(WAITS)
        except TimeoutError:
            return False


async def comes_round() -> bool:
    """Return True, once the event loop has come to it."""
    return True
