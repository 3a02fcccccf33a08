"""What the files of deploy/ call settings, commands and places is what the product calls so."""

import re
from pathlib import Path
from typing import Final

import pytest
from typer.main import get_command

from server.cli import app
from server.settings import Settings
from tests.deploy.files import DEPLOY, ROOT, composed

FILES: Final = sorted(it for it in DEPLOY.iterdir() if it.is_file())
# The glob of the entry point, which is no name.
NAME: Final = re.compile(r"\bKLUIS_[A-Z_]+(?!\*)\b")


def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 8


@pytest.mark.parametrize("path", [*FILES, ROOT / "docs" / "runbook.md", ROOT / "docs" / "scaling.md"])
def test_every_variable_is_a_setting(path: Path) -> None:
    known = {f"KLUIS_{it.upper()}" for it in Settings.model_fields}
    assert {*NAME.findall(path.read_text())} - known == set()


def test_compose_gives_a_server_all_that_it_needs_elsewhere() -> None:
    server = composed()["services"]["server"]
    given = {*server["environment"], *server["secrets"]}
    assert {
        "KLUIS_DATABASE_URL",
        "KLUIS_STORAGE_URL",
        "KLUIS_SMTP_URL",
        "KLUIS_CLAMD_URL",
        "KLUIS_PUBLIC_URL",
    } <= given


@pytest.mark.parametrize("path", FILES)
def test_every_command_is_one_of_ours(path: Path) -> None:
    known = get_command(app).commands.keys()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  a group's
    said = re.findall(r"server\.cli ([a-z-]+)|run --rm worker ([a-z-]+)", path.read_text())
    assert {it for pair in said for it in pair if it} - {*known} == set()
