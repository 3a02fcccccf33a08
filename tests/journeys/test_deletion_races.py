"""Somebody deletes what another is about to refer to: whoever comes second waits, and is told."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import pytest

from models import BusinessUnit, DocumentHolding, Dossier, DossierMember, Event, Holding, Relation
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.keeping import DELETING, add_holding, add_unit, does, dossier, member, relation, tries
from tests.journeys.rows import row, rows, writing
from tests.journeys.rules import UPDATE
from tests.journeys.waiting import somebody_waits

GRANT: Final = """mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { account { id } userErrors { code path } }
}"""
Refer = Callable[[Api, str], Awaitable[dict[str, Any]]]


async def update_document(api: Api, **said: Any) -> dict[str, Any]:
    said = {"documentId": api.id("Document", api.world.document.id), **said}
    return (await api.gets("anna", UPDATE, input=said))["updateDocument"]


async def grant_access(api: Api, id_: str) -> dict[str, Any]:
    return (await api.gets("anna", GRANT, input={"relationId": id_}))["grantPortalAccess"]


def joins(api: Api, id_: str) -> Awaitable[dict[str, Any]]:
    members = [member(api, "bert"), {"relationId": id_, "role": "OTHER"}]
    return tries(api, "anna", "updateDossier", dossierId=dossier(api), members=members)


def accounts_for(api: Api, id_: str) -> Awaitable[dict[str, Any]]:
    details = {"accountantId": id_}
    return tries(api, "anna", "updateRelation", relationId=relation(api, "dirk"), details=details)


def sends_with(name: str, is_list: bool = False) -> Refer:  # noqa: FBT001, FBT002  a case of the table
    return lambda api, id_: api.upload("anna", "a.txt", b"words", **{name: [id_] if is_list else id_})


# Who refers to what: a type, the way, and the place of the argument that is told.
REFERRING: Final[dict[str, tuple[str, Refer, list[str]]]] = {
    "a member": ("Relation", joins, ["members", "relationId"]),
    "an accountant": ("Relation", accounts_for, ["details", "accountantId"]),
    "a portal user": ("Relation", grant_access, ["relationId"]),
    "a document on a relation": (
        "Relation",
        lambda api, id_: update_document(api, relationIds=[id_]),
        ["relationIds"],
    ),
    "a holding": (
        "Dossier",
        lambda api, id_: tries(api, "anna", "createHolding", kind="POLICY", name="x", dossierId=id_),
        ["dossierId"],
    ),
    "a document in a dossier": (
        "Dossier",
        lambda api, id_: update_document(api, dossierId=id_),
        ["dossierId"],
    ),
    "a document on a holding": (
        "Holding",
        lambda api, id_: update_document(api, holdingIds=[id_]),
        ["holdingIds"],
    ),
    "a new document on a holding": ("Holding", sends_with("holdingIds", is_list=True), ["holdingIds"]),
    "a relation of a unit": (
        "BusinessUnit",
        lambda api, id_: tries(api, "anna", "createRelation", familyName="x", businessUnitId=id_),
        ["businessUnitId"],
    ),
    "a dossier of a unit": (
        "BusinessUnit",
        lambda api, id_: tries(api, "anna", "updateDossier", dossierId=dossier(api), businessUnitId=id_),
        ["businessUnitId"],
    ),
    "a document of a unit": (
        "BusinessUnit",
        lambda api, id_: update_document(api, businessUnitId=id_),
        ["businessUnitId"],
    ),
}
KINDS: Final[dict[str, type[Any]]] = {
    "Relation": Relation,
    "Dossier": Dossier,
    "Holding": Holding,
    "BusinessUnit": BusinessUnit,
}


async def add(api: Api, type_name: str) -> UUID:
    """Add a thing that nothing uses; return its key."""
    if type_name == "Holding":
        return await add_holding(api)
    if type_name == "BusinessUnit":
        return await add_unit(api)
    async with writing(api) as firm:
        if type_name == "Dossier":
            return (await firm.dossier("Leeg", {})).id
        return (await firm.relation("Ruth", "Peeters", email="ruth@peeters.example")).id


@asynccontextmanager
async def deleting(api: Api, type_name: str, key: UUID) -> AsyncGenerator[None]:
    """Delete a thing as the product does, and commit at the end of the block."""
    async with writing(api) as firm:
        of = (firm.founded.licence_id, key)
        thing: Any = await firm.session.get_one(KINDS[type_name], of, with_for_update=True)
        if type_name == "Relation":
            thing.deleted_at = firm.now
        else:
            await firm.session.delete(thing)
        await firm.session.flush()
        yield


@pytest.mark.parametrize("how", REFERRING)
async def test_who_refers_to_what_is_being_deleted_waits_and_does_not_find_it(
    api: Api, database_url: str, how: str
) -> None:
    type_name, refer, place = REFERRING[how]
    key = await add(api, type_name)
    await api.token("anna")
    async with deleting(api, type_name, key):
        waiting = asyncio.ensure_future(refer(api, api.id(type_name, key)))
        await somebody_waits(database_url)
    assert mistakes(await waiting) == [("NOT_FOUND", ["input", *place])]
    assert await rows(api, Event) == []


async def test_who_deletes_what_is_deleted_already_does_not_find_it(api: Api, database_url: str) -> None:
    await api.token("arthur")
    for type_name, (name, argument) in DELETING.items():
        key = await add(api, type_name)
        async with deleting(api, type_name, key):
            said = {argument: api.id(type_name, key)}
            waiting = asyncio.ensure_future(tries(api, "arthur", name, **said))
            await somebody_waits(database_url)
        assert mistakes(await waiting) == [("NOT_FOUND", ["input", argument])]


async def test_who_changes_what_is_being_deleted_does_not_find_it(api: Api, database_url: str) -> None:
    key = await add_unit(api)
    await api.token("arthur")
    async with deleting(api, "BusinessUnit", key):
        said = {"businessUnitId": api.id("BusinessUnit", key), "name": "x"}
        waiting = asyncio.ensure_future(tries(api, "arthur", "updateBusinessUnit", **said))
        await somebody_waits(database_url)
    assert mistakes(await waiting) == [("NOT_FOUND", ["input", "businessUnitId"])]


async def test_who_deletes_what_somebody_is_about_to_use_waits_and_is_refused(
    api: Api, database_url: str
) -> None:
    keys = {it: await add(api, it) for it in ("Relation", "Dossier", "Holding")}
    await api.token("anna")
    of = {"licence_id": api.world.firm.licence_id}
    using = {
        "Relation": lambda: DossierMember(
            **of, dossier_id=api.world.dossier.id, relation_id=keys["Relation"], role="OTHER"
        ),
        "Dossier": lambda: Holding(
            **of, kind="POLICY", name="x", name_folded="x", dossier_id=keys["Dossier"]
        ),
        "Holding": lambda: DocumentHolding(
            **of, document_id=api.world.document.id, holding_id=keys["Holding"]
        ),
    }
    for type_name, link in using.items():
        name, argument = DELETING[type_name]
        async with writing(api) as firm:
            await firm.keep(link())
            said = {argument: api.id(type_name, keys[type_name])}
            waiting = asyncio.ensure_future(tries(api, "anna", name, **said))
            await somebody_waits(database_url)
        assert mistakes(await waiting) == [("IN_USE", ["input", argument])]


async def test_the_only_unit_that_is_being_deleted_is_given_to_nothing_new(
    api: Api, database_url: str
) -> None:
    # given a firm whose only unit nothing belongs to
    (unit,) = await rows(api, BusinessUnit)
    for kind in (Relation, Dossier):
        for it in await rows(api, kind):
            async with writing(api) as firm:
                (await firm.session.get_one(kind, (it.licence_id, it.id))).business_unit_id = None
    await update_document(api, businessUnitId=None)
    # when a document comes in while it is deleted
    async with deleting(api, "BusinessUnit", unit.id):
        waiting = asyncio.ensure_future(api.upload("anna", "a.txt", b"words"))
        await somebody_waits(database_url)
    # then it belongs to none
    assert (await waiting)["userErrors"] == []
    made = await does(api, "anna", "createRelation", familyName="x")
    assert made["businessUnit"] is None


async def test_who_refers_to_what_is_being_changed_does_not_wait(api: Api) -> None:
    key = await add(api, "Relation")
    async with writing(api) as firm:
        await firm.session.get_one(
            Relation, (firm.founded.licence_id, key), with_for_update={"key_share": True}
        )
        assert mistakes(await joins(api, api.id("Relation", key))) == []
    assert (await row(api, Relation, id=key)).revision == 1
