"""A firm that demands a second factor of its staff: before it there is the profile alone (ASVS 6.3.3)."""

from typing import Any, Final

import pytest
from pyotp.totp import TOTP

from resolvers import operating
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.passkeys import DISABLE, Journey
from tests.world import PASSWORD

REACHED: Final = """{
  viewer { email roles twoFactor { enabled required } account { displayName username } }
  documents { nodes { id } }
}"""
LINK: Final = "query ($id: ID!) { document(id: $id) { contentUrl } }"
CREATE_GROUP: Final = """
mutation { createGroup(input: {name: "Advisors"}) { group { id } userErrors { code message } } }
"""


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def demand(journey: Journey, *, demanded: bool = True) -> None:
    """Let the firm demand a second factor of its staff."""
    ports = journey.api.ports
    await operating.set_rules(ports, "de-linde", first_secret=None, staff_need_two_factor=demanded)


async def reached(journey: Journey, who: str) -> tuple[Any, list[tuple[str, Any]]]:
    """Return what somebody reaches, and what is refused."""
    answer = await journey.api.ask(who, REACHED)
    refused = [(it["extensions"]["code"], it["path"][-1]) for it in answer.get("errors", ())]
    return answer["data"], refused


async def test_whoever_has_none_reaches_the_profile_alone_from_that_moment_on(journey: Journey) -> None:
    whole, refused = await reached(journey, "anna")
    assert (whole["viewer"]["roles"], whole["viewer"]["twoFactor"]["required"]) == (["STAFF"], False)
    assert (whole["documents"]["nodes"] != [], refused) == (True, [])
    await demand(journey)
    assert await reached(journey, "anna") == (
        {
            "viewer": {
                "email": "anna@de-linde.example",
                "roles": [],
                "twoFactor": {"enabled": False, "required": True},
                "account": {"displayName": "Anna Lindeman", "username": None},
            },
            "documents": None,
        },
        [("FORBIDDEN", "username"), ("FORBIDDEN", "documents")],
    )


async def test_an_administrator_can_do_nothing_either_and_is_told_why(journey: Journey) -> None:
    await journey.api.token("arthur")
    await demand(journey)
    answer = await journey.api.ask("arthur", CREATE_GROUP)
    assert answer["data"] == {"createGroup": None}
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["message"].startswith("Uw kantoor vraagt een tweede factor.")


async def test_an_address_of_content_that_was_given_before_leads_nowhere(journey: Journey) -> None:
    api = journey.api
    id_ = (await api.upload("anna", "a.txt", b"words"))["document"]["id"]
    link = (await api.gets("anna", LINK, id=id_))["document"]["contentUrl"]
    assert (await api.http.get(link)).status_code == 200
    await demand(journey)
    assert (await api.http.get(link)).status_code == 404
    await demand(journey, demanded=False)
    assert (await api.http.get(link)).status_code == 200


@pytest.mark.parametrize("kind", ["app", "passkey"])
async def test_with_one_everything_is_there_at_once(journey: Journey, kind: str) -> None:
    await demand(journey)
    if kind == "app":
        await journey.adds_app("anna")
    else:
        await journey.adds("anna", journey.authenticator())
    whole, refused = await reached(journey, "anna")
    assert (whole["viewer"]["roles"], refused) == (["STAFF"], [])
    assert whole["viewer"]["twoFactor"] == {"enabled": True, "required": True}
    assert whole["documents"]["nodes"] != []


async def test_an_app_that_showed_no_code_yet_does_not_count(journey: Journey) -> None:
    await demand(journey)
    start = "mutation ($input: StartTwoFactorEnrolmentInput!) { it: startTwoFactorEnrolment(input: $input) "
    begun = await journey.does("anna", start + "{ enrolment { id } } }", password=PASSWORD)
    assert begun["enrolment"]
    assert [code for code, _ in (await reached(journey, "anna"))[1]] == ["FORBIDDEN", "FORBIDDEN"]


async def test_whoever_takes_the_last_one_away_is_where_he_began(journey: Journey) -> None:
    await demand(journey)
    app, _ = await journey.adds_app("anna")
    gone = await journey.does("anna", DISABLE, password=PASSWORD, code=code_of(app, journey))
    assert gone["viewer"]["twoFactor"]["enabled"] is False
    assert (await reached(journey, "anna"))[0]["documents"] is None


def code_of(app: TOTP, journey: Journey) -> str:
    return app.at(journey.clock.now())


async def test_clients_and_programs_are_not_asked(journey: Journey) -> None:
    await demand(journey)
    bert, refused = await reached(journey, "bert")
    assert (bert["viewer"]["roles"], bert["viewer"]["twoFactor"]["required"]) == (["CLIENT"], False)
    assert (bert["documents"]["nodes"] != [], refused) == (True, [])


async def test_one_firm_demands_nothing_of_anothers_staff(journey: Journey) -> None:
    await demand(journey)
    eva, refused = await reached(journey, "eva")
    assert (eva["viewer"]["roles"], refused) == (["STAFF", "ADMINISTRATOR"], [])
