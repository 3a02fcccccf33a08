"""How long an operation may take: past that it is given up, and nothing of it is half done."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from sqlalchemy.pool import QueuePool

from models import Document, Event
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.points import Points
from tests.api import Api
from tests.http.asking import GRAPHQL, IN_JSON, IN_PARTS, JSON, WHO, ask, behind, codes, send, upload
from tests.http.locking import locked
from tests.http.test_foreign_pages import CHANGE, body_of
from tests.journeys.rows import row, rows

LIST = "{ documents { totalCount } }"
SOON = 0.3
TABLES_OF_A_CHANGE = ("document", "event")


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_an_operation_that_takes_too_long_is_504(api: Api, database_url: str, media: str) -> None:
    async with behind(api, answer_within=SOON) as hurried, locked(database_url, "document"):
        answer = await ask(hurried, LIST, "bert", accept=media)
    assert (answer.status_code, codes(answer)) == (504, ["TIMEOUT"])
    assert list(answer.json()) == ["errors"]


async def test_who_waits_for_the_database_to_know_him_is_told_the_same(api: Api, database_url: str) -> None:
    await api.token("bert")
    async with behind(api, answer_within=SOON) as hurried, locked(database_url, "session"):
        answer = await ask(hurried, WHO, "bert")
    assert (answer.status_code, codes(answer)) == (504, ["TIMEOUT"])


@pytest.mark.parametrize("table", TABLES_OF_A_CHANGE)
async def test_a_change_that_is_cut_off_is_not_half_done(api: Api, database_url: str, table: str) -> None:
    document = api.world.document
    body = body_of(JSON, CHANGE, documentId=api.id("Document", document.id), description="changed")
    headers = IN_JSON | await api.headers("anna")
    async with behind(api, answer_within=SOON) as hurried:
        async with locked(database_url, table):
            answer = await send(hurried, headers=headers, content=body)
            assert (answer.status_code, codes(answer)) == (504, ["TIMEOUT"])
        stands = await row(api, Document, id=document.id)
        assert (stands.description, stands.revision) == (document.description, document.revision)
        assert await rows(api, Event) == []
        answer = await send(api, headers=headers, content=body)
        assert answer.json()["data"]["updateDocument"]["document"]["revision"] == document.revision + 1


async def test_an_upload_that_is_cut_off_leaves_no_document(api: Api, database_url: str) -> None:
    before = await rows(api, Document)
    headers = IN_PARTS | await api.headers("anna")
    async with behind(api, answer_within=SOON) as hurried, locked(database_url, "event"):
        answer = await send(hurried, headers=headers, content=upload())
    assert (answer.status_code, codes(answer)) == (504, ["TIMEOUT"])
    assert len(await rows(api, Document)) == len(before)


async def test_what_was_cut_off_leaves_no_connection_behind(api: Api, database_url: str) -> None:
    async with behind(api, answer_within=0.05) as hurried:
        async with locked(database_url, "document"):
            for _ in range(25):
                assert (await ask(hurried, LIST, "bert")).status_code == 504
        assert (await ask(api, LIST, "bert")).json() == {"data": {"documents": {"totalCount": 1}}}
    pool = api.ports.database.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0


@pytest.fixture
async def strict(api: Api, database_url: str) -> AsyncGenerator[Api]:
    """The API over a database that gives a statement up at once."""
    opened = Database(database_url, Terms(statement_within=0.5))
    ports = replace(api.ports, database=opened, points=Points(opened))
    async with behind(api, ports) as other:
        yield other
    await opened.close()


async def test_a_field_whose_statement_is_given_up_is_told_so(strict: Api, database_url: str) -> None:
    await strict.token("bert")
    async with locked(database_url, "document"):
        answer = await ask(strict, f"{{ viewer {{ email }} {LIST[1:]}", "bert")
    assert answer.status_code == 200
    assert codes(answer) == ["TIMEOUT"]
    assert answer.json()["data"] == {"viewer": {"email": "bert@callewaert.example"}, "documents": None}


@pytest.mark.parametrize("table", [*TABLES_OF_A_CHANGE, "session"])
async def test_a_change_whose_statement_is_given_up_is_told_so_and_not_half_done(
    strict: Api, api: Api, database_url: str, table: str
) -> None:
    document = api.world.document
    body = body_of(JSON, CHANGE, documentId=api.id("Document", document.id), description="changed")
    headers = IN_JSON | await api.headers("anna")
    async with locked(database_url, table):
        answer = await send(strict, headers=headers, content=body)
    assert codes(answer) == ["TIMEOUT"]
    assert (await row(api, Document, id=document.id)).revision == document.revision


@pytest.mark.parametrize("table", ["session", "throttle"])
async def test_an_operation_whose_first_statement_is_given_up_is_504(
    strict: Api, database_url: str, table: str
) -> None:
    await strict.token("bert")
    async with locked(database_url, table):
        answer = await ask(strict, WHO, "bert")
    assert (answer.status_code, codes(answer)) == (504, ["TIMEOUT"])
