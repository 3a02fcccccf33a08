"""Commands that write the firm's files as tables: export relations, dossiers and documents."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import KluisError
from core.viewer import Viewer
from models.tables import AnyRow
from resolvers import content, exporting, operating
from resolvers.entering import acting
from resolvers.ports import Ports
from server import csv_tables, import_tables
from server.csv_tables import REFERENCE, Table
from server.import_commands import Actor, Slug
from server.terminal import operate, progress

commands = typer.Typer(help="Write tables that `import` reads; to import them again changes nothing.")
File = Annotated[Path, typer.Argument(help="The CSV file to write.")]


def columns_of(table: Table) -> list[str]:
    """Return the columns of a file, what things are called first."""
    return [REFERENCE, *table.columns]


@commands.command()
def relations(slug: Slug, file: File, *, actor: Actor) -> None:
    """Write all relations."""

    async def work(ports: Ports) -> None:
        viewer = await operating.acting_as(ports, slug, actor, "export relations")
        async with acting(ports, viewer) as change:
            with csv_tables.written(file, columns_of(import_tables.RELATIONS)) as write:
                async for row in exporting.all_relations(change):
                    write(row)
            change.record("relations.exported")

    operate(work)


@commands.command()
def dossiers(slug: Slug, file: File, *, actor: Actor) -> None:
    """Write all dossiers."""

    async def work(ports: Ports) -> None:
        viewer = await operating.acting_as(ports, slug, actor, "export dossiers")
        async with acting(ports, viewer) as change:
            with csv_tables.written(file, columns_of(import_tables.DOSSIERS)) as write:
                async for row in exporting.all_dossiers(change):
                    write(by_role(row))
            change.record("dossiers.exported")

    operate(work)


def by_role(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a dossier with a column for each role."""
    named = {
        column: [reference for role, reference in row["members"] if role == word]
        for column, word in import_tables.MEMBERS.items()
    }
    return {**row, **named}


@commands.command()
def documents(
    slug: Slug,
    file: File,
    folder: Annotated[Path, typer.Argument(help="The folder to write their files into.")],
    *,
    actor: Actor,
) -> None:
    """Write all documents that the account may read, and their files."""

    async def work(ports: Ports) -> None:
        viewer = await operating.acting_as(ports, slug, actor, "export documents")
        async with acting(ports, viewer) as change:
            keys = [key async for some in exporting.pages(change, exporting.DOCUMENT_KEYS) for key in some]
        left_out = 0
        with (
            progress("Writing", len(keys)) as went_on,
            csv_tables.written(file, columns_of(import_tables.DOCUMENTS)) as write,
        ):
            for at in range(0, len(keys), exporting.PAGE):
                async with acting(ports, viewer) as change:
                    found = await exporting.documents_of(change, keys[at : at + exporting.PAGE])
                for said, row in found:
                    is_there = row is not None and await is_saved(ports, viewer, row, folder / said["file"])
                    left_out += not is_there
                    write(said if is_there else {**said, "file": None})
                went_on(len(keys[at : at + exporting.PAGE]))
        if left_out:
            typer.echo(f"{left_out} files are left out: they can not be opened, or are damaged.")
            raise typer.Exit(1)

    operate(work)


async def is_saved(ports: Ports, viewer: Viewer, row: AnyRow, path: Path) -> bool:
    """Write the file of a version; return whether it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            async for piece in await content.first_of(ports, viewer.licence_id, row):
                file.write(piece)
    except KluisError:
        path.unlink(missing_ok=True)  # noqa: ASYNC240  a command does one thing at a time
        return False
    return True
