"""Partners' programs: what their scopes name is there, wherever a path leads; nothing else is."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest
from sqlalchemy import select

from core.errors import Forbidden
from core.rights import ALL_RIGHTS, Right
from core.viewer import ApiScope
from models import CategoryRule, Document, DocumentCategory, DocumentGrant, DocumentRelation, Letter
from resolvers.documents import Said, upload_document
from resolvers.incoming import IncomingFile
from schema.operation import Answer
from tests.api import Api
from tests.journeys.rows import row, rows, set_values
from tests.schema.asking import Desk, codes_in
from tests.schema.belongings import fill
from tests.schema.programs import give_key

READS, WRITES = ApiScope.DOCUMENTS_READ, ApiScope.DOCUMENTS_WRITE
FILES, KEEPS = ApiScope.RELATIONS_READ, ApiScope.RELATIONS_WRITE
NODES: Final = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  __typename
  ... on Category { documents { totalCount } }
  ... on CategoryRule { category { name } grantee { __typename } }
  ... on Relation { email documents { totalCount } }
  ... on Dossier { members { role } documents { totalCount } }
  ... on Document { dossier { name } relations { displayName } categories { name } }
} }"""


async def with_robot(desk: Desk) -> None:
    """Add the program to the cast, once."""
    if "robot" not in desk.api.world.accounts:
        await fill(desk.api)


async def asks(desk: Desk, text: str, *scopes: ApiScope, **variables: Any) -> Answer:
    """Return what a program with these scopes is answered."""
    await with_robot(desk)
    await give_key(desk.api, *scopes)
    return await desk.ask("robot", text, variables=variables)


async def ids_of(api: Api) -> list[str]:
    """Return the id of one thing of the firm of each kind."""
    world = api.world
    keys = {
        "CategoryRule": (await row(api, CategoryRule, principal_id=None)).id,
        "Account": world.accounts["bert"].id,
        "Category": world.firm.categories["contracts"],
        "Document": world.document.id,
        "Dossier": world.dossier.id,
        "Group": world.firm.users,
        "Relation": world.relations["bert"].id,
    }
    return [api.id(name, key) for name, key in keys.items()]


async def finds(desk: Desk, *scopes: ApiScope) -> dict[str, Any]:
    """Return what a program with these scopes finds by ids, by type."""
    await with_robot(desk)
    answer = await asks(desk, NODES, *scopes, ids=await ids_of(desk.api))
    assert answer.data
    assert not answer.errors
    return {it.pop("__typename"): it for it in answer.data["nodes"] if it}


NO_DOCUMENTS: Final = {"documents": {"totalCount": 0}}
ONE_DOCUMENT: Final = {"documents": {"totalCount": 1}}
MEMBERS: Final = [{"role": "MAIN_PERSON"}, {"role": "PARTNER"}, {"role": "CHILD"}]
CONTRACTS: Final = [{"name": "Contracten"}]


@pytest.mark.parametrize("scopes", [(), (WRITES,), (KEEPS,), (WRITES, KEEPS)])
async def test_who_reads_nothing_finds_nothing(desk: Desk, scopes: tuple[ApiScope, ...]) -> None:
    assert await finds(desk, *scopes) == {}


async def test_who_reads_documents_finds_them_and_not_whom_they_are_about(desk: Desk) -> None:
    assert await finds(desk, READS) == {
        "Category": ONE_DOCUMENT,
        "Document": {"dossier": None, "relations": [], "categories": CONTRACTS},
    }


async def test_who_reads_relations_finds_the_firms_files_and_no_document_in_them(desk: Desk) -> None:
    assert await finds(desk, FILES) == {
        "Account": {},
        "Dossier": {"members": MEMBERS} | NO_DOCUMENTS,
        "Group": {},
        "Relation": {"email": "bert@callewaert.example"} | NO_DOCUMENTS,
    }


async def test_who_reads_both_finds_one_in_the_other(desk: Desk) -> None:
    assert await finds(desk, READS, FILES) == {
        "Account": {},
        "Category": ONE_DOCUMENT,
        "CategoryRule": {
            "category": {"name": "Contracten"},
            "grantee": {"__typename": "PortalUsersOfDossier"},
        },
        "Document": {
            "dossier": {"name": "Test klantenportaal"},
            "relations": [{"displayName": "Bert Callewaert"}],
            "categories": CONTRACTS,
        },
        "Dossier": {"members": MEMBERS} | ONE_DOCUMENT,
        "Group": {},
        "Relation": {"email": "bert@callewaert.example"} | ONE_DOCUMENT,
    }


async def test_a_program_finds_no_document_that_was_not_shared_with_it(desk: Desk) -> None:
    await with_robot(desk)
    async with desk.api.ports.database.change(desk.api.world.firm.licence_id) as session:
        for grant in await session.scalars(
            select(DocumentGrant).where(DocumentGrant.principal_id == desk.api.world.accounts["robot"].id)
        ):
            await session.delete(grant)
    assert await finds(desk, READS) == {"Category": NO_DOCUMENTS}


LISTS: Final = {
    "documents": "{ documents { totalCount } }",
    "categories": "{ categories { id } }",
    "dossiers": "{ dossiers { totalCount } }",
    "relations": "{ relations { totalCount } }",
}


@pytest.mark.parametrize(
    ("scope", "lists"),
    [
        (READS, {"documents", "categories"}),
        (FILES, {"dossiers", "relations"}),
        (WRITES, set[str]()),
        (KEEPS, set[str]()),
    ],
)
async def test_a_list_is_for_programs_with_its_scope(desk: Desk, scope: ApiScope, lists: set[str]) -> None:
    for name, query in LISTS.items():
        answer = await asks(desk, query, scope)
        assert codes_in(answer) == ([] if name in lists else ["FORBIDDEN"])


async def test_a_program_sees_all_categories(desk: Desk) -> None:
    answer = await asks(desk, LISTS["categories"], READS)
    assert answer.data
    assert len(answer.data["categories"]) == 9


async def test_a_program_sees_the_date_that_staff_see(desk: Desk) -> None:
    query = "query ($id: ID!) { documents { nodes { updatedAt } } document(id: $id) { updatedAt } }"
    id_ = desk.api.id("Document", desk.api.world.document.id)
    document = desk.api.world.document.id
    moment = desk.api.ports.clock.now().replace(hour=8)
    await set_values(
        desk.api, Document, document, updated_at=moment, content_updated_at=moment.replace(hour=7)
    )
    answer = await asks(desk, query, READS, id=id_)
    seen = {"updatedAt": "2026-01-30T08:00:00+00:00"}
    assert answer.data == {"documents": {"nodes": [seen]}, "document": seen}
    assert await desk.gets("anna", query, variables={"id": id_}) == answer.data
    assert (await desk.gets("bert", query, variables={"id": id_}))["document"] != seen


PORTAL: Final = """mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { account { id } }
}"""
UPDATE: Final = """mutation ($input: UpdateDocumentInput!) {
  updateDocument(input: $input) { document { description } userErrors { code path } }
}"""


async def test_portal_access_is_for_people_to_give(desk: Desk) -> None:
    relation = desk.api.id("Relation", desk.api.world.relations["femke"].id)
    answer = await asks(desk, PORTAL, *ApiScope, input={"relationId": relation})
    assert codes_in(answer) == ["FORBIDDEN"]


async def changed(desk: Desk, *scopes: ApiScope, **said: Any) -> Any:
    """Return what updateDocument answers to a program."""
    given = {"documentId": desk.api.id("Document", desk.api.world.document.id), **said}
    answer = await asks(desk, UPDATE, *scopes, input=given)
    assert answer.data
    return answer.data["updateDocument"]


async def test_a_program_that_only_reads_changes_nothing(desk: Desk) -> None:
    assert await changed(desk, READS, FILES, KEEPS, description="Nieuw") is None


async def test_a_program_that_does_not_read_documents_finds_none_to_change(desk: Desk) -> None:
    payload = await changed(desk, WRITES, FILES, description="Nieuw")
    assert payload["userErrors"] == [{"code": "NOT_FOUND", "path": ["input", "documentId"]}]


async def test_a_program_classifies_and_links_as_staff_do(desk: Desk) -> None:
    api = desk.api
    said = {
        "dossierId": api.id("Dossier", api.world.dossier.id),
        "categoryIds": [api.id("Category", api.world.firm.categories["wills"])],
        "relationIds": [api.id("Relation", api.world.relations["carla"].id)],
    }
    payload = await changed(desk, READS, WRITES, FILES, **said)
    assert payload == {"document": {"description": "Huwelijkscontract"}, "userErrors": []}
    category = await row(api, DocumentCategory, document_id=api.world.document.id)
    assert category.category_id == api.world.firm.categories["wills"]
    relation = await row(api, DocumentRelation, document_id=api.world.document.id)
    assert relation.relation_id == api.world.relations["carla"].id


async def test_a_program_links_nothing_to_what_it_does_not_see(desk: Desk) -> None:
    relation = desk.api.id("Relation", desk.api.world.relations["carla"].id)
    payload = await changed(desk, READS, WRITES, relationIds=[relation])
    assert payload["userErrors"] == [{"code": "NOT_FOUND", "path": ["input", "relationIds"]}]


async def bytes_of_a_file() -> AsyncGenerator[bytes]:
    yield b"words"


async def sends(desk: Desk, *scopes: ApiScope) -> Document:
    """Return the document that a program sends in."""
    await with_robot(desk)
    await give_key(desk.api, *scopes)
    request = await desk.context("robot")
    await request.open()
    try:
        key = await upload_document(request, IncomingFile("a.txt", bytes_of_a_file()), Said("Van het CRM"))
    finally:
        await request.close()
    return await row(desk.api, Document, id=key)


async def test_what_a_program_sends_in_is_the_firms_own(desk: Desk) -> None:
    document = await sends(desk, WRITES)
    given = await rows(desk.api, DocumentGrant, document_id=document.id)
    firm, robot = desk.api.world.firm, desk.api.world.accounts["robot"]
    assert {(it.principal_id, it.source, Right(it.rights)) for it in given} == {
        (firm.administrators, "DEFAULT", ALL_RIGHTS),
        (firm.users, "DEFAULT", ALL_RIGHTS),
        (robot.id, "CREATOR", ALL_RIGHTS),
    }
    assert await rows(desk.api, DocumentRelation, document_id=document.id) == []
    assert await rows(desk.api, Letter, kind="document_uploaded") == []


@pytest.mark.parametrize("scopes", [(), (READS, FILES, KEEPS)])
async def test_a_program_that_may_not_send_in_documents_does_not(
    desk: Desk, scopes: tuple[ApiScope, ...]
) -> None:
    with pytest.raises(Forbidden):
        await sends(desk, *scopes)
    assert len(await rows(desk.api, Document)) == 1
