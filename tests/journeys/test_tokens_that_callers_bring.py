"""Tokens that callers bring along: none is taken for a session that was not opened with it, nor made one."""

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import httpx
import pytest

from auth.api_keys import KeyToken
from core.tokens import Token, pack
from models import Session
from server.context import COOKIE, PREFLIGHT_HEADER
from tests.api import Api
from tests.journeys.rows import rows
from tests.world import PASSWORD

WHO: Final = "{ viewer { email } }"
BERT: Final = "bert@callewaert.example"
SIGN_IN: Final = """mutation ($input: SignInInput!) {
  signIn(input: $input) { step token viewer { email } userErrors { code } } }"""
Signed = Callable[[object], dict[str, str]]


def by_bearer(token: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def by_cookie(token: object) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={token}", PREFLIGHT_HEADER: "1"}


async def email_of(api: Api, headers: dict[str, str]) -> str | None:
    answer = await api.http.post("/graphql", json={"query": WHO}, headers=headers)
    viewer = answer.json()["data"]["viewer"]
    return viewer and viewer["email"]


async def signs_in(api: Api, headers: dict[str, str], password: str = PASSWORD) -> httpx.Response:
    said = {"username": BERT, "password": password, "licence": "de-linde"}
    body = {"query": SIGN_IN, "variables": {"input": said}}
    return await api.http.post("/graphql", json=body, headers=headers)


def jwt(algorithm: str, key: bytes, **claims: Any) -> str:
    """Return a JSON Web Token that says so (RFC 7519)."""
    head, body = (pack(json.dumps(it).encode()) for it in ({"alg": algorithm, "typ": "JWT"}, claims))
    mark = hmac.digest(key, f"{head}.{body}".encode(), sha256) if algorithm == "HS256" else b""
    return f"{head}.{body}.{pack(mark)}"


@pytest.mark.parametrize("signed", [by_bearer, by_cookie])
async def test_a_json_web_token_is_nobodys(api: Api, signed: Signed) -> None:
    account, keys = api.world.accounts["bert"], api.ports.keys
    session = await api.token("bert")
    claims = {"sub": str(account.id), "iss": "http://kluis.test", "exp": 4_102_444_800, "sid": str(session)}
    for algorithm, key in (("none", b""), ("HS256", b""), ("HS256", keys.ids), ("HS256", keys.links)):
        assert await email_of(api, signed(jwt(algorithm, key, **claims))) is None
    assert await email_of(api, signed(session)) == BERT


@pytest.mark.parametrize("signed", [by_bearer, by_cookie])
@pytest.mark.parametrize("kind", [Token, KeyToken])
async def test_a_token_of_the_callers_own_making_never_becomes_a_session(
    api: Api, signed: Signed, kind: type[Token]
) -> None:
    fixed = kind(api.world.firm.licence_id, b"s" * 32)
    answer = await signs_in(api, signed(fixed))
    told = answer.json()["data"]["signIn"]
    assert (told["step"], told["viewer"]) == ("SIGNED_IN", {"email": BERT})
    assert Token.parse(told["token"])
    assert told["token"] not in str(fixed)
    assert answer.cookies[COOKIE] == told["token"]
    assert await email_of(api, signed(fixed)) is None
    assert await email_of(api, by_bearer(told["token"])) == BERT
    (session,) = await rows(api, Session)
    assert session.digest != fixed.digest


@pytest.mark.parametrize("signed", [by_bearer, by_cookie])
async def test_a_sign_in_over_a_session_has_a_token_of_its_own(api: Api, signed: Signed) -> None:
    before = await api.token("bert")
    told = (await signs_in(api, signed(before))).json()["data"]["signIn"]
    assert (told["step"], told["token"] == str(before)) == ("SIGNED_IN", False)
    # A browser has one session; whoever holds bearer tokens keeps as many as he likes.
    kept = None if signed is by_cookie else BERT
    assert await email_of(api, by_bearer(before)) == kept
    assert await email_of(api, by_bearer(told["token"])) == BERT


async def test_a_browser_leaves_no_session_of_another_firm_behind(api: Api) -> None:
    before = await api.token("eva")
    told = (await signs_in(api, by_cookie(before))).json()["data"]["signIn"]
    assert told["step"] == "SIGNED_IN"
    assert await email_of(api, by_bearer(before)) is None


async def test_a_bearer_token_beside_a_cookie_is_kept_by_its_holder(api: Api) -> None:
    before = await api.token("bert")
    told = (await signs_in(api, by_cookie(await api.token("carla")) | by_bearer(before))).json()
    assert told["data"]["signIn"]["step"] == "SIGNED_IN"
    assert await email_of(api, by_bearer(before)) == BERT


async def test_a_sign_in_that_fails_leaves_the_session(api: Api) -> None:
    before = await api.token("bert")
    await signs_in(api, by_cookie(before), "not the password")
    assert await email_of(api, by_bearer(before)) == BERT


@pytest.mark.parametrize("signed", [by_bearer, by_cookie])
async def test_a_session_of_another_is_not_handed_on_by_a_sign_in(api: Api, signed: Signed) -> None:
    """Whoever planted his own session in a browser sees nothing of who signs in there."""
    planted = await api.token("carla")
    token = (await signs_in(api, signed(planted))).json()["data"]["signIn"]["token"]
    assert await email_of(api, by_bearer(token)) == BERT
    assert await email_of(api, signed(planted)) != BERT


async def test_a_session_that_ended_is_not_opened_again_by_its_token(api: Api) -> None:
    ended = str(await api.token("bert"))
    await api.gets("bert", "mutation { signOut { userErrors { code } } }")
    token = (await signs_in(api, by_bearer(ended))).json()["data"]["signIn"]["token"]
    assert token != ended
    assert await email_of(api, by_bearer(ended)) is None


async def test_what_names_a_session_is_not_its_token(api: Api) -> None:
    token = await api.token("bert")
    (session,) = await rows(api, Session)
    id_, licence_id = session.id.bytes, session.licence_id
    names = [str(session.id), session.id.hex, api.id("Session", session.id), pack(id_)]
    names += [str(Token(licence_id, it)) for it in (session.digest, id_ + id_, id_ + bytes(16))]
    assert [it for it in names if await email_of(api, by_bearer(it))] == []
    assert await email_of(api, by_bearer(token)) == BERT
