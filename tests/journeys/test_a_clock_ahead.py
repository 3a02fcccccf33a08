"""A server whose clock is an hour ahead, and that is asked all the same, puts nothing off for an hour."""

from datetime import timedelta

import pytest

from models import DocumentVersion, Letter
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import add_file, over, paper_of
from tests.journeys.rows import rows
from tests.journeys.scanning import scanner_that_is_down

AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def ahead(api: Api, clock: SetClock) -> None:
    clock.moment = await api.ports.database.moment() + AN_HOUR


async def test_a_letter_is_due_by_the_databases_clock(api: Api) -> None:
    await paper_of(api, "bert")
    found = await rows(api, Letter)
    assert found
    moment = await api.ports.database.moment()
    assert all(it.due_at <= moment < it.queued_at for it in found)


async def test_the_search_for_malware_is_due_by_the_databases_clock(api: Api) -> None:
    async with over(api, scanner=scanner_that_is_down()) as unsearched:
        document = await paper_of(unsearched, "anna")
        payload = await add_file(unsearched, "anna", document, b"another")
    assert payload["userErrors"] == []
    first, second = await rows(api, DocumentVersion, scan_state="PENDING")
    moment = await api.ports.database.moment()
    assert all(it.scan_due_at <= moment < it.created_at for it in (first, second))
