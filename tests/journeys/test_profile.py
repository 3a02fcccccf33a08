"""The profile page: one's language, names, password and sessions."""

from typing import Any, Final

import pytest

from core.folding import fold
from models import Account, Event, Letter, Session
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes
from tests.journeys.passkeys import ERRORS, Journey, codes_of
from tests.journeys.rows import row, rows
from tests.journeys.steps import NEW, signs_in
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"
UPDATE: Final = f"""mutation ($input: UpdateProfileInput!) {{
  it: updateProfile(input: $input) {{ viewer {{ email language givenName familyName }} {ERRORS} }}
}}"""
CHANGE: Final = f"""mutation ($input: ChangePasswordInput!) {{
  it: changePassword(input: $input) {{ viewer {{ email }} {ERRORS} }} }}"""
REVOKE: Final = f"""mutation ($input: RevokeSessionInput!) {{
  it: revokeSession(input: $input) {{ revokedSessionId {ERRORS} }} }}"""
SESSIONS: Final = "{ viewer { sessions { id isCurrent } } }"
WHO: Final = "{ viewer { email } }"


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def changes(journey: Journey, **said: str) -> dict[str, Any]:
    given = {"oldPassword": PASSWORD, "newPassword": NEW, "newPasswordConfirmation": NEW}
    return await journey.does("bert", CHANGE, **given | said)


async def email_with(journey: Journey, token: str) -> str | None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await journey.api.http.post("/graphql", json={"query": WHO}, headers=headers)
    viewer = answer.json()["data"]["viewer"]
    return viewer and viewer["email"]


async def events(journey: Journey, kind: str) -> list[dict[str, Any]]:
    return [it.details for it in await rows(journey.api, Event) if it.kind == kind]


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({}, {}),
        ({"language": "FR"}, {"language": "FR"}),
        ({"language": None}, {}),
        ({"givenName": "  Élodie "}, {"givenName": "Élodie"}),
        ({"familyName": "x" * 100}, {"familyName": "x" * 100}),
        (
            {"givenName": "A", "familyName": "B"},
            {"givenName": "A", "familyName": "B"},
        ),
    ],
)
async def test_what_is_given_of_a_profile_changes_and_the_rest_stays(
    journey: Journey, said: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = {
        "email": BERT,
        "language": "NL",
        "givenName": "Bert",
        "familyName": "Callewaert",
    }
    told = await journey.does("bert", UPDATE, **said)
    after = before | changed
    assert (told["viewer"], mistakes(told)) == (after, [])
    bert = await row(journey.api, Account, username=BERT)
    assert bert.display_name == f"{after['givenName']} {after['familyName']}"
    assert bert.display_name_folded == fold(bert.display_name)
    kept = {"givenName": "given_name", "familyName": "family_name"}
    assert await events(journey, "account.profile_updated") == [
        {"changed": sorted(kept.get(it, it) for it in said)}
    ]


@pytest.mark.parametrize("argument", ["givenName", "familyName"])
@pytest.mark.parametrize(
    ("name", "code"), [(None, "REQUIRED"), ("", "REQUIRED"), (" \t", "REQUIRED"), ("x" * 101, "TOO_LONG")]
)
async def test_a_name_has_1_to_100_characters(
    journey: Journey, argument: str, name: str | None, code: str
) -> None:
    told = await journey.does("bert", UPDATE, **{"language": "FR", argument: name})
    assert mistakes(told) == [(code, ["input", argument])]
    assert (await row(journey.api, Account, username=BERT)).language == "NL"


async def test_the_language_of_messages_changes_with_the_profile(journey: Journey) -> None:
    await journey.does("bert", UPDATE, language="FR")
    french = (await journey.does("bert", UPDATE, givenName=""))["userErrors"][0]["message"]
    await journey.does("bert", UPDATE, language="EN")
    english = (await journey.does("bert", UPDATE, givenName=""))["userErrors"][0]["message"]
    assert english == "This is needed." != french


async def test_a_new_password_ends_the_other_sessions_and_not_the_one_that_asks(journey: Journey) -> None:
    other, carla = (await signs_in(journey))["token"], str(await journey.api.token("carla"))
    mine = str(await journey.api.token("bert"))
    told = await changes(journey)
    assert (told["viewer"], mistakes(told)) == ({"email": BERT}, [])
    assert [await email_with(journey, it) for it in (other, mine)] == [None, BERT]
    assert await email_with(journey, carla) == "carla@verlinden.example"
    assert codes_of(await signs_in(journey)) == ["WRONG_CREDENTIALS"]
    assert (await signs_in(journey, password=NEW))["step"] == "SIGNED_IN"
    key = journey.api.world.accounts["bert"].id
    assert await events(journey, "account.password_set") == [{"account": str(key)}]
    (letter,) = await rows(journey.api, Letter)
    assert (letter.kind, letter.recipient, letter.sealed) == ("password_changed", BERT, None)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"oldPassword": "wrong"}, ("WRONG_CREDENTIALS", ["input", "oldPassword"])),
        ({"newPasswordConfirmation": "other"}, ("INVALID", ["input", "newPasswordConfirmation"])),
        (
            {"newPassword": "short", "newPasswordConfirmation": "short"},
            ("WEAK_PASSWORD", ["input", "newPassword"]),
        ),
    ],
)
async def test_a_password_that_is_not_changed_changes_nothing(
    journey: Journey, said: dict[str, str], told: tuple[str, list[str]]
) -> None:
    assert mistakes(await changes(journey, **said)) == [told]
    assert (await signs_in(journey))["step"] == "SIGNED_IN"
    assert await rows(journey.api, Letter) == []


async def test_tries_of_the_old_password_are_counted(journey: Journey) -> None:
    for _ in range(10):
        assert codes_of(await changes(journey, oldPassword="wrong")) == ["WRONG_CREDENTIALS"]
    assert codes_of(await changes(journey)) == ["RATE_LIMITED"]


@pytest.mark.parametrize("is_current", [True, False])
async def test_a_session_of_ones_own_is_ended(journey: Journey, *, is_current: bool) -> None:
    other = (await signs_in(journey))["token"]
    listed = (await journey.api.gets("bert", SESSIONS))["viewer"]["sessions"]
    (key,) = [it["id"] for it in listed if it["isCurrent"] is is_current]
    told = await journey.does("bert", REVOKE, sessionId=key)
    assert told == {"revokedSessionId": key, "userErrors": []}
    seen = [await email_with(journey, str(it)) for it in (await journey.api.token("bert"), other)]
    assert seen == ([None, BERT] if is_current else [BERT, None])
    assert await events(journey, "session.revoked") == [{}]


async def test_the_session_of_another_is_not_there(journey: Journey) -> None:
    await journey.api.token("carla")
    (session,) = await rows(journey.api, Session)
    key = journey.api.id("Session", session.id)
    assert mistakes(await journey.does("bert", REVOKE, sessionId=key)) == [
        ("NOT_FOUND", ["input", "sessionId"])
    ]
    assert await journey.api.gets("carla", WHO) == {"viewer": {"email": "carla@verlinden.example"}}
