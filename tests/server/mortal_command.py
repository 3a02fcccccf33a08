"""A command of the operator's in a process of its own, that can be killed."""

import os
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from server import cli
from tests.server.processes import PROCESSES

NOBODY: Final = Path(os.devnull)


def begin(environment: Mapping[str, str], *words: str | Path, output: Path = NOBODY) -> BaseProcess:
    """Type a command where these settings hold, and no others; what it says goes into a file."""
    process = PROCESSES.Process(target=work, args=(dict(environment), [*map(str, words)], output))
    process.start()
    return process


def work(environment: dict[str, str], words: list[str], output: Path) -> None:
    """Carry the command out."""
    for name in [it for it in os.environ if it.startswith("KLUIS_")]:
        del os.environ[name]
    os.environ.update(environment)
    sys.stdout = sys.stderr = output.open("a")
    try:
        cli.app(words)
    finally:
        sys.stdout.flush()
