"""PostgreSQL kept up: whenever it ends by itself it is started again, until its keeper is told to stop."""

import logging
import subprocess
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager

from server import children
from server.cluster import NotStarted

# In seconds.
LOOKS_EVERY = 0.1
TRIES_EVERY = 1.0

log = logging.getLogger("kluis.embedded")


@contextmanager
def kept_up(start: Callable[[], subprocess.Popen[bytes]], *, patience: float) -> Generator[None]:
    """Start PostgreSQL, and again whenever it ends before the block does; raises NotStarted the first time.

    At the end it is interrupted, and after so many seconds told to quit. It ends with the
    thread that started it: that is one of its own, which lasts as long as the block.
    """
    keeper = Keeper(start, patience)
    keeper.begin()
    try:
        yield
    finally:
        keeper.end()


class Keeper(threading.Thread):
    """The thread that starts a server, looks after it, and stops it."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]], patience: float) -> None:
        super().__init__(name="keeper", daemon=True)
        self._starts = start
        self._patience = patience
        self._is_told = threading.Event()
        self._first: Future[None] = Future()

    def begin(self) -> None:
        """Return when the server is up; raises NotStarted."""
        self.start()
        self._first.result()

    def end(self) -> None:
        """Return when the server has ended."""
        self._is_told.set()
        self.join()

    def run(self) -> None:
        """Start it, and keep it up until told to end it."""
        try:
            child = self._starts()
        except BaseException as error:  # noqa: BLE001  whoever waits for it raises it
            self._first.set_exception(error)
            return
        self._first.set_result(None)
        while not self._is_told.wait(LOOKS_EVERY):
            if child.poll() is not None:
                log.warning("PostgreSQL ended (%s); it is started again", child.returncode)
                child = self._started_again(child)
        children.stop(child, patience=self._patience)

    def _started_again(self, ended: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Return the server that runs in the place of one that ended, or that one when told to stop."""
        while not self._is_told.is_set():
            try:
                return self._starts()
            except (NotStarted, OSError) as error:
                log.warning("%s", error)
            self._is_told.wait(TRIES_EVERY)
        return ended
