"""The drill is practised in the gate: under load, over processes and HTTP, as once a year by hand."""

import re
import signal
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from server import backup_commands, drill
from server.drill import Load, Program, Vault
from server.running import CannotRun
from tests.server import mortal_command
from tests.server.commands import kluis


class Forked:
    """A program that is forked from one in which everything was imported once."""

    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None
        self.pid, self._process = process.pid, process

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int:
        self._process.join()
        return self._process.exitcode or 0


class QuickVault(Vault):
    """A vault whose programs need not import everything anew."""

    def started(self, words: Sequence[str], output: Path) -> Program:
        return Forked(mortal_command.begin(self.environment(), *words, output=output))


def test_what_was_acknowledged_before_the_backup_opens_after_the_worst_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vault(_: Path) -> Vault:
        return QuickVault(tmp_path)

    monkeypatch.setattr(backup_commands, "Vault", vault)
    result = kluis("drill")
    assert result.exit_code == 0, result.output
    said = dict(line.split(": ", 1) for line in result.stdout.splitlines())
    assert int(said["acknowledged before the backup, and opened after it"]) >= drill.ENOUGH
    assert int(said["acknowledged while it was made"]) > 0
    assert re.fullmatch(
        r"(\d+) rows and \1 objects: 0 .* missing, 0 .* size, and \d+ .* row\.", said["verify"]
    )
    assert said["the audit trail"] == "demo: whole"


def test_a_drill_that_fails_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Vault) -> Mapping[str, str]:
        raise CannotRun("The drill failed: it rains.")

    monkeypatch.setattr(drill, "run", fails)
    result = kluis("drill")
    assert (result.exit_code, result.stderr) == (1, "kluis: The drill failed: it rains.\n")


def test_a_server_that_does_not_start_and_a_command_that_fails_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where there is no program of ours.
    monkeypatch.setattr(drill, "ROOT", tmp_path)
    vault = Vault(tmp_path)
    with (
        pytest.raises(CannotRun, match=r"The drill failed: no server started: .*No module named 'server'"),
        vault.runs(end_with=signal.SIGKILL),
    ):
        pass
    with pytest.raises(CannotRun, match=r"The drill failed: verify said: .*No module named 'server'"):
        vault.command("verify")


class Broken(Vault):
    """A vault that answers what it is told to answer."""

    def asks(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return {"query": query, "variables": variables}

    def opens(self, id_: str) -> bytes:
        return id_.encode()

    def sends(self, content: bytes) -> str:
        raise CannotRun(f"{len(content)} bytes are too many.")


def test_a_session_that_still_counts_a_document_that_is_another_and_no_uploads_fail_it(
    tmp_path: Path,
) -> None:
    vault = Broken(tmp_path)
    with pytest.raises(CannotRun, match="a session of before the restore still counts"):
        drill.require_ended(vault, "token")
    with pytest.raises(CannotRun, match="the document x is not what was sent in"):
        drill.require_opens(vault, {"x": "0" * 64})
    with pytest.raises(CannotRun, match="nothing could be sent in"):
        Load(vault).begin()
