"""A vault that is lost and restored elsewhere: another database, other folders, the same cast."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from resolvers.database import Database
from server.app import create_app
from storage.store import Store
from tests import databases
from tests.api import Api
from tests.conftest import SetClock, ports_over
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
    async def api(self, api: Api, clock: SetClock) -> AsyncGenerator[Api]:
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
        folder.mkdir()
        yield Elsewhere(url, folder, types, monkeypatch)
