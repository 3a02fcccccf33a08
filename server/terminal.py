"""Commands at a terminal: what stands in the way is told in one line, what takes time shows how far it is."""

from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Final

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from auth.keys import BadKeys
from core.errors import KluisError
from resolvers.ports import Ports
from server import logs, running, settings
from server.backups import BadBackup
from server.cluster import NotStarted
from server.running import CannotRun
from server.settings import BadSetting, Settings

INTERRUPTED: Final = 130


@contextmanager
def said_in_one_line() -> Generator[Settings]:
    """Yield the settings; what stands in the way is told in one line, with exit status 1."""
    try:
        given = settings.read()
        logs.begin(given.log)
        yield given
    except (BadSetting, BadKeys, BadBackup, CannotRun, NotStarted, KluisError, ValueError) as error:
        typer.echo(f"kluis: {error}", err=True)
        raise typer.Exit(1) from None


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run something to its end, or until somebody says stop."""
    try:
        uvloop.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def operate(work: Callable[[Ports], Coroutine[Any, Any, None]]) -> None:
    """Do one thing of the operator's with the ports."""

    async def done(given: Settings, url: str) -> None:
        async with running.opened(given, url) as ports:
            await work(ports)

    with said_in_one_line() as given, running.database(given) as url:
        run(done(given, url))


@contextmanager
def progress(what: str, total: int) -> Generator[Callable[[int], None]]:
    """Show a bar while the block runs, on standard error; yield what it is told by how much was done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)
