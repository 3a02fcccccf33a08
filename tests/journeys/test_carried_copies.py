"""What a document carries of its categories and words is what they are, whatever is done to it."""

from typing import Any

import pytest

from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import complete, paper_of, sent
from tests.journeys.test_update_document import category, update
from tests.permissions.copies import differing
from tests.resolvers.test_purging import OVER, delete, pass_by, purged, restore


async def agrees(api: Api) -> bool:
    return await differing(api.ports, api.world.firm.licence_id) == []


async def test_what_is_sent_in_carries_its_categories_and_words(api: Api) -> None:
    assert await agrees(api)
    for who, chosen in (("bert", []), ("anna", []), ("anna", ["wills"]), ("anna", ["wills", "deeds"])):
        said: dict[str, Any] = {"description": f"Van {who}: {' '.join(chosen)}"}
        if chosen:
            said["categoryIds"] = [category(api, it) for it in chosen]
        payload = await api.upload(who, "a.txt", b"words", **said)
        assert payload["userErrors"] == []
        assert await agrees(api)
        payload = await complete(api, who, await sent(api, who), **said)
        assert payload["userErrors"] == []
        assert await agrees(api)


async def test_whatever_is_changed_they_go_along(api: Api) -> None:
    for said in (
        {"categoryIds": [category(api, "wills"), category(api, "deeds")]},
        {"categoryIds": [category(api, "wills")], "description": "Testament en   TESTAMENT"},
        {"description": "Één lang " + "woord" * 30},
        {"categoryIds": None, "dossierId": None},
        {"description": "..."},
    ):
        assert (await update(api, "anna", **said))["userErrors"] == []
        assert await agrees(api)


@pytest.mark.parametrize("wrong", [{"categoryIds": ["x"]}, {"dossierId": "x", "description": "Nieuw"}])
async def test_what_is_refused_changes_none_of_them(api: Api, wrong: dict[str, Any]) -> None:
    assert (await update(api, "anna", **wrong))["userErrors"] != []
    assert await agrees(api)


async def test_what_is_deleted_keeps_them_and_what_is_purged_does_not(api: Api, clock: SetClock) -> None:
    id_ = await paper_of(api, "anna")
    await delete(api, id_)
    assert await agrees(api)
    assert (await restore(api, id_))["userErrors"] == []
    await delete(api, id_)
    pass_by(api, clock, OVER)
    assert await purged(api) == 1
    assert await agrees(api)
