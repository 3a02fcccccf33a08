"""What an account is mailed to come in with: a first password, or a link that works once."""

from datetime import timedelta
from typing import Final

import pytest

from core.errors import TooManyTries
from core.tokens import Token
from models import Account, Challenge, Event, Letter, Session
from resolvers.first_secrets import LASTS_FOR
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.invited import (
    OWN_PASSWORD,
    chooses,
    letters,
    mail_links,
    mailed,
    opened,
    outcome,
    signs_in,
)
from tests.journeys.passkeys import Journey
from tests.journeys.rows import block, row, rows
from tests.world import PASSWORD

GRANT: Final = """mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { account { status } userErrors { code } }
}"""
RESET: Final = """mutation ($input: ResetPasswordInput!) {
  resetPassword(input: $input) { account { status } userErrors { code } }
}"""
FEMKE: Final = "femke@dupont.example"
BERT: Final = "bert@callewaert.example"
SECOND: Final = timedelta(seconds=1)
LINK: Final = "access_granted_by_link"


async def is_invited(api: Api) -> None:
    """Give Femke access."""
    said = {"relationId": api.id("Relation", api.world.relations["femke"].id)}
    payload = (await api.gets("anna", GRANT, input=said))["grantPortalAccess"]
    assert payload == {"account": {"status": "INVITED"}, "userErrors": []}


async def is_reset(api: Api, who: str) -> None:
    said = {"accountId": api.id("Account", api.world.accounts[who].id)}
    payload = (await api.gets("arthur", RESET, input=said))["resetPassword"]
    assert payload == {"account": {"status": "INVITED"}, "userErrors": []}


async def test_a_first_password_is_replaced_by_one_of_ones_own_and_works_no_more(api: Api) -> None:
    await is_invited(api)
    first = await mailed(api, "access_granted")
    asked = await signs_in(api, FEMKE, first)
    assert (outcome(asked), asked["token"]) == ("PASSWORD_CHANGE_REQUIRED", None)
    done = await chooses(api, asked["challenge"])
    assert (outcome(done), done["viewer"]) == ("SIGNED_IN", {"email": FEMKE, "language": "FR"})
    assert outcome(await signs_in(api, FEMKE, first)) == "WRONG_CREDENTIALS"
    assert outcome(await signs_in(api, FEMKE, OWN_PASSWORD)) == "SIGNED_IN"
    assert (await row(api, Account, username=FEMKE)).initial_password_expires_at is None


async def test_a_licence_that_mails_links_gives_no_password(api: Api) -> None:
    await mail_links(api)
    await is_invited(api)
    account = await row(api, Account, username=FEMKE)
    assert account.password_hash is None
    assert account.initial_password_expires_at == START + LASTS_FOR
    letter = await row(api, Letter)
    assert letter.kind == LINK
    assert letter.details["expires_at"] == (START + LASTS_FOR).isoformat()
    token = await opened(api, letter)
    assert outcome(await signs_in(api, FEMKE, token)) == "WRONG_CREDENTIALS"
    assert outcome(await signs_in(api, FEMKE, "")) == "WRONG_CREDENTIALS"


async def test_the_link_is_kept_as_a_digest_alone(api: Api) -> None:
    await mail_links(api)
    await is_invited(api)
    token = Token.parse(await mailed(api, LINK))
    assert token
    challenge = await row(api, Challenge)
    assert (challenge.step, challenge.digest) == ("FIRST_PASSWORD", token.digest)
    kept = str([(await row(api, Letter)).details, *[it.details for it in await rows(api, Event)]])
    assert str(token) not in kept


async def test_the_link_lets_its_owner_choose_a_password_once(api: Api) -> None:
    await mail_links(api)
    await is_invited(api)
    token = await mailed(api, LINK)
    done = await chooses(api, token)
    assert (outcome(done), done["viewer"]) == ("SIGNED_IN", {"email": FEMKE, "language": "FR"})
    assert outcome(await chooses(api, token, "acht blauwe giraffen zingen")) == "EXPIRED"
    assert outcome(await signs_in(api, FEMKE, OWN_PASSWORD)) == "SIGNED_IN"


async def test_a_weak_password_does_not_use_the_link_up(api: Api) -> None:
    await mail_links(api)
    await is_invited(api)
    token = await mailed(api, LINK)
    assert outcome(await chooses(api, token, "123456")) == "WEAK_PASSWORD"
    assert outcome(await chooses(api, token)) == "SIGNED_IN"


@pytest.mark.parametrize(
    ("age", "then"),
    [(LASTS_FOR - SECOND, "SIGNED_IN"), (LASTS_FOR, "EXPIRED"), (LASTS_FOR + SECOND, "EXPIRED")],
)
async def test_the_link_dies_after_five_times_24_hours(
    api: Api, clock: SetClock, age: timedelta, then: str
) -> None:
    await mail_links(api)
    await is_invited(api)
    clock.advance(age)
    assert outcome(await chooses(api, await mailed(api, LINK))) == then


async def test_the_link_of_somebody_who_is_blocked_opens_nothing(api: Api) -> None:
    await mail_links(api)
    await is_reset(api, "bert")
    await block(api, "bert")
    assert outcome(await chooses(api, await mailed(api, "password_reset_by_link"))) == "EXPIRED"


async def test_after_the_link_a_second_factor_is_still_asked_for(api: Api, clock: SetClock) -> None:
    journey = Journey(api, clock)
    app, _ = await journey.adds_app("bert")
    await mail_links(api)
    await is_reset(api, "bert")
    assert outcome(await signs_in(api, BERT, PASSWORD)) == "WRONG_CREDENTIALS"
    asked = await chooses(api, await mailed(api, "password_reset_by_link"))
    assert (outcome(asked), asked["token"], asked["viewer"]) == ("TWO_FACTOR_REQUIRED", None, None)
    code = app.at(clock.now())
    assert outcome(await journey.shows(asked, code=code)) == "SIGNED_IN"


@pytest.mark.parametrize("by_link", [False, True])
async def test_a_new_secret_makes_the_one_before_void(api: Api, *, by_link: bool) -> None:
    if by_link:
        await mail_links(api)
    kind = "password_reset_by_link" if by_link else "password_reset"
    await is_reset(api, "bert")
    await is_reset(api, "bert")
    first, second = [await opened(api, it) for it in await letters(api, kind)]
    if by_link:
        assert outcome(await chooses(api, first)) == "EXPIRED"
        assert outcome(await chooses(api, second)) == "SIGNED_IN"
    else:
        assert outcome(await signs_in(api, BERT, first)) == "WRONG_CREDENTIALS"
        assert outcome(await signs_in(api, BERT, second)) == "PASSWORD_CHANGE_REQUIRED"


async def test_a_sign_in_under_way_ends_with_a_new_secret(api: Api) -> None:
    await is_reset(api, "bert")
    asked = await signs_in(api, BERT, await mailed(api, "password_reset"))
    await is_reset(api, "bert")
    assert outcome(await chooses(api, asked["challenge"])) == "EXPIRED"


async def test_nothing_is_given_where_too_many_wait_for_a_hash(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    bert = await row(api, Account, username=BERT)

    async def crowded(_: str) -> str:
        raise TooManyTries(retry_after=1)

    monkeypatch.setattr(api.ports.passwords, "hash", crowded)
    await api.token("bert")
    said = {"accountId": api.id("Account", bert.id)}
    payload = (await api.gets("arthur", RESET, input=said))["resetPassword"]
    assert payload == {"account": None, "userErrors": [{"code": "RATE_LIMITED"}]}
    after = await row(api, Account, username=BERT)
    assert (after.password_hash, after.initial_password_expires_at) == (bert.password_hash, None)
    assert len(await rows(api, Session, account_id=bert.id)) == 1
    assert await rows(api, Letter) == []
