"""Passkeys as a second factor: added, ten at most, after whatever there is already was shown."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from auth.challenges import LASTS_FOR
from auth.passkeys import RelyingParty
from core.tokens import pack, unpack
from models import Challenge, Event, Letter, Passkey, RecoveryCode
from resolvers import second_factors
from resolvers.passkeys import MOST, Added
from resolvers.ports import Ports
from resolvers.request import Request
from server.app import create_app
from server.house import open_house
from server.settings import Settings
from tests.api import Api
from tests.auth.software_authenticator import Said, SoftwareAuthenticator
from tests.conftest import SetClock
from tests.journeys.passkeys import (
    A_WHILE,
    CONFIRM_APP,
    REMOVE,
    START,
    START_APP,
    WRONG,
    Journey,
    codes_of,
    waiting,
)
from tests.journeys.rows import rows
from tests.world import PASSWORD, World

BERT: Final = "bert@callewaert.example"
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def kinds(api: Api, kind: type[Event] | type[Letter]) -> list[str]:
    """Return which events, or letters, there are about passkeys."""
    found = [it.kind for it in await rows(api, kind)]
    return [it for it in found if it.startswith("passkey")]


async def test_the_first_passkey_brings_ten_recovery_codes(journey: Journey, clock: SetClock) -> None:
    it = journey.authenticator()
    added = await journey.confirms("bert", await journey.begins("bert"), it)
    (key,) = await rows(journey.api, Passkey)
    id_ = journey.api.id("Passkey", key.id)
    assert added == {
        "passkey": {
            "id": id_,
            "name": "Sleutelhanger",
            "createdAt": clock.now().isoformat(),
            "lastUsedAt": None,
        },
        "recoveryCodes": added["recoveryCodes"],
        "viewer": {
            "twoFactor": {"enabled": True, "enabledAt": clock.now().isoformat(), "recoveryCodesLeft": 10},
            "passkeys": [{"id": id_}],
        },
        "userErrors": [],
    }
    assert len({*added["recoveryCodes"]}) == 10
    assert (key.credential_id, key.account_id) == (
        it.credential_id,
        journey.api.world.accounts["bert"].id,
    )


def test_recovery_codes_do_not_reach_a_log() -> None:
    added = Added(UUID(int=1), ["aaaa-bbbb-cccc-dddd"])
    assert repr(added) == "Added(00000000-0000-0000-0000-000000000001)"


async def test_its_owner_is_told_and_it_is_remembered(journey: Journey) -> None:
    added = await journey.adds("bert", journey.authenticator())
    assert await kinds(journey.api, Letter) == ["passkey_added"]
    assert await kinds(journey.api, Event) == ["passkey.started", "passkey.added"]
    await journey.does(
        "bert",
        REMOVE,
        passkeyId=added["passkey"]["id"],
        password=PASSWORD,
        recoveryCode=added["recoveryCodes"][0],
    )
    assert await kinds(journey.api, Letter) == ["passkey_added", "passkey_removed"]
    assert await kinds(journey.api, Event) == ["passkey.started", "passkey.added", "passkey.removed"]


async def test_an_authenticator_is_told_nothing_of_who_it_is_for_but_his_names(journey: Journey) -> None:
    first = journey.authenticator()
    codes = (await journey.adds("bert", first))["recoveryCodes"]
    asked = json.loads((await journey.begins("bert", recoveryCode=codes[0]))["options"])
    bert = journey.api.world.accounts["bert"]
    handle = unpack(asked["user"].pop("id"))
    assert asked["user"] == {"name": BERT, "displayName": "Bert Callewaert"}
    assert handle == journey.api.ports.ids.hide([bert.id])[0] != bert.id.bytes
    assert asked["excludeCredentials"] == [{"id": pack(first.credential_id), "type": "public-key"}]
    assert asked["rp"]["id"] == "kluis.test"


async def test_a_passkey_needs_the_password(journey: Journey) -> None:
    refused = await journey.does("bert", START, password="not the password")
    assert codes_of(refused) == ["WRONG_CREDENTIALS"]
    assert (refused["challenge"], refused["options"]) == (None, None)
    assert await rows(journey.api, Challenge) == []


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
async def test_a_passkey_that_is_made_wrong_does_not_count_and_can_be_made_again(
    journey: Journey, said: Said
) -> None:
    begun, it = await journey.begins("bert"), journey.authenticator()
    refused = await journey.confirms("bert", begun, it, said)
    assert codes_of(refused) == ["WRONG_CODE"]
    assert refused["userErrors"][0]["path"] == ["input", "credential"]
    assert (refused["passkey"], refused["recoveryCodes"]) == (None, None)
    assert await rows(journey.api, Passkey) == []
    assert codes_of(await journey.confirms("bert", begun, it)) == []


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_challenge_makes_one_passkey(journey: Journey, *, is_first: bool) -> None:
    proof = {} if is_first else {"code": (await journey.adds_app("bert"))[0].at(journey.clock.now())}
    begun = await journey.begins("bert", **proof)
    assert codes_of(await journey.confirms("bert", begun, journey.authenticator())) == []
    refused = await journey.confirms("bert", begun, journey.authenticator())
    assert codes_of(refused) == ["EXPIRED"]
    assert refused["userErrors"][0]["path"] == ["input", "challenge"]
    assert len(await rows(journey.api, Passkey)) == 1


@pytest.mark.parametrize(("after", "codes"), [(LASTS_FOR - SECOND, []), (LASTS_FOR, ["EXPIRED"])])
async def test_a_challenge_stands_for_five_minutes(
    journey: Journey, clock: SetClock, after: timedelta, codes: list[str]
) -> None:
    begun = await journey.begins("bert")
    clock.advance(after)
    assert codes_of(await journey.confirms("bert", begun, journey.authenticator())) == codes


@pytest.mark.parametrize("challenge", ["", "garbage", "A" * 64])
async def test_what_is_no_challenge_is_too_late(journey: Journey, challenge: str) -> None:
    begun = await journey.begins("bert") | {"challenge": challenge}
    assert codes_of(await journey.confirms("bert", begun, journey.authenticator())) == ["EXPIRED"]


@pytest.mark.parametrize("who", ["carla", "eva"])
async def test_a_challenge_is_for_whoever_asked_for_it(journey: Journey, who: str) -> None:
    begun = await journey.begins("bert")
    assert codes_of(await journey.confirms(who, begun, journey.authenticator())) == ["EXPIRED"]
    assert await rows(journey.api, Passkey) == []


@pytest.mark.parametrize(("name", "kept"), [(" Sleutel ", "Sleutel"), ("x" * 100, "x" * 100)])
async def test_a_passkey_is_called_what_its_owner_likes(journey: Journey, name: str, kept: str) -> None:
    added = await journey.confirms("bert", await journey.begins("bert"), journey.authenticator(), name=name)
    assert added["passkey"]["name"] == kept


@pytest.mark.parametrize(("name", "code"), [("", "REQUIRED"), ("  ", "REQUIRED"), ("x" * 101, "TOO_LONG")])
async def test_a_passkey_has_a_name_of_at_most_a_hundred_characters(
    journey: Journey, name: str, code: str
) -> None:
    refused = await journey.confirms("bert", await journey.begins("bert"), journey.authenticator(), name=name)
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [(code, ["input", "name"])]


@pytest.mark.parametrize("who", ["bert", "carla"])
async def test_one_passkey_is_one_accounts_and_counts_once(journey: Journey, who: str) -> None:
    it = journey.authenticator()
    codes = (await journey.adds("bert", it))["recoveryCodes"]
    begun = await journey.begins(who, **({"recoveryCode": codes[0]} if who == "bert" else {}))
    assert codes_of(await journey.confirms(who, begun, it)) == ["ALREADY_EXISTS"]
    assert len(await rows(journey.api, Passkey)) == 1


async def with_passkeys(api: Api, who: str, number: int) -> None:
    """Give an account passkeys that nobody holds."""
    account = api.world.accounts[who]
    async with api.ports.database.change(account.licence_id) as session:
        for _ in range(number):
            session.add(
                Passkey(
                    licence_id=account.licence_id,
                    account_id=account.id,
                    name="Sleutel",
                    credential_id=uuid4().bytes,
                    public_key=b"",
                    sign_count=0,
                    created_at=api.ports.clock.now(),
                )
            )


async def test_an_account_has_ten_passkeys_at_most(journey: Journey) -> None:
    app, _ = await journey.adds_app("bert")
    await with_passkeys(journey.api, "bert", MOST - 1)
    begun: list[dict[str, Any]] = []
    for _ in range(2):
        begun.append(await journey.begins("bert", code=app.at(journey.clock.now())))
        journey.clock.advance(SECOND * 30)
    assert codes_of(await journey.confirms("bert", begun[0], journey.authenticator())) == []
    refused = await journey.confirms("bert", begun[1], journey.authenticator())
    assert codes_of(refused) == ["INVALID"]
    assert refused["userErrors"][0]["message"] == "Een account heeft hoogstens 10 passkeys."
    assert codes_of(await journey.begins("bert", code=app.at(journey.clock.now()))) == ["INVALID"]
    assert len(await rows(journey.api, Passkey)) == MOST


async def at_once(journey: Journey, database_url: str, begun: list[dict[str, Any]]) -> list[list[str]]:
    """Return the errors of confirmations that all wait for the same moment."""
    request = Request(journey.api.ports, await journey.api.token("bert"))
    async with request.change() as change:
        await second_factors.hold(change)
        going = [asyncio.create_task(journey.confirms("bert", one, journey.authenticator())) for one in begun]
        await waiting(database_url, len(begun))
    return sorted([codes_of(await one) for one in going])


async def test_of_two_that_come_at_once_one_is_the_tenth(journey: Journey, database_url: str) -> None:
    app, _ = await journey.adds_app("bert")
    await with_passkeys(journey.api, "bert", MOST - 1)
    begun = [await journey.begins("bert", code=app.at(journey.clock.now()))]
    journey.clock.advance(A_WHILE)
    begun += [await journey.begins("bert", code=app.at(journey.clock.now()))]
    assert await at_once(journey, database_url, begun) == [[], ["INVALID"]]
    assert len(await rows(journey.api, Passkey)) == MOST


async def test_of_two_first_passkeys_at_once_one_brings_recovery_codes(
    journey: Journey, database_url: str
) -> None:
    begun = [await journey.begins("bert") for _ in range(2)]
    assert await at_once(journey, database_url, begun) == [[], ["EXPIRED"]]
    assert len(await rows(journey.api, RecoveryCode)) == 10


async def test_whoever_has_an_app_shows_a_code_before_he_adds_a_passkey(journey: Journey) -> None:
    app, shown = await journey.adds_app("bert")
    assert codes_of(await journey.begins("bert")) == ["REQUIRED"]
    assert codes_of(await journey.begins("bert", code="000000")) == ["WRONG_CODE"]
    begun = await journey.begins("bert", code=app.at(journey.clock.now()))
    added = await journey.confirms("bert", begun, journey.authenticator())
    assert (codes_of(added), added["recoveryCodes"]) == ([], None)
    assert shown
    assert added["viewer"]["twoFactor"]["recoveryCodesLeft"] == 10


async def test_whoever_has_a_passkey_shows_it_before_he_adds_an_app(journey: Journey) -> None:
    it = journey.authenticator()
    await journey.adds("bert", it)
    assert codes_of(await journey.does("bert", START_APP, password=PASSWORD)) == ["REQUIRED"]
    _, shown = await journey.adds_app("bert", **await journey.proves("bert", it))
    assert shown is None
    assert len(await rows(journey.api, RecoveryCode)) == 10


async def test_a_proof_of_what_one_has_not_is_wrong(journey: Journey) -> None:
    assert codes_of(await journey.begins("bert", code="123456")) == ["WRONG_CODE"]


async def test_what_was_begun_with_the_password_alone_is_void_with_the_first_factor(
    journey: Journey,
) -> None:
    passkey = await journey.begins("bert")
    app = (await journey.does("bert", START_APP, password=PASSWORD))["enrolment"]
    await journey.adds("bert", journey.authenticator())
    assert codes_of(await journey.confirms("bert", passkey, journey.authenticator())) == ["EXPIRED"]
    assert len(await rows(journey.api, Passkey)) == 1
    refused = await journey.does("bert", CONFIRM_APP, enrolmentId=app["id"], code="123456")
    assert codes_of(refused) == ["EXPIRED"]


async def test_a_passkey_that_was_begun_is_void_when_an_app_is_the_first_factor(journey: Journey) -> None:
    begun = await journey.begins("bert")
    await journey.adds_app("bert")
    assert codes_of(await journey.confirms("bert", begun, journey.authenticator())) == ["EXPIRED"]
    assert await rows(journey.api, Passkey) == []


@pytest.fixture
async def elsewhere(ports: Ports, world: World, clock: SetClock) -> Any:
    """Somebody at a firm with front ends below its public address and beside it."""
    several = ("http://kluis.test", "http://office.kluis.test:8080", "http://portal.example")
    wide = replace(ports, origins=several)
    transport = httpx.ASGITransport(create_app(wide))
    async with httpx.AsyncClient(transport=transport, base_url=wide.public_url) as http:
        yield Journey(Api(wide, world, http), clock)


@pytest.mark.parametrize(
    ("origin", "codes"),
    [
        ("http://kluis.test", []),
        ("http://office.kluis.test:8080", []),
        ("http://portal.example", ["WRONG_CODE"]),
        ("http://other.kluis.test", ["WRONG_CODE"]),
    ],
)
async def test_passkeys_work_on_the_front_ends_below_the_public_address(
    elsewhere: Journey, origin: str, codes: list[str]
) -> None:
    it = SoftwareAuthenticator(origin)
    begun = await elsewhere.begins("bert")
    assert codes_of(await elsewhere.confirms("bert", begun, it)) == codes


async def test_the_public_address_and_the_allowed_front_ends_are_what_passkeys_are_made_for(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        home=tmp_path,
        keys=tmp_path / "keys.json",
        public_url="https://Portal.Example:443/",
        allowed_origins=("https://office.portal.example", "https://elsewhere.example"),
    )
    async with open_house(settings, database_url, "smtp://localhost") as (ports, _):
        party = RelyingParty.among(ports.origins)
    assert party == RelyingParty(
        "portal.example", ("https://portal.example", "https://office.portal.example")
    )
