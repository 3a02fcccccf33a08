"""Processes that do nothing: until they are told to stop, and longer, or not at all."""

import signal
import sys
import time
from multiprocessing.synchronize import Event

LONG = 300


def sleep() -> None:
    """End when told to stop."""
    time.sleep(LONG)


def refuse_to_stop(hears_nothing: Event) -> None:
    """Say that nothing is heard any more."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    hears_nothing.set()
    time.sleep(LONG)


def fall() -> None:
    """End at once."""
    sys.exit(1)
