"""How the suites are installed: once for each content, and not at all where a registry is away."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.clients import suites
from tests.http import node_suite


def refuse(*_: object, **__: object) -> Any:
    raise AssertionError("npm error code ENOTFOUND")


def test_without_npms_registry_a_suite_is_skipped_for_want_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_suite, "installed", refuse)
    with pytest.raises(pytest.skip.Exception, match=f"^{programs.WANTING}npm's registry$"):
        suites.with_packages(suites.in_folder("codegen", tmp_path))


def test_what_npm_refuses_for_another_reason_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> Path:
        raise AssertionError("npm error code EINTEGRITY")

    monkeypatch.setattr(node_suite, "installed", fail)
    with pytest.raises(AssertionError, match="EINTEGRITY"):
        suites.with_packages(suites.in_folder("codegen", tmp_path))


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("NewConnectionError: nobody is there", pytest.skip.Exception),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", AssertionError),
    ],
)
def test_an_environment_is_whole_or_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, outcome: type[BaseException]
) -> None:
    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "new").mkdir(exist_ok=True)
        return subprocess.CompletedProcess([], 0 if "venv" in command else 1, "", said)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(outcome):
        suites.install(tmp_path / "new", tmp_path / "requirements.txt")
    assert not (tmp_path / "new" / "whole").exists()


def test_an_old_node_does_not_run_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def version_of(_: str) -> int:
        return 20

    monkeypatch.setattr(programs, "version_of", version_of)
    with pytest.raises(pytest.skip.Exception, match="node 22 or newer"):
        suites.node()
