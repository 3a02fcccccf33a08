"""Seats below HTTP: of thirty who ask at once, as many are let in as there are seats."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from core.errors import NoSeatLeft
from models import Account, Letter
from resolvers.account_care import unblock_account
from resolvers.change import Change
from resolvers.idempotency import once
from resolvers.portal_access import grant_portal_access
from resolvers.request import Request
from tests.api import Api
from tests.conftest import START
from tests.journeys.rows import rows, set_login_limit, writing

AT_ONCE: Final = 30
SEATS_LEFT: Final = 5
CLIENTS_OF_THE_WORLD: Final = 3


async def of_all(api: Api, ids: list[UUID], do: Callable[[Change, UUID], Awaitable[object]]) -> list[bool]:
    """Do something for each at once, as Anna; return of each whether there was a seat for it."""
    await set_login_limit(api, CLIENTS_OF_THE_WORLD + SEATS_LEFT)
    token = await api.token("anna")

    async def done(id_: UUID) -> bool:
        try:
            async with Request(api.ports, token).change() as change:
                await do(change, id_)
        except NoSeatLeft:
            return False
        return True

    return await asyncio.gather(*map(done, ids))


async def test_of_thirty_who_are_given_access_at_once_five_get_the_seats_that_are_left(api: Api) -> None:
    async with writing(api) as firm:
        added = [
            await firm.relation(str(number), "Peeters", email=f"{number}@peeters.example")
            for number in range(AT_ONCE)
        ]
    given = await of_all(api, [it.id for it in added], grant_portal_access)
    assert sorted(given) == [False] * (AT_ONCE - SEATS_LEFT) + [True] * SEATS_LEFT
    assert len(await rows(api, Account, role="CLIENT")) == CLIENTS_OF_THE_WORLD + SEATS_LEFT
    assert len(await rows(api, Letter)) == SEATS_LEFT


async def test_of_thirty_who_are_unblocked_at_once_five_get_the_seats_that_are_left(api: Api) -> None:
    async with writing(api) as firm:
        added: list[Account] = []
        for number in range(AT_ONCE):
            relation = await firm.relation(str(number), "Peeters", email=f"{number}@peeters.example")
            added.append(await firm.client(relation, blocked_at=START))
    let_in = await of_all(api, [it.id for it in added], unblock_account)
    assert sorted(let_in) == [False] * (AT_ONCE - SEATS_LEFT) + [True] * SEATS_LEFT
    clients = await rows(api, Account, role="CLIENT", blocked_at=None)
    assert len(clients) == CLIENTS_OF_THE_WORLD + SEATS_LEFT


async def test_two_who_ask_by_keys_do_not_wait_for_each_other(api: Api) -> None:
    """A key is written first, and refers to the licence; whoever counts its seats then asks for that row."""
    async with writing(api) as firm:
        added = [await firm.relation(it, "Peeters", email=f"{it}@peeters.example") for it in ("a", "b")]
    both = asyncio.Barrier(2)
    token = await api.token("anna")

    async def give(relation_id: UUID) -> None:
        async def make() -> UUID:
            await both.wait()
            return await grant_portal_access(change, relation_id)

        async with Request(api.ports, token).change() as change:
            await once(change, str(relation_id), "grantPortalAccess", {}, make)

    await asyncio.gather(*(give(it.id) for it in added))
    assert len(await rows(api, Account, role="CLIENT")) == CLIENTS_OF_THE_WORLD + 2
