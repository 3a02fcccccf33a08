"""Two programs that import at once: one of them wins, and nothing of the other's is half in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import pytest

from demo.firm import Firm
from models import Document, Dossier, Entity, Event, FeedEntry, Relation
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.bringing import brings, brings_well, person
from tests.journeys.filing import sent
from tests.journeys.keeping import relation
from tests.journeys.rows import row, rows, writing
from tests.models.catalogue import asked

WAITING: Final = """
SELECT count(*) AS waiting FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
Made = Callable[[Api, str], Awaitable[dict[str, Any]]]


class GivesUpError(Exception):
    """Whoever began first does not go on."""


async def so_many_wait(database_url: str, how_many: int) -> None:
    """Return once so many statements wait for what others hold."""
    async with asyncio.timeout(20):
        while (await asked(database_url, WAITING))[0]["waiting"] < how_many:
            pass


async def somebody(_: Api, reference: str) -> dict[str, Any]:
    return person(reference)


async def household(api: Api, reference: str) -> dict[str, Any]:
    people = [{"relation": relation(api, "femke"), "role": "MAIN_PERSON"}]
    return {"externalReference": f"crm-{reference}", "name": reference, "members": people}


async def paper(api: Api, reference: str) -> dict[str, Any]:
    return {
        "externalReference": f"crm-{reference}",
        "description": reference,
        "uploadId": await sent(api, "anna"),
    }


async def add(firm: Firm, api: Api, kind: type[Entity]) -> None:
    """Add what another program calls crm-m."""
    if kind is Relation:
        await firm.relation("In", "Between", external_reference="crm-m")
    elif kind is Document:
        await firm.document("In between", api.world.accounts["anna"], external_reference="crm-m")
    else:
        named = {"name": "x", "name_folded": "x", "external_reference": "crm-m"}
        await firm.keep(Dossier(licence_id=firm.founded.licence_id, **named))


# Each import, what makes a row of it, and the table that it fills.
IMPORTS: Final[dict[str, tuple[Made, type[Relation] | type[Dossier] | type[Document]]]] = {
    "importRelations": (somebody, Relation),
    "importDossiers": (household, Dossier),
    "importDocuments": (paper, Document),
}


@pytest.mark.parametrize("name", IMPORTS)
async def test_of_two_that_add_the_same_one_wins_whatever_order_their_rows_are_in(
    api: Api, database_url: str, name: str
) -> None:
    # given somebody who is about to add what both of them name
    make, kind = IMPORTS[name]
    await api.token("anna")
    some = [[await make(api, it) for it in order] for order in ("amz", "zma")]
    tasks: list[asyncio.Task[dict[str, Any]]] = []
    with suppress(GivesUpError):
        async with writing(api) as firm:
            await add(firm, api, kind)
            # when two bring it at once, one of them in the other's order backwards
            tasks += [asyncio.create_task(brings(api, "anna", name, *it)) for it in some]
            await so_many_wait(database_url, 2)
            raise GivesUpError
    # then one is told to read it again, and all that is there is what the other brought
    answers = await asyncio.gather(*tasks)
    (lost,) = [it for it in answers if it["userErrors"]]
    assert mistakes(lost) == [("CONFLICT", None)]
    assert sorted(it["created"] or 0 for it in answers) == [0, 3]
    made = [it.external_reference for it in await rows(api, kind) if it.external_reference]
    assert sorted(made) == ["crm-a", "crm-m", "crm-z"]
    entries = await rows(api, FeedEntry, subject=kind.__name__, kind="CREATED")
    assert len(entries) == 3
    assert len(await rows(api, Event)) == 3


@pytest.mark.parametrize("name", ["importRelations", "importDossiers"])
async def test_two_that_change_the_same_take_turns(api: Api, database_url: str, name: str) -> None:
    make, kind = IMPORTS[name]
    some = [await make(api, it) for it in "amz"]
    await brings_well(api, "anna", name, *some)
    field = "familyName" if kind is Relation else "name"
    there = await row(api, kind, external_reference="crm-m")
    async with writing(api) as firm:
        await firm.session.get_one(kind, (there.licence_id, there.id), with_for_update=True)
        changed = [{**it, field: "Nieuw"} for it in some]
        both = asyncio.gather(*(brings_well(api, "anna", name, *it) for it in (changed, changed[::-1])))
        await so_many_wait(database_url, 2)
    # Whoever comes second finds what the first one wrote.
    assert sorted(await both) == [[0, 0, 3], [0, 3, 0]]
    assert {it.revision for it in await rows(api, kind) if it.external_reference} == {2}
