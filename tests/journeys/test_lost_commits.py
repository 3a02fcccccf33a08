"""A commit whose answer is lost may have happened: no file is removed then that a row may name."""

from typing import Any

import pytest
from sqlalchemy import event

from resolvers import database
from resolvers.committing import commit
from tests.api import Api
from tests.journeys import filing
from tests.journeys.filing import WORDS, objects

Armed = list[str]
"""The beginnings of statements; the answer to the commit of one is lost, once."""


@pytest.fixture
def losing(api: Api, monkeypatch: pytest.MonkeyPatch) -> Armed:
    """What may be filled with the beginning of a statement, of whose transaction the answer is lost."""
    armed, met = Armed(), set[object]()

    def look(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        if any(statement.startswith(it) for it in armed):
            armed.clear()
            met.add(connection.connection.driver_connection)

    async def lose(driver: Any, *, within: float) -> None:
        await commit(driver, within=within)
        if driver in met:
            driver.terminate()
            raise ConnectionResetError

    event.listen(api.ports.database.engine.sync_engine, "before_cursor_execute", look)
    monkeypatch.setattr(database, "commit", lose)
    return armed


async def opened(api: Api, id_: str, who: str = "bert") -> bytes:
    return (await api.http.get(str(await filing.url_of(api, who, id_)))).content


async def test_an_upload_that_is_sent_again_is_the_one_that_was_kept(api: Api, losing: Armed) -> None:
    losing.append("INSERT INTO document ")
    assert await api.upload("bert", "a.txt", WORDS, idempotencyKey="once") is None
    again = await api.upload("bert", "a.txt", WORDS, idempotencyKey="once")
    assert await opened(api, again["document"]["id"]) == WORDS
    assert len(await objects(api)) == 1


async def test_a_new_version_whose_answer_was_lost_can_be_opened(api: Api, losing: Armed) -> None:
    id_ = await filing.paper_of(api, "bert")
    losing.append("INSERT INTO document_version ")
    assert await filing.add_file(api, "anna", id_, WORDS) is None
    assert await opened(api, id_, "anna") == WORDS


async def test_what_was_sent_to_an_upload_is_kept_though_the_answer_was_lost(api: Api, losing: Armed) -> None:
    ticket = await filing.ticket_of(api, "bert")
    losing.append("UPDATE upload ")
    assert (await filing.put(api, ticket, WORDS)).status_code == 503
    made = await filing.complete(api, "bert", ticket["id"])
    assert await opened(api, made["document"]["id"]) == WORDS
