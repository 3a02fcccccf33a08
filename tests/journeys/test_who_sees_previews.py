"""Pictures are shut with the file they are of, and it is remembered who saw them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta

import pytest

from models import DocumentVersion, Event
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.drawing import Counted
from tests.journeys.filing import (
    assert_dead,
    gives,
    key_of,
    kinds_of_events,
    over,
    paper_of,
    preview_of,
    set_rights,
    version_of,
)
from tests.journeys.rows import block, delete_document, rows, set_values
from tests.storage import real_files


@pytest.fixture
def renderer() -> Counted:
    return Counted()


@pytest.fixture
async def counted(api: Api, renderer: Counted) -> AsyncGenerator[Api]:
    """The API of a server with a renderer that counts."""
    async with over(api, renderer=renderer) as other:
        yield other


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent: its id."""
    return await paper_of(api, "bert", real_files.pdf())


async def withdraw(api: Api, id_: str) -> None:
    await set_rights(api, id_, "bert")


async def delete(api: Api, id_: str) -> None:
    await delete_document(api, key_of(api, id_))


async def infect(api: Api, id_: str) -> None:
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, scan_state="INFECTED")


async def block_bert(api: Api, _: str) -> None:
    await block(api, "bert")


async def sign_out(api: Api, _: str) -> None:
    await api.gets("bert", "mutation { signOut { userErrors { code } } }")


@pytest.mark.parametrize("ending", [withdraw, delete, infect, block_bert, sign_out])
@pytest.mark.parametrize("is_kept", [True, False])
async def test_a_picture_is_shut_with_its_file(
    counted: Api,
    renderer: Counted,
    paper: str,
    ending: Callable[[Api, str], Awaitable[None]],
    *,
    is_kept: bool,
) -> None:
    url = await preview_of(counted, "bert", paper)
    if is_kept:
        assert (await gives(counted, url)).status_code == 200
    await ending(counted, paper)
    await assert_dead(counted, url)
    await assert_dead(counted, url, "HEAD")
    assert len(renderer.asked) == is_kept


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 404)])
async def test_an_address_of_a_picture_lasts_for_a_minute(
    counted: Api, clock: SetClock, paper: str, seconds: int, status: int
) -> None:
    url = await preview_of(counted, "bert", paper)
    clock.advance(timedelta(seconds=seconds))
    assert (await gives(counted, url)).status_code == status


# what is remembered -----------------------------------------------------------------------------------------


async def test_who_saw_it_is_remembered_once_a_minute(counted: Api, clock: SetClock, paper: str) -> None:
    start = clock.moment
    for second in (0, 30, 59, 60):
        clock.moment = start + timedelta(seconds=second)
        for width in (320, 1280):
            await gives(counted, await preview_of(counted, "bert", paper, width=width))
    await gives(counted, await preview_of(counted, "anna", paper))
    events = sorted(await rows(counted, Event, kind="document.viewed"), key=lambda it: it.id)
    names = {counted.world.accounts[who].id: who for who in ("bert", "anna")}
    assert [(names.get(it.account_id or it.id), (it.occurred_at - start).seconds) for it in events] == [
        ("bert", 0),
        ("bert", 60),
        ("anna", 60),
    ]
    assert {(it.document_id, it.details["version"]) for it in events} == {(key_of(counted, paper), 1)}


async def test_a_look_at_the_headers_is_no_view(counted: Api, paper: str) -> None:
    url = await preview_of(counted, "bert", paper)
    assert url is not None
    assert (await counted.http.head(url)).status_code == 200
    assert await kinds_of_events(counted, "document.viewed", "document.opened", "document.downloaded") == []
