"""A vault that is lost and restored elsewhere: another database, other folders, the same cast."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import Result

from core.clock import Clock
from resolvers.database import Database
from server.app import create_app
from storage.store import Store
from tests import databases
from tests.api import Api
from tests.conftest import ports_over
from tests.models.catalogue import asked
from tests.server.commands import Types

NOTHING = "template0"


class Elsewhere:
    """A place for an installation, with nothing in it but an empty database."""

    def __init__(self, url: str, folder: Path, types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = url
        self.folder = folder
        self._types = types
        self._monkeypatch = monkeypatch
        self.store: str = (folder / "files").as_uri()

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def files(self) -> list[Path]:
        """Return all that lies there."""
        return [it for it in self.folder.rglob("*") if it.is_file()]

    async def types(self, *words: str | Path) -> Result:
        """What is typed there."""
        with self._monkeypatch.context() as there:
            there.setenv("KLUIS_HOME", str(self.home))
            there.setenv("KLUIS_DATABASE_URL", self.url)
            there.setenv("KLUIS_KEYS", str(self.keys))
            there.setenv("KLUIS_STORAGE_URL", self.store)
            return await self._types(*map(str, words))

    async def restores(self, *words: str | Path, status: int = 0) -> Result:
        """What `restore` comes to."""
        result = await self.types("restore", *words)
        assert result.exit_code == status, result.output
        return result

    @asynccontextmanager
    async def api(self, api: Api, clock: Clock) -> AsyncGenerator[Api]:
        """The API of a server there, for the same people, with the sessions that they had."""
        database = Database(self.url)
        ports = ports_over(database, Store.open(self.store), clock, keys_in=self.folder)
        transport = httpx.ASGITransport(create_app(ports))
        async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
            yield Api(ports, api.world, http)
        await database.close()


@asynccontextmanager
async def elsewhere(folder: Path, types: Types, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Elsewhere]:
    """Yield a place that nobody used."""
    async with databases.fresh(NOTHING) as url:
        yield Elsewhere(url, empty(folder), types, monkeypatch)


def empty(folder: Path) -> Path:
    """Return a new folder."""
    folder.mkdir()
    return folder


async def backs_up(types: Types, folder: Path, *words: str | Path, status: int = 0) -> str:
    """Return what `backup` says."""
    result = await types("backup", str(folder), *map(str, words))
    assert result.exit_code == status, result.output
    return result.stdout


async def refused(result: Any) -> str:
    """Return the line with which a command is refused."""
    found = await result
    assert (found.exit_code, found.stdout) == (1, ""), found.output
    return found.stderr.splitlines()[-1].removeprefix("kluis: ")


def newest(folder: Path) -> Path:
    return max(it for it in folder.iterdir() if it.name != "objects")


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((newest(folder) / "manifest.json").read_text())["manifest"]


def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


async def found_in(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return what a database answers to whoever sees all."""
    return [tuple(it.values()) for it in await asked(url, statement)]


def modes(folder: Path) -> set[tuple[bool, int]]:
    """Return who may do what with a folder and all that is in it: whether it is a folder, and its mode."""
    return {(it.is_dir(), it.stat().st_mode & 0o777) for it in (folder, *folder.rglob("*"))}


def all_of(folder: Path) -> bytes:
    """Return the bytes of all files in a folder."""
    return b"".join(it.read_bytes() for it in folder.rglob("*") if it.is_file())
