"""Where documents belong: holdings, a business unit, what another program calls them; S003, S018."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from core.rights import Right
from models import Account, Document, DocumentHolding, DocumentVersion, Event, Letter, Upload
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.filing import complete, sent
from tests.journeys.keeping import add_holding, add_unit, does, let_programs_in, unit
from tests.journeys.rows import row, rows, writing
from tests.journeys.rules import UPDATE

SHOWN: Final = (
    "query ($id: ID!) { document(id: $id) { holdings { name } businessUnit { name } externalReference } }"
)
WAYS: Final = ["uploadDocument", "completeUpload", "updateDocument"]


async def says(api: Api, who: str, way: str, **said: Any) -> dict[str, Any]:
    """Return what one of the three ways to say something of a document answers."""
    if way == "uploadDocument":
        return await api.upload(who, "a.txt", b"words", **said)
    if way == "completeUpload":
        return await complete(api, who, await sent(api, who), **said)
    said = {"documentId": api.id("Document", api.world.document.id), **said}
    return (await api.gets(who, UPDATE, input=said))["updateDocument"]


async def shown(api: Api, id_: str) -> dict[str, Any]:
    return (await api.gets("anna", SHOWN, id=id_))["document"]


async def hung(api: Api, document_id: UUID) -> set[UUID]:
    return {it.holding_id for it in await rows(api, DocumentHolding, document_id=document_id)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["anna", "reader"])
async def test_the_firm_says_where_a_document_belongs(api: Api, way: str, who: str) -> None:
    await let_programs_in(api)
    program = await row(api, Account, role="SERVICE", display_name="reader")
    async with writing(api) as firm:
        await firm.grant(api.world.document, program.id, Right.READ | Right.UPDATE)
    holdings = [api.id("Holding", await add_holding(api, name)) for name in ("Zee", "Auto")]
    said = {
        "holdingIds": [*holdings, holdings[0]],
        "businessUnitId": api.id("BusinessUnit", await add_unit(api)),
        "externalReference": "  dms  12 ",
    }
    payload = await says(api, who, way, **said)
    assert payload["userErrors"] == []
    own = {"holdings": [{"name": "Auto"}, {"name": "Zee"}], "businessUnit": {"name": "Kust"}}
    found = await api.gets("anna", SHOWN, id=payload["document"]["id"])
    assert found["document"] == own | {"externalReference": "dms 12"}


FOR_STAFF: Final[dict[str, Callable[[Api, UUID], Any]]] = {
    "holdingIds": lambda api, key: [api.id("Holding", key)],
    "businessUnitId": lambda api, _: unit(api),
    "externalReference": lambda _, __: "7",
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_client_says_none_of_it(api: Api, way: str) -> None:
    # given a client who may change the document, and see the holding
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["carla"].id, Right.READ | Right.UPDATE)
    key = await add_holding(api, dossier_id=api.world.dossier.id)
    before = await rows(api, Document)
    for argument, value in FOR_STAFF.items():
        payload = await says(api, "carla", way, **{argument: value(api, key)})
        assert (payload["document"], mistakes(payload)) == (None, [("FORBIDDEN", ["input", argument])])
    assert len(await rows(api, Document)) == len(before)
    assert await rows(api, DocumentHolding) == []


async def test_what_is_left_out_stays_and_null_empties(api: Api) -> None:
    key = await add_holding(api)
    document = api.world.document
    said = {"holdingIds": [api.id("Holding", key)], "externalReference": "7"}
    await says(api, "anna", "updateDocument", **said)
    await says(api, "anna", "updateDocument", description="Ander")
    id_ = api.id("Document", document.id)
    own = {"holdings": [{"name": "Polis"}], "businessUnit": {"name": "MAIN"}, "externalReference": "7"}
    assert await shown(api, id_) == own
    emptied = dict.fromkeys(("holdingIds", "businessUnitId", "externalReference"))
    await says(api, "anna", "updateDocument", **emptied)
    assert await shown(api, id_) == {"holdings": [], "businessUnit": None, "externalReference": None}
    changed = [it.details["changed"] for it in await rows(api, Event, kind="document.updated")]
    assert sorted(map(sorted, changed)) == [
        ["business_unit_id", "external_reference", "holding_ids"],
        ["description"],
        ["external_reference", "holding_ids"],
    ]
    assert await rows(api, Letter) == []


async def test_a_list_takes_the_place_of_the_one_before(api: Api) -> None:
    one, other = [await add_holding(api, name) for name in ("Een", "Twee")]
    for keys in ([one], [one, other], [other], []):
        ids = [api.id("Holding", it) for it in keys]
        assert (await says(api, "anna", "updateDocument", holdingIds=ids))["userErrors"] == []
        assert await hung(api, api.world.document.id) == set(keys)


MISTAKES: Final[dict[str, tuple[str, Callable[[Api], Any], str]]] = {
    "a holding that never was": ("holdingIds", lambda api: [api.id("Holding", uuid4())], "NOT_FOUND"),
    "a relation as a holding": (
        "holdingIds",
        lambda api: [api.id("Relation", api.world.relations["bert"].id)],
        "NOT_FOUND",
    ),
    "no id": ("holdingIds", lambda _: ["x"], "INVALID"),
    "too many": ("holdingIds", lambda api: [api.id("Holding", uuid4())] * 101, "INVALID"),
    "another firm's unit": (
        "businessUnitId",
        lambda api: api.id("BusinessUnit", api.world.other_firm.business_unit),
        "NOT_FOUND",
    ),
    "a long reference": ("externalReference", lambda _: "x" * 101, "TOO_LONG"),
    "a reference that is taken": ("externalReference", lambda _: "taken", "ALREADY_EXISTS"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_cannot_be_said_is_told_with_its_place_and_nothing_is_kept(api: Api, way: str) -> None:
    await api.upload("anna", "b.txt", b"others", externalReference="taken")
    before = [len(await rows(api, kind)) for kind in (Document, DocumentVersion)]
    for name, (argument, said, code) in MISTAKES.items():
        payload = await says(api, "anna", way, **{argument: said(api), "description": "Ander"})
        assert (payload["document"], mistakes(payload)) == (None, [(code, ["input", argument])]), name
    assert [len(await rows(api, kind)) for kind in (Document, DocumentVersion)] == before
    stored = await row(api, Document, id=api.world.document.id)
    assert (stored.description, stored.revision) == ("Huwelijkscontract", 1)
    assert [it.document_id for it in await rows(api, Upload)] == [None] * (
        len(MISTAKES) if way == "completeUpload" else 0
    )


async def test_a_reference_is_free_for_other_kinds_and_other_firms(api: Api) -> None:
    for who in ("anna", "eva"):
        sent_in = await api.upload(who, "a.txt", b"words", externalReference="7")
        assert sent_in["userErrors"] == []
    made = await does(api, "anna", "createRelation", familyName="x", externalReference="7")
    assert made["externalReference"] == "7"
    # it is one's own when it is said again
    (stored,) = await rows(api, Document, external_reference="7")
    said = {"documentId": api.id("Document", stored.id), "externalReference": "7"}
    assert (await api.gets("anna", UPDATE, input=said))["updateDocument"]["userErrors"] == []


async def test_a_key_that_comes_again_with_another_holding_is_refused(api: Api) -> None:
    ids = [api.id("Holding", await add_holding(api, name)) for name in ("Een", "Twee")]
    for holding, wrong in zip(ids, ([], [("CONFLICT", ["input", "idempotencyKey"])]), strict=True):
        payload = await api.upload("anna", "a.txt", b"words", holdingIds=[holding], idempotencyKey="one")
        assert mistakes(payload) == wrong
