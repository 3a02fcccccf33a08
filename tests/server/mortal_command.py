"""A command of the operator's in a process of its own, that can be killed."""

import os
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from server import cli
from tests.server.processes import PROCESSES


def begin(environment: Mapping[str, str], *words: str | Path) -> BaseProcess:
    """Type a command where these settings hold, and no others."""
    process = PROCESSES.Process(target=work, args=(dict(environment), [*map(str, words)]))
    process.start()
    return process


def work(environment: dict[str, str], words: list[str]) -> None:
    """Carry the command out; what it says is for nobody."""
    for name in [it for it in os.environ if it.startswith("KLUIS_")]:
        del os.environ[name]
    os.environ.update(environment)
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  until the end
    cli.app(words)
