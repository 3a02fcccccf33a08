"""retryLetter: a letter that was set aside is tried once more."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from core.viewer import ApiScope
from mail.sink import Sink
from models import Event, Letter
from models.letters import LETTERS_CHANNEL
from tests.api import Api
from tests.conftest import START, SetClock
from tests.http.asking import behind
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.invited import mailed, outcome, signs_in
from tests.journeys.outbox import (
    PLACE,
    RETRY,
    is_refused_by_the_mail_server,
    refusal,
    retries,
    write,
)
from tests.journeys.programs import lets_in
from tests.journeys.rows import row, rows
from tests.journeys.test_first_secrets import FEMKE, is_invited
from tests.journeys.test_one_letter_for_several import papers, shares
from tests.mail.correspondents import kept, text_of
from tests.server.desks import worker_of

SECOND: Final = timedelta(seconds=1)
TWO_MINUTES: Final = timedelta(minutes=2)


async def test_a_letter_that_was_set_aside_waits_again_as_if_it_were_new(api: Api, clock: SetClock) -> None:
    said = {"attempts": 18, "last_error": "450 later", "bundle": "document_shared"}
    letter_id = await write(api, "a@x.example", "FAILED", **said)
    clock.advance(SECOND)
    assert await retries(api, letter_id) == {
        "letter": {
            "id": api.id("Letter", letter_id),
            "state": "QUEUED",
            "attempts": 0,
            "lastError": "450 later",
        },
        "userErrors": [],
    }
    letter = await row(api, Letter, id=letter_id)
    assert (letter.due_at, letter.queued_at, letter.bundle) == (START + SECOND, START, None)


async def test_who_tried_it_again_is_remembered(api: Api) -> None:
    letter_id = await write(api, "a@x.example", "FAILED")
    await retries(api, letter_id)
    event = await row(api, Event)
    assert (event.kind, event.account_id) == ("letter.retried", api.world.accounts["arthur"].id)
    assert event.details == {"letter": str(letter_id)}


async def test_a_worker_sends_it_once_the_reason_is_gone(api: Api, tmp_path: Path) -> None:
    await is_invited(api)
    letter_id = await is_refused_by_the_mail_server(api)
    assert (await retries(api, letter_id))["userErrors"] == []
    first = await mailed(api, "access_granted")
    async with Sink(tmp_path / "mail") as url:
        await worker_of(api.ports, url).deliver_due()
    (mail,) = kept(tmp_path / "mail")
    assert (mail["To"], mail["Message-ID"].split("@")[0]) == (FEMKE, f"<{letter_id}")
    assert first in text_of(mail)
    letter = await row(api, Letter, id=letter_id)
    assert (letter.state, letter.attempts, letter.last_error, letter.sealed) == ("SENT", 1, None, None)
    assert outcome(await signs_in(api, FEMKE, first)) == "PASSWORD_CHANGE_REQUIRED"


async def test_what_fails_again_is_set_aside_again_and_may_be_tried_again(api: Api) -> None:
    letter_id = await write(api, "a@x.example", "FAILED", last_error="old")
    for _ in range(2):
        assert (await retries(api, letter_id))["userErrors"] == []
        assert await is_refused_by_the_mail_server(api) == letter_id


@pytest.mark.parametrize(
    ("state", "message"),
    [("SENT", "Deze e-mail is verzonden."), ("QUEUED", "Deze e-mail wacht op verzending.")],
)
async def test_what_was_sent_or_waits_is_not_tried_again(api: Api, state: str, message: str) -> None:
    letter_id = await write(api, "a@x.example", state, attempts=1)
    assert await refusal(api, letter_id) == message


async def test_of_two_who_try_it_again_at_once_one_does(api: Api) -> None:
    letter_id = await write(api, "a@x.example", "FAILED")
    await api.token("arthur")
    payloads = await asyncio.gather(*(retries(api, letter_id) for _ in range(4)))
    assert sorted(mistakes(it) for it in payloads) == [[]] + [[("INVALID", PLACE)]] * 3
    assert len(await rows(api, Event, kind="letter.retried")) == 1


async def test_a_newer_letter_of_the_same_news_is_in_nobodys_way(api: Api, clock: SetClock) -> None:
    async with behind(api, replace(api.ports, news_wait=TWO_MINUTES)) as patient:
        first, second, third = await papers(patient, 3)
        await shares(patient, first)
        clock.advance(TWO_MINUTES)
        old = await is_refused_by_the_mail_server(patient)
        await shares(patient, second)
        assert (await retries(patient, old))["userErrors"] == []
        # What comes next joins the newer one: the old one tells what it told.
        await shares(patient, third)
    found = {it.id: (it.state, it.news) for it in await rows(api, Letter)}
    assert found.pop(old) == ("QUEUED", 1)
    assert [*found.values()] == [("QUEUED", 2)]


@asynccontextmanager
async def listening(api: Api) -> AsyncGenerator[asyncio.Queue[str]]:
    """Yield what workers hear of letters."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(*said: Any) -> None:
        heard.put_nowait(said[-1])

    async with api.ports.database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.add_listener(LETTERS_CHANNEL, hear)
        yield heard
        await driver.remove_listener(LETTERS_CHANNEL, hear)


async def test_workers_hear_of_it_at_once(api: Api) -> None:
    letter_id = await write(api, "a@x.example", "FAILED")
    async with listening(api) as heard:
        await retries(api, letter_id)
        async with asyncio.timeout(20):
            assert await heard.get() == f"{api.world.firm.licence_id} 0"


@pytest.mark.parametrize("who", ["anna", "bert", "program"])
async def test_nobody_but_an_administrator_tries_a_letter_again(api: Api, who: str) -> None:
    letter_id = await write(api, "a@x.example", "FAILED")
    if who == "program":
        await lets_in(api, who, *(it.value for it in ApiScope))
    said = {"letterId": api.id("Letter", letter_id)}
    assert await refused_fields(api, who, RETRY, input=said) == [("FORBIDDEN", ["retryLetter"])]
    assert (await row(api, Letter)).state == "FAILED"


async def test_an_administrator_of_another_firm_finds_no_letter_of_ours(api: Api) -> None:
    letter_id = await write(api, "a@x.example", "FAILED")
    assert mistakes(await retries(api, letter_id, "eva")) == [("NOT_FOUND", PLACE)]
    assert (await row(api, Letter)).state == "FAILED"
