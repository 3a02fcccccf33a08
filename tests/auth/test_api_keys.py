"""API keys: recognised by their beginning, kept as digests, and alive only as long as all of it holds."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import api_keys, sessions
from auth.api_keys import FINGERPRINT, MARK, KeyToken
from auth.sessions import SEEN_EVERY
from core.tokens import SECRET_BYTES, Token, pack
from core.viewer import ApiScope, Language, Role, Viewer
from models import Account, ApiKey
from resolvers.fetching import reads
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.rows import block, row, set_values, writing
from tests.schema.programs import give_key, install

HERE = "192.0.2.1"
SECOND = timedelta(seconds=1)
LICENCE = UUID("01890000-0000-7000-8000-000000000001")
SECRETS = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)
# As a scanner for secrets would be told it.
LOOKS_LIKE = re.compile(r"kluis_pk_[0-9a-f]{12}_[A-Za-z0-9_-]{64}")
OTHER_SPELLINGS: list[Callable[[str], str]] = [
    lambda text: text[len(MARK) + FINGERPRINT + 1 :],
    lambda text: text.removeprefix("kluis_"),
    lambda text: text.upper(),
    lambda text: f"{MARK}{'0' * FINGERPRINT}_{text[len(MARK) + FINGERPRINT + 1 :]}",
    lambda text: text[: len(MARK) + FINGERPRINT] + "-" + text[len(MARK) + FINGERPRINT + 1 :],
    lambda text: text[: len(MARK) + FINGERPRINT],
    lambda text: f"{text}=",
    lambda text: f"{text}\n",
    lambda text: f" {text}",
    lambda text: text[:-1],
    lambda _: MARK,
    lambda _: "None",
    lambda _: "",
]


@given(st.uuids(), SECRETS)
def test_a_key_is_read_as_it_was_written(licence_id: UUID, secret: bytes) -> None:
    token = KeyToken(licence_id, secret)
    assert KeyToken.parse(str(token)) == token
    assert LOOKS_LIKE.fullmatch(str(token))


@pytest.mark.parametrize("change", OTHER_SPELLINGS)
def test_what_is_spelled_in_any_other_way_is_no_key(change: Callable[[str], str]) -> None:
    assert KeyToken.parse(change(str(KeyToken.new(LICENCE)))) is None


def test_a_key_is_no_sessions_token_and_the_other_way_round() -> None:
    token = KeyToken.new(LICENCE)
    assert Token.parse(str(token)) is None
    assert KeyToken.parse(str(Token(LICENCE, token.secret))) is None
    assert token != Token(LICENCE, token.secret)


def test_two_keys_have_nothing_in_common_but_the_licence() -> None:
    one, other = KeyToken.new(LICENCE), KeyToken.new(LICENCE)
    assert one.secret != other.secret
    assert one.prefix != other.prefix
    assert len(one.secret) * 8 == 256


def test_the_prefix_tells_nothing_of_the_secret() -> None:
    token = KeyToken.new(LICENCE)
    assert str(token).startswith(f"{token.prefix}_")
    assert token.prefix == MARK + token.digest.hex()[:FINGERPRINT]


def test_a_key_is_shown_without_its_secret() -> None:
    token = KeyToken.new(LICENCE)
    shown = repr(token)
    assert str(LICENCE) in shown
    for secret in (str(token), pack(token.secret), token.secret.hex(), repr(token.secret)):
        assert secret not in shown


class Desk:
    """Looks who is behind a key, and lets it be used."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.database = api.ports.database

    async def viewer(self, token: KeyToken, address: str = HERE) -> Viewer | None:
        async with self.database.snapshot(token.licence_id) as connection:
            return await api_keys.viewer_with(reads(connection), token, self.now(), address)

    async def viewer_in(self, key_id: UUID, address: str = HERE) -> Viewer | None:
        licence_id = self.api.world.firm.licence_id
        async with self.database.snapshot(licence_id) as connection:
            return await api_keys.viewer_in(reads(connection), licence_id, key_id, self.now(), address)

    async def use(self, token: KeyToken) -> datetime | None:
        """Note that a key is used now; return when it was last used."""
        viewer = await self.viewer(token)
        assert viewer
        async with self.database.change(token.licence_id) as change:
            await api_keys.note_used(change, viewer, self.now())
        return (await row(self.api, ApiKey, digest=token.digest)).last_used_at

    async def set(self, token: KeyToken, **values: Any) -> None:
        await set_values(self.api, ApiKey, (await row(self.api, ApiKey, digest=token.digest)).id, **values)

    def now(self) -> datetime:
        return self.api.ports.clock.now()


@pytest.fixture
async def desk(api: Api) -> Desk:
    await install(api)
    return Desk(api)


async def test_a_key_stands_for_its_program_with_its_scopes(desk: Desk) -> None:
    token = await give_key(desk.api, ApiScope.RELATIONS_READ, ApiScope.DOCUMENTS_READ)
    robot = desk.api.world.accounts["robot"]
    key = await row(desk.api, ApiKey, digest=token.digest)
    assert await desk.viewer(token) == Viewer(
        licence_id=desk.api.world.firm.licence_id,
        account_id=robot.id,
        session_id=key.id,
        seen_at=None,
        roles=frozenset({Role.SERVICE}),
        language=Language.NL,
        principals=(robot.id,),
        relation_id=None,
        scopes=frozenset({ApiScope.RELATIONS_READ, ApiScope.DOCUMENTS_READ}),
    )
    assert await desk.viewer_in(key.id) == await desk.viewer(token)


async def test_a_key_without_scopes_is_still_a_programs(desk: Desk) -> None:
    viewer = await desk.viewer(await give_key(desk.api))
    assert viewer
    assert viewer.scopes == frozenset()
    assert viewer.is_program


async def test_a_grant_may_name_the_program_and_its_groups(desk: Desk) -> None:
    robot = desk.api.world.accounts["robot"]
    async with writing(desk.api) as firm:
        await firm.join(desk.api.world.firm.users, robot)
    viewer = await desk.viewer(await give_key(desk.api))
    assert viewer
    assert viewer.principals == (robot.id, desk.api.world.firm.users)


async def test_a_program_in_the_group_of_administrators_is_none(desk: Desk) -> None:
    async with writing(desk.api) as firm:
        await firm.join(desk.api.world.firm.administrators, desk.api.world.accounts["robot"])
    viewer = await desk.viewer(await give_key(desk.api, *ApiScope))
    assert viewer
    assert viewer.roles == {Role.SERVICE}


async def test_a_key_that_nobody_made_stands_for_nobody(desk: Desk) -> None:
    assert await desk.viewer(KeyToken.new(desk.api.world.firm.licence_id)) is None
    assert await desk.viewer_in(uuid4()) is None


async def test_a_key_counts_in_its_licence_alone(desk: Desk) -> None:
    token = await give_key(desk.api)
    assert await desk.viewer(KeyToken(desk.api.world.other_firm.licence_id, token.secret)) is None
    assert await desk.viewer(KeyToken(uuid4(), token.secret)) is None


async def test_a_session_is_no_key_and_a_key_no_session(desk: Desk) -> None:
    session, key = await desk.api.token("anna"), await give_key(desk.api)
    assert await desk.viewer(KeyToken(session.licence_id, session.secret)) is None
    async with desk.database.snapshot(key.licence_id) as connection:
        inner = Token(key.licence_id, key.secret)
        assert await sessions.viewer_with(reads(connection), inner, desk.now()) is None


async def test_a_key_ends_at_its_moment(desk: Desk, clock: SetClock) -> None:
    token = await give_key(desk.api, expires_at=START + timedelta(days=1))
    clock.advance(timedelta(days=1) - SECOND)
    assert await desk.viewer(token)
    clock.advance(SECOND)
    assert await desk.viewer(token) is None


async def test_a_key_without_a_moment_lasts(desk: Desk, clock: SetClock) -> None:
    token = await give_key(desk.api)
    clock.advance(timedelta(days=4000))
    assert await desk.viewer(token)


async def test_a_key_that_was_revoked_stands_for_nobody(desk: Desk) -> None:
    kept, revoked = await give_key(desk.api), await give_key(desk.api)
    viewer = await desk.viewer(revoked)
    assert viewer
    await desk.set(revoked, revoked_at=desk.now())
    assert await desk.viewer(revoked) is None
    assert await desk.viewer_in(viewer.session_id) is None
    assert await desk.viewer(kept)


async def test_a_key_is_dead_while_its_account_is_blocked(desk: Desk) -> None:
    token = await give_key(desk.api)
    await block(desk.api, "robot")
    assert await desk.viewer(token) is None
    await set_values(desk.api, Account, desk.api.world.accounts["robot"].id, blocked_at=None)
    assert await desk.viewer(token)


@pytest.mark.parametrize("role", ["STAFF", "AUDITOR", "CLIENT"])
async def test_no_key_opens_a_persons_account(desk: Desk, role: str) -> None:
    token = await give_key(desk.api, *ApiScope)
    await set_values(desk.api, Account, desk.api.world.accounts["robot"].id, role=role)
    assert await desk.viewer(token) is None


async def test_a_program_has_no_session(desk: Desk) -> None:
    robot = desk.api.world.accounts["robot"]
    token = Token.new(robot.licence_id)
    async with desk.database.change(robot.licence_id) as change:
        sessions.open_session(change, robot.id, token, desk.now(), "tests")
    async with desk.database.snapshot(robot.licence_id) as connection:
        assert await sessions.viewer_with(reads(connection), token, desk.now()) is None


@pytest.mark.parametrize(
    ("networks", "is_alive"),
    [
        (None, True),
        ([HERE], True),
        (["198.51.100.0/24", "192.0.2.0/24"], True),
        (["198.51.100.0/24"], False),
        (["::/0"], False),
        ([], False),
    ],
)
async def test_a_key_is_used_from_its_addresses_alone(
    desk: Desk, networks: list[str] | None, *, is_alive: bool
) -> None:
    token = await give_key(desk.api, networks=networks)
    key = await row(desk.api, ApiKey, digest=token.digest)
    assert bool(await desk.viewer(token)) == is_alive
    assert bool(await desk.viewer(token, f"::ffff:{HERE}")) == is_alive
    assert bool(await desk.viewer_in(key.id)) == is_alive
    assert bool(await desk.viewer(token, "")) == (networks is None)


async def test_a_use_is_noted_once_a_minute(desk: Desk, clock: SetClock) -> None:
    token = await give_key(desk.api)
    viewer = await desk.viewer(token)
    assert viewer
    assert viewer.seen_at is None
    assert sessions.should_note(viewer, clock.now())
    assert await desk.use(token) == START
    clock.advance(SEEN_EVERY)
    viewer = await desk.viewer(token)
    assert viewer
    assert viewer.seen_at == START
    assert not sessions.should_note(viewer, clock.now())
    assert await desk.use(token) == START
    clock.advance(SECOND)
    assert sessions.should_note(viewer, clock.now())
    assert await desk.use(token) == START + SEEN_EVERY + SECOND


async def test_the_use_of_one_key_is_not_noted_with_another(desk: Desk) -> None:
    used, unused = await give_key(desk.api), await give_key(desk.api)
    await desk.use(used)
    assert (await row(desk.api, ApiKey, digest=unused.digest)).last_used_at is None
