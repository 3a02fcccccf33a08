"""Every list is read from its end as from its beginning."""

from typing import Any, Final

import pytest

from models import DocumentVersion
from tests.api import Api
from tests.journeys.id_places import fields_of, the_schema
from tests.journeys.outbox import write
from tests.journeys.rows import writing

PAGE: Final = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor }"
# Each list as Arthur asks for it, who sees all: where its arguments stand, and what is around it.
LISTS: Final = {
    "documents": "{ documents(%s) { %s } }",
    "relations": "{ relations(%s) { %s } }",
    "relations that are searched": '{ relations(search: "example" %s) { %s } }',
    "dossiers": "{ dossiers(%s) { %s } }",
    "accounts": "{ accounts(%s) { %s } }",
    "letters": "{ letters(%s) { %s } }",
    "members of a group": "{ node(id: $group) { ... on Group { members(%s) { %s } } } }",
    "versions of a document": "{ document(id: $document) { versions(%s) { %s } } }",
    "documents of a relation": "{ relation(id: $relation) { documents(%s) { %s } } }",
    "documents of a dossier": "{ dossier(id: $dossier) { documents(%s) { %s } } }",
    "documents of a category": "{ node(id: $category) { ... on Category { documents(%s) { %s } } } }",
}


@pytest.fixture
async def filled(api: Api) -> Api:
    """The cast's firm, in which each list has more than one item."""
    bert = api.world.relations["bert"]
    async with writing(api) as firm:
        await firm.link(
            DocumentVersion,
            api.world.document,
            number=2,
            file_name="x",
            media_type="x/x",
            byte_size=1,
            sha256=bytes(32),
            object_key="second",
            scan_state="CLEAN",
            created_at=firm.now,
        )
        await firm.document(
            "Tweede",
            api.world.accounts["anna"],
            dossier=api.world.dossier,
            categories=["contracts"],
            relations=[bert],
        )
    for number in range(2):
        await write(api, f"{number}@x.example")
    return api


async def page(api: Api, listed: str, arguments: str) -> dict[str, Any]:
    """Return a page of a list."""
    ids = {
        "document": api.id("Document", api.world.document.id),
        "relation": api.id("Relation", api.world.relations["bert"].id),
        "dossier": api.id("Dossier", api.world.dossier.id),
        "group": api.id("Group", api.world.firm.users),
        "category": api.id("Category", api.world.firm.categories["contracts"]),
    }
    query = LISTS[listed] % (arguments, PAGE)
    used = {name: it for name, it in ids.items() if f"${name})" in query}
    if used:
        query = f"query ({', '.join(f'${name}: ID!' for name in used)}) {query}"
    found = await api.gets("arthur", query, **used)
    while "edges" not in found:
        (found,) = found.values()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [it["node"]["id"] for it in found["edges"]]


@pytest.mark.parametrize("listed", LISTS)
async def test_a_list_is_read_from_its_end(filled: Api, listed: str) -> None:
    whole = await page(filled, listed, "first: 20")
    assert len(whole["edges"]) > 1
    last = await page(filled, listed, "last: 1")
    assert ids(last) == ids(whole)[-1:]
    assert (last["pageInfo"]["hasPreviousPage"], last["pageInfo"]["hasNextPage"]) == (True, False)
    cursor = last["pageInfo"]["startCursor"]
    before = await page(filled, listed, f'last: 1, before: "{cursor}"')
    assert ids(before) == ids(whole)[-2:-1]
    assert before["pageInfo"]["hasNextPage"] is True
    assert ids(await page(filled, listed, f'first: 20, before: "{cursor}"')) == ids(whole)[:-1]


def test_whatever_is_cut_into_pages_is_cut_from_both_ends() -> None:
    connections = {
        f"{name}.{field}": set(it.args)
        for name, type_ in the_schema().type_map.items()
        for field, it in fields_of(type_).items()
        # The feed has no end to begin from.
        if str(it.type).rstrip("!").endswith("Connection") and field != "changes"  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  of all that a type can be
    }
    assert len(connections) >= 10
    assert [
        name for name, args in connections.items() if not {"first", "after", "last", "before"} <= args
    ] == []
