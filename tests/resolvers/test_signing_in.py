"""Signing in below HTTP: what was checked must still hold when the session is opened."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from threading import Event
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from auth.passwords import Passwords
from core.errors import WrongCredentials
from models import Account, Session
from resolvers.request import Request
from resolvers.signing_in import sign_in
from tests.api import Api
from tests.conftest import START
from tests.world import PASSWORD


class Slow(PasswordHasher):
    """A hasher that tells when it begins to compare, and waits until it may go on."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begins = Event()
        self.may_go_on = Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's word
        self.begins.set()
        self.may_go_on.wait(timeout=60)
        return super().verify(hash, password)


@pytest.mark.parametrize(
    ("meanwhile", "opens"),
    [({}, True), ({"blocked_at": START}, False), ({"password_hash": "another"}, False)],
    ids=["nothing", "a_block", "a_new_password"],
)
async def test_what_happens_while_the_password_is_compared_counts(
    api: Api,
    meanwhile: dict[str, Any],
    opens: bool,  # noqa: FBT001
) -> None:
    hasher = Slow()
    request = Request(replace(api.ports, passwords=Passwords(hasher, threads=1)))
    signing_in = asyncio.create_task(sign_in(request, "bert@callewaert.example", PASSWORD, "de-linde"))
    await asyncio.to_thread(hasher.begins.wait, 60)
    bert = api.world.accounts["bert"]
    async with api.ports.database.change(bert.licence_id) as session:
        if meanwhile:
            await session.execute(update(Account).where(Account.id == bert.id).values(**meanwhile))
    hasher.may_go_on.set()
    await (signed_in if opens else refused)(signing_in)
    await request.close()
    request.ports.passwords.close()
    async with api.ports.database.snapshot(bert.licence_id) as connection:
        sessions = (await connection.execute(select(func.count()).select_from(Session))).scalar_one()
    assert sessions == (1 if opens else 0)


async def signed_in(signing_in: Awaitable[object]) -> None:
    await signing_in


async def refused(signing_in: Awaitable[object]) -> None:
    with pytest.raises(WrongCredentials):
        await signing_in
