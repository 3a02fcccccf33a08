"""Commands for files and their keys: rotate-keys, sweep, scrub and verify."""

from typing import Annotated, Final

import typer

from auth import keys, vault
from resolvers import operating
from resolvers.ports import Ports
from resolvers.rewrapping import count_old, rewrap
from resolvers.scrubbing import EVERY, count_due, scrub
from resolvers.verifying import Compared, compare, count_rows
from server.caretaker import Caretaker
from server.running import CannotRun
from server.terminal import operate, progress

SHOWN: Final = 20
commands = typer.Typer()


@commands.command()
def rotate_keys(
    *,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Give older keys up, with which nothing is sealed any more.")
    ] = False,
) -> None:
    """Seal all that is kept sealed with a new key; servers that run go on."""
    operate(drop_old_keys if drop_old else seal_with_new_key)


async def seal_with_new_key(ports: Ports) -> None:
    """Make a new key and seal everything with it, or go on where that was cut off."""
    licence_ids = await ports.database.licence_ids()
    if not await left_to_seal(ports):
        keys.rotate(ports.keys.vault.path, vault.rotated)
    with progress("Sealing", await left_to_seal(ports)) as went_on:
        sealed = sum([await rewrap(ports, it, went_on) for it in licence_ids])
    await operating.remember(ports, "keys.rotated")
    typer.echo(
        f"{sealed} secrets are sealed with the newest key. The older keys still open what they sealed."
    )


async def drop_old_keys(ports: Ports) -> None:
    """Give up every key but the newest. Raise CannotRun while they are needed."""
    left = await left_to_seal(ports)
    if left:
        raise CannotRun(f"{left} secrets are sealed with older keys. Run rotate-keys first.")
    keys.rotate(ports.keys.vault.path, vault.without_old)
    await operating.remember(ports, "keys.dropped")
    typer.echo("There is one key now. A copy of the key file from before opens nothing that is sealed here.")


async def left_to_seal(ports: Ports) -> int:
    """Return how many secrets an older key has sealed."""
    return sum([await count_old(ports, it) for it in await ports.database.licence_ids()])


@commands.command()
def sweep() -> None:
    """Take away what has ended, what was deleted long ago, and objects that no row names."""

    async def swept(ports: Ports) -> None:
        caretaker = Caretaker(ports)
        rows, objects = await caretaker.sweep(), await caretaker.sweep_orphans()
        typer.echo(f"{rows} rows have ended, and {objects} objects belonged to none.")

    operate(swept)


@commands.command(name="scrub")
def scrub_files(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="All files, and not only those whose month is over.")
    ] = False,
) -> None:
    """Read files again, from end to end, and tell which are damaged."""

    async def read(ports: Ports) -> None:
        now, damaged = ports.clock.now(), 0
        until = now if everything else now - EVERY
        licence_ids = await ports.database.licence_ids()
        due = sum([await count_due(ports, it, until) for it in licence_ids])
        with progress("Reading", due) as went_on:
            for licence_id in licence_ids:
                async for row, trouble in scrub(ports, licence_id, until=until, now=now):
                    went_on(1)
                    damaged += trouble is not None
                    if trouble:
                        typer.echo(f"{trouble} {row.object_key} document {row.document_id} {row.number}")
        typer.echo(f"{due} files were read, {damaged} are damaged or missing.")
        if damaged:
            raise typer.Exit(1)

    operate(read)


@commands.command()
def verify() -> None:
    """Compare rows and objects, after a restore: whether every row has its object."""
    operate(require_agreement)


async def require_agreement(ports: Ports) -> None:
    """Compare rows and objects, and tell of it; end with status 1 where they do not agree."""
    licence_ids = await ports.database.licence_ids()
    rows = sum([await count_rows(ports, it) for it in licence_ids])
    with progress("Comparing", rows) as went_on:
        found = [await compare(ports, it, went_on) for it in licence_ids]
    for line in report(found):
        typer.echo(line)
    if not all(it.agrees for it in found):
        raise typer.Exit(1)


def report(found: list[Compared]) -> list[str]:
    """Return what a comparison came to, line by line."""
    missing = [key for it in found for key in it.missing]
    other_size = [key for it in found for key in it.other_size]
    lines = [f"MISSING {key}" for key in missing[:SHOWN]]
    lines += [f"OTHER SIZE {key}" for key in other_size[:SHOWN]]
    rows, objects = sum(it.rows for it in found), sum(it.objects for it in found)
    unknown = sum(it.unknown for it in found)
    summary = (
        f"{rows} rows and {objects} objects: {len(missing)} objects are missing, {len(other_size)} have "
        f"another size, and {unknown} belong to no row."
    )
    return [*lines, summary]
