"""Whoever may not listen any more hears so at once: signed out, blocked, revoked, fallen idle, held up."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final

import pytest

from auth.sessions import IDLE_FOR
from models import Account, ApiKey
from resolvers import operating
from schema import subscribing
from server.web_sockets import HAS_ENDED
from tests.api import Api
from tests.conftest import SetClock
from tests.http.hearing import EVENTS, ear, listening, stream
from tests.journeys.caring import does
from tests.journeys.every_secret import REPLACE
from tests.journeys.lively import added, alive, changed, share
from tests.journeys.programs import BLOCK, lets_in, revokes
from tests.journeys.rows import row
from tests.journeys.rules import change_document
from tests.journeys.steps import NEW
from tests.world import PASSWORD

SIGN_OUT: Final = "mutation { signOut { userErrors { code } } }"
REVOKE: Final = (
    "mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { userErrors { code } } }"
)
SESSIONS: Final = "{ viewer { sessions { id isCurrent } } }"
Ending = Callable[[Api], Awaitable[Any]]


@pytest.fixture
async def url(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[str]:
    # Nothing here waits for the moment at which sessions are read again anyway.
    monkeypatch.setattr(subscribing, "BEAT", 3600)
    async with alive(api.ports) as address:
        yield address


async def signs_out(api: Api) -> None:
    await api.gets("bert", SIGN_OUT)


async def is_blocked(api: Api) -> None:
    await does(api, "anna", "blockAccount", "bert")


async def gets_a_new_password(api: Api) -> None:
    await does(api, "anna", "resetPassword", "bert")


async def loses_his_second_factor(api: Api) -> None:
    await does(api, "arthur", "resetTwoFactor", "bert")


async def is_sent_home(api: Api) -> None:
    assert await operating.end_sessions(api.ports, "de-linde", "bert@callewaert.example") == 1


async def goes_home_with_all(api: Api) -> None:
    assert await operating.end_sessions(api.ports, "de-linde", None) > 1


ENDINGS: Final[list[Ending]] = [
    signs_out,
    is_blocked,
    gets_a_new_password,
    loses_his_second_factor,
    is_sent_home,
    goes_home_with_all,
]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_whose_session_ends_is_let_go_at_once(api: Api, url: str, ending: Ending) -> None:
    async with (
        listening(url, api, "bert") as bert,
        stream(url, headers=await api.headers("bert")) as streamed,
        listening(url, api, "dirk") as dirk,
    ):
        await ending(api)
        assert await bert.end() == (4401, HAS_ENDED)
        kind, held = await streamed.hear() or ("", {})
        assert (kind, held["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert await streamed.hear() == ("complete", None)
        assert await streamed.hear() is None
        if ending is not goes_home_with_all:
            await dirk.silence()


async def other_sessions_end(other: Api) -> None:
    """Let Bert change his password in one of his two sessions."""
    said = {"oldPassword": PASSWORD, "newPassword": NEW, "newPasswordConfirmation": NEW}
    await other.gets("bert", REPLACE, input=said)


async def one_is_revoked(other: Api) -> None:
    """Let him end the other session."""
    sessions = (await other.gets("bert", SESSIONS))["viewer"]["sessions"]
    (id_,) = [it["id"] for it in sessions if not it["isCurrent"]]
    await other.gets("bert", REVOKE, input={"sessionId": id_})


@pytest.mark.parametrize("ending", [other_sessions_end, one_is_revoked])
async def test_of_two_sessions_of_somebody_the_one_that_ends_is_let_go(
    api: Api, url: str, ending: Ending
) -> None:
    other = Api(api.ports, api.world, api.http)
    async with listening(url, api, "bert") as bert, listening(url, other, "bert") as elsewhere:
        await ending(other)
        assert await bert.end() == (4401, HAS_ENDED)
        await change_document(api, "anna", description="Changed")
        assert await elsewhere.event() == changed(api, "Changed")


async def key_is_revoked(api: Api) -> None:
    await revokes(api, (await row(api, ApiKey)).id)


async def program_is_blocked(api: Api) -> None:
    account = await row(api, Account, role="SERVICE")
    await api.gets("arthur", BLOCK, input={"accountId": api.id("Account", account.id)})


@pytest.mark.parametrize("ending", [key_is_revoked, program_is_blocked])
async def test_a_program_whose_key_is_dead_is_let_go_at_once(api: Api, url: str, ending: Ending) -> None:
    await lets_in(api, "CRM", "DOCUMENTS_READ")
    async with listening(url, api, "CRM") as program:
        await ending(api)
        assert await program.end() == (4401, HAS_ENDED)


async def test_a_program_that_asks_from_elsewhere_is_nobody(api: Api, url: str) -> None:
    await lets_in(api, "CRM", "DOCUMENTS_READ", addresses=["192.0.2.0/24"])
    async with ear(url) as it:
        await it.say(type="connection_init", payload={"token": str(await api.token("CRM"))})
        assert await it.end() == (4403, "Sign in first.")


async def test_whoever_does_nothing_else_falls_idle_while_he_listens(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "BEAT", 0.05)
    monkeypatch.setattr(subscribing, "READ_AGAIN_WITHIN", 0.05)
    async with alive(api.ports) as url, listening(url, api, "bert") as bert:
        for _ in range(2):
            clock.advance(IDLE_FOR / 2 - timedelta(seconds=1))
            await bert.nothing_more()
        clock.advance(timedelta(seconds=2))
        assert await bert.end() == (4401, HAS_ENDED)


async def test_whoever_must_add_a_second_factor_first_is_let_go(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "BEAT", 0.05)
    monkeypatch.setattr(subscribing, "READ_AGAIN_WITHIN", 0.05)
    async with alive(api.ports) as url, listening(url, api, "arthur") as arthur:
        await operating.set_rules(api.ports, "de-linde", first_secret=None, staff_need_two_factor=True)
        code, reason = await arthur.end()
        assert (code, reason[:11]) == (4403, "Your office")


async def test_what_fails_is_told_and_the_conversation_goes_on(
    api: Api, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(url, api, "bert") as bert:
        with monkeypatch.context() as patch:
            patch.setattr("resolvers.live.changes.told", None)
            await change_document(api, "anna", description="Never heard")
            said = await bert.hear()
        assert (said["type"], said["id"]) == ("error", "1")
        assert [it["extensions"]["code"] for it in said["payload"]] == ["INTERNAL"]
        await bert.subscribe("1", EVENTS)
        await share(api, "carla", "READ")
        await change_document(api, "anna", description="Heard")
        assert await bert.event() == changed(api, "Heard")


async def test_a_database_that_is_away_for_a_moment_loses_nobody_an_event(
    api: Api, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "UNTIL_BACK", 0.01)
    async with listening(url, api, "carla") as carla:
        with monkeypatch.context() as patch:
            patch.setattr("resolvers.live.events", Away(2))
            await share(api, "carla", "READ")
            assert await carla.event() == added(api)
        monkeypatch.setattr("resolvers.live.events", Away(subscribing.TRIES))
        await change_document(api, "anna", description="Changed")
        said = await carla.hear()
        assert (said["type"], said["payload"][0]["extensions"]["code"]) == ("error", "BEGIN_ANEW")


class Away:
    """A reading that fails so many times, and is as ever after that."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.real = subscribing.live.events

    async def __call__(self, *given: Any) -> Any:
        if self.left:
            self.left -= 1
            raise ConnectionRefusedError
        return await self.real(*given)


async def test_a_server_that_stops_sends_everybody_elsewhere(api: Api) -> None:
    async with AsyncExitStack() as listeners:
        async with alive(api.ports) as url:
            bert = await listeners.enter_async_context(listening(url, api, "bert"))
            silent = await listeners.enter_async_context(ear(url))
            await silent.silence()
            streamed = await listeners.enter_async_context(stream(url, headers=await api.headers("bert")))
        assert (await bert.end())[0] == 1012
        assert (await silent.end())[0] == 1012
        assert await streamed.hear() is None
