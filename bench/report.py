"""The figures as tables: on the terminal, and as they stand in docs/performance.md."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.admission import Admission
from bench.rounds import Figures
from bench.targets import Verdict
from bench.variants import KLUIS

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN: Final = "<!-- written by make bench -->"
END: Final = "<!-- up to here -->"
CONSOLE: Final = Console(width=110)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def on_terminal(self) -> Table:
        """Return it as the terminal shows it."""
        table = Table(*self.columns, title=self.title, title_justify="left", expand=True)
        for row in self.rows:
            table.add_row(*row)
        return table

    def in_markdown(self) -> str:
        """Return it as a document shows it; numbers stand to the right."""
        lines = [self.columns, ["---", *("---:" for _ in self.columns[1:])], *self.rows]
        return "\n".join([f"### {self.title}", "", *(f"| {' | '.join(it)} |" for it in lines)])


def of_operation(figures: Figures, statements: dict[str, int]) -> Sheet:
    """Return what an operation cost each server."""
    name = figures.operation.name
    rows = [
        [
            server,
            f"{figures.cpu(server):.2f}",
            str(figures.ratio(server, KLUIS)) if server != KLUIS else "1",
            f"{figures.a_second(server):.0f}",
            *(f"{wait:.1f}" for wait in figures.waits(server)),
        ]
        for server in figures.costs
    ]
    title = f"{name}: {figures.size / 1000:.1f} kB, at most {statements[name]} statements"
    return Sheet(title, ("Server", "CPU ms", "CPU, kluis = 1", "requests/s", "p50 ms", "p95 ms"), rows)


def of_admissions(admitted: Sequence[Admission]) -> Sheet:
    """Return what it cost to admit a document."""
    rows = [[it.name, f"{it.known:.1f}", f"{it.unknown:.0f}", str(it.ratio)] for it in admitted]
    return Sheet(
        "Admitting a document, in microseconds of CPU", ("Of", "Known", "Unknown", "Unknown, known = 1"), rows
    )


def of_verdicts(verdicts: Sequence[Verdict]) -> Sheet:
    """Return which targets were met."""
    rows = [[it.subject, it.wanted, it.measured, "yes" if it.is_met else "no"] for it in verdicts]
    return Sheet("Targets", ("What", "Wanted", "Measured", "Met"), rows)


def tell(said: str) -> None:
    """Print a text."""
    CONSOLE.print(said, "", highlight=False)


def shown(sheet: Sheet) -> Sheet:
    """Print a table, and return it."""
    CONSOLE.print(sheet.on_terminal(), "")
    return sheet


def write(sheets: Sequence[Sheet], said: str, page: Path = PAGE, begin: str = BEGIN) -> None:
    """Put the tables in the place of those that stand in the document after `begin`."""
    tables = "\n\n".join([begin, said, *(it.in_markdown() for it in sheets), END])
    between = re.compile(f"{begin}.*?{END}", re.DOTALL)
    page.write_text(between.sub(lambda _: tables, page.read_text()))
