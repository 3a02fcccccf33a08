"""The registrar hears of entries when they are committed, and looks everywhere every few seconds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import TookTooLong
from models import FeedEntry
from models.feed import ChangeKind
from resolvers.database import Database
from resolvers.entering import acting, steward
from server import numbering, running
from server.numbering import Registrar
from server.settings import Settings
from server.worker import beside
from tests.api import Api
from tests.journeys.rows import rows

HOUR: float = 3600
NO_RELAY = "smtp://127.0.0.1:9"


async def enter(api: Api, licence_id: UUID | None = None) -> None:
    firm = licence_id or api.world.firm.licence_id
    async with acting(api.ports, steward(firm, api.ports.clock.now())) as change:
        await change.note(ChangeKind.CHANGED, "Dossier", uuid4())


async def until_numbered(api: Api, entries: int) -> None:
    """Wait until so many entries of ours have a number."""
    async with asyncio.timeout(20):
        while len([it for it in await rows(api, FeedEntry) if it.number]) < entries:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)


async def until_heard(api: Api, registrar: Registrar) -> None:
    """Return once something is heard at all."""
    heard: list[str] = []
    hear = registrar.hear

    def remember(licence_id: str) -> None:
        heard.append(licence_id)
        hear(licence_id)

    registrar._listening._hear = remember  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(20):
        while not heard:
            async with api.ports.database.engine.connect() as connection:
                await connection.execute(text(f"NOTIFY kluis_feed, '{api.world.firm.licence_id}'"))
            await asyncio.sleep(0.05)


@asynccontextmanager
async def registering(api: Api) -> AsyncGenerator[Registrar]:
    """Yield a registrar that has made its first round and hears already."""
    registrar = Registrar(api.ports.database)
    async with beside(registrar.run()):
        await until_heard(api, registrar)
        yield registrar


async def test_an_entry_gets_its_number_at_once_though_the_next_round_is_an_hour_away(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_ROUNDS", HOUR)
    async with registering(api):
        for entries in (1, 2):
            await enter(api)
            await until_numbered(api, entries)


async def test_what_was_committed_while_nobody_listened_is_found_in_the_first_round(api: Api) -> None:
    await enter(api)
    async with beside(Registrar(api.ports.database).run()):
        await until_numbered(api, 1)


async def test_what_nobody_heard_of_is_found_in_a_later_round(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_ROUNDS", 0.05)
    monkeypatch.setattr(numbering, "FEED_CHANNEL", "another_channel")
    async with beside(Registrar(api.ports.database).run()):
        for entries in (1, 2):
            await enter(api)
            await until_numbered(api, entries)


@pytest.mark.parametrize("trouble", [ConnectionRefusedError(), TookTooLong()])
async def test_a_database_that_is_away_is_asked_again(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_UNTIL_BACK", 0.01)
    await enter(api)
    troubles = [trouble]

    class Away(Database):
        @asynccontextmanager
        async def change(self, licence_id: UUID) -> AsyncGenerator[AsyncSession]:
            if troubles:
                raise troubles.pop()
            async with super().change(licence_id) as session:
                yield session

    away = Away(api.ports.database.engine.url.render_as_string(hide_password=False))
    async with beside(Registrar(away).run()):
        await until_numbered(api, 1)
    await away.close()
    assert caplog.messages == [f"the feed of changes waits: {type(trouble).__name__}"]


async def test_only_the_licence_that_was_heard_of_is_looked_at(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "SECONDS_BETWEEN_ROUNDS", HOUR)
    looked_at: list[UUID] = []
    numbered = numbering.number

    async def remember(database: Database, licence_id: UUID) -> int:
        looked_at.append(licence_id)
        return await numbered(database, licence_id)

    monkeypatch.setattr(numbering, "number", remember)
    async with registering(api):
        looked_at.clear()
        await enter(api)
        await until_numbered(api, 1)
    assert {*looked_at} == {api.world.firm.licence_id}


@asynccontextmanager
async def server(settings: Settings, url: str) -> AsyncGenerator[None]:
    async with running.application(settings, url, is_demo=False) as app:
        lifespan: Any = app.router.lifespan_context(app)
        async with lifespan:
            yield


@asynccontextmanager
async def worker(settings: Settings, url: str) -> AsyncGenerator[None]:
    async with beside(running.deliver(settings, url, NO_RELAY)):
        yield


@pytest.mark.parametrize("program", [server, worker])
async def test_every_server_and_every_worker_gives_numbers(
    api: Api, database_url: str, tmp_path: Path, program: Any
) -> None:
    settings = Settings(home=tmp_path, database_url=database_url, port=0, smtp_url=NO_RELAY)
    async with program(settings, database_url):
        await enter(api)
        await until_numbered(api, 1)
