"""Two servers on one database: what ends on one has ended on the other, from its next request on."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx
import pytest

from resolvers.database import Database
from resolvers.points import Points
from resolvers.strangers import Strangers
from server.app import create_app
from tests.api import Api
from tests.conftest import SetClock
from tests.databases import PATIENT
from tests.journeys.burglars import Burglar, lift_limits
from tests.journeys.caring import does
from tests.journeys.every_secret import BERT, DIRK, REPLACE, Secrets, every_secret
from tests.journeys.passkeys import Journey
from tests.journeys.steps import NEW
from tests.world import PASSWORD

OPENS: Final = {
    "session by a code": "a token",
    "session by a passkey": "a cookie",
    "link to content": "a link",
    "challenge for a factor": "a challenge for a factor",
    "the password of the cast": "a password",
}
OF_SESSIONS: Final = {"session by a code", "session by a passkey", "link to content"}


@pytest.fixture
def journey(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Journey:
    lift_limits(api, monkeypatch)
    return Journey(api, clock)


@pytest.fixture
async def other(journey: Journey, database_url: str) -> AsyncGenerator[Api]:
    """The API of a server with connections and memory of its own, and the same keys and files."""
    api = journey.api
    database = Database(database_url, PATIENT)
    ports = replace(api.ports, database=database, points=Points(database), strangers=Strangers())
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
        yield Api(ports, api.world, http)
    await database.close()


async def opened(api: Api, secrets: Secrets) -> set[str]:
    """Return what still opens something on a server."""
    ways = Burglar(api, [BERT], secrets["challenge for a factor"]).ways
    return {what for what, name in OPENS.items() if await ways[name](secrets[what])}


async def block(api: Api) -> None:
    await does(api, "anna", "blockAccount", "bert")


async def reset_password(api: Api) -> None:
    await does(api, "anna", "resetPassword", "bert")


async def reset_factors(api: Api) -> None:
    await does(api, "arthur", "resetTwoFactor", "bert")


async def replace_password(api: Api) -> None:
    said = {"oldPassword": PASSWORD, "newPassword": NEW, "newPasswordConfirmation": NEW}
    await api.gets("bert", REPLACE, input=said)


@pytest.mark.parametrize(
    ("ending", "left"),
    [
        (block, set[str]()),
        (reset_password, set[str]()),
        (replace_password, set[str]()),
        (reset_factors, {"the password of the cast"}),
    ],
)
async def test_what_ends_on_one_server_has_ended_on_the_other(
    journey: Journey, other: Api, tmp_path: Path, ending: Callable[[Api], Awaitable[None]], left: set[str]
) -> None:
    secrets = await every_secret(journey, tmp_path)
    for api in (journey.api, other):
        assert await opened(api, secrets) == set(OPENS)
    await ending(journey.api)
    assert await opened(other, secrets) == left
    assert await opened(journey.api, secrets) == left


async def test_a_program_is_nobody_on_every_server_once_its_account_is_blocked(
    journey: Journey, other: Api, tmp_path: Path
) -> None:
    secrets = await every_secret(journey, tmp_path)
    servers = [Burglar(api, [], "") for api in (journey.api, other)]
    assert [await it.as_token(secrets["API key"]) for it in servers] == [True, True]
    (key,) = (await journey.api.gets("arthur", "{ apiKeys { account { id } } }"))["apiKeys"]
    query = "mutation ($input: BlockAccountInput!) { blockAccount(input: $input) { userErrors { code } } }"
    await journey.api.gets("arthur", query, input={"accountId": key["account"]["id"]})
    assert [await it.as_token(secrets["API key"]) for it in servers] == [False, False]


async def test_what_has_not_ended_goes_on_on_both(journey: Journey, other: Api, tmp_path: Path) -> None:
    secrets = await every_secret(journey, tmp_path)
    await does(journey.api, "anna", "blockAccount", "dirk")
    assert await opened(other, secrets) == set(OPENS)
    ways = Burglar(other, [DIRK], "").ways
    assert not await ways["a password"](secrets["first password"])
    assert not await ways["a challenge for a password"](secrets["challenge for a password"])
