"""The switchboard: entries are read once, and put on the lines of whoever they may concern."""

from collections.abc import Generator
from contextlib import ExitStack
from uuid import UUID, uuid4

import pytest

from core.errors import BeginAnew
from core.viewer import Viewer
from models import FeedEntry
from models.feed import ChangeKind
from resolvers import switchboard
from resolvers.request import Request
from resolvers.switchboard import HEAD, MOST_WAITING, Line, Stopping, Switchboard
from tests.api import Api
from tests.journeys.feeding import enter, give_numbers
from tests.journeys.people import add_advisor
from tests.journeys.rows import rows, writing
from tests.statements import counting


class Board:
    """A switchboard, and the lines of the cast on it."""

    def __init__(self, api: Api, held: ExitStack) -> None:
        self.api = api
        self.held = held
        self.itself = Switchboard(api.ports.database)

    async def viewer(self, who: str) -> Viewer:
        request = Request(self.api.ports, await self.api.token(who))
        await request.open()
        await request.close()
        return request.viewer

    async def line(self, who: str) -> Line:
        """Return a line of one of the cast, on which nothing is heard of what was before."""
        request = Request(self.api.ports, await self.api.token(who))
        await request.open()
        row = await request.row(HEAD)
        await request.close()
        up_to = row.numbered_up_to if row else 0
        return self.held.enter_context(self.itself.line(request.viewer, up_to))

    async def changed(self, *keys: UUID, principals: tuple[UUID, ...] = ()) -> None:
        """Enter changes of documents, and read them."""
        await enter(self.api, ChangeKind.CHANGED, "Document", *keys, principals=principals)
        await give_numbers(self.api)
        self.itself.hear(str(self.api.world.firm.licence_id))
        await self.itself.read_on()


@pytest.fixture
def board(api: Api) -> Generator[Board]:
    with ExitStack() as held:
        yield Board(api, held)


async def heard(line: Line) -> list[UUID] | None:
    """Return of what something waits on a line."""
    taken = await line.take(0.01)
    return None if taken is None else [it.subject_id for it in taken]


async def test_a_feed_is_read_once_for_all_who_listen(api: Api, board: Board) -> None:
    lines = [await board.line(who) for who in ("bert", "arthur", "anna", "bert")]
    await board.itself.read_on()
    key = api.world.document.id
    async with counting(api.ports.database) as sent:
        board.itself.hear(str(api.world.firm.licence_id))
        await enter(api, ChangeKind.CHANGED, "Document", key)
        await give_numbers(api)
        sent.clear()
        await board.itself.read_on()
    assert len(sent) == 2
    assert [await heard(it) for it in lines] == [[key]] * 4


async def test_whom_an_entry_can_not_concern_is_not_even_rung(api: Api, board: Board) -> None:
    carla, bert, otto = await board.line("carla"), await board.line("bert"), None
    await add_advisor(api, "otto")
    otto = await board.line("otto")
    await board.changed(api.world.document.id)
    assert [await heard(it) for it in (carla, bert, otto)] == [None, [api.world.document.id], None]
    # The rights of others are no client's concern, though he reads the document.
    await board.changed(api.world.document.id, principals=(api.world.accounts["carla"].id,))
    assert [await heard(it) for it in (carla, bert, otto)] == [[api.world.document.id], None, None]


async def test_of_more_than_can_be_read_at_once_the_rest_comes_next(
    api: Api, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard, "READ_AT_ONCE", 2)
    line = await board.line("bert")
    await board.changed(*[api.world.document.id] * 5)
    assert await heard(line) == [api.world.document.id] * 5


async def test_a_long_line_is_taken_some_at_a_time(api: Api, board: Board) -> None:
    line = await board.line("bert")
    await board.changed(*[api.world.document.id] * 20)
    assert [len(await heard(line) or ()) for _ in range(3)] == [16, 4, 0]


async def test_on_the_line_of_whoever_is_slow_no_more_than_so_many_wait(api: Api, board: Board) -> None:
    slow, quick = await board.line("bert"), await board.line("arthur")
    for _ in range(MOST_WAITING // 500):
        await board.changed(*[api.world.document.id] * 500)
        while await heard(quick):
            pass
    assert len(slow._waiting) == MOST_WAITING  # pyright: ignore[reportPrivateUsage]
    await board.changed(api.world.document.id)
    assert len(slow._waiting) == 0  # pyright: ignore[reportPrivateUsage]
    for _ in range(2):
        with pytest.raises(BeginAnew):
            await slow.take(0.01)
    # Nothing is kept for him any more, and others go on.
    await board.changed(api.world.document.id)
    assert len(slow._waiting) == 0  # pyright: ignore[reportPrivateUsage]
    assert await heard(quick) == [api.world.document.id] * 2


async def test_whoever_missed_what_is_not_kept_any_more_begins_anew(api: Api, board: Board) -> None:
    line = await board.line("bert")
    await enter(api, ChangeKind.CHANGED, "Document", *[api.world.document.id] * 2)
    await give_numbers(api)
    async with writing(api) as firm:
        first = await firm.session.get_one(FeedEntry, (firm.founded.licence_id, await first_entry(api)))
        await firm.session.delete(first)
    await board.itself.read_on()
    with pytest.raises(BeginAnew):
        await line.take(0.01)


async def first_entry(api: Api) -> UUID:
    entries = await rows(api, FeedEntry)
    return min(entries, key=lambda it: it.number or 0).id


async def test_of_a_licence_in_which_nobody_listens_nothing_is_read(api: Api, board: Board) -> None:
    with board.itself.line(await board.viewer("bert"), 0):
        pass
    async with counting(api.ports.database) as sent:
        board.itself.hear(str(api.world.firm.licence_id))
        board.itself.hear(str(uuid4()))
        await board.itself.read_on()
        await board.itself.wait(0)
        await board.itself.read_on()
    assert sent == []


async def test_a_line_rings_where_its_account_is_named(api: Api, board: Board) -> None:
    bert, carla = await board.line("bert"), await board.line("carla")
    board.itself.hear(f"{api.world.firm.licence_id} {api.world.accounts['bert'].id}")
    assert [await heard(it) for it in (bert, carla)] == [[], None]
    board.itself.begin_to_hear()
    assert [await heard(it) for it in (bert, carla)] == [[], []]


async def test_what_waits_when_the_server_stops_is_told_by_another(api: Api, board: Board) -> None:
    line = await board.line("bert")
    await board.changed(api.world.document.id)
    board.itself.close()
    with pytest.raises(Stopping):
        await line.take(0.01)
    with pytest.raises(Stopping), board.itself.line(line.viewer, 0):
        pass
