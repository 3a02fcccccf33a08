"""While all who may wait for their password do, everybody else is answered, and one more is turned away."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from threading import Event
from typing import Any, Final, Literal

import pytest
from argon2 import PasswordHasher

from auth.passwords import WAITING_AT_MOST, Passwords
from tests.api import Api
from tests.journeys.programs import ask, sent
from tests.world import PASSWORD

SIGN_IN: Final = """mutation ($input: SignInInput!) { signIn(input: $input) {
  step userErrors { code ... on RateLimitedError { retryAfterSeconds } } } }"""
DOCUMENTS: Final = "{ documents { nodes { description } } }"
# No network has more than ten operations under way.
FROM: Final = [f"192.0.2.{number}" for number in range(WAITING_AT_MOST)]


class Slow(PasswordHasher):
    """A hasher that answers nobody before it may."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.may_answer = Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's word
        self.may_answer.wait()
        return super().verify(hash, password)


class Desk(Passwords):
    """Compares passwords one by one, when it may."""

    def __init__(self) -> None:
        self.hasher = Slow()
        super().__init__(self.hasher, threads=1)

    async def until_full(self) -> None:
        """Return once as many wait as may."""
        async with asyncio.timeout(20):
            while self._waiting < WAITING_AT_MOST:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.001)


@pytest.fixture
async def desk(api: Api) -> AsyncGenerator[Desk]:
    opened = Desk()
    api.ports = replace(api.ports, passwords=opened)
    yield opened
    opened.hasher.may_answer.set()
    opened.close()


async def signs_in(api: Api, address: str) -> dict[str, Any]:
    said = {"username": "bert@callewaert.example", "password": PASSWORD, "licence": "de-linde"}
    body = {"query": SIGN_IN, "variables": {"input": said}}
    return (await sent(api, "POST", "/graphql", address, json=body)).json()["data"]["signIn"]


async def test_a_flood_of_sign_ins_holds_up_nobody_else(api: Api, desk: Desk) -> None:
    flood = [asyncio.create_task(signs_in(api, it)) for it in FROM]
    await desk.until_full()
    seen = await ask(api, str(await api.token("bert")), DOCUMENTS)
    assert seen == {"data": {"documents": {"nodes": [{"description": "Huwelijkscontract"}]}}}
    turned_away = await signs_in(api, "198.51.100.1")
    assert turned_away == {
        "step": None,
        "userErrors": [{"code": "RATE_LIMITED", "retryAfterSeconds": 1}],
    }
    desk.hasher.may_answer.set()
    assert [it["step"] for it in await asyncio.gather(*flood)] == ["SIGNED_IN"] * WAITING_AT_MOST
