"""`python -m bench.imports`: relations a second from a CSV file, and documents against copies of files."""

import csv
import os
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import uvloop

from bench import machine, report
from bench.names import name_of
from bench.ratios import ratio_of
from bench.report import Sheet
from bench.targets import Verdict, verdict
from core.viewer import Viewer
from demo import world
from resolvers import batches, import_documents, import_relations, matching_documents, operating
from resolvers.importing import Outcome
from resolvers.ports import Ports
from server import import_tables, migrations, running
from server.embedded import embedded
from server.house import open_house
from server.import_commands import with_file
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.imports -->"
WANTED: Final = 2_000
LEAST_OF_SPEED: Final = 0.5
FILES: Final = 200
MIB: Final = 1 << 20
ADVISOR: Final = "anna@delinde.example"
COLUMNS: Final = (
    "external_reference",
    "given_name",
    "family_name",
    "email",
    "language",
    "internal_manager",
    "street",
    "postal_code",
    "municipality",
    "phone",
    "mobile",
    "birth_date",
    "national_register_number",
    "nace_code",
)
Took: TypeAlias = tuple[float, float]
"""Two times, in seconds."""


def main() -> None:
    """Measure, and print the tables."""
    parser = ArgumentParser(prog="python -m bench.imports", description="What comes in from other programs.")
    parser.add_argument("--relations", type=int, default=20_000, help="in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder)) as url:
        settings = Settings(home=Path(folder), database_url=url)
        people, papers = uvloop.run(measured(settings, url, asked.rounds, asked.relations))
    said = (
        f"{asked.relations:,} relations with 14 fields each from a CSV file, {asked.rounds} times; as often "
        f"{FILES} documents of 1 MiB, and their files copied to the same disk, each written through to it. "
        f"{machine.described()}"
    )
    report.tell(said)
    sheets = [
        of_relations(people, asked.relations),
        of_documents(papers),
        report.of_verdicts(verdicts(people, papers, asked.relations)),
    ]
    for sheet in sheets:
        report.shown(sheet)
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


def of_relations(people: Sequence[Took], relations: int) -> Sheet:
    """Return how quickly relations came in."""
    rows = [
        [f"{took:.1f}", f"{relations / took:.0f}", f"{cpu * 1e6 / relations:.0f}"] for took, cpu in people
    ]
    return Sheet("Relations imported", ("Seconds", "a second", "CPU us each, of the command"), rows)


def of_documents(papers: Sequence[Took]) -> Sheet:
    """Return how quickly documents came in, and how quickly their files were copied."""
    rows = [[f"{took:.2f}", f"{copied:.2f}", f"{copied / took:.2f}"] for took, copied in papers]
    return Sheet("Documents imported", ("Import, s", "Copy, s", "Speed, copy = 1"), rows)


def verdicts(people: Sequence[Took], papers: Sequence[Took], relations: int) -> list[Verdict]:
    """Return whether both are quick enough."""
    a_second = ratio_of([relations / took for took, _ in people])
    speed = ratio_of([copied / took for took, copied in papers])
    return [
        verdict("Relations a second", a_second, WANTED, is_least=True),
        verdict("The speed of documents, copy = 1", speed, LEAST_OF_SPEED, is_least=True),
    ]


async def measured(
    settings: Settings, url: str, rounds: int, relations: int
) -> tuple[list[Took], list[Took]]:
    """Return what each round of relations took, and its CPU; and each round of documents, and their copy."""
    await migrations.upgrade(url)
    people: list[Took] = []
    papers: list[Took] = []
    async with open_house(settings, url, running.NO_RELAY) as (ports, _):
        await world.write_world(ports)
        viewer = await operating.acting_as(ports, world.SLUG, ADVISOR, "import relations")
        for number in range(rounds):
            table = write_people(settings.home / "relations.csv", relations, number)
            began, worked = time.perf_counter(), time.process_time()
            await import_people(ports, viewer, table)
            people.append((time.perf_counter() - began, time.process_time() - worked))
            folder = settings.home / f"files-{number}"
            table = write_papers(folder, number)
            copied = copied_in(folder, settings.home / "copy")
            began = time.perf_counter()
            await import_papers(ports, viewer, table, folder)
            papers.append((time.perf_counter() - began, copied))
            shutil.rmtree(folder)
    return people, papers


async def import_people(ports: Ports, viewer: Viewer, table: Path) -> None:
    """Import relations as the command does."""
    read, problems = import_tables.RELATIONS.rows(table)
    rows, wrong = import_relations.kept(read, ports.clock.now().date())
    looked = await batches.examined(ports, viewer, rows, import_relations.dry_run, nothing)
    written = await batches.written(ports, viewer, rows, import_relations.import_relations, nothing)
    require_all([*problems, *wrong], looked)
    require_all([], written)


async def import_papers(ports: Ports, viewer: Viewer, table: Path, folder: Path) -> None:
    """Import documents as the command does."""
    read, problems = import_tables.DOCUMENTS.rows(table)
    rows, wrong = matching_documents.kept([with_file(it, folder) for it in read])
    outcome = await import_documents.import_documents(ports, viewer, rows, nothing)
    require_all([*problems, *wrong], outcome)


def require_all(problems: Sequence[object], outcome: Outcome) -> None:
    """Require that every row is new."""
    assert not problems
    assert not outcome.problems
    assert not outcome.unchanged


def nothing(_: int) -> None:
    """Show no progress."""


def write_people(path: Path, relations: int, round_: int) -> Path:
    """Write a table of relations that no other round has."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(relations):
            name = f"{round_}-{number}"
            names = name_of(number)
            contact = [f"Kouterdreef {number}", "9000", "Gent", "09 223 45 67", "0475 12 34 56"]
            birth = f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}"
            address = f"client-{name}@example{number % 50}.com"
            known = ["NL", ADVISOR, *contact, birth, register_number(number), "69.20"]
            writer.writerow([f"crm-{name}", names["given_name"], names["family_name"], address, *known])
    return path


def register_number(number: int) -> str:
    """Return a national register number that checks."""
    nine = f"{50 + number % 49:02}{1 + number % 12:02}{1 + number % 28:02}{1 + number % 997:03}"
    return f"{nine}{97 - int(nine) % 97:02}"


def write_papers(folder: Path, round_: int) -> Path:
    """Write files of 1 MiB, and the table that names them."""
    folder.mkdir()
    table = folder.parent / "documents.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["external_reference", "file", "description", "categories"])
        for number in range(FILES):
            name = f"{number}.pdf"
            body = b"%PDF-1.7\n%" + os.urandom(MIB // 2).hex().encode() + b"\nstartxref\n9\n%%EOF\n"
            (folder / name).write_bytes(body)
            writer.writerow([f"dms-{round_}-{number}", name, f"Contract {number}", "Contracten"])
    os.sync()
    return table


def copied_in(folder: Path, target: Path) -> float:
    """Return the seconds that a copy of all files takes, each of which is durable before the next."""
    target.mkdir()
    began = time.perf_counter()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as source, (target / path.name).open("wb") as copy:
            shutil.copyfileobj(source, copy, MIB)
            copy.flush()
            os.fsync(copy.fileno())
    took = time.perf_counter() - began
    shutil.rmtree(target)
    return took


if __name__ == "__main__":
    main()
