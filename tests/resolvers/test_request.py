"""One operation: who asks is known from one moment, and read again before anything is changed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from auth.sessions import SEEN_EVERY
from core.errors import DatabaseAway, Unauthenticated
from core.tokens import Token
from models import Account, Letter, Session
from models.tables import LICENCE
from resolvers import accounts
from resolvers.change import letter_seal
from resolvers.fetching import driver_of
from resolvers.request import Request
from tests.api import Api
from tests.conftest import SetClock

OPEN = select(Session.last_seen_at).where(Session.licence_id == LICENCE)


async def block(api: Api, who: str) -> None:
    account = api.world.accounts[who]
    async with api.ports.database.change(account.licence_id) as session:
        await session.execute(
            update(Account).where(Account.id == account.id).values(blocked_at=api.ports.clock.now())
        )


async def test_without_a_token_nobody_asks(api: Api) -> None:
    request = Request(api.ports)
    await request.open()
    assert request.asker is None
    with pytest.raises(Unauthenticated):
        _ = request.viewer
    with pytest.raises(Unauthenticated):
        await request.rows(OPEN)
    with pytest.raises(Unauthenticated):
        async with request.change():
            pytest.fail("a change by nobody")
    await request.close()


async def test_a_token_that_stands_for_nobody_changes_nothing(api: Api) -> None:
    request = Request(api.ports, Token.new(api.world.firm.licence_id))
    await request.open()
    assert request.asker is None
    with pytest.raises(Unauthenticated):
        async with request.change():
            pytest.fail("a change by nobody")
    await request.close()


async def test_a_connection_that_was_lost_hides_no_error_that_came_before(api: Api) -> None:
    request = Request(api.ports, await api.token("anna"))
    await request.open()
    connection = request._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    await driver_of(connection).close()
    with pytest.raises(DatabaseAway):
        await request.rows(OPEN)
    await request.close()
    assert await api.gets("anna", "{ __typename }") == {"__typename": "Query"}


async def test_statements_side_by_side_share_one_moment(api: Api) -> None:
    request = Request(api.ports, await api.token("anna"))
    await request.open()
    everybody = [it.id for name, it in api.world.accounts.items() if name != "eva"]
    before = await accounts.by_ids(request, everybody)
    await block(api, "bert")
    answers = await asyncio.gather(*[accounts.by_ids(request, everybody) for _ in range(5)])
    await request.close()
    assert answers == [before] * 5


async def test_a_block_counts_for_the_change_that_follows_it(api: Api) -> None:
    request = Request(api.ports, await api.token("bert"))
    await request.open()
    assert request.asker
    await block(api, "bert")
    with pytest.raises(Unauthenticated):
        async with request.change():
            pytest.fail("a change by a blocked account")
    await request.close()


async def test_after_a_change_it_is_read_what_was_changed(api: Api) -> None:
    request = Request(api.ports, await api.token("bert"))
    await request.open()
    own = [api.world.accounts["bert"].id]
    async with request.change() as change:
        account = await change.session.get_one(Account, (change.viewer.licence_id, *own))
        account.display_name = "Albert"
        (seen_within,) = await accounts.by_ids(change, own)
    (seen_after,) = await accounts.by_ids(request, own)
    await request.close()
    assert seen_within
    assert seen_after
    assert (seen_within.display_name, seen_after.display_name) == ("Albert", "Albert")


async def test_a_change_that_only_writes_finds_no_rows(api: Api) -> None:
    request = Request(api.ports, await api.token("bert"))
    async with request.change() as change:
        same = update(Account).where(Account.licence_id == LICENCE).values(language=Account.language)
        assert await change.rows(same) == ()
    await request.close()


@pytest.mark.parametrize(("idle", "noted"), [(SEEN_EVERY, False), (SEEN_EVERY + timedelta(seconds=1), True)])
async def test_a_use_is_noted_when_the_last_is_old(
    api: Api,
    clock: SetClock,
    idle: timedelta,
    noted: bool,  # noqa: FBT001
) -> None:
    token = await api.token("bert")
    opened = clock.now()
    clock.advance(idle)
    request = Request(api.ports, token)
    await request.open()
    await request.close()
    again = Request(api.ports, token)
    await again.open()
    (row,) = await again.rows(OPEN)
    await again.close()
    assert row.last_seen_at == (clock.now() if noted else opened)


async def test_a_letter_is_written_to_its_recipient_with_what_it_carries_sealed(api: Api) -> None:
    ports = api.ports
    request = Request(ports, await api.token("anna"))
    async with request.change() as change:
        await change.tell("access_granted", api.world.accounts["bert"].id, secret="kept", username="bert")
    async with api.ports.database.snapshot(api.world.firm.licence_id) as connection:
        letter = (await connection.execute(select(Letter.__table__))).one()
    assert (letter.recipient, letter.language) == ("bert@callewaert.example", "NL")
    addressed = {"title": "mijnheer", "given_name": "Bert", "family_name": "Callewaert"}
    assert letter.details == {**addressed, "username": "bert"}
    bound_to = letter_seal(letter.licence_id, letter.id)
    assert ports.keys.open(letter.sealed, bound_to=bound_to) == b"kept"


async def test_many_letters_are_written_over_one_connection(api: Api) -> None:
    """From the sixth time on a statement is planned for any values."""
    request = Request(api.ports, await api.token("anna"))
    async with request.change() as change:
        for _ in range(12):
            await change.tell("document_shared", api.world.accounts["bert"].id)
    async with api.ports.database.snapshot(api.world.firm.licence_id) as connection:
        assert len((await connection.execute(select(Letter.__table__))).all()) == 12


async def test_whoever_has_no_address_is_told_nothing(api: Api) -> None:
    request = Request(api.ports, await api.token("anna"))
    anna = api.world.accounts["anna"]
    async with request.change() as change:
        (await change.session.get_one(Account, (anna.licence_id, anna.id))).email = None
        await change.tell("document_uploaded", anna.id)
    async with api.ports.database.snapshot(api.world.firm.licence_id) as connection:
        assert (await connection.execute(select(Letter.__table__))).all() == []


async def test_going_on_as_somebody_is_announced(api: Api) -> None:
    announced: list[Token | None] = []
    request = Request(api.ports, announce=announced.append)
    await request.open()
    berts = await api.token("bert")
    await request.become(berts)
    assert request.viewer.account_id == api.world.accounts["bert"].id
    await request.become(None)
    assert request.asker is None
    await request.close()
    assert announced == [berts, None]


async def test_going_on_needs_nobody_to_be_told(api: Api) -> None:
    request = Request(api.ports)
    await request.become(await api.token("bert"))
    assert request.asker
    await request.close()
