"""Two firms, each with a thing of every type that has an id, and which of them are hidden from whom."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from auth.passwords import CHEAPEST
from demo.firm import Firm
from models import Account, metadata
from resolvers.database import Database
from resolvers.founding import Founded
from resolvers.points import Purse
from server.app import create_app
from storage.store import Store
from tests.api import Api
from tests.conftest import SetClock, ports_over
from tests.databases import PATIENT
from tests.journeys.full_firm import Things, fill, of_client, of_one_alone, share_what_hangs_on
from tests.journeys.secured import secure, without_limits
from tests.world import PASSWORD, create_world

Rows = dict[UUID, list[tuple[Any, ...]]]
"""By licence, for each of its tables: the name, how many rows, and a digest of all they say."""
EVERYBODY: Final = ("anna", "arthur", "carla", "dirk", "eva", "gaston")
# Everybody of a firm may know its name and its units.
KNOWN_TO_CLIENTS: Final = frozenset({"Licence", "BusinessUnit", "BusinessUnit, unused"})
FOR_ADMINISTRATORS: Final = ("ApiKey", "Letter")
ENDLESS: Final = 10**9


@dataclass
class TwoFirms:
    """The API over both firms, what each asker has, and what he may not see."""

    api: Api
    folder: Path
    owner: AsyncConnection
    """For whom no wall stands."""
    ours: Things = field(default_factory=Things)
    theirs: Things = field(default_factory=Things)
    own: dict[str, Things] = field(default_factory=dict[str, Things])
    hidden: dict[str, list[Things]] = field(default_factory=dict[str, list[Things]])

    def id(self, name: str, key: UUID) -> str:
        """Return the id by which the API knows a thing."""
        return self.api.id(type_of(name), key)

    @asynccontextmanager
    async def unchanged(self) -> AsyncGenerator[None]:
        """Require that nothing is written meanwhile: no file, and no row of any table, letters among them."""
        before = await self.rows(), self.files()
        yield
        assert (await self.rows(), self.files()) == before

    async def rows(self) -> Rows:
        """Return what is in the tables of both firms."""
        found: Rows = {}
        for licence_id, *said in await self.owner.execute(text(ROWS)):
            found.setdefault(licence_id, []).append(tuple(said))
        return found

    def files(self) -> set[Path]:
        """Return the files that are kept."""
        return {it for it in self.folder.rglob("*") if it.is_file()}


def type_of(name: str) -> str:
    """Return the type of a thing by its name."""
    return name.split(",", maxsplit=1)[0]


# A try is counted, whatever comes of it, and a refusal is remembered.
COUNTED: Final = {"throttle"}
REMEMBERED: Final = {"event": "WHERE kind NOT LIKE '%.refused'"}
ROWS: Final = (
    " UNION ALL ".join(
        f"SELECT {licence}, '{name}' AS name, count(*), md5(string_agg(row::text, '' ORDER BY row::text)) "  # noqa: S608
        f"FROM {name} AS row {REMEMBERED.get(name, '')} GROUP BY {licence}"
        for name in sorted(metadata.tables.keys() - COUNTED)
        for licence in ["id" if name == "licence" else "licence_id"]
    )
    + " ORDER BY name"
)


@asynccontextmanager
async def two_firms(url: str, folder: Path) -> AsyncGenerator[TwoFirms]:
    """Fill an empty database with both firms, and yield them."""
    database = Database(url, PATIENT)
    ports = ports_over(database, Store.open(folder), SetClock(), keys_in=folder.parent)
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    transport = httpx.ASGITransport(create_app(ports))
    async with (
        engine.connect() as owner,
        httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http,
    ):
        firms = TwoFirms(Api(ports, await create_world(ports), http), folder, owner)
        await fill_both(firms)
        with without_limits():
            yield firms
    await engine.dispose()
    await database.close()


async def fill_both(firms: TwoFirms) -> None:
    """Write all there is, sign everybody in, and say who has and who may not see what."""
    api, world = firms.api, firms.api.world
    async with filling(api, world.firm) as firm:
        ours = await fill(firm, world.accounts["anna"], "ours")
        arthurs = await of_one_alone(firm, world.accounts["arthur"])
        annas = await of_one_alone(firm, world.accounts["anna"])
        dirks = await of_client(firm, world.accounts["dirk"], world.relations["dirk"])
        await share_what_hangs_on(firm, ours, world.accounts["arthur"], world.accounts["dirk"])
    async with filling(api, world.other_firm) as firm:
        theirs = await fill(firm, world.accounts["eva"], "theirs")
        key = (world.other_firm.licence_id, theirs["Account"])
        world.accounts["gaston"] = await firm.session.get_one(Account, key)
    for who in EVERYBODY:
        await sign_in(api, who)
    own = {who: await secure(api, world.accounts[who]) for who in EVERYBODY}
    ours |= own["carla"]
    theirs |= own["eva"]
    # He may read what he sent in himself, and not bring it back.
    brought_back = {"Document, deleted": dirks["Document, deleted"]}
    firms.ours, firms.theirs = ours, theirs
    firms.own = {
        "anna": ours | own["anna"],
        "arthur": ours | own["arthur"],
        "dirk": ours | own["dirk"] | dirks,
        "eva": theirs,
    }
    firms.hidden = {
        "anna": [theirs, arthurs, own["carla"], {name: ours[name] for name in FOR_ADMINISTRATORS}],
        "arthur": [theirs, annas, own["carla"]],
        "dirk": [theirs, {name: ours[name] for name in ours.keys() - KNOWN_TO_CLIENTS}, brought_back],
        "eva": [ours],
    }


@asynccontextmanager
async def filling(api: Api, founded: Founded) -> AsyncGenerator[Firm]:
    """Yield a firm to be filled further in one transaction."""
    async with api.ports.database.change(founded.licence_id) as session:
        yield Firm(session, founded, now=api.ports.clock.now(), password_hash=CHEAPEST.hash(PASSWORD))


async def sign_in(api: Api, who: str) -> None:
    """Open a session of one of the cast, who has points without end."""
    await api.token(who)
    account = api.world.accounts[who]
    purses = api.ports.points._purses  # pyright: ignore[reportPrivateUsage]
    purses[account.id] = Purse(ENDLESS, datetime.max.replace(tzinfo=UTC))
