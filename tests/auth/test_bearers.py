"""Bearers: a token is read as what it spells, and each kind opens only its own."""

import pytest

from auth import bearers
from auth.api_keys import KeyToken
from core.tokens import Token
from core.viewer import Viewer
from models import ApiKey, Session
from resolvers.fetching import reads
from tests.api import Api
from tests.conftest import START
from tests.journeys.rows import row
from tests.schema.programs import give_key, install

HERE = "192.0.2.1"


async def viewer_with(api: Api, token: Token) -> Viewer | None:
    async with api.ports.database.snapshot(token.licence_id) as connection:
        return await bearers.viewer_with(reads(connection), token, START, HERE)


async def viewer_in(api: Api, viewer: Viewer, *, is_program: bool) -> Viewer | None:
    async with api.ports.database.snapshot(viewer.licence_id) as connection:
        return await bearers.viewer_in(
            reads(connection), viewer.licence_id, viewer.session_id, START, HERE, is_program=is_program
        )


async def test_a_token_is_read_as_what_it_spells(api: Api) -> None:
    licence_id = api.world.firm.licence_id
    for token in (Token.new(licence_id), KeyToken.new(licence_id)):
        assert bearers.token_in(str(token)) == token
    assert bearers.token_in("neither") is None


async def test_a_token_stands_for_whom_it_was_made(api: Api) -> None:
    await install(api)
    for who in ("anna", "robot"):
        viewer = await viewer_with(api, await api.token(who))
        assert viewer
        assert viewer.account_id == api.world.accounts[who].id
        assert viewer.is_program == (who == "robot")


@pytest.mark.parametrize("who", ["anna", "robot"])
async def test_what_is_found_by_its_id_is_looked_for_where_it_is(api: Api, who: str) -> None:
    await install(api)
    viewer = await viewer_with(api, await api.token(who))
    assert viewer
    assert await viewer_in(api, viewer, is_program=viewer.is_program) == viewer
    assert await viewer_in(api, viewer, is_program=not viewer.is_program) is None


async def test_a_use_is_noted_where_it_is(api: Api) -> None:
    await install(api)
    await give_key(api, last_used_at=START.replace(hour=1))
    moments: list[object] = []
    for who in ("anna", "robot"):
        viewer = await viewer_with(api, await api.token(who))
        assert viewer
        async with api.ports.database.change(viewer.licence_id) as change:
            await bearers.note_seen(change, viewer, START.replace(hour=12))
        found = await (
            row(api, ApiKey, id=viewer.session_id)
            if viewer.is_program
            else row(api, Session, id=viewer.session_id)
        )
        moments.append(found.last_used_at if isinstance(found, ApiKey) else found.last_seen_at)
    assert moments == [START.replace(hour=12)] * 2
