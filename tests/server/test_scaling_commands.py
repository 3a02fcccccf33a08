"""The command scale-out: it prints statements or an estimate, and the documents say what it says."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models import distribution
from server import capacity, cli, numbering, sealing, worker
from server.capacity import Habits, Measured, estimate
from server.scaling_commands import FIRMS

SCALING = Path(__file__).parents[2] / "docs" / "scaling.md"


def said(*arguments: str) -> str:
    done = CliRunner().invoke(cli.app, ["scale-out", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_it_prints_every_statement_with_its_end() -> None:
    printed = said("--print", "--shards", "16")
    assert printed == "".join(f"{it};\n" for it in distribution.statements(shards=16))[:-1] + "\n"


@pytest.mark.parametrize("arguments", [(), ("--print", "--estimate"), ("--print", "--shards", "0")])
def test_it_does_one_thing_and_says_which(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(cli.app, ["scale-out", *arguments]).exit_code == 2


def test_the_document_shows_what_it_estimates() -> None:
    shown = said("--estimate")
    assert len(shown.splitlines()) == 2 + len(FIRMS)
    assert shown in SCALING.read_text()


def test_what_is_measured_anew_counts() -> None:
    figures = ["--server-ms", "5.5", "--database-ms", "0", "--document-bytes", "1073742"]
    figures += ["--round-us", "4", "--event-us", "0"]
    (row,) = [it for it in said("--estimate", *figures).splitlines() if it.startswith("| 100,000 |")]
    cells = [it.strip() for it in row.strip("|").split("|")]
    # 17,778 operations of 5.5 ms on half a core each; 500 million documents of a thousandth of a GiB.
    assert (cells[2], cells[3]) == ("196", "0")
    assert (cells[5], cells[7]) == ("500,000", "1,001")
    # 0.4 s for 100,000 firms, of 196 processes: every 5 s, and once more in a minute.
    assert cells[4] == "17.0"


def test_rounds_are_as_often_as_they_are_taken_for() -> None:
    every = capacity.BETWEEN_ROUNDS
    assert {sealing.BETWEEN_ROUNDS, worker.SECONDS_BETWEEN_ROUNDS, numbering.SECONDS_BETWEEN_ROUNDS} == {
        every
    }
    assert every * sealing.FAR_EVERY == capacity.BETWEEN_FAR_ROUNDS


def test_the_estimate_grows_with_the_firms_and_is_of_whole_machines() -> None:
    measured, habits = Measured(), Habits()
    small, large = (estimate(it, measured, habits) for it in (1, 100_000))
    assert (small.server_cores, small.database_cores, small.nodes) == (1, 1, 1)
    assert large.operations == pytest.approx(100_000 * small.operations)
    assert large.store_gib == pytest.approx(100_000 * small.store_gib)
    # 3,200 operations a day, a fifth of them within an hour.
    assert small.operations == pytest.approx(3_200 * 0.2 / 3600)


def test_as_many_nodes_are_needed_as_the_rows_or_the_operations_ask_for() -> None:
    habits = Habits()
    of_rows = estimate(1_000, Measured(document_bytes=1 << 20, database_ms=0), habits)
    assert of_rows.nodes == 10
    of_operations = estimate(100_000, Measured(document_bytes=0), replace(habits, node_cores=8))
    assert of_operations.nodes == -(-of_operations.database_cores // 8)
