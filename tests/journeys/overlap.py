"""Tries of a sign-in that must not be told apart: what they are answered, and how far their times overlap."""

import asyncio
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import cycle
from random import Random
from time import perf_counter
from typing import Any, Final, Literal, NamedTuple

import httpx
from argon2 import PasswordHasher

from resolvers.ports import Ports
from server.app import create_app
from server.http_rules import HttpRules
from tests.conftest import SetClock

SIGN_IN: Final = """mutation ($input: SignInInput!) { signIn(input: $input) {
  step token challenge viewer { email } userErrors { __typename code message path } } }"""
# Of one network ten operations may be under way, and many tries wait side by side.
ADDRESSES: Final = [f"192.0.2.{number}" for number in range(1, 33)]
AT_ONCE: Final = 10 * len(ADDRESSES)
# In which a try comes back of a name from a network, and of a name from anywhere.
UNTIL_TRIES_ARE_BACK: Final = timedelta(seconds=72)
# What the overlap of two kinds may be that nobody can tell apart.
LEAST: Final = 0.42
MOST: Final = 0.58


def overlap(ones: Sequence[float], others: Sequence[float]) -> float:
    """Return how likely one of these is longer than one of the others; a tie counts half (Mann and Whitney).

    At a half nothing tells the two apart; at 0 and at 1 a single one does.
    """
    ordered = sorted(others)
    passed = sum(bisect_left(ordered, it) + bisect_right(ordered, it) for it in ones)
    return passed / (2 * len(ones) * len(others))


class Telling(PasswordHasher):
    """A hasher that tells when it has compared: what is left of a failing try is waiting."""

    def __init__(self, memory_cost: int) -> None:
        super().__init__(time_cost=1, memory_cost=memory_cost, parallelism=1)
        self.loop = asyncio.get_running_loop()
        self.has_compared = asyncio.Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's word
        try:
            return super().verify(hash, password)
        finally:
            self.loop.call_soon_threadsafe(self.has_compared.set)


class Try(NamedTuple):
    """What somebody types."""

    username: str
    password: str


class Door:
    """Where all kinds of tries come in, and what became of each kind."""

    def __init__(self, ports: Ports, hasher: Telling, clock: SetClock, kinds: Mapping[str, Try]) -> None:
        app = create_app(ports, rules=HttpRules(at_once=AT_ONCE))
        networks = [httpx.ASGITransport(app, client=(address, 1)) for address in ADDRESSES]
        self.networks = cycle([httpx.AsyncClient(transport=it, base_url=ports.public_url) for it in networks])
        self.hasher = hasher
        self.clock = clock
        self.kinds = kinds
        self.chance = Random(1)  # noqa: S311  the same order in every run
        self.answers: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
        self.durations: dict[str, list[float]] = defaultdict(list)

    async def sends(self, username: str, password: str) -> httpx.Response:
        """Return the answer to a try from the next address."""
        said = {"username": username, "password": password, "licence": "de-linde"}
        body = {"query": SIGN_IN, "variables": {"input": said}}
        return await next(self.networks).post("/graphql", json=body)

    async def try_as(self, kind: str) -> None:
        """Try once, and keep what is seen of it from outside."""
        is_compared = self.hasher.has_compared
        begin = perf_counter()
        answer = await self.sends(*self.kinds[kind])
        self.durations[kind].append(perf_counter() - begin)
        # Where it failed without a comparison.
        is_compared.set()
        del answer.headers["X-Request-Id"]
        self.answers[kind].add((answer.status_code, tuple(answer.headers.multi_items()), answer.content))

    async def try_all(self, kinds: Sequence[str], rounds: int) -> None:
        """Try these kinds so many times, in an order drawn anew for each round.

        A try begins when the one before it has compared: they wait side by side, and seldom work so.
        """
        async with asyncio.TaskGroup() as group:
            for _ in range(rounds):
                self.clock.advance(UNTIL_TRIES_ARE_BACK)
                for kind in self.chance.sample(kinds, len(kinds)):
                    is_compared = self.hasher.has_compared = asyncio.Event()
                    group.create_task(self.try_as(kind))
                    await is_compared.wait()

    def apart(self, *ordinary: str) -> dict[str, float]:
        """Return the kinds that their times tell from the ordinary ones, and how far they overlap."""
        expected = [it for kind in ordinary for it in self.durations[kind]]
        found = {
            kind: overlap(took, expected) for kind, took in self.durations.items() if kind not in ordinary
        }
        return {kind: share for kind, share in found.items() if not LEAST <= share <= MOST}
