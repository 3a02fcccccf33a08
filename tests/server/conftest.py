"""What the tests of commands share: somebody who types beside a server."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from typer.testing import Result

from resolvers.database import Database
from tests.conftest import SetClock
from tests.server.commands import Types, kluis, set_nothing
from tests.server.lost import Elsewhere, elsewhere


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str, clock: SetClock) -> Types:
    """What is typed beside a server that runs, at the same installation and by the same clock."""
    set_nothing(monkeypatch, tmp_path)
    monkeypatch.setenv("KLUIS_DATABASE_URL", database_url)
    monkeypatch.setenv("KLUIS_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setenv("KLUIS_STORAGE_URL", (tmp_path / "files").as_uri())

    def at_this_time(_: Database) -> SetClock:
        return clock

    monkeypatch.setattr("server.house.DatabaseClock", at_this_time)

    async def typed(*arguments: str) -> Result:
        return await asyncio.to_thread(kluis, *arguments)

    return typed


@pytest.fixture
async def there(types: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Elsewhere]:
    async with elsewhere(tmp_path / "there", types, monkeypatch) as place:
        yield place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"
