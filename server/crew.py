"""A crew: several server processes on one socket; whichever dies is replaced, and all stop together."""

import ctypes
import logging
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing import connection, get_context
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Final

import uvloop

from auth.keys import BadKeys
from server import logs, running
from server.measuring import Address
from server.running import CannotRun
from server.settings import BadSetting, Settings

# Each begins in an interpreter of its own: a fork would take over threads and event loops half way.
PROCESSES: Final[SpawnContext] = get_context("spawn")
# What a process ends with that would not run the next time either (EX_CONFIG of sysexits.h).
UNFIT: Final = 78
# In seconds.
LOOKS_EVERY: Final = 0.5
LEAST_LIFE: Final = 1.0
"""One that lived shorter is replaced only after as long, so that a crew that falls does not spin."""
SLACK: Final = 10.0
"""How much longer than it promises a process may take to stop."""
# linux/prctl.h: the signal that a process gets when its parent is gone.
PR_SET_PDEATHSIG: Final = 1

log = logging.getLogger("kluis.crew")
Begin = Callable[[int], BaseProcess]
"""Starts the process of a place, counted from 0."""


class Crew:
    """So many processes at all times, until somebody says stop."""

    def __init__(self, begin: Begin, size: int, *, patience: float) -> None:
        self._begin = begin
        self._size = size
        self._patience = patience
        self._is_told = False
        self._crew: list[tuple[BaseProcess, float]] = []

    def run(self) -> None:
        """Keep all places filled until a signal comes. Raise CannotRun where a process can not run at all."""
        before = [(it, signal.signal(it, self._hear)) for it in running.STOPPING]
        try:
            self._crew = [self._started(place) for place in range(self._size)]
            while not self._is_told:
                connection.wait([it.sentinel for it, _ in self._crew], LOOKS_EVERY)
                self._replace()
        finally:
            self._stop()
            for number, handler in before:
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self._is_told = True

    def _started(self, place: int) -> tuple[BaseProcess, float]:
        return self._begin(place), time.monotonic()

    def _replace(self) -> None:
        """Start another one for each that has ended."""
        for place, (process, since) in enumerate(self._crew):
            if process.exitcode is None or self._is_told:
                continue
            if process.exitcode == UNFIT:
                raise CannotRun("A server process can not run: the line before this one says why.")
            log.warning("server process %s ended (%s); another one starts", process.pid, process.exitcode)
            time.sleep(max(0.0, LEAST_LIFE - (time.monotonic() - since)))
            self._crew[place] = self._started(place)

    def _stop(self) -> None:
        """Tell all to stop, and wait; who takes too long is killed."""
        for process, _ in self._crew:
            process.terminate()
        until = time.monotonic() + self._patience
        for process, _ in self._crew:
            process.join(max(0.0, until - time.monotonic()))
            process.kill()
            process.join()


def serve(settings: Settings, url: str, listening: socket.socket, size: int) -> None:
    """Answer with so many processes until the program is told to stop. Raise CannotRun."""

    def begin(place: int) -> BaseProcess:
        process = PROCESSES.Process(target=work, args=(settings, url, listening, place), daemon=True)
        process.start()
        return process

    patience = running.grace_of(settings, is_demo=False) + running.SECONDS_TO_STOP + SLACK
    Crew(begin, size, patience=patience).run()


def work(settings: Settings, url: str, listening: socket.socket, place: int) -> None:
    """Be one of them: answer until told to stop, or until nobody is there who would tell."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    logs.begin(settings.log)
    try:
        uvloop.run(running.serve(at_place(settings, place), url, listening, is_demo=False))
    except (BadSetting, BadKeys, CannotRun, ValueError) as error:
        log.error("%s", error)  # noqa: TRY400  it says all there is to say
        raise SystemExit(UNFIT) from None


def at_place(settings: Settings, place: int) -> Settings:
    """Return the settings of one of them: each shows its metrics at a port of its own, side by side."""
    if settings.metrics is None:
        return settings
    host, port = Address.parse(settings.metrics)
    shown = f"[{host}]" if ":" in host else host
    return settings.model_copy(update={"metrics": f"{shown}:{port + place if port else 0}"})
