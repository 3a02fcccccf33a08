"""Commands that bring files in from other programs: import relations, dossiers and documents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from core.viewer import Viewer
from resolvers import (
    batches,
    import_documents,
    import_dossiers,
    import_relations,
    matching_documents,
    operating,
)
from resolvers.batches import Examine, Write
from resolvers.import_dossiers import NamedMember
from resolvers.importing import Outcome, Problem, Row, noted
from resolvers.ports import Ports
from server import import_tables
from server.terminal import operate, progress
from storage.local_files import file_in

commands = typer.Typer(help="Bring in what other programs know; again with the same files does no harm.")
Slug = Annotated[str, typer.Argument(help="The licence's short name.")]
File = Annotated[Path, typer.Argument(help="A CSV file, in UTF-8, whose first line names its columns.")]
Actor = Annotated[
    str, typer.Option("--as", help="In whose name: the user name of somebody who works for the firm.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only tell what would come of it, and every problem with its line.")
]


@dataclass(frozen=True, slots=True)
class Job:
    """One import: in whose name, and what looks at rows and writes them."""

    ports: Ports
    viewer: Viewer
    examine: Examine
    write: Write
    tables: Sequence[str]
    """Those that are written."""

    async def run(self, rows: Sequence[Row], problems: Sequence[Problem], *, dry_run: bool) -> None:
        """Look at all rows, write those without a problem, and tell what came of it.

        Exit with status 1 where there are problems.
        """
        with progress("Looking", len(rows)) as went_on:
            outcome = await batches.examined(self.ports, self.viewer, rows, self.examine, went_on)
        outcome.problems += problems
        refused = {it.place for it in outcome.problems}
        if not dry_run:
            good = [it for it in rows if it.place not in refused]
            with progress("Writing", len(good)) as went_on:
                found = await batches.written(self.ports, self.viewer, good, self.write, went_on)
            await self.ports.database.analyze(self.tables)
            found.problems += outcome.problems
            outcome = found
        tell(outcome, dry_run=dry_run)


def tell(outcome: Outcome, *, dry_run: bool) -> None:
    """Tell what rows came to; exit with status 1 where there are problems."""
    problems = sorted(outcome.problems, key=lambda it: it.place)
    for it in problems:
        typer.echo(": ".join([f"line {it.place}", *map(snake, it.error.path[-1:]), str(it.error)]))
    lines = len({it.place for it in problems})
    typer.echo(
        f"{len(outcome.created)} new, {len(outcome.updated)} changed, {len(outcome.unchanged)} as they were; "
        f"{lines} lines with problems." + (" Nothing was written." if dry_run else "")
    )
    if problems:
        raise typer.Exit(1)


def snake(name: str) -> str:
    """Return the name of the column that a field has."""
    return re.sub("[A-Z]", lambda it: f"_{it[0].lower()}", name)


@commands.command()
def relations(slug: Slug, file: File, *, actor: Actor, dry_run: DryRun = False) -> None:
    """Add relations, and change those that are there already."""

    async def work(ports: Ports) -> None:
        viewer = await operating.acting_as(ports, slug, actor, "import relations")
        read, problems = import_tables.RELATIONS.rows(file)
        rows, wrong = import_relations.kept(read, ports.clock.now().date())
        do = import_relations.dry_run, import_relations.import_relations
        job = Job(ports, viewer, *do, import_relations.TABLES)
        await job.run(rows, [*problems, *wrong], dry_run=dry_run)

    operate(work)


@commands.command()
def dossiers(slug: Slug, file: File, *, actor: Actor, dry_run: DryRun = False) -> None:
    """Open dossiers, and change those that are there already; their relations come first."""

    async def work(ports: Ports) -> None:
        viewer = await operating.acting_as(ports, slug, actor, "import dossiers")
        read, problems = import_tables.DOSSIERS.rows(file)
        rows, wrong = import_dossiers.kept([with_members(it) for it in read])
        do = import_dossiers.dry_run, import_dossiers.import_dossiers
        job = Job(ports, viewer, *do, import_dossiers.TABLES)
        await job.run(rows, [*problems, *wrong], dry_run=dry_run)

    operate(work)


def with_members(row: Row) -> Row:
    """Return the row of a dossier with its members in one list, where any column names them."""
    said = dict(row.said)
    columns = {name: said.pop(name) for name in import_tables.MEMBERS if name in said}
    if not columns:
        return row
    named = [
        NamedMember(reference, import_tables.MEMBERS[name])
        for name, cell in columns.items()
        for reference in ([cell] if isinstance(cell, str) else cell or ())
    ]
    return replace(row, said={**said, "members": named})


@commands.command()
def documents(
    slug: Slug,
    file: File,
    folder: Annotated[Path, typer.Argument(help="The folder in which their files are.")],
    *,
    actor: Actor,
    dry_run: DryRun = False,
) -> None:
    """Add documents with their files, and change those that are there already; dossiers come first."""

    async def work(ports: Ports) -> None:
        viewer = await operating.acting_as(ports, slug, actor, "import documents")
        read, problems = import_tables.DOCUMENTS.rows(file)
        there: list[Row] = []
        for row in read:
            with noted(row, problems):
                there.append(with_file(row, folder))
        rows, wrong = matching_documents.kept(there)
        do = import_documents.dry_run if dry_run else import_documents.import_documents
        with progress("Looking" if dry_run else "Writing", len(rows)) as went_on:
            outcome = await do(ports, viewer, rows, went_on)
        await ports.database.analyze(import_documents.TABLES)
        outcome.problems += [*problems, *wrong]
        tell(outcome, dry_run=dry_run)

    operate(work)


def with_file(row: Row, folder: Path) -> Row:
    """Return the row of a document with the file that it names. Raise NotFound."""
    name = row.said.get("file")
    return row if name is None else replace(row, said={**row.said, "file": file_in(folder, name)})
