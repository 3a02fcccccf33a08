"""Processes that can be killed: forked from one in which everything was imported and built once."""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

# One server of forks serves all tests of a process, so that it must know all that any of them needs.
PROCESSES: ForkServerContext = get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [f"tests.server.{it}" for it in ("mortal", "mortal_server", "mortal_command", "frozen", "sleepers")]
)
