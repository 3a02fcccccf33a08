"""The systemd units: systemd understands every line, finds them closed, and they differ where they must."""

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.files import DEPLOY, program, said_by, without_comments

UNITS: Final = ("kluis.service", "kluis-worker.service")
# What systemd brings to each unit.
TARGETS: Final = ("basic", "multi-user", "network-online", "shutdown", "sysinit")
# systemd's own measure of what a unit may do, from 0 to 10, times ten.
MOST_EXPOSED: Final = "15"


def verified(folder: Path) -> tuple[int, str]:
    """Return what systemd says of the units, as they would lie on a machine with that root folder."""
    units = folder / "etc" / "systemd" / "system"
    for name in TARGETS:
        (units / f"{name}.target").write_text("[Unit]\n")
    python = folder / "opt" / "kluis" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    shutil.copy("/bin/true", python)
    analyze = program("systemd-analyze")
    return said_by(
        analyze, "verify", "--man=no", "--recursive-errors=yes", f"--root={folder}", *UNITS, cwd=folder
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A root folder's place for units, with ours in it."""
    folder = tmp_path / "etc" / "systemd" / "system"
    folder.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(DEPLOY / name, folder)
    return folder


@pytest.mark.usefixtures("units")
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    assert verified(tmp_path) == (0, "")


def test_a_line_that_systemd_does_not_know_would_be_found(tmp_path: Path, units: Path) -> None:
    broken = (units / UNITS[0]).read_text().replace("RestrictRealtime=", "RestrictRealTime=")
    (units / UNITS[0]).write_text(broken)
    status, said = verified(tmp_path)
    assert (status != 0, "RestrictRealTime" in said) == (True, True)


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_them_closed(name: str) -> None:
    analyze = program("systemd-analyze")
    threshold = f"--threshold={MOST_EXPOSED}"
    status, said = said_by(analyze, "security", "--offline=true", threshold, "--no-pager", str(DEPLOY / name))
    assert status == 0, said


def test_the_worker_is_as_closed_as_the_server() -> None:
    server, worker = (without_comments(DEPLOY / it) for it in UNITS)
    only_server = {*server.splitlines()} - {*worker.splitlines()}
    assert {it.partition("=")[0] for it in only_server} == {
        "Description",
        "After",
        "ExecStart",
        "LimitNOFILE",
    }
    commands = [re.search(r"^ExecStart=.* (\S+)$", it, re.MULTILINE) for it in (server, worker)]
    assert [it and it[1] for it in commands] == ["serve", "worker"]


def test_there_is_time_to_finish_what_was_begun() -> None:
    for name in UNITS:
        (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)s$", (DEPLOY / name).read_text(), re.MULTILINE)
        assert int(seconds) >= 40
