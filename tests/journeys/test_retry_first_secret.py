"""retryLetter of a first secret: it is sent only while it opens its account."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from models import Account, Challenge, Letter
from resolvers.first_secrets import LASTS_FOR
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes
from tests.journeys.invited import OWN_PASSWORD, chooses, mail_links, mailed, outcome, signs_in
from tests.journeys.outbox import PLACE, is_refused_by_the_mail_server, refusal, retries, write
from tests.journeys.programs import BLOCK, UNBLOCK
from tests.journeys.rows import row, set_values
from tests.journeys.test_first_secrets import FEMKE, is_invited, is_reset
from tests.journeys.waiting import somebody_waits

SECOND: Final = timedelta(seconds=1)
INSTEAD: Final = "Geef in plaats daarvan een nieuw wachtwoord."
Doing = Callable[[Api, SetClock], Awaitable[Any]]


async def is_used(api: Api, _: SetClock) -> None:
    asked = await signs_in(api, FEMKE, await mailed(api, "access_granted"))
    assert outcome(await chooses(api, asked["challenge"])) == "SIGNED_IN"


async def link_is_used(api: Api, _: SetClock) -> None:
    assert outcome(await chooses(api, await mailed(api, "access_granted_by_link"))) == "SIGNED_IN"


async def femke(api: Api) -> Account:
    return await row(api, Account, username=FEMKE)


async def is_given_another(api: Api, clock: SetClock) -> None:
    clock.advance(SECOND)
    api.world.accounts["femke"] = await femke(api)
    await is_reset(api, "femke")


async def is_blocked(api: Api, _: SetClock) -> None:
    await api.gets("arthur", BLOCK, input={"accountId": api.id("Account", (await femke(api)).id)})


async def is_unblocked(api: Api, clock: SetClock) -> None:
    await is_blocked(api, clock)
    await api.gets("arthur", UNBLOCK, input={"accountId": api.id("Account", (await femke(api)).id)})


async def expires(_: Api, clock: SetClock) -> None:
    clock.advance(LASTS_FOR)


async def is_nearly_too_late(_: Api, clock: SetClock) -> None:
    clock.advance(LASTS_FOR - SECOND)


async def nothing_happens(_: Api, clock: SetClock) -> None:
    clock.advance(SECOND)


@pytest.fixture
async def invited(api: Api) -> UUID:
    """The id of the letter with Femke's first password, which her mail server did not want."""
    await is_invited(api)
    return await is_refused_by_the_mail_server(api)


@pytest.fixture
async def sent_a_link(api: Api) -> UUID:
    """The id of a letter with a link in its place."""
    await mail_links(api)
    await is_invited(api)
    return await is_refused_by_the_mail_server(api)


@pytest.mark.parametrize("then", [is_used, is_given_another, is_blocked, expires])
async def test_a_first_password_that_opens_nothing_any_more_is_not_sent(
    api: Api, clock: SetClock, invited: UUID, then: Doing
) -> None:
    await then(api, clock)
    assert await refusal(api, invited) == INSTEAD


@pytest.mark.parametrize("then", [link_is_used, is_given_another, is_blocked, is_unblocked, expires])
async def test_a_link_that_opens_nothing_any_more_is_not_sent(
    api: Api, clock: SetClock, sent_a_link: UUID, then: Doing
) -> None:
    await then(api, clock)
    assert await refusal(api, sent_a_link) == INSTEAD


@pytest.mark.parametrize("then", [nothing_happens, is_nearly_too_late, is_unblocked])
async def test_a_first_password_that_still_opens_the_account_is_sent(
    api: Api, clock: SetClock, invited: UUID, then: Doing
) -> None:
    await then(api, clock)
    assert mistakes(await retries(api, invited)) == []


@pytest.mark.parametrize("then", [nothing_happens, is_nearly_too_late])
async def test_a_link_that_still_works_is_sent(
    api: Api, clock: SetClock, sent_a_link: UUID, then: Doing
) -> None:
    await then(api, clock)
    assert mistakes(await retries(api, sent_a_link)) == []


async def test_a_challenge_of_another_step_is_no_link(api: Api, sent_a_link: UUID) -> None:
    challenge = await row(api, Challenge)
    await set_values(api, Challenge, challenge.id, step="PASSWORD_CHANGE")
    assert mistakes(await retries(api, sent_a_link)) == [("INVALID", PLACE)]


async def test_the_new_password_is_the_one_that_is_sent(api: Api, clock: SetClock, invited: UUID) -> None:
    await is_given_another(api, clock)
    newer = await is_refused_by_the_mail_server(api)
    assert mistakes(await retries(api, newer)) == []
    assert mistakes(await retries(api, invited)) == [("INVALID", PLACE)]


async def test_a_letter_without_a_secret_is_sent_whatever_became_of_the_account(
    api: Api, clock: SetClock, invited: UUID
) -> None:
    await is_used(api, clock)
    told = await row(api, Letter, kind="password_changed")
    assert OWN_PASSWORD not in str(told.details)
    await set_values(api, Letter, told.id, state="FAILED")
    assert mistakes(await retries(api, told.id)) == []
    assert (await row(api, Letter, id=invited)).state == "FAILED"


async def test_a_secret_without_its_account_is_not_sent(api: Api) -> None:
    letter_id = await write(api, "a@x.example", "FAILED", kind="access_granted", sealed=b"sealed")
    assert mistakes(await retries(api, letter_id)) == [("INVALID", PLACE)]


async def test_whoever_gives_a_new_password_at_the_same_time_is_waited_for(
    api: Api, database_url: str, invited: UUID
) -> None:
    account = await femke(api)
    await api.token("arthur")
    async with api.ports.database.change(account.licence_id) as session:
        held = await session.get_one(Account, (account.licence_id, account.id), with_for_update=True)
        retrying = asyncio.create_task(retries(api, invited))
        await somebody_waits(database_url)
        held.initial_password_expires_at = START + LASTS_FOR + SECOND
    assert mistakes(await retrying) == [("INVALID", PLACE)]
