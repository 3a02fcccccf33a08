"""Two servers on one database: what one of them counts or ends, the other knows at its next request."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, ExitStack
from typing import Any, Final

import httpx
import pytest

from demo.world import PASSWORD, ROLES
from resolvers.throttles import NAME_FROM_ANYWHERE, NAME_FROM_NETWORK
from tests import databases
from tests.server.commands import set_nothing
from tests.server.test_cli import Program

TRIES: Final = 30
SIGN_IN: Final = """mutation ($input: SignInInput!) { it: signIn(input: $input) {
  token userErrors { code ... on RateLimitedError { retryAfterSeconds } } } }"""
BLOCK: Final = """mutation ($input: BlockAccountInput!) { it: blockAccount(input: $input) {
  account { status } userErrors { code } } }"""
NOBODY: Final = "nobody@delinde.example"
# Of one machine, which has all of 127.0.0.0/8.
NETWORKS: Final = [f"127.0.1.{number}" for number in range(1, 11)]
WHO: Final = "{ it: viewer { email } }"


@pytest.fixture(scope="module")
def shared_url() -> Generator[str]:
    """A database that no other test empties."""
    name = f"servers_{os.getpid()}"
    databases.run(databases.administer(f"CREATE DATABASE {name} TEMPLATE {databases.TEMPLATE}"))
    yield databases.url_of(name)
    databases.run(databases.administer(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def servers(shared_url: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[list[dict[str, Any]]]:
    """What two servers of one installation tell of themselves; they end with the tests, whatever happens."""
    folder = tmp_path_factory.mktemp("servers")
    given = {"KLUIS_DATABASE_URL": shared_url, "KLUIS_KEYS": str(folder / "keys.json")}
    told: list[dict[str, Any]] = []
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            set_nothing(patch, folder)
            # One after the other: the first one writes the world.
            for name in ("first", "second"):
                program = Program(folder / name, "demo", **given)
                stack.callback(program.running.communicate)
                stack.callback(program.running.kill)
                told.append(program.wait_for("demo.json"))
        yield told


class Client:
    """Whoever asks one of the servers, or the other."""

    def __init__(self, servers: list[dict[str, Any]], http: httpx.AsyncClient) -> None:
        self.servers = servers
        self.http = http

    async def asks(self, server: int, query: str, token: str | None = None, **said: Any) -> Any:
        """Return what the one field of an operation answers."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": {"input": said} if said else {}}
        answer = await self.http.post(self.servers[server]["graphql"], json=body, headers=headers)
        return answer.json()["data"]["it"]

    async def tries(self, server: int, role: str, password: str, token: str | None = None) -> dict[str, Any]:
        """Return what becomes of a sign-in; with a token, from a browser in which somebody has a session."""
        return await self.asks(server, SIGN_IN, token, username=ROLES[role], password=password)

    async def signs_in(self, server: int, role: str) -> str:
        """Return the token of a new session."""
        return (await self.tries(server, role, PASSWORD))["token"]

    async def email(self, server: int, token: str) -> str | None:
        """Return whose session a server takes it for."""
        viewer = await self.asks(server, WHO, token)
        return viewer and viewer["email"]


@pytest.fixture
async def client(servers: list[dict[str, Any]]) -> AsyncGenerator[Client]:
    async with httpx.AsyncClient(timeout=30) as http:
        yield Client(servers, http)


async def test_of_tries_at_two_servers_as_many_are_made_as_at_one(client: Client) -> None:
    # A network has ten operations under way at once, and so has each account: they come from two browsers.
    browsers = [await client.signs_in(server, role) for server, role in enumerate(("advisor", "partner"))]
    told = await asyncio.gather(
        *(client.tries(it % 2, "client", "wrong", browsers[it // 2 % 2]) for it in range(TRIES))
    )
    (first, *others) = zip(*(it["userErrors"] for it in told), strict=True)
    assert not others
    assert Counter(it["code"] for it in first) == {
        "WRONG_CREDENTIALS": NAME_FROM_NETWORK.capacity,
        "RATE_LIMITED": TRIES - NAME_FROM_NETWORK.capacity,
    }
    waits = {it["retryAfterSeconds"] for it in first if it["code"] == "RATE_LIMITED"}
    assert all(1 <= it <= 1 / NAME_FROM_NETWORK.per_second for it in waits)
    for server in (0, 1):
        refused = await client.tries(server, "client", PASSWORD)
        assert [it["code"] for it in refused["userErrors"]] == ["RATE_LIMITED"]


async def guess(client: Client, network: httpx.AsyncBaseTransport, server: int) -> str:
    """Return the code that a guess from a network gets."""
    there = Client(client.servers, httpx.AsyncClient(transport=network, timeout=30))
    refused = await there.asks(server, SIGN_IN, username=NOBODY, password="wrong")
    return refused["userErrors"][0]["code"]


async def test_nor_are_more_made_from_many_networks(client: Client) -> None:
    told: list[str] = []
    async with AsyncExitStack() as stack:
        networks = [
            await stack.enter_async_context(httpx.AsyncHTTPTransport(verify=False, local_address=it))
            for it in NETWORKS
        ]
        # So many at once that none is turned away by the few threads that compare.
        for _ in range(3):
            trying = (guess(client, network, server) for network in networks for server in (0, 1))
            told += await asyncio.gather(*trying)
    assert Counter(told) == {
        "WRONG_CREDENTIALS": NAME_FROM_ANYWHERE.capacity,
        "RATE_LIMITED": 3 * 2 * len(NETWORKS) - NAME_FROM_ANYWHERE.capacity,
    }


async def test_a_block_at_one_server_ends_the_sessions_at_the_other(client: Client) -> None:
    administrator = await client.signs_in(0, "administrator")
    sessions = [await client.signs_in(server, "outsider") for server in (0, 1)]
    for token in sessions:
        assert [await client.email(server, token) for server in (0, 1)] == [ROLES["outsider"]] * 2
    key = client.servers[0]["accounts"]["outsider"]["id"]
    blocked = await client.asks(0, BLOCK, administrator, accountId=key)
    assert blocked == {"account": {"status": "BLOCKED"}, "userErrors": []}
    for token in sessions:
        assert [await client.email(server, token) for server in (1, 0)] == [None, None]
    refused = await client.tries(1, "outsider", PASSWORD)
    assert [it["code"] for it in refused["userErrors"]] == ["WRONG_CREDENTIALS"]
