"""The gate: it goes on after a failure, tells it, and ends with one line that counts."""

import io
import sys

import pytest

from server import gate

PASSES = [sys.executable, "-c", "print('3 passed in 0.01s\\na warning')"]
FAILS = [sys.executable, "-c", "print('what went wrong'); raise SystemExit(1)"]


def lines(*names: str, **steps: list[str]) -> tuple[int, list[str]]:
    to = io.StringIO()
    return gate.main(names, to, steps), to.getvalue().splitlines()


def test_when_all_is_well_the_last_line_is_the_tests_own() -> None:
    code, said = lines(lint=PASSES, tests=PASSES, coverage=PASSES)
    assert code == 0
    assert [it.split()[:2] for it in said[:-1]] == [["ok", "lint"], ["ok", "tests"], ["ok", "coverage"]]
    assert said[-1] == "3 passed in 0.01s"


def test_after_a_failure_it_goes_on_and_counts_every_step() -> None:
    code, said = lines(lint=FAILS, types=PASSES, tests=PASSES)
    assert code == 1
    assert said[0] == "what went wrong"
    assert said[-2:] == ["Failed: lint", "4 passed, 1 failed"]


def test_named_steps_are_the_only_ones_taken() -> None:
    code, said = lines("lint", lint=PASSES, tests=FAILS)
    assert (code, said[-1]) == (0, "1 passed, 0 failed")


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ("== 1 failed, 3 passed, 2 errors in 1.00s ==", "4 passed, 3 failed"),
        ("no tests ran in 0.01s", "1 passed, 1 failed"),
        ("3 passed in 0.01s", "4 passed, 1 failed"),  # a worker that crashed, or a warning at the end
        ("", "1 passed, 1 failed"),
    ],
)
def test_tests_that_failed_are_counted_and_never_none(line: str, counted: str) -> None:
    fails = [sys.executable, "-c", f"print({line!r}); raise SystemExit(1)"]
    code, said = lines(lint=PASSES, tests=fails)
    assert (code, said[-1]) == (1, counted)
