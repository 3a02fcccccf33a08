"""What is in use is not deleted: the refusal names what uses it, as far as the viewer may see that."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import delete

from models import Account, Document, DocumentGrant, DocumentRelation, Event, Relation
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.keeping import (
    DELETING,
    add_holding,
    add_unit,
    does,
    dossier,
    hang,
    member,
    relation,
    tries,
)
from tests.journeys.people import add_advisor
from tests.journeys.rows import delete_document, row, rows, set_values, writing

DELETED_DOCUMENTS: Final = (
    "Documenten die kort geleden geschrapt zijn, gebruiken het nog: het kan na hen geschrapt worden."
)


async def deletes(api: Api, type_name: str, key: UUID, who: str = "arthur") -> dict[str, Any]:
    name, argument = DELETING[type_name]
    return await tries(api, who, name, **{argument: api.id(type_name, key)})


async def is_refused(api: Api, type_name: str, key: UUID, who: str = "arthur") -> list[str]:
    """Return the ids of what uses a thing, as somebody is told who wants to delete it."""
    payload = await deletes(api, type_name, key, who)
    (wrong,) = payload["userErrors"]
    assert next(iter(payload.values())) is None
    assert (wrong["__typename"], wrong["code"]) == ("InUseError", "IN_USE")
    assert wrong["path"] == ["input", DELETING[type_name][1]]
    assert await rows(api, Event) == []
    return [it["id"] for it in wrong["usedBy"]]


async def add_relation(api: Api, **values: Any) -> UUID:
    async with writing(api) as firm:
        return (await firm.relation("Ruth", "Peeters", **values)).id


async def in_a_dossier(api: Api) -> tuple[UUID, str]:
    key = await add_relation(api)
    async with writing(api) as firm:
        ruth = await firm.session.get_one(Relation, (firm.founded.licence_id, key))
        used = await firm.dossier("Peeters", {"OTHER": ruth})
    return key, api.id("Dossier", used.id)


async def on_a_document(api: Api) -> tuple[UUID, str]:
    key = await add_relation(api)
    async with writing(api) as firm:
        await firm.link(DocumentRelation, api.world.document, relation_id=key)
    return key, api.id("Document", api.world.document.id)


async def with_an_account(api: Api) -> tuple[UUID, str]:
    key = await add_relation(api, email="ruth@peeters.example")
    async with writing(api) as firm:
        ruth = await firm.session.get_one(Relation, (firm.founded.licence_id, key))
        account = await firm.client(ruth)
    return key, api.id("Account", account.id)


async def as_an_accountant(api: Api) -> tuple[UUID, str]:
    key = await add_relation(api)
    await set_values(api, Relation, api.world.relations["dirk"].id, accountant_id=key)
    return key, relation(api, "dirk")


Used = Callable[[Api], Awaitable[tuple[UUID, str]]]


@pytest.mark.parametrize("used", [in_a_dossier, on_a_document, with_an_account, as_an_accountant])
async def test_a_relation_that_something_uses_is_not_deleted(api: Api, used: Used) -> None:
    key, by = await used(api)
    assert await is_refused(api, "Relation", key) == [by]
    assert (await row(api, Relation, id=key)).deleted_at is None


async def test_all_kinds_of_what_uses_a_relation_are_told_at_once(api: Api) -> None:
    bert = api.world.relations["bert"].id
    await set_values(api, Relation, api.world.relations["dirk"].id, accountant_id=bert)
    assert await is_refused(api, "Relation", bert) == [
        dossier(api),
        api.id("Document", api.world.document.id),
        api.id("Account", api.world.accounts["bert"].id),
        relation(api, "dirk"),
    ]


async def test_nobody_is_kept_by_a_relation_that_was_deleted(api: Api) -> None:
    key = await add_relation(api)
    await add_relation(api, accountant_id=key, deleted_at=api.ports.clock.now())
    assert (await deletes(api, "Relation", key))["userErrors"] == []


async def test_a_dossier_with_documents_or_holdings_is_not_deleted(api: Api) -> None:
    holding = await add_holding(api, dossier_id=api.world.dossier.id)
    used = [api.id("Document", api.world.document.id), api.id("Holding", holding)]
    assert await is_refused(api, "Dossier", api.world.dossier.id) == used
    await set_values(api, Document, api.world.document.id, dossier_id=None)
    assert await is_refused(api, "Dossier", api.world.dossier.id) == used[1:]
    await does(api, "anna", "deleteHolding", holdingId=used[1])
    assert (await deletes(api, "Dossier", api.world.dossier.id))["userErrors"] == []


async def test_a_holding_on_which_a_document_hangs_is_not_deleted(api: Api) -> None:
    key = await add_holding(api)
    await hang(api, key)
    assert await is_refused(api, "Holding", key) == [api.id("Document", api.world.document.id)]


async def test_a_unit_to_which_anything_belongs_is_not_deleted(api: Api) -> None:
    key = await add_unit(api)
    values = {"business_unit_id": key}
    used = {
        Relation: (api.world.relations["dirk"].id, "Relation"),
        Document: (api.world.document.id, "Document"),
    }
    for kind, (thing, type_name) in used.items():
        await set_values(api, kind, thing, **values)
        assert await is_refused(api, "BusinessUnit", key) == [api.id(type_name, thing)]
        await set_values(api, kind, thing, business_unit_id=None)
    said = {"dossierId": dossier(api), "businessUnitId": api.id("BusinessUnit", key)}
    await does(api, "anna", "updateDossier", **said)
    payload = await deletes(api, "BusinessUnit", key)
    assert [it["id"] for it in payload["userErrors"][0]["usedBy"]] == [dossier(api)]


async def test_ten_of_each_kind_are_named(api: Api) -> None:
    key = await add_holding(api)
    async with writing(api) as firm:
        many = [await firm.document(f"Nr {at}", api.world.accounts["anna"]) for at in range(11)]
    for it in many:
        await hang(api, key, it.id)
    assert len(await is_refused(api, "Holding", key)) == 10


async def use_all(api: Api) -> dict[str, UUID]:
    """Let the cast's document use one thing of each kind, that nothing else uses; return their keys."""
    keys = {
        "Relation": await add_relation(api),
        "Holding": await add_holding(api),
        "BusinessUnit": await add_unit(api),
    }
    async with writing(api) as firm:
        keys["Dossier"] = (await firm.dossier("Leeg", {})).id
        await firm.link(DocumentRelation, api.world.document, relation_id=keys["Relation"])
    await hang(api, keys["Holding"])
    own = {"dossier_id": keys["Dossier"], "business_unit_id": keys["BusinessUnit"]}
    await set_values(api, Document, api.world.document.id, **own)
    return keys


@pytest.mark.parametrize("type_name", DELETING)
async def test_a_document_that_he_may_not_read_is_not_named(api: Api, type_name: str) -> None:
    key = (await use_all(api))[type_name]
    async with writing(api) as firm:
        groups = (firm.founded.users, firm.founded.administrators)
        mine = DocumentGrant.licence_id == firm.founded.licence_id
        await firm.session.execute(delete(DocumentGrant).where(mine, DocumentGrant.principal_id.in_(groups)))
    assert await is_refused(api, type_name, key) == []
    # not even to somebody in no group, by its words
    await add_advisor(api, "nora")
    if type_name != "BusinessUnit":
        assert await is_refused(api, type_name, key, "nora") == []
        named = [api.id("Document", api.world.document.id)]
        assert await is_refused(api, type_name, key, "anna") == named


@pytest.mark.parametrize("type_name", DELETING)
async def test_what_only_deleted_documents_use_waits_for_them(api: Api, type_name: str) -> None:
    key = (await use_all(api))[type_name]
    await delete_document(api, api.world.document.id)
    # a document that was deleted can come back, so that it is told of to nobody and kept in its place
    payload = await deletes(api, type_name, key)
    (wrong,) = payload["userErrors"]
    assert (wrong["code"], wrong["usedBy"]) == ("IN_USE", [])
    assert wrong["message"] == DELETED_DOCUMENTS


@pytest.mark.parametrize("type_name", ["Relation", "Dossier", "Holding"])
async def test_who_saw_another_revision_deletes_nothing(api: Api, type_name: str) -> None:
    keys = {"Relation": await add_relation(api), "Holding": await add_holding(api)}
    made = await does(api, "anna", "createDossier", name="x", members=[member(api, "femke")])
    id_ = made["id"] if type_name == "Dossier" else api.id(type_name, keys[type_name])
    name, argument = DELETING[type_name]
    payload = await tries(api, "anna", name, **{argument: id_, "ifRevision": 2})
    assert mistakes(payload) == [("CONFLICT", ["input", "ifRevision"])]
    assert payload["userErrors"][0]["currentRevision"] == 1
    await does(api, "anna", name, **{argument: id_, "ifRevision": 1})


async def test_an_account_of_a_client_keeps_his_relation_for_good(api: Api) -> None:
    key, by = await with_an_account(api)
    account = await row(api, Account, relation_id=key)
    await set_values(api, Account, account.id, blocked_at=api.ports.clock.now())
    assert await is_refused(api, "Relation", key) == [by]
