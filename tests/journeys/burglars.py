"""Somebody who tries a text as whatever it could be: token, cookie, password, challenge, code, link."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import pytest

from resolvers import points, strangers, throttles
from resolvers.throttles import Bucket
from server.context import COOKIE, PREFLIGHT_HEADER
from tests.api import Api
from tests.journeys.passkeys import COMPLETE, SIGN_IN
from tests.journeys.steps import CHANGE

WHO: Final = "{ viewer { account { id } } }"
WEAK: Final = "short"
ENDLESS: Final = Bucket(capacity=10**6, per_second=1)
LIMITS: Final = ("NAME_FROM_NETWORK", "NETWORK", "NAME_FROM_ANYWHERE", "CODES", "CODES_A_DAY", "PASSWORDS")

Ways = Mapping[str, Callable[[str], Awaitable[bool]]]
"""By name, what says of a text whether it opened something."""


def lift_limits(api: Api, patch: pytest.MonkeyPatch) -> None:
    """Let everybody try as often as he likes, whatever it costs, and answer as soon as something is wrong."""
    for name in LIMITS:
        patch.setattr(throttles, name, ENDLESS)
    for it in (points, strangers):
        patch.setattr(it, "BUCKET", ENDLESS)
    patch.setattr(api.ports.passwords, "_failure_takes", 0)


class Burglar:
    """Tries texts, each in one way; every way says whether it opened something."""

    def __init__(self, api: Api, usernames: Sequence[str], challenge: str) -> None:
        self.api = api
        self.usernames = usernames
        self.challenge = challenge
        """Of somebody who has given his password, and is to show a second factor."""
        self.with_tokens = {
            "a token": self.as_token,
            "a cookie": self.as_cookie,
            "a challenge for a factor": self.as_challenge_for_a_factor,
            "a challenge for a password": self.as_challenge_for_a_password,
            "a link": self.as_link,
        }
        self.with_codes = {"a code": self.as_code}
        self.ways = {
            **self.with_tokens,
            **self.with_codes,
            "a recovery code": self.as_recovery_code,
            "a password": self.as_password,
        }

    async def opened(self, texts: Sequence[str], ways: Ways) -> list[tuple[str, str]]:
        """Return what opened something, and as what."""
        return [(text, name) for text in texts for name, way in ways.items() if await way(text)]

    async def as_token(self, text: str) -> bool:
        """Send it as a bearer token."""
        return await self.is_somebody(Authorization=f"Bearer {text}")

    async def as_cookie(self, text: str) -> bool:
        """Send it as the cookie of a browser."""
        return await self.is_somebody(**{"Cookie": f"{COOKIE}={text}", PREFLIGHT_HEADER: "1"})

    async def as_password(self, text: str) -> bool:
        """Type it as everybody's password."""
        said = [{"username": it, "password": text, "licence": "de-linde"} for it in self.usernames]
        return any([(await self.does(SIGN_IN, **it))["step"] for it in said])

    async def as_challenge_for_a_factor(self, text: str) -> bool:
        """Show a wrong code to it, which says whether it is one."""
        told = await self.does(COMPLETE, challenge=text, recoveryCode="wrong")
        return told["userErrors"][0]["code"] != "EXPIRED"

    async def as_challenge_for_a_password(self, text: str) -> bool:
        """Choose a password that will not do, which says whether it is one."""
        said = {"newPassword": WEAK, "newPasswordConfirmation": WEAK}
        told = await self.does(CHANGE, challenge=text, **said)
        return told["userErrors"][0]["code"] != "EXPIRED"

    async def as_code(self, text: str) -> bool:
        """Show it as a code of the app."""
        return bool((await self.does(COMPLETE, challenge=self.challenge, code=text))["step"])

    async def as_recovery_code(self, text: str) -> bool:
        """Show it as a recovery code."""
        return bool((await self.does(COMPLETE, challenge=self.challenge, recoveryCode=text))["step"])

    async def as_link(self, text: str) -> bool:
        """Follow it to the bytes of a document."""
        return (await self.api.http.get(f"/content/{quote(text, safe='')}")).status_code == 200

    async def does(self, mutation: str, **said: Any) -> dict[str, Any]:
        """Return the payload of a mutation of nobody's."""
        return (await self.api.gets("nobody", mutation, input=said))["it"]

    async def is_somebody(self, **headers: str) -> bool:
        """Return whether these headers let somebody in."""
        encoded = {name.encode(): value.encode() for name, value in headers.items()}
        answer = await self.api.http.post("/graphql", json={"query": WHO}, headers=list(encoded.items()))
        return answer.json()["data"]["viewer"] is not None
