"""The gate: everything that must hold before a change lands, one step after the other."""

import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

ROOT = Path(__file__).parents[1]
PYTHON = [sys.executable, "-m"]
COVERAGE = [*PYTHON, "coverage"]
TESTS = "tests"
STEPS: Mapping[str, Sequence[str]] = {
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "lint": [*PYTHON, "ruff", "check", "."],
    "types": [*PYTHON, "basedpyright", "--pythonpath", sys.executable],
    "floors": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    "schema": [*PYTHON, "server.cli", "export-schema", "--check"],
    "clean": [*COVERAGE, "erase"],
    TESTS: [*COVERAGE, "run", "-m", "pytest", "-q", "-n", "logical", "--maxprocesses=8", "--dist=worksteal"],
    "gather": [*COVERAGE, "combine", "--quiet"],
    "coverage": [*COVERAGE, "report"],
}
COUNTED = re.compile(r"(\d+) (passed|failed|error)")


class Verdict(NamedTuple):
    """How one step ended, and what it said."""

    name: str
    passed: bool
    output: str


def main(names: Sequence[str], to: TextIO, steps: Mapping[str, Sequence[str]] = STEPS) -> int:
    """Take the named steps, or all of them, to the end; return 1 when one failed."""
    verdicts = [take(name, steps[name], to) for name in names or steps]
    failed = [it.name for it in verdicts if not it.passed]
    if failed:
        to.write(f"Failed: {', '.join(failed)}\n")
    to.write(f"{closing_line(verdicts)}\n")
    return 1 if failed else 0


def take(name: str, command: Sequence[str], to: TextIO) -> Verdict:
    """Run one step and tell its time, and what it said when it failed."""
    begin = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    verdict = Verdict(name, done.returncode == 0, done.stdout)
    if not verdict.passed:
        to.write(done.stdout)
    to.write(f"{'ok    ' if verdict.passed else 'FAILED'} {name:10} {time.monotonic() - begin:6.1f} s\n")
    to.flush()
    return verdict


def closing_line(verdicts: Sequence[Verdict]) -> str:
    """The tests' own last line when all is well; else how many tests and other steps passed and failed."""
    said = "".join(it.output for it in verdicts if it.name == TESTS).splitlines()
    line = next((it for it in reversed(said) if COUNTED.search(it)), "")
    if line and all(it.passed for it in verdicts):
        return line
    passed, failed = counts(line)
    rest = [it.passed for it in verdicts if it.name != TESTS or not (it.passed or failed)]
    return f"{passed + rest.count(True)} passed, {failed + rest.count(False)} failed"


def counts(line: str) -> tuple[int, int]:
    """How many tests passed and how many did not, by pytest's last line."""
    found = [(int(number), word) for number, word in COUNTED.findall(line)]
    return sum(n for n, word in found if word == "passed"), sum(n for n, word in found if word != "passed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
