"""A filter tells nothing that the fields of a document would not."""

import pytest

from core.rights import Right
from tests.api import Api
from tests.journeys.rows import writing

LIST = (
    "query ($filter: DocumentFilter) { documents(filter: $filter) { totalCount nodes { dossier { id } } } }"
)


@pytest.fixture
async def shared(api: Api) -> Api:
    """Dirk was given Bert's document, though he is in neither Bert's dossier nor a relation of it."""
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["dirk"].id, Right.READ)
    return api


async def test_who_may_not_see_a_dossier_or_a_relation_can_not_filter_by_it(shared: Api) -> None:
    dossier = shared.id("Dossier", shared.world.dossier.id)
    bert = shared.id("Relation", shared.world.relations["bert"].id)
    seen = await shared.gets("dirk", LIST, filter={})
    assert seen["documents"] == {"totalCount": 1, "nodes": [{"dossier": None}]}
    for narrowed in ({"dossierId": dossier}, {"relationId": bert}):
        found = await shared.gets("dirk", LIST, filter=narrowed)
        assert found["documents"] == {"totalCount": 0, "nodes": []}


async def test_who_may_see_them_can(shared: Api) -> None:
    dossier = shared.id("Dossier", shared.world.dossier.id)
    bert = shared.id("Relation", shared.world.relations["bert"].id)
    for who in ("bert", "anna"):
        for narrowed in ({"dossierId": dossier}, {"relationId": bert}):
            assert (await shared.gets(who, LIST, filter=narrowed))["documents"]["totalCount"] == 1
