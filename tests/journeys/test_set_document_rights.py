"""The rights tab, row by row: who may be given what, who is told, and who must keep what."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from core.rights import ALL_RIGHTS, Right
from models import (
    Document,
    DocumentGrant,
    DocumentRelation,
    DossierMember,
    Event,
    Letter,
    Relation,
)
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.rows import block, row, rows, set_values, writing
from tests.journeys.waiting import somebody_waits

SET_RIGHTS = """
mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) {
    document { revision updatedAt updatedBy { displayName } }
    grants { principal { ... on Account { displayName } ... on Group { name } } rights source }
    userErrors { __typename code path ... on ConflictError { currentRevision } }
  }
}
"""
EVERY_RIGHT = ["READ", "UPDATE", "DELETE", "CHANGE_SECURITY"]
WITHOUT_SECURITY = EVERY_RIGHT[:3]


def account(api: Api, who: str) -> str:
    return api.id("Account", api.world.accounts[who].id)


def group(api: Api, name: str) -> str:
    return api.id("Group", getattr(api.world.firm, name))


def document(api: Api) -> str:
    return api.id("Document", api.world.document.id)


async def set_rights(api: Api, who: str, principal: str, rights: list[str], **said: Any) -> dict[str, Any]:
    """Return the payload of one row that is set."""
    said = {"documentId": document(api), "principalId": principal, "rights": rights} | said
    return (await api.gets(who, SET_RIGHTS, input=said))["setDocumentRights"]


def tab(payload: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Return source and rights of each row of the tab, by the principal's name."""
    found: dict[str, tuple[str, list[str]]] = {}
    for it in payload["grants"]:
        principal = it["principal"]
        found[principal.get("displayName") or principal["name"]] = (it["source"], it["rights"])
    return found


async def held(api: Api, principal: UUID) -> list[tuple[int, str]]:
    found = await rows(api, DocumentGrant, document_id=api.world.document.id, principal_id=principal)
    return [(it.rights, it.source) for it in found]


async def sees(api: Api, who: str) -> bool:
    query = "{ documents { totalCount } }"
    return (await api.gets(who, query))["documents"]["totalCount"] == 1


async def add_client(api: Api, name: str, role: str | None = None) -> Relation:
    """Add a client who is something in the cast's dossier, or in none."""
    async with writing(api) as firm:
        relation = await firm.relation(name, "Peeters", email=f"{name}@peeters.example")
        api.world.accounts[name] = await firm.client(relation)
        if role:
            member = {"dossier_id": api.world.dossier.id, "relation_id": relation.id, "role": role}
            await firm.keep(DossierMember(licence_id=firm.founded.licence_id, **member))
    return relation


async def link(api: Api, relation: Relation) -> None:
    async with writing(api) as firm:
        await firm.link(DocumentRelation, api.world.document, relation_id=relation.id)


async def unfile(api: Api) -> None:
    await set_values(api, Document, api.world.document.id, dossier_id=None)


async def add_staff(api: Api, name: str, rights: Right) -> None:
    """Add somebody on the staff who is in no group, with these rights on the document."""
    async with writing(api) as firm:
        added = await firm.account(f"{name}@de-linde.example", "STAFF", display_name=name)
        await firm.grant(api.world.document, added.id, rights)
    api.world.accounts[name] = added


async def test_a_new_document_carries_the_rights_of_the_firm(api: Api) -> None:
    payload = await set_rights(api, "anna", account(api, "bert"), ["READ"])
    assert tab(payload) == {
        "Administrators": ("DEFAULT", EVERY_RIGHT),
        "Users": ("DEFAULT", EVERY_RIGHT),
        "Anna Lindeman": ("CREATOR", EVERY_RIGHT),
        "Bert Callewaert": ("MANUAL", ["READ"]),
    }


async def test_a_partner_in_the_dossier_can_be_given_to_read(api: Api) -> None:
    assert not await sees(api, "carla")
    payload = await set_rights(api, "anna", account(api, "carla"), ["READ"])
    assert payload["userErrors"] == []
    assert tab(payload)["Carla Verlinden"] == ("MANUAL", ["READ"])
    assert await sees(api, "carla")


async def test_a_client_on_whom_the_document_hangs_can_be_given_to_read(api: Api) -> None:
    await unfile(api)
    payload = await set_rights(api, "anna", account(api, "bert"), WITHOUT_SECURITY)
    assert tab(payload)["Bert Callewaert"] == ("MANUAL", WITHOUT_SECURITY)


async def test_a_client_without_a_link_is_not_given_anything(api: Api) -> None:
    for rights in (["READ"], ["UPDATE"], WITHOUT_SECURITY):
        payload = await set_rights(api, "anna", account(api, "dirk"), rights)
        assert mistakes(payload) == [("NOT_LINKED_TO_CLIENT", ["input", "principalId"])]
    assert await held(api, api.world.accounts["dirk"].id) == []
    assert (await row(api, Document, id=api.world.document.id)).revision == 1


async def test_linking_comes_before_sharing(api: Api) -> None:
    await link(api, api.world.relations["dirk"])
    payload = await set_rights(api, "anna", account(api, "dirk"), ["READ"])
    assert payload["userErrors"] == []
    assert await sees(api, "dirk")


@pytest.mark.parametrize("role", ["CHILD", "OTHER"])
async def test_the_dossier_links_its_main_person_and_partner_alone(api: Api, role: str) -> None:
    relation = await add_client(api, "nele", role)
    payload = await set_rights(api, "anna", account(api, "nele"), ["READ"])
    assert mistakes(payload) == [("NOT_LINKED_TO_CLIENT", ["input", "principalId"])]
    await link(api, relation)
    payload = await set_rights(api, "anna", account(api, "nele"), ["READ"])
    assert payload["userErrors"] == []


async def test_without_a_dossier_a_partner_is_not_linked(api: Api) -> None:
    await unfile(api)
    payload = await set_rights(api, "anna", account(api, "carla"), ["READ"])
    assert mistakes(payload) == [("NOT_LINKED_TO_CLIENT", ["input", "principalId"])]


async def test_what_was_given_can_be_taken_back_when_the_link_is_gone(api: Api) -> None:
    await unfile(api)
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["carla"].id, Right.READ)
    payload = await set_rights(api, "anna", account(api, "carla"), [])
    assert payload["userErrors"] == []
    assert not await sees(api, "carla")


@pytest.mark.parametrize("rights", [["CHANGE_SECURITY"], ["READ", "CHANGE_SECURITY"], EVERY_RIGHT])
async def test_a_client_never_changes_security(api: Api, rights: list[str]) -> None:
    payload = await set_rights(api, "anna", account(api, "bert"), rights)
    assert mistakes(payload) == [("INVALID", ["input", "rights"])]
    assert await held(api, api.world.accounts["bert"].id) == [(Right.READ, "MANUAL")]


@pytest.mark.parametrize("more", ["UPDATE", "DELETE"])
async def test_nobody_gives_more_than_he_has(api: Api, more: str) -> None:
    await add_staff(api, "nina", Right.READ | Right.CHANGE_SECURITY)
    for principal in (account(api, "bert"), account(api, "nina"), group(api, "users")):
        payload = await set_rights(api, "nina", principal, ["READ", more])
        assert mistakes(payload) == [("FORBIDDEN", ["input", "rights"])]
    payload = await set_rights(api, "nina", account(api, "carla"), ["READ"])
    assert payload["userErrors"] == []


async def test_who_may_not_change_security_sets_no_row(api: Api) -> None:
    await add_staff(api, "nina", ALL_RIGHTS & ~Right.CHANGE_SECURITY)
    for who in ("bert", "nina"):
        payload = await set_rights(api, who, account(api, "carla"), ["READ"])
        assert mistakes(payload) == [("FORBIDDEN", ["input", "documentId"])]
    assert not await sees(api, "carla")


async def test_what_cannot_be_read_is_not_found_like_what_never_was(api: Api) -> None:
    async def answer(key: UUID) -> bytes:
        said: dict[str, Any] = {
            "documentId": api.id("Document", key),
            "principalId": account(api, "bert"),
            "rights": [],
        }
        return await answer_to(api, "dirk", SET_RIGHTS, input=said)

    never = await answer(uuid4())
    assert b'"NOT_FOUND","path":["input","documentId"]' in never
    for key in (api.world.document.id, api.world.foreign_document.id, api.world.dossier.id):
        assert await answer(key) == never


async def test_nobody_sets_nothing(api: Api) -> None:
    bert = account(api, "bert")
    said: dict[str, Any] = {"documentId": document(api), "principalId": bert, "rights": []}
    refused = await refused_fields(api, "nobody", SET_RIGHTS, input=said)
    assert refused == [("UNAUTHENTICATED", ["setDocumentRights"])]


Principal = Callable[[Api], str]
NOT_OURS: list[Principal] = [
    lambda api: api.id("Account", uuid4()),
    lambda api: api.id("Account", api.world.accounts["eva"].id),
    lambda api: api.id("Group", api.world.other_firm.users),
    lambda api: api.id("Relation", api.world.relations["bert"].id),
]


@pytest.mark.parametrize("principal", NOT_OURS)
async def test_a_principal_that_is_not_ours_is_not_found(api: Api, principal: Principal) -> None:
    for rights in (["READ"], EVERY_RIGHT, []):
        payload = await set_rights(api, "anna", principal(api), rights)
        assert mistakes(payload) == [("NOT_FOUND", ["input", "principalId"])]


@pytest.mark.parametrize("argument", ["documentId", "principalId"])
@pytest.mark.parametrize("id_", ["", "x", "é"])
async def test_a_malformed_id_is_invalid(api: Api, argument: str, id_: str) -> None:
    payload = await set_rights(api, "anna", account(api, "bert"), [], **{argument: id_})
    assert mistakes(payload) == [("INVALID", ["input", argument])]


async def test_a_row_is_set_once_whatever_is_repeated(api: Api) -> None:
    payload = await set_rights(api, "anna", account(api, "bert"), ["UPDATE", "READ", "READ"])
    assert tab(payload)["Bert Callewaert"] == ("MANUAL", ["READ", "UPDATE"])


async def test_the_last_ticks_are_the_ones_that_count(api: Api) -> None:
    await set_rights(api, "anna", account(api, "bert"), WITHOUT_SECURITY)
    payload = await set_rights(api, "anna", account(api, "bert"), ["READ"])
    assert tab(payload)["Bert Callewaert"] == ("MANUAL", ["READ"])


async def test_an_empty_list_removes_the_row_whatever_its_sources(api: Api) -> None:
    bert = api.world.accounts["bert"].id
    async with writing(api) as firm:
        for source in ("CATEGORY_RULE", "UPLOADER"):
            await firm.grant(api.world.document, bert, Right.READ, source=source)
    payload = await set_rights(api, "anna", account(api, "bert"), [])
    assert "Bert Callewaert" not in tab(payload)
    assert await held(api, bert) == []
    assert not await sees(api, "bert")


async def test_setting_a_row_replaces_what_other_sources_gave(api: Api) -> None:
    bert = api.world.accounts["bert"].id
    async with writing(api) as firm:
        await firm.grant(api.world.document, bert, Right.READ | Right.UPDATE, source="CATEGORY_RULE")
    await set_rights(api, "anna", account(api, "bert"), ["READ"])
    assert await held(api, bert) == [(Right.READ, "MANUAL")]


async def letters(api: Api) -> list[tuple[str, str, str]]:
    return [(it.kind, it.recipient, it.language) for it in await rows(api, Letter)]


async def test_a_client_is_told_exactly_when_he_can_read_it_for_the_first_time(api: Api) -> None:
    carla = account(api, "carla")
    told = ("document_shared", "carla@verlinden.example", "NL")
    steps: list[tuple[list[str], int]] = [
        (["UPDATE"], 0),
        (["READ", "UPDATE"], 1),
        (["READ"], 1),
        (WITHOUT_SECURITY, 1),
        ([], 1),
        ([], 1),
        (["READ"], 2),
    ]
    for rights, count in steps:
        await set_rights(api, "anna", carla, rights)
        assert (rights, await letters(api)) == (rights, [told] * count)


async def test_the_letter_says_nothing_of_the_document(api: Api) -> None:
    await set_rights(api, "anna", account(api, "carla"), ["READ"])
    letter = await row(api, Letter)
    assert "Huwelijkscontract" not in str(letter.details)
    assert letter.sealed is None


async def test_who_could_read_it_already_is_told_nothing(api: Api) -> None:
    await set_rights(api, "anna", account(api, "bert"), ["READ", "UPDATE"])
    assert await letters(api) == []


async def test_staff_and_groups_are_told_nothing(api: Api) -> None:
    for principal in (account(api, "arthur"), group(api, "users")):
        await set_rights(api, "anna", principal, EVERY_RIGHT)
    assert await letters(api) == []


async def test_a_change_of_rights_counts_as_an_update(api: Api, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=5))
    payload = await set_rights(api, "arthur", account(api, "carla"), ["READ"])
    assert payload["document"] == {
        "revision": 2,
        "updatedAt": (START + timedelta(minutes=5)).isoformat(),
        "updatedBy": {"displayName": "Arthur Maes"},
    }


async def test_nobody_learns_that_a_document_was_shared_with_somebody_else(api: Api, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=5))
    await set_rights(api, "arthur", account(api, "carla"), ["READ"])
    query = "query ($id: ID!) { document(id: $id) { updatedAt revision updatedBy { displayName } } }"
    for who, at in {"bert": START, "carla": START + timedelta(minutes=5)}.items():
        seen = (await api.gets(who, query, id=document(api)))["document"]
        by = {"displayName": "Anna Lindeman"}
        assert seen == {"updatedAt": at.isoformat(), "revision": 1, "updatedBy": by}


async def test_a_change_of_rights_is_remembered(api: Api) -> None:
    await set_rights(api, "anna", account(api, "carla"), ["READ", "UPDATE"])
    event = await row(api, Event)
    carla = api.world.accounts["carla"].id
    assert (event.kind, event.account_id, event.document_id) == (
        "document.rights_set",
        api.world.accounts["anna"].id,
        api.world.document.id,
    )
    assert event.details == {"principal": str(carla), "rights": 3}


async def test_at_another_revision_no_row_is_set(api: Api) -> None:
    payload = await set_rights(api, "anna", account(api, "carla"), ["READ"], ifRevision=7)
    assert payload["userErrors"] == [
        {
            "__typename": "ConflictError",
            "code": "CONFLICT",
            "path": ["input", "ifRevision"],
            "currentRevision": 1,
        }
    ]
    assert not await sees(api, "carla")
    payload = await set_rights(api, "anna", account(api, "carla"), ["READ"], ifRevision=1)
    assert payload["userErrors"] == []


KEEPERS: dict[str, tuple[Principal, str]] = {
    "Administrators": (lambda api: group(api, "administrators"), "arthur"),
    "Users": (lambda api: group(api, "users"), "anna"),
    "creator": (lambda api: account(api, "anna"), "anna"),
}


@pytest.mark.parametrize("ticks", [[], ["READ"], ["READ", "UPDATE", "DELETE"], ["CHANGE_SECURITY"]])
@pytest.mark.parametrize("last", KEEPERS)
async def test_somebody_on_the_staff_must_keep_the_security(api: Api, last: str, ticks: list[str]) -> None:
    # given that all but one are withdrawn
    principal, who = KEEPERS[last]
    for name in KEEPERS.keys() - {last}:
        payload = await set_rights(api, who, KEEPERS[name][0](api), [])
        assert payload["userErrors"] == []
    # then the last one stays, since without READ nobody comes to the rights tab either
    payload = await set_rights(api, who, principal(api), ticks)
    assert mistakes(payload) == [("INVALID", ["input", "rights"])]
    payload = await set_rights(api, who, principal(api), ["READ", "CHANGE_SECURITY"])
    assert payload["userErrors"] == []


async def test_a_blocked_account_keeps_no_security(api: Api) -> None:
    await set_rights(api, "arthur", group(api, "administrators"), [])
    await block(api, "anna")
    payload = await set_rights(api, "arthur", group(api, "users"), [])
    assert mistakes(payload) == [("INVALID", ["input", "rights"])]


async def test_who_gives_his_own_rights_away_is_shown_nothing_more(api: Api) -> None:
    await add_staff(api, "nina", ALL_RIGHTS)
    payload = await set_rights(api, "nina", account(api, "nina"), [])
    assert payload == {"document": None, "grants": None, "userErrors": []}
    await add_staff(api, "nora", ALL_RIGHTS)
    payload = await set_rights(api, "nora", account(api, "nora"), ["READ"])
    assert payload["grants"] is None
    assert payload["document"]["revision"] == 3


async def content(api: Api, url: str) -> int:
    return (await api.http.get(url)).status_code


WAYS = """
query ($id: ID!, $dossier: ID!, $relation: ID!, $category: ID!) {
  document(id: $id) { id }
  node(id: $id) { id }
  nodes(ids: [$id]) { id }
  documents { totalCount nodes { id } }
  dossier(id: $dossier) { documents { totalCount nodes { id } } }
  relation(id: $relation) { documents { totalCount nodes { id } } }
  category: node(id: $category) { ... on Category { documents { totalCount nodes { id } } } }
  categories { id }
}
"""


async def test_what_was_withdrawn_is_gone_for_him_by_every_path_at_once(api: Api) -> None:
    # given a document that Bert reads, and its address
    sent = await api.upload("anna", "a.txt", b"words", relationIds=[bert_relation(api)])
    id_ = sent["document"]["id"]
    await set_rights(api, "anna", account(api, "bert"), ["READ"], documentId=id_)
    await set_rights(api, "anna", account(api, "bert"), [])
    query = "query ($id: ID!) { document(id: $id) { contentUrl } }"
    url = (await api.gets("bert", query, id=id_))["document"]["contentUrl"]
    assert await content(api, url) == 200
    # when
    await set_rights(api, "anna", account(api, "bert"), [], documentId=id_)
    # then
    ids = {
        "id": id_,
        "dossier": api.id("Dossier", api.world.dossier.id),
        "relation": bert_relation(api),
        "category": api.id("Category", api.world.firm.categories["contracts"]),
    }
    none: dict[str, Any] = {"totalCount": 0, "nodes": []}
    assert await api.gets("bert", WAYS, **ids) == {
        "document": None,
        "node": None,
        "nodes": [None],
        "documents": none,
        "dossier": {"documents": none},
        "relation": {"documents": none},
        "category": None,
        "categories": [],
    }
    assert await content(api, url) == 404


def bert_relation(api: Api) -> str:
    return api.id("Relation", api.world.relations["bert"].id)


async def test_who_waits_while_his_right_is_taken_away_has_lost_it(api: Api, database_url: str) -> None:
    # given somebody who gives himself what he has, while it is being taken from him
    await add_staff(api, "nina", ALL_RIGHTS)
    await api.token("nina")
    own = (DocumentGrant.licence_id == api.world.firm.licence_id) & (
        DocumentGrant.principal_id == api.world.accounts["nina"].id
    )
    async with writing(api) as firm:
        key = (firm.founded.licence_id, api.world.document.id)
        taken = await firm.session.get_one(Document, key, with_for_update=True)
        waiting = asyncio.create_task(set_rights(api, "nina", account(api, "nina"), EVERY_RIGHT))
        await somebody_waits(database_url)
        taken.revision += 1
        await firm.session.execute(delete(DocumentGrant).where(own))
    # then
    assert mistakes(await waiting) == [("NOT_FOUND", ["input", "documentId"])]
    assert not await sees(api, "nina")
