"""Another firm: for our ids its advisor is told what she is told for ids that never were."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid4

import pytest

from core.rights import ALL_RIGHTS
from models import Account, Document, DocumentGrant, DossierMember, Event, Letter, Relation
from tests.api import Api
from tests.journeys.answers import answer_to
from tests.journeys.rows import rows, writing

Write = Callable[[str], str]
"""Writes the id of a thing of ours, or of nothing, by the thing's name."""

TYPES = {
    "document": "Document",
    "relation": "Relation",
    "dossier": "Dossier",
    "category": "Category",
    "account": "Account",
    "staff": "Account",
    "group": "Group",
    "unit": "BusinessUnit",
    "licence": "Licence",
    "grant": "Grant",
    "session": "Session",
}


def ours(api: Api) -> dict[str, UUID]:
    """Return the key of one thing of ours of each kind."""
    world = api.world
    return {
        "document": world.document.id,
        "relation": world.relations["bert"].id,
        "dossier": world.dossier.id,
        "category": world.firm.categories["contracts"],
        "account": world.accounts["bert"].id,
        "staff": world.accounts["anna"].id,
        "group": world.firm.users,
        "unit": world.firm.business_unit,
        "licence": world.firm.licence_id,
        "grant": world.document.id,
        "session": world.document.id,
    }


class Asked(NamedTuple):
    """One operation, whose variables hold ids."""

    query: str
    variables: Callable[[Write], dict[str, Any]]


LIST = """
query ($filter: DocumentFilter) { documents(filter: $filter) { totalCount nodes { id description } } }
"""
UPDATE = """
mutation ($input: UpdateDocumentInput!) {
  updateDocument(input: $input) { document { id } userErrors { code message path } }
}
"""
SET_RIGHTS = """
mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) { document { id } grants { id } userErrors { code message path } }
}
"""
GRANT = """
mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { account { id } relation { id } userErrors { code message path } }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { __typename } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"


def by_id(query: str, thing: str) -> Asked:
    def variables(write: Write) -> dict[str, Any]:
        return {"id": write(thing)}

    return Asked(query, variables)


def narrowed(argument: str, *things: str) -> Asked:
    def variables(write: Write) -> dict[str, Any]:
        ids = [write(it) for it in things]
        return {"filter": {argument: ids if argument == "categoryIds" else ids[0]}}

    return Asked(LIST, variables)


def said(query: str, **arguments: Any) -> Asked:
    """Return a mutation; an argument that names a thing is written as its id, or as a list of ids."""

    def variables(write: Write) -> dict[str, Any]:
        return {"input": {name: written(value, write) for name, value in arguments.items()}}

    return Asked(query, variables)


def written(value: Any, write: Write) -> Any:
    if isinstance(value, tuple):
        return [written(it, write) for it in cast("tuple[Any, ...]", value)]
    return write(value) if isinstance(value, str) and value in TYPES else value


def one_of_each(write: Write) -> dict[str, Any]:
    return {"ids": [write(it) for it in TYPES]}


ASKED: dict[str, Asked] = {
    "document": by_id("query ($id: ID!) { document(id: $id) { id } }", "document"),
    "relation": by_id("query ($id: ID!) { relation(id: $id) { id } }", "relation"),
    "dossier": by_id("query ($id: ID!) { dossier(id: $id) { id } }", "dossier"),
    "nodes": Asked(NODES, one_of_each),
    **{f"node of {it}": by_id(NODE, it) for it in TYPES},
    "documents of a dossier": narrowed("dossierId", "dossier"),
    "documents of a relation": narrowed("relationId", "relation"),
    "documents of a category": narrowed("categoryIds", "category"),
    "documents of a unit": narrowed("businessUnitId", "unit"),
    "documents of a maker": narrowed("createdById", "staff"),
    "change a document": said(UPDATE, documentId="document", description="Van Eva"),
    "change a document at a revision": said(UPDATE, documentId="document", ifRevision=9),
    "classify a document": said(UPDATE, documentId="document", categoryIds=("category",)),
    "share a document": said(SET_RIGHTS, documentId="document", principalId="account", rights=["READ"]),
    "withdraw a document": said(SET_RIGHTS, documentId="document", principalId="group", rights=[]),
    "give access": said(GRANT, relationId="relation"),
}


async def counted(api: Api) -> list[int]:
    """Return how many rows of ours there are, of everything that a change could touch."""
    kinds = (Account, Document, DocumentGrant, Event, Letter, Relation)
    return [len(await rows(api, kind)) for kind in kinds]


@pytest.mark.parametrize("name", ASKED)
async def test_what_is_ours_looks_like_what_never_was(api: Api, name: str) -> None:
    # given
    query, variables = ASKED[name]
    known = ours(api)
    before = await counted(api)
    # when
    of_ours = variables(lambda thing: api.id(TYPES[thing], known[thing]))
    of_nothing = variables(lambda thing: api.id(TYPES[thing], uuid4()))
    # then
    answer = await answer_to(api, "eva", query, **of_ours)
    assert answer == await answer_to(api, "eva", query, **of_nothing)
    assert b"INTERNAL" not in answer
    assert await counted(api) == before


@pytest.mark.parametrize("argument", ["dossierId", "categoryIds", "relationIds"])
async def test_nothing_of_theirs_hangs_on_anything_of_ours(api: Api, argument: str) -> None:
    thing = {"dossierId": "dossier", "categoryIds": "category", "relationIds": "relation"}[argument]
    hers = api.id("Document", api.world.foreign_document.id)

    def asked(key: UUID) -> dict[str, Any]:
        id_ = api.id(TYPES[thing], key)
        return {"documentId": hers, argument: id_ if argument == "dossierId" else [id_]}

    answer = await answer_to(api, "eva", UPDATE, input=asked(ours(api)[thing]))
    assert b'"NOT_FOUND"' in answer
    assert answer == await answer_to(api, "eva", UPDATE, input=asked(uuid4()))


@pytest.mark.parametrize("thing", ["account", "staff", "group"])
async def test_none_of_us_is_given_a_right_on_theirs(api: Api, thing: str) -> None:
    hers = api.id("Document", api.world.foreign_document.id)

    def asked(key: UUID) -> dict[str, Any]:
        return {"documentId": hers, "principalId": api.id(TYPES[thing], key), "rights": ["READ"]}

    answer = await answer_to(api, "eva", SET_RIGHTS, input=asked(ours(api)[thing]))
    assert b'"NOT_FOUND"' in answer
    assert answer == await answer_to(api, "eva", SET_RIGHTS, input=asked(uuid4()))


async def test_a_right_for_a_foreigner_cannot_even_be_written(api: Api) -> None:
    """The database itself refuses a reference across firms."""

    async def write() -> None:
        async with writing(api) as firm:
            await firm.grant(api.world.document, api.world.accounts["eva"].id, ALL_RIGHTS)

    with pytest.raises(Exception, match="document_grant_principal_id_principal"):
        await write()


async def test_none_of_theirs_becomes_a_member_of_our_dossier(api: Api) -> None:
    async def write() -> None:
        async with writing(api) as firm:
            values = {"dossier_id": api.world.dossier.id, "relation_id": uuid4(), "role": "OTHER"}
            await firm.keep(DossierMember(licence_id=api.world.other_firm.licence_id, **values))

    with pytest.raises(Exception, match="row-level security"):
        await write()


EVERYTHING = """
{
  viewer { account { displayName } licence { slug businessUnits { id } clientLogins { used } } roles }
  documents { totalCount nodes { description relations { id } dossier { id } categories { id } } }
  relations { totalCount nodes { id } }
  dossiers { totalCount nodes { id } }
  categories { id documents { totalCount } }
}
"""


async def test_her_own_lists_hold_nothing_of_ours(api: Api) -> None:
    seen = await api.gets("eva", EVERYTHING)
    assert seen["viewer"] == {
        "account": {"displayName": "Eva Claes"},
        "licence": {
            "slug": "het-ander",
            "businessUnits": [{"id": api.id("BusinessUnit", api.world.other_firm.business_unit)}],
            "clientLogins": {"used": 0},
        },
        "roles": ["STAFF", "ADMINISTRATOR"],
    }
    assert seen["documents"] == {
        "totalCount": 1,
        "nodes": [
            {"description": "Geheim van een ander", "relations": [], "dossier": None, "categories": []}
        ],
    }
    assert seen["relations"] == seen["dossiers"] == {"totalCount": 0, "nodes": []}
    hers = {api.id("Category", it) for it in api.world.other_firm.categories.values()}
    assert {it["id"] for it in seen["categories"]} == hers
    assert {it["documents"]["totalCount"] for it in seen["categories"]} == {0}


@pytest.mark.parametrize("search", ["bert", "klantenportaal", "huwelijk", "", "%"])
async def test_her_searches_find_nothing_of_ours(api: Api, search: str) -> None:
    query = """
    query ($search: String!) {
      documents(filter: {descriptionContains: $search}) { nodes { description } }
      relations(search: $search) { totalCount }
      dossiers(search: $search) { totalCount }
    }
    """
    seen = await api.gets("eva", query, search=search)
    assert seen["relations"] == seen["dossiers"] == {"totalCount": 0}
    found = {it["description"] for it in seen["documents"]["nodes"]}
    assert found <= {"Geheim van een ander"}


async def test_a_cursor_of_ours_leads_her_nowhere(api: Api) -> None:
    query = "query ($after: String) { documents(after: $after) { nodes { description } edges { cursor } } }"
    ours_ = (await api.gets("anna", query))["documents"]["edges"][0]["cursor"]
    found = (await api.gets("eva", query, after=ours_))["documents"]["nodes"]
    assert found in ([], [{"description": "Geheim van een ander"}])


async def test_an_address_of_ours_is_no_address_of_hers(api: Api) -> None:
    await api.upload("anna", "a.txt", b"ours")
    query = "{ documents { nodes { fileName contentUrl } } }"
    hers = (await api.gets("eva", query))["documents"]["nodes"]
    assert [it["fileName"] for it in hers] == [f"{api.world.foreign_document.id}.pdf"]
