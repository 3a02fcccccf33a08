"""What administrators set for their firm: its name, and the rules that hold in it."""

from typing import Any, Final

import pytest

from models import Event, Licence
from resolvers.operating import set_mail
from tests.api import Api
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.keeping import LICENCE, does, tries
from tests.journeys.rows import rows
from tests.journeys.rules import events

SETTINGS: Final = "{ viewer { licence { settings { firstSecret mailSender mailReplyTo } } } }"
BEFORE: Final[dict[str, Any]] = {
    "firstSecret": "PASSWORD",
    "staffNeedTwoFactor": False,
    "acceptsActiveFiles": False,
    "mailSender": None,
    "mailReplyTo": None,
}
CHANGES: Final[dict[str, Any]] = {
    "firstSecret": "LINK",
    "acceptsActiveFiles": True,
    "mailReplyTo": "info@de-linde.example",
}


async def stands(api: Api, who: str = "arthur") -> dict[str, Any]:
    return (await api.gets(who, f"{{ viewer {{ licence {LICENCE} }} }}"))["viewer"]["licence"]


async def test_what_stands_before_anything_was_set(api: Api) -> None:
    assert await stands(api) == {"name": "Kantoor De Linde", "settings": BEFORE}


async def test_all_of_it_is_set_at_once_for_one_firm(api: Api) -> None:
    theirs = await stands(api, "eva")
    changed = await does(api, "arthur", "updateLicence", name="  De   Linde ", **CHANGES)
    assert changed == {"name": "De Linde", "settings": BEFORE | CHANGES}
    assert await events(api, "licence.updated") == [
        {
            "changed": {
                "name": "De Linde",
                "first_secret": "LINK",
                "accepts_active_files": True,
                "mail_reply_to": "info@de-linde.example",
            }
        }
    ]
    assert await stands(api, "eva") == theirs


@pytest.mark.parametrize("name", CHANGES)
async def test_what_is_left_out_stays(api: Api, name: str) -> None:
    changed = await does(api, "arthur", "updateLicence", **{name: CHANGES[name]})
    assert changed == {"name": "Kantoor De Linde", "settings": BEFORE | {name: CHANGES[name]}}


async def test_the_staff_come_to_need_a_second_factor_at_once(api: Api) -> None:
    await api.token("anna")
    # whoever asks for it has none himself, and reaches the profile alone from then on
    query = "mutation { updateLicence(input: {staffNeedTwoFactor: true}) { userErrors { code } } }"
    assert (await api.gets("arthur", query))["updateLicence"] == {"userErrors": []}
    assert await refused_fields(api, "anna", "{ groups { name } }") == [("FORBIDDEN", ["groups"])]
    assert (await api.gets("bert", "{ documents { totalCount } }"))["documents"] == {"totalCount": 1}


async def test_null_empties_the_address_for_answers_and_nothing_else(api: Api) -> None:
    await does(api, "arthur", "updateLicence", **CHANGES)
    nothing = dict.fromkeys(("firstSecret", "staffNeedTwoFactor", "acceptsActiveFiles", "mailReplyTo"))
    changed = await does(api, "arthur", "updateLicence", **nothing)
    assert changed["settings"] == BEFORE | CHANGES | {"mailReplyTo": None}
    assert (await events(api, "licence.updated"))[-1] == {"changed": {"mail_reply_to": None}}


async def test_what_stands_already_is_no_change(api: Api) -> None:
    await does(api, "arthur", "updateLicence", name="Kantoor De Linde", firstSecret="PASSWORD")
    assert await rows(api, Event) == []


async def test_what_the_operator_set_is_shown(api: Api) -> None:
    await set_mail(api.ports, "de-linde", sender="post@de-linde.example", reply_to=None)
    found = (await api.gets("arthur", SETTINGS))["viewer"]["licence"]["settings"]
    assert found["mailSender"] == "post@de-linde.example"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": " "}, [("REQUIRED", ["input", "name"])]),
        ({"name": None}, [("REQUIRED", ["input", "name"])]),
        ({"mailReplyTo": "info"}, [("INVALID", ["input", "mailReplyTo"])]),
        (
            {"name": "x" * 201, "mailReplyTo": "x"},
            [("TOO_LONG", ["input", "name"]), ("INVALID", ["input", "mailReplyTo"])],
        ),
    ],
)
async def test_what_cannot_be_set_is_told_and_nothing_is(
    api: Api, said: dict[str, Any], wrong: list[tuple[str, list[str]]]
) -> None:
    payload = await tries(api, "arthur", "updateLicence", **({"acceptsActiveFiles": True} | said))
    assert (payload["licence"], mistakes(payload)) == (None, wrong)
    (licence,) = await rows_of_licence(api)
    assert (licence.name, licence.accepts_active_files) == ("Kantoor De Linde", False)
    assert await rows(api, Event) == []


async def rows_of_licence(api: Api) -> list[Licence]:
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        return [await session.get_one(Licence, licence_id)]


async def test_the_settings_are_for_administrators(api: Api) -> None:
    for who in ("anna", "bert"):
        refused = await refused_fields(api, who, SETTINGS)
        assert refused == [("FORBIDDEN", ["viewer", "licence", "settings"])]
