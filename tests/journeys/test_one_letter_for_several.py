"""Several documents within the time that news waits make one letter, and no other letter waits (A17)."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from mail import outbox
from models import Letter
from tests.api import Api
from tests.conftest import SetClock
from tests.http.asking import behind
from tests.journeys.programs import SHARE
from tests.journeys.rows import rows, writing

TWO_MINUTES: Final = timedelta(minutes=2)
A_SECOND: Final = timedelta(seconds=1)


@pytest.fixture
async def patient(api: Api) -> AsyncGenerator[Api]:
    """A server on which news waits for two minutes."""
    async with behind(api, replace(api.ports, news_wait=TWO_MINUTES)) as other:
        yield other


async def papers(api: Api, how_many: int) -> list[str]:
    """Add papers that hang on Bert's dossier, and return their ids."""
    anna = api.world.accounts["anna"]
    async with writing(api) as firm:
        made = [await firm.document(f"Paper {it}", anna, dossier=api.world.dossier) for it in range(how_many)]
    return [api.id("Document", it.id) for it in made]


async def shares(api: Api, document: str, who: str = "bert", *rights: str) -> None:
    principal = api.id("Account", api.world.accounts[who].id)
    said = {"documentId": document, "principalId": principal, "rights": rights or ["READ"]}
    assert (await api.gets("anna", SHARE, input=said))["setDocumentRights"]["userErrors"] == []


async def letters(api: Api) -> Sequence[Letter]:
    return sorted(await rows(api, Letter), key=lambda it: it.id)


async def told(api: Api) -> list[tuple[str, int]]:
    """Return whom the letters go to, and of how many things each tells."""
    return [(it.recipient, it.news) for it in await letters(api)]


async def take(api: Api) -> list[str]:
    """Take the letters that are due, as a worker does; return whom they go to."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        taken = await outbox.claim(session, licence_id, now=api.ports.clock.now(), most=100)
    return [it.recipient for it in taken]


async def test_what_is_shared_within_two_minutes_is_told_in_one_letter(patient: Api, clock: SetClock) -> None:
    first, second, third = await papers(patient, 3)
    begun = clock.now()
    for document in (first, second, third):
        await shares(patient, document)
        clock.advance(A_SECOND)
    assert await told(patient) == [("bert@callewaert.example", 3)]
    (letter,) = await letters(patient)
    assert (letter.queued_at, letter.due_at) == (begun, begun + TWO_MINUTES)


async def test_it_leaves_two_minutes_after_the_first_to_the_second(patient: Api, clock: SetClock) -> None:
    (paper,) = await papers(patient, 1)
    await shares(patient, paper)
    clock.advance(TWO_MINUTES - A_SECOND)
    assert await take(patient) == []
    clock.advance(A_SECOND)
    assert await take(patient) == ["bert@callewaert.example"]


async def test_nothing_joins_a_letter_that_is_on_its_way(patient: Api, clock: SetClock) -> None:
    first, second, third = await papers(patient, 3)
    await shares(patient, first)
    clock.advance(TWO_MINUTES)
    await take(patient)
    await shares(patient, second)
    await shares(patient, third)
    assert await told(patient) == [("bert@callewaert.example", 1), ("bert@callewaert.example", 2)]


async def test_each_is_told_of_what_is_his(patient: Api) -> None:
    first, second = await papers(patient, 2)
    await shares(patient, first)
    await shares(patient, first, "carla")
    await shares(patient, second, "carla")
    # Who could read it is told nothing new.
    await shares(patient, second, "carla", "READ", "UPDATE")
    assert await told(patient) == [("bert@callewaert.example", 1), ("carla@verlinden.example", 2)]


async def test_uploads_of_one_client_make_one_letter_and_those_of_another_another(patient: Api) -> None:
    for who in ("bert", "carla", "bert"):
        await patient.upload(who, "a.txt", b"words")
    found = [(it.recipient, it.details["client_name"], it.news) for it in await letters(patient)]
    assert found == [
        ("anna@de-linde.example", "Bert Callewaert", 2),
        ("anna@de-linde.example", "Carla Verlinden", 1),
    ]


async def test_of_many_at_once_none_is_lost(patient: Api) -> None:
    documents = await papers(patient, 20)
    await patient.token("anna")
    alone = asyncio.Semaphore(8)  # more operations of one account at once are turned away

    async def one(document: str) -> None:
        async with alone:
            await shares(patient, document)

    await asyncio.gather(*map(one, documents))
    assert await told(patient) == [("bert@callewaert.example", 20)]


async def test_what_is_rolled_back_is_not_told(patient: Api) -> None:
    (paper,) = await papers(patient, 1)
    await shares(patient, paper)
    (other,) = await papers(patient, 1)
    said: dict[str, Any] = {
        "documentId": other,
        "principalId": patient.id("Account", patient.world.accounts["bert"].id),
        "rights": ["READ", "CHANGE_SECURITY"],
    }
    assert (await patient.gets("anna", SHARE, input=said))["setDocumentRights"]["userErrors"] != []
    assert await told(patient) == [("bert@callewaert.example", 1)]


async def test_where_news_does_not_wait_each_is_a_letter_and_due_at_once(api: Api) -> None:
    for document in await papers(api, 2):
        await shares(api, document)
    found = [(it.news, it.bundle, it.due_at == it.queued_at) for it in await letters(api)]
    assert found == [(1, None, True)] * 2
