"""Sessions: alive while they are used, for half a day at most, and only while the account is not blocked."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from auth import sessions
from auth.sessions import IDLE_FOR, LASTS_FOR, SEEN_EVERY
from core.tokens import Token
from core.viewer import Language, Role, Viewer
from models import Account, Session
from resolvers.fetching import reads
from resolvers.ports import Ports
from tests.conftest import START, SetClock
from tests.world import World

SECOND = timedelta(seconds=1)


class Desk:
    """Opens sessions for the cast, and looks who is behind them."""

    def __init__(self, ports: Ports, world: World) -> None:
        self.ports = ports
        self.world = world

    async def open(self, who: str, agent: str = "tests") -> Token:
        account = self.world.accounts[who]
        token = Token.new(account.licence_id)
        async with self.ports.database.change(account.licence_id) as change:
            sessions.open_session(change, account.id, token, self.ports.clock.now(), agent)
        return token

    async def viewer(self, token: Token) -> Viewer | None:
        async with self.ports.database.snapshot(token.licence_id) as connection:
            return await sessions.viewer_with(reads(connection), token, self.ports.clock.now())

    async def viewer_of(self, who: str) -> Viewer:
        found = await self.viewer(await self.open(who))
        assert found is not None
        return found

    async def note(self, viewer: Viewer) -> None:
        async with self.ports.database.change(viewer.licence_id) as change:
            await sessions.note_seen(change, viewer, self.ports.clock.now())

    async def block(self, who: str) -> None:
        account = self.world.accounts[who]
        async with self.ports.database.change(account.licence_id) as change:
            await change.execute(
                update(Account)
                .where(Account.licence_id == account.licence_id, Account.id == account.id)
                .values(blocked_at=self.ports.clock.now())
            )


@pytest.fixture
def desk(ports: Ports, world: World) -> Desk:
    return Desk(ports, world)


async def test_a_token_stands_for_the_account_that_it_was_opened_for(desk: Desk, world: World) -> None:
    viewer = await desk.viewer_of("bert")
    assert viewer.account_id == world.accounts["bert"].id
    assert viewer.licence_id == world.firm.licence_id
    assert viewer.relation_id == world.relations["bert"].id
    assert viewer.language is Language.NL
    assert viewer.seen_at == START


async def test_a_token_that_nobody_opened_stands_for_nobody(desk: Desk, world: World) -> None:
    await desk.open("bert")
    assert await desk.viewer(Token.new(world.firm.licence_id)) is None


async def test_a_token_counts_in_its_licence_alone(desk: Desk, world: World) -> None:
    token = await desk.open("bert")
    assert await desk.viewer(Token(world.other_firm.licence_id, token.secret)) is None
    assert await desk.viewer(Token(uuid4(), token.secret)) is None


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("arthur", {Role.STAFF, Role.ADMINISTRATOR}),
        ("anna", {Role.STAFF}),
        ("bert", {Role.CLIENT}),
        ("eva", {Role.STAFF, Role.ADMINISTRATOR}),
    ],
)
async def test_the_group_says_who_is_an_administrator(desk: Desk, who: str, roles: set[Role]) -> None:
    assert (await desk.viewer_of(who)).roles == roles


@pytest.mark.parametrize(
    ("who", "groups"), [("arthur", ["users", "administrators"]), ("anna", ["users"]), ("bert", [])]
)
async def test_a_grant_may_name_the_account_and_its_groups(
    desk: Desk, world: World, who: str, groups: list[str]
) -> None:
    viewer = await desk.viewer_of(who)
    assert viewer.principals[0] == world.accounts[who].id
    assert set(viewer.principals[1:]) == {getattr(world.firm, it) for it in groups}


async def test_a_session_ends_when_it_is_not_used_for_half_an_hour(desk: Desk, clock: SetClock) -> None:
    token = await desk.open("bert")
    clock.advance(IDLE_FOR - SECOND)
    assert await desk.viewer(token)
    clock.advance(SECOND)
    assert timedelta(minutes=30) == IDLE_FOR
    assert await desk.viewer(token) is None


async def test_a_session_that_is_used_goes_on(desk: Desk, clock: SetClock) -> None:
    token = await desk.open("bert")
    viewer = await desk.viewer(token)
    assert viewer
    clock.advance(IDLE_FOR - SECOND)
    await desk.note(viewer)
    clock.advance(IDLE_FOR - SECOND)
    again = await desk.viewer(token)
    assert again
    assert again.seen_at == START + IDLE_FOR - SECOND


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(desk: Desk, clock: SetClock) -> None:
    token = await desk.open("bert")
    viewer = await desk.viewer(token)
    assert viewer
    clock.advance(LASTS_FOR - SECOND)
    await desk.note(viewer)
    assert await desk.viewer(token)
    clock.advance(SECOND)
    await desk.note(viewer)
    assert timedelta(hours=12) == LASTS_FOR
    assert await desk.viewer(token) is None


async def test_a_session_ends_at_once_when_the_account_is_blocked(desk: Desk) -> None:
    berts, carlas = await desk.open("bert"), await desk.open("carla")
    await desk.block("bert")
    assert await desk.viewer(berts) is None
    assert await desk.viewer(carlas)


async def test_a_session_that_is_closed_stands_for_nobody(desk: Desk) -> None:
    kept, closed = await desk.open("bert"), await desk.open("bert")
    viewer = await desk.viewer(closed)
    assert viewer
    async with desk.ports.database.change(viewer.licence_id) as change:
        await sessions.close_session(change, viewer)
    assert await desk.viewer(closed) is None
    assert await desk.viewer(kept)


async def test_a_session_is_found_by_its_id_while_it_lives(desk: Desk, clock: SetClock) -> None:
    viewer = await desk.viewer_of("bert")

    async def found(session_id: UUID) -> Viewer | None:
        async with desk.ports.database.snapshot(viewer.licence_id) as connection:
            return await sessions.viewer_in(reads(connection), viewer.licence_id, session_id, clock.now())

    assert await found(viewer.session_id) == viewer
    assert await found(uuid4()) is None
    clock.advance(IDLE_FOR)
    assert await found(viewer.session_id) is None


async def test_a_use_is_noted_once_a_minute(desk: Desk, clock: SetClock) -> None:
    token = await desk.open("bert")
    viewer = await desk.viewer(token)
    assert viewer
    clock.advance(SEEN_EVERY)
    assert not sessions.should_note(viewer, clock.now())
    await desk.note(viewer)
    unchanged = await desk.viewer(token)
    assert unchanged
    assert unchanged.seen_at == START
    clock.advance(SECOND)
    assert sessions.should_note(viewer, clock.now())
    await desk.note(viewer)
    noted = await desk.viewer(token)
    assert noted
    assert noted.seen_at == START + SEEN_EVERY + SECOND


async def test_neither_the_token_nor_a_long_agent_is_kept(desk: Desk, world: World) -> None:
    token = await desk.open("bert", agent="x" * 5000)
    async with desk.ports.database.change(world.firm.licence_id) as change:
        (row,) = (await change.execute(select(Session))).scalars()
    assert row.user_agent == "x" * 200
    assert row.digest == token.digest
    assert token.secret not in (row.digest, row.id.bytes)
