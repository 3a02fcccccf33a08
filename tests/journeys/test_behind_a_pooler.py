"""The whole house behind pgbouncer in transaction mode: whoever asks, changes or listens notices nothing."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from mail.sink import Sink
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.fetching import driver_of
from resolvers.ports import Ports
from server.app import create_app
from server.checks import Checks
from server.health import Health
from server.house import working
from server.numbering import Registrar
from storage.store import Store
from tests.api import Api
from tests.conftest import SetClock, ports_over
from tests.http.hearing import listening
from tests.http.serving import served
from tests.journeys.lively import added, share
from tests.poolers import pooled
from tests.server.desks import until_kept, worker_of

LIST = "{ documents { totalCount nodes { description categories { name } viewerCan } } }"


@pytest.fixture
async def ports(database_url: str, clock: SetClock, tmp_path: Path) -> AsyncGenerator[Ports]:
    """A house whose database is behind a pooler that has one connection for all, who take turns."""
    with pooled(database_url, tmp_path / "pooler") as pooler_url:
        opened = Database(database_url, Terms(pooler_url=pooler_url))
        yield ports_over(opened, Store.open(tmp_path / "files"), clock, keys_in=tmp_path)
        await opened.close()


async def test_many_read_and_change_over_one_connection(api: Api) -> None:
    seen = await asyncio.gather(*(api.gets(who, LIST) for who in ("bert", "anna", "bert", "carla") * 5))
    assert [it["documents"]["totalCount"] for it in seen] == [1, 1, 1, 0] * 5
    sent = await asyncio.gather(*(api.upload("bert", f"{it}.txt", b"Dear Anna") for it in range(5)))
    assert [it["userErrors"] for it in sent] == [[]] * 5
    assert (await api.gets("bert", LIST))["documents"]["totalCount"] == 6


async def test_nobody_sees_another_firms_rows_after_it(api: Api) -> None:
    for _ in range(3):
        evas, berts = [(await api.gets(it, LIST))["documents"]["nodes"] for it in ("eva", "bert")]
        assert len(evas) == len(berts) == 1
        assert evas != berts
    role = "SELECT current_user || ' ' || coalesce(current_setting('kluis.licence', true), '')"
    async with api.ports.database.engine.connect() as connection:
        found = (await connection.exec_driver_sql(role)).scalar_one()
    # Outside of our transactions nothing of them is left.
    assert found.strip() == "kluis"


async def test_each_transaction_has_its_role_and_its_limits(api: Api) -> None:
    async with api.ports.database.snapshot(api.world.firm.licence_id) as connection:
        driver = driver_of(connection)
        set_ = {it: await driver.fetchval(f"SHOW {it}") for it in Terms().session if it != "application_name"}
    assert set_ == {
        "role": "kluis_app",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": "5s",
        "idle_in_transaction_session_timeout": "10s",
        "transaction_timeout": "10min",
    }


async def test_no_statement_stays_prepared_on_a_connection_that_others_get(api: Api) -> None:
    pooler_url = api.ports.database.engine.url.render_as_string(hide_password=False)
    # As a server in another process has it: the names that drivers give are the same in each.
    other = Database(pooler_url, Terms(pooler_url=pooler_url))
    await other.licence_ids()
    await api.ports.database.licence_ids()
    async with other.snapshot(api.world.firm.licence_id) as connection:
        found = await driver_of(connection).fetch("SELECT name FROM pg_prepared_statements")
    await other.close()
    assert found == []


async def test_who_listens_is_told_and_letters_leave(api: Api, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    async with Sink(folder) as smtp_url:
        worker = worker_of(api.ports, smtp_url)
        health = Health(Checks(api.ports, worker, smtp_url).all())
        app = create_app(api.ports, lambda: working(worker, Registrar(api.ports.database)), health=health)
        async with served(app) as url, listening(url, api, "carla") as carla:
            await share(api, "carla", "READ")
            assert await carla.event() == added(api)
            await until_kept(folder, 1)
            async with httpx.AsyncClient(timeout=60) as http:
                assert (await http.get(f"{url}/health/ready")).status_code == 200


async def test_tables_into_which_much_came_are_made_known(api: Api) -> None:
    await api.ports.database.analyze(["document"])
