"""Programs that tests need: a test that finds none is skipped here, and fails where all must run."""

from pathlib import Path

import pytest

from tests import programs
from tests.programs import WANTING, insist


def report(outcome: str, reason: object) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid="tests/x.py::test_x",
        location=("tests/x.py", 0, "test_x"),
        keywords={},
        outcome=outcome,  # pyright: ignore[reportArgumentType]  one of pytest's own words
        longrepr=reason,  # pyright: ignore[reportArgumentType]  the same
        when="call",
    )


def test_what_was_skipped_for_want_of_a_program_fails_where_all_must_run() -> None:
    wanting = report("skipped", ("tests/x.py", 1, f"Skipped: {WANTING}node 20"))
    insist(wanting)
    assert wanting.outcome == "failed"
    assert "node 20" in str(wanting.longrepr)


@pytest.mark.parametrize(
    ("outcome", "reason"), [("skipped", ("tests/x.py", 1, "Skipped: no IPv6 here")), ("passed", None)]
)
def test_what_ended_otherwise_stays_as_it_is(outcome: str, reason: object) -> None:
    other = report(outcome, reason)
    insist(other)
    assert other.outcome == outcome


def without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, name, lambda: None)


def test_node_is_the_one_of_the_packages_or_else_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = programs.packaged_node()
    assert packaged is not None
    assert programs.node() == packaged
    assert Path(packaged.npm).exists()
    monkeypatch.setattr(programs, "machine_node", lambda: packaged)
    without("packaged_node", monkeypatch)
    assert programs.node() == packaged


@pytest.mark.parametrize("version", [0, 18])
def test_without_a_node_that_runs_here_the_reason_names_it(
    monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    def version_of(_program: str) -> int:
        return version

    monkeypatch.setattr(programs, "version_of", version_of)
    with pytest.raises(pytest.skip.Exception, match=f"^{WANTING}node 20 or newer, with npm$"):
        programs.node()


def test_a_program_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    for program in ("/nowhere/at/all", "/bin/false", "/bin/true", str(tmp_path)):
        assert programs.version_of(program) == 0
