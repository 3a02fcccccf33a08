"""What was handed out for one purpose to one person: nothing else is done with it, and nobody else's is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from models import Account
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.burglars import Burglar, Ways, lift_limits
from tests.journeys.every_secret import CARLAS, FEMKES, Secrets, chooses, every_secret
from tests.journeys.passkeys import CONFIRM, DISABLE, Journey
from tests.journeys.rows import rows
from tests.world import PASSWORD

OWN: Final = {"bert": PASSWORD, "carla": CARLAS}
# All that is good for something, and what for. Bert has what is not said of somebody else.
GOOD_FOR: Final = {
    "session by a code": {"a token", "a cookie"},
    "session of a browser": {"a token", "a cookie"},
    "API key": {"a token"},
    "challenge for a factor": {"a challenge for a factor", "a proof of bert's"},
    "challenge for a proof": {"a challenge for a factor", "a proof of bert's"},
    "challenge for a passkey": {"a passkey of bert's"},
    "challenge for a password": {"a challenge for a password"},
    "mailed link": {"a challenge for a password"},
    "link in a letter that waits": {"a challenge for a password"},
    "link to content": {"a link"},
}


@pytest.fixture
def journey(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Journey:
    lift_limits(api, monkeypatch)
    return Journey(api, clock)


def of_session(journey: Journey, who: str) -> Ways:
    """Return what is asked for a challenge within a session of somebody's."""

    async def is_taken(mutation: str, **said: str) -> bool:
        # What a passkey is to have signed is garbage: only where the challenge stands is it looked at.
        told = await journey.does(who, mutation, credential="{}", **said)
        (error,) = told["userErrors"]
        assert error["code"] in {"EXPIRED", "WRONG_CODE"}
        return error["code"] != "EXPIRED"

    async def as_proof(text: str) -> bool:
        return await is_taken(DISABLE, password=OWN[who], challenge=text)

    async def as_passkey(text: str) -> bool:
        return await is_taken(CONFIRM, name="Phone", challenge=text)

    return {f"a proof of {who}'s": as_proof, f"a passkey of {who}'s": as_passkey}


async def test_each_is_good_for_what_it_was_handed_out_for_and_nothing_else(
    journey: Journey, tmp_path: Path
) -> None:
    secrets = await every_secret(journey, tmp_path)
    # Their codes are right for Bert alone, and shown nowhere here.
    anybody = Burglar(journey.api, [], secrets["challenge for a factor"]).with_tokens
    ways = {**anybody, **of_session(journey, "bert"), **of_session(journey, "carla")}
    found = {what: {name for name, way in ways.items() if await way(secrets[what])} for what in GOOD_FOR}
    assert found == GOOD_FOR
    assert untried(secrets) == []


def untried(secrets: Secrets) -> Sequence[str]:
    """Return what is handed out, can still be used, and stands on no list here."""
    kinds = ("session", "API key", "challenge", "mailed", "link")
    others = {
        "session by a passkey",
        "session by a recovery code",
        "challenge, used",
        "API key without its mark",
    }
    return [it for it in secrets if it.startswith(kinds) and it not in GOOD_FOR.keys() | others]


async def hashes(api: Api) -> dict[str, str | None]:
    return {it.username: it.password_hash for it in await rows(api, Account)}


async def test_a_link_sets_the_password_of_whom_it_was_mailed_to_and_nobody_elses(
    journey: Journey, tmp_path: Path
) -> None:
    secrets = await every_secret(journey, tmp_path)
    before = await hashes(journey.api)
    answer = await chooses(journey.api, secrets["mailed link"], FEMKES)
    assert answer.json()["data"]["it"]["step"] == "SIGNED_IN"
    after = await hashes(journey.api)
    assert {it for it in after if after[it] != before[it]} == {"greet@de-linde.example"}
