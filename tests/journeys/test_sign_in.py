"""Signing in and out: who gets in, how long a session lasts, and what ends it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from auth.sessions import IDLE_FOR, LASTS_FOR
from core.tokens import Token
from models import Account, Session
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import answer_to
from tests.journeys.rows import block, row, rows, set_values
from tests.world import PASSWORD

SIGN_IN = """
mutation ($input: SignInInput!) {
  signIn(input: $input) {
    step token challenge viewer { email mustChangePassword } userErrors { __typename code message path }
  }
}
"""
SIGN_OUT = "mutation { signOut { userErrors { code } } }"
WHO = "{ viewer { email } }"
SESSIONS = "{ viewer { sessions { isCurrent createdAt lastSeenAt expiresAt userAgent } } }"
BERT = "bert@callewaert.example"
SECOND = timedelta(seconds=1)


def said(**values: Any) -> dict[str, Any]:
    return {"username": BERT, "password": PASSWORD, "licence": "de-linde"} | values


async def signed_in(api: Api, **values: Any) -> httpx.Response:
    body = {"query": SIGN_IN, "variables": {"input": said(**values)}}
    return await api.http.post("/graphql", json=body, headers={"User-Agent": "a browser"})


async def email_of(api: Api, headers: dict[str, str]) -> str | None:
    answer = await api.http.post("/graphql", json={"query": WHO}, headers=headers)
    viewer = answer.json()["data"]["viewer"]
    return viewer and viewer["email"]


def bearer(token: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token_in(answer: httpx.Response) -> str:
    return answer.json()["data"]["signIn"]["token"]


async def test_the_right_password_signs_in(api: Api) -> None:
    answer = (await signed_in(api)).json()
    token = answer["data"]["signIn"].pop("token")
    assert answer == {
        "data": {
            "signIn": {
                "step": "SIGNED_IN",
                "challenge": None,
                "viewer": {"email": BERT, "mustChangePassword": False},
                "userErrors": [],
            }
        }
    }
    assert await email_of(api, bearer(token)) == BERT


async def test_the_scheme_of_the_token_is_written_in_any_case(api: Api) -> None:
    token = token_in(await signed_in(api))
    assert await email_of(api, {"Authorization": f"bEARER  {token} "}) == BERT


async def test_the_token_is_not_kept(api: Api) -> None:
    token = Token.parse(token_in(await signed_in(api)))
    (session,) = await rows(api, Session)
    assert token
    assert session.digest == token.digest
    assert session.digest != token.secret


async def test_every_sign_in_has_a_token_of_its_own(api: Api) -> None:
    assert token_in(await signed_in(api)) != token_in(await signed_in(api))


async def test_a_browser_gets_a_cookie_that_no_script_and_no_other_host_can_use(api: Api) -> None:
    answer = await signed_in(api)
    pair, *attributes = answer.headers["set-cookie"].split("; ")
    assert pair == f"__Host-kluis={token_in(answer)}"
    assert sorted(attributes) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax", "Secure"]


@pytest.mark.parametrize("header", [{"X-Kluis-Request": "1"}, {"x-kluis-request": ""}])
async def test_the_cookie_counts_beside_the_header(api: Api, header: dict[str, str]) -> None:
    cookie = {"Cookie": f"__Host-kluis={token_in(await signed_in(api))}"}
    assert await email_of(api, cookie | header) == BERT


@pytest.mark.parametrize("header", [{}, {"X-Kluis": "1"}])
async def test_the_cookie_without_the_header_is_refused(api: Api, header: dict[str, str]) -> None:
    cookie = {"Cookie": f"__Host-kluis={token_in(await signed_in(api))}"}
    answer = await api.http.post("/graphql", json={"query": WHO}, headers=cookie | header)
    assert (answer.status_code, list(answer.json())) == (403, ["errors"])


async def test_a_token_in_the_header_comes_before_the_cookie(api: Api) -> None:
    cookie = {"Cookie": f"__Host-kluis={token_in(await signed_in(api))}", "X-Kluis-Request": "1"}
    assert await email_of(api, cookie | await api.headers("carla")) == "carla@verlinden.example"
    assert await email_of(api, cookie | bearer("garbage")) is None


@pytest.mark.parametrize(
    "username", ["BERT@CALLEWAERT.EXAMPLE", "Bert@Callewaert.Example", " bert@callewaert.example "]
)
async def test_the_case_of_the_user_name_does_not_matter(api: Api, username: str) -> None:
    assert token_in(await signed_in(api, username=username))


@pytest.mark.parametrize("password", [PASSWORD.upper(), f"{PASSWORD} ", PASSWORD[:-1], f" {PASSWORD}"])
async def test_every_letter_of_the_password_matters(api: Api, password: str) -> None:
    assert token_in(await signed_in(api, password=password)) is None


async def test_the_answer_notes_the_sign_in_on_the_account(api: Api, clock: SetClock) -> None:
    await signed_in(api)
    assert (await row(api, Account, username=BERT)).last_signed_in_at == clock.now()


async def expire_dirk(api: Api) -> None:
    key = api.world.accounts["dirk"].id
    await set_values(api, Account, key, initial_password_expires_at=api.ports.clock.now())


async def without_password(api: Api) -> None:
    await set_values(api, Account, api.world.accounts["dirk"].id, password_hash=None)


async def block_dirk(api: Api) -> None:
    await block(api, "dirk")


async def nothing(_: Api) -> None:
    """Prepare nothing."""


DIRK = "dirk@schyns.example"


@pytest.mark.parametrize(
    ("prepare", "values"),
    [
        pytest.param(nothing, {"username": "nobody@callewaert.example"}, id="unknown user"),
        pytest.param(nothing, {"username": ""}, id="no user"),
        pytest.param(nothing, {"username": "x" * 5000}, id="endless user"),
        pytest.param(nothing, {"password": ""}, id="no password"),
        pytest.param(nothing, {"password": "x" * 5000}, id="endless password"),
        pytest.param(block_dirk, {"username": DIRK}, id="blocked"),
        pytest.param(expire_dirk, {"username": DIRK}, id="expired"),
        pytest.param(without_password, {"username": DIRK}, id="without a password"),
        pytest.param(nothing, {"licence": "nowhere"}, id="unknown licence"),
        pytest.param(nothing, {"licence": "DE-LINDE"}, id="licence in capitals"),
        pytest.param(nothing, {"licence": None}, id="no licence where there are two"),
        pytest.param(nothing, {"licence": "het-ander"}, id="another licence"),
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    api: Api, prepare: Callable[[Api], Awaitable[None]], values: dict[str, Any]
) -> None:
    await prepare(api)
    wrong_password = await signed_in(api, password="not the password")
    answer = await signed_in(api, **values)
    assert answer.content == wrong_password.content
    assert answer.headers.keys() == wrong_password.headers.keys()
    assert answer.json()["data"]["signIn"] == {
        "step": None,
        "token": None,
        "challenge": None,
        "viewer": None,
        "userErrors": [
            {
                "__typename": "InputError",
                "code": "WRONG_CREDENTIALS",
                "message": "The user name or the password is not right.",
                "path": None,
            }
        ],
    }
    assert not await rows(api, Session)


async def test_a_failed_sign_in_leaves_the_open_session_alone(api: Api) -> None:
    await api.ask("bert", SIGN_IN, input=said(password="wrong"))
    assert await api.gets("bert", WHO) == {"viewer": {"email": BERT}}


async def test_a_sign_in_from_an_open_session_goes_on_as_the_new_one(api: Api) -> None:
    answer = await api.gets("carla", SIGN_IN, input=said())
    assert answer["signIn"]["viewer"] == {"email": BERT, "mustChangePassword": False}


async def test_a_block_acts_on_the_next_request_of_an_open_session(api: Api) -> None:
    token = token_in(await signed_in(api))
    assert await email_of(api, bearer(token)) == BERT
    await block(api, "bert")
    assert await email_of(api, bearer(token)) is None
    await set_values(api, Account, api.world.accounts["bert"].id, blocked_at=None)
    assert await email_of(api, bearer(token)) == BERT


@pytest.mark.parametrize(("idle_for", "seen"), [(IDLE_FOR - SECOND, BERT), (IDLE_FOR, None)])
async def test_a_session_ends_after_half_an_hour_without_use(
    api: Api, clock: SetClock, idle_for: timedelta, seen: str | None
) -> None:
    token = token_in(await signed_in(api))
    clock.advance(idle_for)
    assert await email_of(api, bearer(token)) == seen


async def test_each_use_keeps_a_session_for_another_half_hour(api: Api, clock: SetClock) -> None:
    token = token_in(await signed_in(api))
    for _ in range(3):
        clock.advance(IDLE_FOR - SECOND)
        assert await email_of(api, bearer(token)) == BERT


@pytest.mark.parametrize(("age", "seen"), [(LASTS_FOR - SECOND, BERT), (LASTS_FOR, None)])
async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    api: Api, clock: SetClock, age: timedelta, seen: str | None
) -> None:
    token = token_in(await signed_in(api))
    begin = clock.now()
    while clock.now() - begin < timedelta(hours=11, minutes=40):
        clock.advance(timedelta(minutes=25))
        assert await email_of(api, bearer(token)) == BERT
    clock.moment = begin + age
    assert await email_of(api, bearer(token)) == seen


@pytest.mark.parametrize(("later", "noted"), [(60, False), (61, True)])
async def test_the_use_of_a_session_is_noted_by_the_minute(
    api: Api, clock: SetClock, *, later: int, noted: bool
) -> None:
    begin = clock.now()
    token = token_in(await signed_in(api))
    clock.advance(timedelta(seconds=later))
    await email_of(api, bearer(token))
    assert (await row(api, Session)).last_seen_at == (clock.now() if noted else begin)


@pytest.mark.parametrize("token", ["", "garbage", "é", "A" * 64, "A" * 5000, "null"])
async def test_a_garbage_token_is_nobody(api: Api, token: str) -> None:
    headers = {b"Authorization": f"Bearer {token}".encode()}
    answer = await api.http.post("/graphql", json={"query": WHO}, headers=list(headers.items()))
    assert answer.json() == {"data": {"viewer": None}}


async def test_a_token_counts_in_its_own_licence_alone(api: Api) -> None:
    eva = await api.token("eva")
    ours = Token(api.world.firm.licence_id, eva.secret)
    assert await email_of(api, bearer(eva)) == "eva@het-ander.example"
    assert await email_of(api, bearer(ours)) is None


async def test_a_foreign_token_sees_nothing_of_ours(api: Api) -> None:
    seen = await api.gets("eva", "{ documents { nodes { description } } relations { totalCount } }")
    assert seen == {
        "documents": {"nodes": [{"description": "Geheim van een ander"}]},
        "relations": {"totalCount": 0},
    }


async def test_the_sessions_of_the_viewer_are_listed(api: Api, clock: SetClock) -> None:
    await signed_in(api)
    clock.advance(timedelta(minutes=2))
    await signed_in(api, username="carla@verlinden.example")
    second = token_in(await signed_in(api))
    listed = (await api.http.post("/graphql", json={"query": SESSIONS}, headers=bearer(second))).json()
    assert listed["data"]["viewer"]["sessions"] == [
        {
            "isCurrent": True,
            "createdAt": "2026-01-30T09:02:00+00:00",
            "lastSeenAt": "2026-01-30T09:02:00+00:00",
            "expiresAt": "2026-01-30T21:02:00+00:00",
            "userAgent": "a browser",
        },
        {
            "isCurrent": False,
            "createdAt": "2026-01-30T09:00:00+00:00",
            "lastSeenAt": "2026-01-30T09:00:00+00:00",
            "expiresAt": "2026-01-30T21:00:00+00:00",
            "userAgent": "a browser",
        },
    ]


async def test_a_session_that_has_ended_is_not_listed(api: Api, clock: SetClock) -> None:
    await signed_in(api)
    clock.advance(IDLE_FOR)
    token = token_in(await signed_in(api))
    listed = (await api.http.post("/graphql", json={"query": SESSIONS}, headers=bearer(token))).json()
    assert [it["isCurrent"] for it in listed["data"]["viewer"]["sessions"]] == [True]


async def test_signing_out_ends_this_session_and_no_other(api: Api) -> None:
    mine, other = token_in(await signed_in(api)), token_in(await signed_in(api))
    answer = await api.http.post("/graphql", json={"query": SIGN_OUT}, headers=bearer(mine))
    assert answer.json() == {"data": {"signOut": {"userErrors": []}}}
    assert await email_of(api, bearer(mine)) is None
    assert await email_of(api, bearer(other)) == BERT


async def test_signing_out_takes_the_cookie_away(api: Api) -> None:
    cookie = {"Cookie": f"__Host-kluis={token_in(await signed_in(api))}", "X-Kluis-Request": "1"}
    answer = await api.http.post("/graphql", json={"query": SIGN_OUT}, headers=cookie)
    pair, *attributes = answer.headers["set-cookie"].split("; ")
    assert pair == '__Host-kluis=""'
    assert {"Max-Age=0", "Path=/", "HttpOnly", "Secure", "SameSite=lax"} <= set(attributes)


async def test_nobody_cannot_sign_out(api: Api) -> None:
    assert await api.codes("nobody", SIGN_OUT) == ["UNAUTHENTICATED"]


async def test_who_is_nobody_is_told_nothing(api: Api) -> None:
    assert await answer_to(api, "nobody", WHO) == b'{"data":{"viewer":null}}'
