"""What the operator does for a firm: its first administrator, its seats, its mail, its sessions."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from core.errors import AlreadyExists, Invalid, KluisError, NotFound, Required, WeakPassword
from core.viewer import Language
from models import Account, AccountGroupMember, Challenge, Event, Letter, Licence, Session
from resolvers import operating
from resolvers.staff_accounts import NewAccount
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.filing import SAFE_HEADERS, gives, preview_of, safe_headers, url_of
from tests.journeys.invited import OWN_PASSWORD, chooses, mail_links, mailed, outcome, signs_in
from tests.journeys.rows import row, rows
from tests.storage.zips import with_macros

GREET: Final = "greet@de-linde.example"
BERT: Final = "bert@callewaert.example"
SAID: Final = NewAccount(GREET, "Greet", "Wouters", Language.FR)
ROLES: Final = "{ viewer { roles } }"
RESET: Final = """mutation ($input: ResetPasswordInput!) {
  resetPassword(input: $input) { userErrors { code } }
}"""


async def creates(api: Api, password: str | None, **said: Any) -> UUID:
    return await operating.create_administrator(api.ports, "de-linde", replace(SAID, **said), password)


async def is_reset(api: Api, who: str) -> None:
    said = {"accountId": api.id("Account", api.world.accounts[who].id)}
    assert await api.gets("arthur", RESET, input=said) == {"resetPassword": {"userErrors": []}}


async def event(api: Api, kind: str) -> Event:
    (found,) = [it for it in await rows(api, Event) if it.kind == kind]
    return found


async def test_the_operator_adds_an_administrator_with_a_password(api: Api) -> None:
    made = await creates(api, OWN_PASSWORD)
    api.world.accounts["greet"] = await row(api, Account, id=made)
    signed_in = await signs_in(api, GREET, OWN_PASSWORD)
    assert (outcome(signed_in), signed_in["viewer"]["language"]) == ("SIGNED_IN", "FR")
    assert {*(await api.gets("greet", ROLES))["viewer"]["roles"]} == {"ADMINISTRATOR", "STAFF"}
    groups = {it.group_id for it in await rows(api, AccountGroupMember, account_id=made)}
    assert groups == {api.world.firm.administrators, api.world.firm.users}
    assert await rows(api, Letter) == []


async def test_without_a_password_a_first_one_is_mailed(api: Api) -> None:
    await creates(api, None)
    asked = await signs_in(api, GREET, await mailed(api, "access_granted"))
    assert outcome(asked) == "PASSWORD_CHANGE_REQUIRED"
    assert outcome(await chooses(api, asked["challenge"])) == "SIGNED_IN"


async def test_where_links_are_mailed_the_administrator_is_mailed_one(api: Api) -> None:
    await mail_links(api)
    await creates(api, None)
    assert outcome(await chooses(api, await mailed(api, "access_granted_by_link"))) == "SIGNED_IN"


async def test_what_the_operator_does_is_remembered_as_his(api: Api) -> None:
    made = await creates(api, OWN_PASSWORD)
    assert (await event(api, "account.created")).details == {"account": str(made), "by": "operator"}


@pytest.mark.parametrize(
    ("said", "password", "error"),
    [
        ({}, "kort", WeakPassword),
        ({}, "Greet Wouters en niemand anders", WeakPassword),
        ({}, "welkom bij kantoor olifant 77", WeakPassword),
        ({"username": "greet"}, OWN_PASSWORD, Invalid),
        ({"username": ""}, None, Required),
        ({"given_name": ""}, None, Required),
        ({"username": "ANNA@de-linde.example"}, None, AlreadyExists),
    ],
)
async def test_what_is_said_wrong_adds_nobody(
    api: Api, said: dict[str, Any], password: str | None, error: type[KluisError]
) -> None:
    before = len(await rows(api, Account))
    with pytest.raises(error):
        await creates(api, password, **said)
    assert (len(await rows(api, Account)), await rows(api, Letter)) == (before, [])


async def test_the_operator_sets_how_many_clients_may_have_access(api: Api) -> None:
    await operating.set_client_logins(api.ports, "de-linde", 7)
    seats = await api.gets("anna", "{ viewer { licence { clientLogins { limit } } } }")
    assert seats["viewer"]["licence"]["clientLogins"] == {"limit": 7}
    assert (await event(api, "licence.client_logins_set")).details == {"seats": 7}
    theirs = await api.gets("eva", "{ viewer { licence { clientLogins { limit } } } }")
    assert theirs["viewer"]["licence"]["clientLogins"] == {"limit": 50}


async def test_there_are_no_fewer_than_no_seats(api: Api) -> None:
    before = (await api.gets("anna", "{ viewer { licence { clientLogins { limit } } } }"))["viewer"]
    with pytest.raises(Invalid):
        await operating.set_client_logins(api.ports, "de-linde", -1)
    assert (await api.gets("anna", "{ viewer { licence { clientLogins { limit } } } }"))["viewer"] == before


SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML: Final = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>\n"
ACTIVE: Final = {"Logo.svg": SVG, "Brief.html": HTML, "Brief.docm": with_macros("word")}


@pytest.mark.parametrize("name", ACTIVE)
async def test_a_firm_that_takes_active_files_sends_them_out_to_be_saved_and_never_shown(
    api: Api, name: str
) -> None:
    refused = await api.upload("bert", name, ACTIVE[name])
    assert mistakes(refused) == [("UNSUPPORTED_TYPE", ["input", "file"])]
    await operating.set_rules(api.ports, "de-linde", accepts_active_files=True)
    id_ = (await api.upload("bert", name, ACTIVE[name]))["document"]["id"]
    for disposition in ("ATTACHMENT", "INLINE"):
        for who in ("bert", "anna"):
            answer = await gives(api, await url_of(api, who, id_, disposition=disposition))
            assert (answer.status_code, answer.content) == (200, ACTIVE[name])
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
            assert safe_headers(answer) == SAFE_HEADERS
    assert await preview_of(api, "bert", id_) is None


async def test_whether_active_files_are_taken_is_the_firms_own_rule_and_can_be_taken_back(api: Api) -> None:
    for rule, codes in ((True, []), (False, ["UNSUPPORTED_TYPE"])):
        await operating.set_rules(api.ports, "de-linde", accepts_active_files=rule)
        assert [code for code, _ in mistakes(await api.upload("bert", "Logo.svg", SVG))] == codes
        theirs = mistakes(await api.upload("eva", "Logo.svg", SVG))
        assert [code for code, _ in theirs] == ["UNSUPPORTED_TYPE"]
    found = sorted(await rows(api, Event, kind="licence.rules_set"), key=lambda it: it.id)
    assert [it.details for it in found] == [{"rules": {"accepts_active_files": it}} for it in (True, False)]


async def addresses(api: Api) -> tuple[str | None, str | None]:
    """Return whom the firm's letters come from, and whom answers go to."""
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        licence = await session.get_one(Licence, api.world.firm.licence_id)
    return licence.mail_sender, licence.mail_reply_to


async def test_the_operator_sets_whom_letters_come_from_and_answers_go_to(api: Api) -> None:
    for said, then in (
        ({"sender": " portaal@DE-LINDE.example", "reply_to": None}, ("portaal@de-linde.example", None)),
        ({"sender": None, "reply_to": GREET}, ("portaal@de-linde.example", GREET)),
        ({"sender": " ", "reply_to": None}, (None, GREET)),
        ({"sender": None, "reply_to": ""}, (None, None)),
    ):
        await operating.set_mail(api.ports, "de-linde", **said)
        assert await addresses(api) == then
    found = sorted((it for it in await rows(api, Event)), key=lambda it: it.id)
    assert [(it.kind, it.details) for it in found] == [
        ("licence.mail_set", {"addresses": {"mail_sender": "portaal@de-linde.example"}}),
        ("licence.mail_set", {"addresses": {"mail_reply_to": GREET}}),
        ("licence.mail_set", {"addresses": {"mail_sender": None}}),
        ("licence.mail_set", {"addresses": {"mail_reply_to": None}}),
    ]


@pytest.mark.parametrize(
    "address", ["portaal", "portaal@de-linde", "portaal@de-linde.example\nBcc: x@y.example"]
)
async def test_an_address_that_no_mail_would_reach_is_not_set(api: Api, address: str) -> None:
    for said in ({"sender": address, "reply_to": GREET}, {"sender": GREET, "reply_to": address}):
        with pytest.raises(Invalid):
            await operating.set_mail(api.ports, "de-linde", **said)
    assert (await addresses(api), await rows(api, Event)) == ((None, None), [])


async def test_everybody_of_a_licence_is_signed_out_and_nobody_else(api: Api) -> None:
    for who in ("anna", "bert", "eva"):
        await api.token(who)
    assert await operating.end_sessions(api.ports, "de-linde", None) == 2
    assert await rows(api, Session) == []
    assert (await api.gets("anna", ROLES), await api.gets("bert", ROLES)) == ({"viewer": None},) * 2
    assert (await api.gets("eva", ROLES))["viewer"]
    assert (await event(api, "sessions.ended")).details == {"username": None, "count": 2}


async def test_one_account_is_signed_out_alone(api: Api) -> None:
    for who in ("anna", "bert"):
        await api.token(who)
    assert await operating.end_sessions(api.ports, "de-linde", BERT.upper()) == 1
    assert await api.gets("bert", ROLES) == {"viewer": None}
    assert (await api.gets("anna", ROLES))["viewer"]


@pytest.mark.parametrize("username", [None, BERT])
async def test_a_sign_in_under_way_ends_with_the_sessions(api: Api, username: str | None) -> None:
    await is_reset(api, "bert")
    asked = await signs_in(api, BERT, await mailed(api, "password_reset"))
    await operating.end_sessions(api.ports, "de-linde", username)
    assert outcome(await chooses(api, asked["challenge"])) == "EXPIRED"


@pytest.mark.parametrize("username", [None, BERT])
async def test_the_link_of_whoever_was_invited_outlives_the_sessions(api: Api, username: str | None) -> None:
    await mail_links(api)
    await is_reset(api, "bert")
    await operating.end_sessions(api.ports, "de-linde", username)
    assert outcome(await chooses(api, await mailed(api, "password_reset_by_link"))) == "SIGNED_IN"


async def test_the_sign_in_of_another_goes_on(api: Api) -> None:
    await is_reset(api, "bert")
    asked = await signs_in(api, BERT, await mailed(api, "password_reset"))
    await operating.end_sessions(api.ports, "de-linde", "anna@de-linde.example")
    assert len(await rows(api, Challenge)) == 1
    assert outcome(await chooses(api, asked["challenge"])) == "SIGNED_IN"


async def test_a_user_name_that_nobody_has_ends_nothing(api: Api) -> None:
    await api.token("bert")
    for username in ("nobody@de-linde.example", "eva@het-ander.example"):
        with pytest.raises(NotFound):
            await operating.end_sessions(api.ports, "de-linde", username)
    assert (await api.gets("bert", ROLES))["viewer"]


async def test_a_licence_that_is_not_there_is_told(api: Api) -> None:
    for slug in ("de-beuk", ""):
        with pytest.raises(NotFound):
            await operating.create_administrator(api.ports, slug, SAID, None)
        with pytest.raises(NotFound):
            await operating.set_client_logins(api.ports, slug, 7)
        with pytest.raises(NotFound):
            await operating.set_mail(api.ports, slug, sender=GREET, reply_to=None)
        with pytest.raises(NotFound):
            await operating.set_rules(api.ports, slug, accepts_active_files=True)
        with pytest.raises(NotFound):
            await operating.end_sessions(api.ports, slug, None)
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        licence = await session.get_one(Licence, api.world.firm.licence_id)
    assert licence.client_login_limit == 50


@pytest.mark.parametrize("days", [0, 366])
async def test_changes_are_kept_for_a_day_at_least_and_a_year_at_most(api: Api, days: int) -> None:
    with pytest.raises(Invalid, match="1 to 365 days"):
        await operating.set_rules(api.ports, "de-linde", changes_kept_days=days)
