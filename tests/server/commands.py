"""Commands as the operator types them, with nothing set but a home folder."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server import cli
from server.settings import Settings

Types = Callable[..., Awaitable[Result]]
"""Types a command beside a server."""


def set_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Forget every setting of whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"KLUIS_{name.upper()}", raising=False)
    monkeypatch.setenv("KLUIS_HOME", str(folder / "home"))
    monkeypatch.setenv("KLUIS_PORT", "0")


def kluis(*arguments: str, given: str | None = None) -> Result:
    """Return what a command came to; what is `given` is typed when it asks."""
    return CliRunner().invoke(cli.app, list(arguments), input=given)


def refused(*arguments: str) -> str:
    """Return the one line with which a command ends."""
    result = kluis(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("kluis: ")
    return line
