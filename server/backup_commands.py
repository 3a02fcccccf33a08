"""Commands for the worst day: backup, check-backup, restore, and the drill for it."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer

from auth import keys
from auth.keys import open_keys
from core.clock import SystemClock
from server import cut_off, drill, restore_rules, restoring, running
from server.backing_up import Source, back_up
from server.backups import Backups
from server.drill import Vault
from server.dumps import Place
from server.embedded import embedded
from server.file_commands import require_agreement
from server.restoring import Target
from server.running import CannotRun
from server.settings import Settings
from server.terminal import run, said_in_one_line
from storage.store import Store

MOST: Final = 10_000
commands = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="The folder of backups, on another disk than the data.")]
SendLetters = Annotated[
    bool, typer.Option("--send-letters", help="Send the letters that waited; else they are set aside.")
]
Name = Annotated[str | None, typer.Option("--backup", help="Which one, by its name; else the newest.")]


@commands.command()
def backup(
    folder: Folder,
    *,
    keys_to: Annotated[
        Path | None,
        typer.Option(help="A file outside of that folder to copy the keys to; else they are not copied."),
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Take all but so many of the newest away afterwards.")
    ] = None,
) -> None:
    """Back the database and the files up while servers run; files that it has already are not copied."""
    with said_in_one_line() as given, ExitStack() as stack:
        backups = Backups(folder)
        if keys_to and keys_to.resolve().is_relative_to(backups.folder.resolve()):
            raise CannotRun("The keys do not belong beside the data: name a file outside of the folder.")
        if not given.keys.exists():
            raise CannotRun(f"{given.keys} is not there: without the keys no backup opens.")
        stack.enter_context(backups.held(to_write=True))
        url = stack.enter_context(running.database(given))
        run(backed_up(given, url, backups, keys_to, keep))


async def backed_up(
    given: Settings, url: str, folder: Backups, keys_to: Path | None, keep: int | None
) -> None:
    """Make a backup and tell of it; end with status 1 when something is missing in it. Raise CannotRun."""
    source = Source(
        given.backup_database_url or url,
        Place(given.backup_database_url or url, is_embedded=given.database_url is None),
        store_of(given),
        open_keys(given.keys).installation,
    )
    made = await back_up(source, folder, SystemClock().now())
    if keys_to:
        # Afterwards: what a new key has sealed meanwhile is in the file too.
        keys.copy(given.keys, keys_to)
    typer.echo(f"{made.backup.folder}: {made.manifest.objects} files, {made.new} of them new.")
    if keep is not None:
        typer.echo(f"{folder.keep(keep)} older backups were taken away.")
    for key in made.manifest.missing:
        typer.echo(f"MISSING {key}")
    if made.manifest.missing:
        raise typer.Exit(1)


@commands.command()
def check_backup(folder: Folder, *, name: Name = None) -> None:
    """Read a backup from end to end, and tell whether it is as it was written."""
    with said_in_one_line():
        backups = Backups(folder)
        with backups.held(to_write=False):
            chosen = restoring.choose(backups, name)
            digests = restoring.read_through(backups, chosen)
        typer.echo(f"{chosen.backup.name} is whole: {len(digests)} files.")


@commands.command()
def restore(
    folder: Folder,
    *,
    name: Name = None,
    keys_from: Annotated[
        Path | None, typer.Option("--keys", help="The copy of the keys, where they are not in place already.")
    ] = None,
    send_letters: SendLetters = False,
) -> None:
    """Bring a backup into an empty home, or an empty database, and compare rows and files."""
    with said_in_one_line() as given, ExitStack() as stack:
        backups = Backups(folder)
        stack.enter_context(backups.held(to_write=False))
        chosen = restoring.choose(backups, name)
        restore_rules.require_fit(chosen, given, keys_from)
        if given.database_url:
            run(require_wanting(given.database_url, chosen))
        digests = restoring.read_through(backups, chosen)
        cut_off.begin(given.home, chosen.mark)
        if keys_from:
            keys.copy(keys_from, given.keys)
        url = given.database_url or stack.enter_context(embedded(given.home))
        target = Target(url, Place(url, is_embedded=given.database_url is None), store_of(given))
        run(restoring.restore(chosen, digests, backups, target, sends_letters=send_letters))
        cut_off.finish(given.home)
        typer.echo(f"{chosen.backup.name} is restored. Everybody signs in anew.")
        run(verified(given, url))


@commands.command()
def settle_restore(*, send_letters: SendLetters = False) -> None:
    """End sessions and set letters aside after a database was brought back by other means, before a start."""
    with said_in_one_line() as given, running.database(given) as url:
        run(restoring.settle(given.backup_database_url or url, sends_letters=send_letters))
        typer.echo("The database is settled. Everybody signs in anew.")


@commands.command(name="drill")
def practise() -> None:
    """Practise the worst day on an invented vault: back up under load, lose all, restore, open documents."""
    with said_in_one_line(), TemporaryDirectory(prefix="kluis-drill-") as folder:
        for what, seen in drill.run(Vault(Path(folder))).items():
            typer.echo(f"{what}: {seen}")


async def require_wanting(url: str, chosen: restoring.Chosen) -> None:
    """Require that a database is empty, or holds this backup already. Raise CannotRun."""
    await restoring.is_wanting(url, chosen)


async def verified(given: Settings, url: str) -> None:
    """Compare rows and files; end with status 1 where something is missing. Raise CannotRun."""
    async with running.opened(given, url) as ports:
        await require_agreement(ports)


def store_of(given: Settings) -> Store:
    """Return the store of an installation. Raise ValueError."""
    return Store.open(given.storage_url or given.home / "files")
