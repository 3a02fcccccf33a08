"""Holdings (activa, passiva, polissen) as the firm keeps them, and who sees them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from core.rights import Right
from models import Event, Holding
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.keeping import add_holding, does, dossier, hang, let_programs_in, tries
from tests.journeys.people import add_account
from tests.journeys.rows import rows, writing
from tests.journeys.rules import events

LIST: Final = """
query ($first: Int, $after: String, $dossierId: ID, $search: String) {
  holdings(first: $first, after: $after, dossierId: $dossierId, search: $search) {
    totalCount nodes { name } edges { cursor } pageInfo { hasNextPage endCursor }
  }
}
"""
NODE: Final = "query ($id: ID!) { node(id: $id) { ... on Holding { name kind dossier { name } } } }"
OF_DOCUMENT: Final = "query ($id: ID!) { document(id: $id) { holdings { name kind } } }"


def names(listed: dict[str, Any]) -> list[str]:
    return [it["name"] for it in listed["holdings"]["nodes"]]


@pytest.mark.parametrize("kind", ["ASSET", "LIABILITY", "POLICY"])
async def test_all_that_is_said_of_a_holding_is_kept(api: Api, kind: str) -> None:
    said = {"kind": kind, "name": "  Huis  in Gent ", "reference": " 12-3 ", "externalReference": " crm 9 "}
    made = await does(api, "anna", "createHolding", **said, dossierId=dossier(api))
    assert made.pop("id").startswith("H")
    assert made == {
        "kind": kind,
        "name": "Huis in Gent",
        "reference": "12-3",
        "externalReference": "crm 9",
        "revision": 1,
        "createdAt": START.isoformat(),
        "updatedAt": START.isoformat(),
        "dossier": {"name": "Test klantenportaal"},
    }
    (stored,) = await rows(api, Holding)
    assert await events(api, "holding.created") == [{"holding": str(stored.id)}]


async def test_what_is_left_out_stays_and_null_empties(api: Api, clock: SetClock) -> None:
    said = {"kind": "ASSET", "name": "Huis", "reference": "12", "externalReference": "9"}
    made = await does(api, "anna", "createHolding", **said, dossierId=dossier(api))
    clock.advance(timedelta(minutes=1))
    changed = await does(api, "anna", "updateHolding", holdingId=made["id"], name="Flat")
    later = (START + timedelta(minutes=1)).isoformat()
    assert changed == made | {"name": "Flat", "revision": 2, "updatedAt": later}
    emptied = {"reference": None, "externalReference": "", "dossierId": None}
    gone = await does(api, "anna", "updateHolding", holdingId=made["id"], **emptied)
    assert gone == changed | dict.fromkeys(("reference", "externalReference", "dossier")) | {"revision": 3}
    assert [it["changed"] for it in await events(api, "holding.updated")] == [
        ["name"],
        ["dossier_id", "external_reference", "reference"],
    ]
    # the list knows it by its new name
    assert names(await api.gets("anna", LIST, search="flat")) == ["Flat"]


async def test_to_say_what_stands_already_is_no_change(api: Api) -> None:
    made = await does(api, "anna", "createHolding", kind="ASSET", name="Huis")
    assert await does(api, "anna", "updateHolding", holdingId=made["id"], name=" Huis ") == made
    assert await events(api, "holding.updated") == []


Said = Callable[[Api], dict[str, Any]]
MISTAKES: Final[dict[str, tuple[Said, list[tuple[str, list[str]]]]]] = {
    "no name": (lambda _: {"name": " "}, [("REQUIRED", ["input", "name"])]),
    "too much of everything": (
        lambda _: {"name": "x" * 201, "reference": "x" * 101, "externalReference": "x" * 101},
        [("TOO_LONG", ["input", it]) for it in ("name", "reference", "externalReference")],
    ),
    "a dossier that never was": (
        lambda api: {"dossierId": api.id("Dossier", uuid4())},
        [("NOT_FOUND", ["input", "dossierId"])],
    ),
    "no id": (lambda _: {"dossierId": "x"}, [("INVALID", ["input", "dossierId"])]),
}


async def test_what_cannot_be_said_of_a_holding_is_told_with_its_place(api: Api) -> None:
    key = await add_holding(api)
    new = {"kind": "POLICY", "name": "Polis"}
    changed = {"holdingId": api.id("Holding", key), "name": "Ander", "reference": "1"}
    for name, (said, wrong) in MISTAKES.items():
        payload = await tries(api, "anna", "createHolding", **(new | said(api)))
        assert (payload["holding"], mistakes(payload)) == (None, wrong), name
        payload = await tries(api, "anna", "updateHolding", **(changed | said(api)))
        assert (payload["holding"], mistakes(payload)) == (None, wrong), name
    (stored,) = await rows(api, Holding)
    assert (stored.name, stored.reference, stored.revision) == ("Polis", None, 1)
    assert await rows(api, Event) == []


async def test_a_holding_keeps_a_name(api: Api) -> None:
    said = {"holdingId": api.id("Holding", await add_holding(api)), "name": None}
    assert mistakes(await tries(api, "anna", "updateHolding", **said)) == [("REQUIRED", ["input", "name"])]


async def test_what_another_program_calls_it_is_there_once_in_a_firm(api: Api) -> None:
    said = {"kind": "POLICY", "name": "Polis", "externalReference": "7"}
    made = await does(api, "anna", "createHolding", **said)
    taken = [("ALREADY_EXISTS", ["input", "externalReference"])]
    assert mistakes(await tries(api, "anna", "createHolding", **said)) == taken
    again = {"holdingId": api.id("Holding", await add_holding(api, "Ander")), "externalReference": "7"}
    assert mistakes(await tries(api, "anna", "updateHolding", **again)) == taken
    assert (await does(api, "eva", "createHolding", **said))["externalReference"] == "7"
    # of another kind of thing it says nothing
    assert (await does(api, "anna", "createRelation", familyName="x", externalReference="7"))["id"]
    await does(api, "anna", "deleteHolding", holdingId=made["id"])
    assert (await does(api, "anna", "updateHolding", **again))["externalReference"] == "7"


async def test_a_holding_on_which_nothing_hangs_is_deleted(api: Api) -> None:
    id_ = api.id("Holding", await add_holding(api))
    assert await does(api, "anna", "deleteHolding", holdingId=id_, ifRevision=1) == id_
    assert await rows(api, Holding) == []
    (event,) = await events(api, "holding.deleted")
    assert event["name"] == "Polis"
    for name in ("updateHolding", "deleteHolding"):
        payload = await tries(api, "anna", name, holdingId=id_)
        assert mistakes(payload) == [("NOT_FOUND", ["input", "holdingId"])]


async def test_the_holdings_are_listed_by_name_and_narrowed(api: Api) -> None:
    for name in ("Cafe", "Auto", "Boot"):
        await add_holding(api, name, dossier_id=api.world.dossier.id if name > "B" else None)
    whole = await api.gets("anna", LIST, first=2)
    assert names(whole) == ["Auto", "Boot"]
    assert (whole["holdings"]["totalCount"], whole["holdings"]["pageInfo"]["hasNextPage"]) == (3, True)
    rest = await api.gets("anna", LIST, after=whole["holdings"]["pageInfo"]["endCursor"])
    assert names(rest) == ["Cafe"]
    of_dossier = await api.gets("anna", LIST, dossierId=dossier(api))
    assert (names(of_dossier), of_dossier["holdings"]["totalCount"]) == (["Boot", "Cafe"], 2)
    both = await api.gets("anna", LIST, dossierId=dossier(api), search="CAF")
    assert (names(both), both["holdings"]["totalCount"]) == (["Cafe"], 1)
    assert names(await api.gets("anna", LIST, search="aut")) == ["Auto"]
    assert names(await api.gets("anna", LIST, dossierId=dossier(api), search="aut")) == []


async def test_a_client_sees_the_holdings_of_his_own_dossiers(api: Api) -> None:
    own = api.id("Holding", await add_holding(api, "Eigen", dossier_id=api.world.dossier.id))
    other = api.id("Holding", await add_holding(api, "Zonder dossier"))
    for who in ("bert", "carla", "anna"):
        seen = await api.gets(who, NODE, id=own)
        assert seen["node"] == {"name": "Eigen", "kind": "POLICY", "dossier": {"name": "Test klantenportaal"}}
    assert await api.gets("dirk", NODE, id=own) == {"node": None}
    for who, found in {"anna": True, "bert": False, "dirk": False}.items():
        assert bool((await api.gets(who, NODE, id=other))["node"]) == found


async def test_what_another_program_calls_a_holding_is_for_staff(api: Api) -> None:
    key = await add_holding(api, dossier_id=api.world.dossier.id, external_reference="7")
    id_ = api.id("Holding", key)
    query = "query ($id: ID!) { node(id: $id) { ... on Holding { externalReference } } }"
    assert await refused_fields(api, "bert", query, id=id_) == [("FORBIDDEN", ["node", "externalReference"])]
    assert await api.gets("anna", query, id=id_) == {"node": {"externalReference": "7"}}


async def test_a_document_shows_the_holdings_that_the_viewer_sees(api: Api) -> None:
    for name, dossier_id in {"Zee": api.world.dossier.id, "Auto": None}.items():
        await hang(api, await add_holding(api, name, dossier_id=dossier_id))
    document = api.id("Document", api.world.document.id)
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["dirk"].id, Right.READ)
    for who, seen in {"anna": ["Auto", "Zee"], "bert": ["Zee"], "dirk": []}.items():
        found = (await api.gets(who, OF_DOCUMENT, id=document))["document"]["holdings"]
        assert [it["name"] for it in found] == seen


async def test_who_lists_holdings(api: Api) -> None:
    await let_programs_in(api)
    await add_account(api, "olga", "AUDITOR")
    for who in ("anna", "crm", "reader"):
        assert names(await api.gets(who, LIST)) == []
    for who, code in {"bert": "FORBIDDEN", "olga": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}.items():
        assert await refused_fields(api, who, LIST) == [(code, ["holdings"])]
