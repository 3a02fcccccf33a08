"""Things found by their ids: what exists for whom, and which of their fields are for the staff."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from core.rights import Right
from models import Account, Category, Relation
from tests.api import Api
from tests.journeys.answers import answer_to, refusals, refused_fields
from tests.journeys.rows import delete_document, set_values, writing

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
BY_ID = {
    "document": "query ($id: ID!) { document(id: $id) { id } }",
    "relation": "query ($id: ID!) { relation(id: $id) { id } }",
    "dossier": "query ($id: ID!) { dossier(id: $id) { id } }",
}


def keys(api: Api) -> dict[str, tuple[str, UUID]]:
    """Return type and key of one thing of each kind, of ours and of the other firm's, by name."""
    world = api.world
    return {
        "his document": ("Document", world.document.id),
        "their document": ("Document", world.foreign_document.id),
        "his dossier": ("Dossier", world.dossier.id),
        "himself": ("Relation", world.relations["bert"].id),
        "his partner": ("Relation", world.relations["carla"].id),
        "his child": ("Relation", world.relations["noor"].id),
        "another client": ("Relation", world.relations["dirk"].id),
        "somebody outside": ("Relation", world.relations["femke"].id),
        "his account": ("Account", world.accounts["bert"].id),
        "his partner's account": ("Account", world.accounts["carla"].id),
        "the advisor": ("Account", world.accounts["anna"].id),
        "their advisor": ("Account", world.accounts["eva"].id),
        "our users": ("Group", world.firm.users),
        "their users": ("Group", world.other_firm.users),
        "our unit": ("BusinessUnit", world.firm.business_unit),
        "their unit": ("BusinessUnit", world.other_firm.business_unit),
        "a category of his document": ("Category", world.firm.categories["contracts"]),
        "a category of no document": ("Category", world.firm.categories["wills"]),
        "their category": ("Category", world.other_firm.categories["contracts"]),
        "our licence": ("Licence", world.firm.licence_id),
        "their licence": ("Licence", world.other_firm.licence_id),
    }


OURS = {
    "his document",
    "his dossier",
    "himself",
    "his partner",
    "his child",
    "another client",
    "somebody outside",
    "his account",
    "his partner's account",
    "the advisor",
    "our users",
    "our unit",
    "a category of his document",
    "a category of no document",
    "our licence",
}
IN_THE_DOSSIER = {"his dossier", "himself", "his partner", "his child", "our unit", "our licence"}
SEEN = {
    "anna": OURS,
    "arthur": OURS,
    "bert": IN_THE_DOSSIER | {"his document", "his account", "a category of his document"},
    "carla": IN_THE_DOSSIER | {"his partner's account"},
    "dirk": {"another client", "our unit", "our licence"},
    "eva": {
        "their document",
        "their advisor",
        "their users",
        "their unit",
        "their category",
        "their licence",
    },
}


@pytest.mark.parametrize("who", SEEN)
async def test_each_finds_by_id_what_exists_for_him_and_nothing_else(api: Api, who: str) -> None:
    for name, (type_name, key) in keys(api).items():
        id_ = api.id(type_name, key)
        found = (await api.gets(who, NODE, id=id_))["node"]
        assert (name, found) == (name, {"__typename": type_name, "id": id_} if name in SEEN[who] else None)


@pytest.mark.parametrize("who", SEEN)
async def test_several_are_found_at_once_each_in_its_place(api: Api, who: str) -> None:
    known = keys(api)
    ids = [api.id(type_name, key) for type_name, key in known.values()]
    found = (await api.gets(who, NODES, ids=[*ids, *ids]))["nodes"]
    expected = [
        {"__typename": type_name, "id": id_} if name in SEEN[who] else None
        for (name, (type_name, _)), id_ in zip(known.items(), ids, strict=True)
    ]
    assert found == [*expected, *expected]


async def test_nobody_finds_nothing(api: Api) -> None:
    id_ = api.id("Document", api.world.document.id)
    for name, query in (*BY_ID.items(), ("node", NODE)):
        assert await refused_fields(api, "nobody", query, id=id_) == [("UNAUTHENTICATED", [name])]
    assert await refused_fields(api, "nobody", NODES, ids=[id_]) == [("UNAUTHENTICATED", ["nodes"])]


async def test_what_may_not_be_seen_looks_like_what_never_was(api: Api) -> None:
    # given
    async with writing(api) as firm:
        gone = await firm.document("Weg", api.world.accounts["anna"])
        await firm.grant(gone, api.world.accounts["bert"].id, Right.READ)
        forbidden = await firm.document("Van een ander", api.world.accounts["anna"])
        unreadable = await firm.document("Blind", api.world.accounts["anna"])
        await firm.grant(unreadable, api.world.accounts["bert"].id, Right.UPDATE)
    await delete_document(api, gone.id)
    never = uuid4()
    # then
    for query in (BY_ID["document"], NODE):
        nothing = await answer_to(api, "bert", query, id=api.id("Document", never))
        for key in (gone.id, forbidden.id, unreadable.id, api.world.foreign_document.id):
            assert await answer_to(api, "bert", query, id=api.id("Document", key)) == nothing


@pytest.mark.parametrize("field", BY_ID)
async def test_an_outsider_is_told_the_same_of_what_is_there_and_of_what_is_not(api: Api, field: str) -> None:
    nothing = f'{{"data":{{"{field}":null}}}}'.encode()
    for id_ in (id_for(api, field), api.id(field.capitalize(), uuid4())):
        assert await answer_to(api, "dirk", BY_ID[field], id=id_) == nothing


async def test_a_deleted_relation_is_nobody(api: Api) -> None:
    noor = api.world.relations["noor"].id
    await set_values(api, Relation, noor, deleted_at=api.ports.clock.now())
    for who in ("anna", "bert"):
        assert await api.gets(who, BY_ID["relation"], id=api.id("Relation", noor)) == {"relation": None}


MEMBERS = """
query ($id: ID!) { dossier(id: $id) { name members { role relation { displayName } } } }
"""


async def test_a_client_sees_who_is_in_his_dossier(api: Api) -> None:
    for who in ("bert", "carla", "anna"):
        seen = await api.gets(who, MEMBERS, id=api.id("Dossier", api.world.dossier.id))
        assert seen["dossier"] == {
            "name": "Test klantenportaal",
            "members": [
                {"role": "MAIN_PERSON", "relation": {"displayName": "Bert Callewaert"}},
                {"role": "PARTNER", "relation": {"displayName": "Carla Verlinden"}},
                {"role": "CHILD", "relation": {"displayName": "Noor Callewaert"}},
            ],
        }


@pytest.mark.parametrize(
    ("name", "selection", "value"),
    [
        ("email", "email", "@"),
        ("language", "language", "NL"),
        ("contact", "contact { phone }", {"phone": "050 33 00 00"}),
    ],
)
async def test_a_client_sees_his_own_address_and_not_his_partners(
    api: Api, name: str, selection: str, value: Any
) -> None:
    for who in ("bert", "carla"):
        await set_values(
            api, Relation, api.world.relations[who].id, phone="050 33 00 00", language="NL", email="@"
        )
    query = f"query ($id: ID!) {{ dossier(id: $id) {{ members {{ relation {{ {selection} }} }} }} }}"
    id_ = api.id("Dossier", api.world.dossier.id)
    # as a client
    members = (await api.ask("bert", query, id=id_))["data"]["dossier"]["members"]
    assert [it["relation"][name] for it in members] == [value, None, None]
    assert await refused_fields(api, "bert", query, id=id_) == [
        ("FORBIDDEN", ["dossier", "members", at, "relation", name]) for at in (1, 2)
    ]
    # as staff
    members = (await api.gets("anna", query, id=id_))["dossier"]["members"]
    assert [it["relation"][name] for it in members][:2] == [value, value]


async def test_a_deleted_relation_is_in_no_dossier(api: Api) -> None:
    await set_values(api, Relation, api.world.relations["noor"].id, deleted_at=api.ports.clock.now())
    for who in ("anna", "bert"):
        seen = await api.gets(who, MEMBERS, id=api.id("Dossier", api.world.dossier.id))
        assert [it["role"] for it in seen["dossier"]["members"]] == ["MAIN_PERSON", "PARTNER"]


async def test_a_client_sees_the_dossiers_he_is_in(api: Api) -> None:
    query = "{ dossiers { totalCount nodes { name } } }"
    for who, names in {
        "bert": ["Test klantenportaal"],
        "dirk": ["Schyns"],
        "anna": ["Schyns", "Test klantenportaal"],
    }.items():
        nodes = [{"name": name} for name in names]
        assert await api.gets(who, query) == {"dossiers": {"totalCount": len(names), "nodes": nodes}}


async def test_a_document_shows_its_dossier_only_to_whoever_is_in_it(api: Api) -> None:
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["dirk"].id, Right.READ)
    selection = "description dossier { name } relations { displayName }"
    query = f"query ($id: ID!) {{ document(id: $id) {{ {selection} }} }}"
    id_ = api.id("Document", api.world.document.id)
    assert await api.gets("dirk", query, id=id_) == {
        "document": {"description": "Huwelijkscontract", "dossier": None, "relations": []}
    }
    assert await api.gets("bert", query, id=id_) == {
        "document": {
            "description": "Huwelijkscontract",
            "dossier": {"name": "Test klantenportaal"},
            "relations": [{"displayName": "Bert Callewaert"}],
        }
    }


@pytest.mark.parametrize("who", ["anna", "bert"])
@pytest.mark.parametrize(
    "id_",
    [
        "",
        "x",
        "é",
        "D",
        "D" + "A" * 21,
        "D" + "A" * 23,
        "Z" + "A" * 22,
        "D" * 5000,
        "1",
        "0190b2e4-5c1d-7000-8000-000000000000",
    ],
)
async def test_a_malformed_id_is_invalid(api: Api, who: str, id_: str) -> None:
    for query in (*BY_ID.values(), NODE):
        assert await refusals(api, who, query, id=id_) == [("INVALID", ["id"])]
    one_good = api.id("Document", api.world.document.id)
    assert await refusals(api, who, NODES, ids=[one_good, id_]) == [("INVALID", ["ids"])]


async def test_an_id_of_another_type_finds_nothing(api: Api) -> None:
    for field, type_name in {"document": "Dossier", "relation": "Document", "dossier": "Relation"}.items():
        key = {"Dossier": api.world.dossier.id, "Document": api.world.document.id}.get(type_name, uuid4())
        assert await api.gets("anna", BY_ID[field], id=api.id(type_name, key)) == {field: None}
    for type_name in ("Session", "Grant", "Holding", "Relation"):
        assert await api.gets("anna", NODE, id=api.id(type_name, api.world.document.id)) == {"node": None}


async def test_a_hundred_nodes_are_the_most_at_once(api: Api) -> None:
    id_ = api.id("Document", api.world.document.id)
    assert len((await api.gets("anna", NODES, ids=[id_] * 100))["nodes"]) == 100
    assert await refusals(api, "anna", NODES, ids=[id_] * 101) == [("INVALID", ["ids"])]
    assert await api.gets("anna", NODES, ids=[]) == {"nodes": []}


async def test_lists_of_several_kinds_are_counted_each_by_itself(api: Api) -> None:
    query = """
    query ($ids: [ID!]!) {
      nodes(ids: $ids) {
        ... on Dossier { documents { totalCount nodes { description } } }
        ... on Relation { documents { totalCount nodes { description } } }
        ... on Category { documents { totalCount nodes { description } } }
      }
    }
    """
    world = api.world
    ids = [
        api.id("Dossier", world.dossier.id),
        api.id("Relation", world.relations["dirk"].id),
        api.id("Category", world.firm.categories["contracts"]),
        api.id("Category", world.firm.categories["wills"]),
    ]
    nodes = (await api.gets("anna", query, ids=ids))["nodes"]
    one = {"documents": {"totalCount": 1, "nodes": [{"description": "Huwelijkscontract"}]}}
    none: dict[str, Any] = {"documents": {"totalCount": 0, "nodes": []}}
    assert nodes == [one, none, one, none]


GUARDED = [
    ("relation", "details { isDeceased }", {"isDeceased": False}),
    ("relation", "internalManager { displayName }", {"displayName": "Anna Lindeman"}),
    ("relation", "portalAccount { displayName }", {"displayName": "Bert Callewaert"}),
    ("relation", "externalReference", None),
    ("dossier", "manager { displayName }", {"displayName": "Anna Lindeman"}),
    ("dossier", "externalReference", None),
    ("document", "externalReference", None),
    ("document", "grants { source }", [{"source": "DEFAULT"}, {"source": "DEFAULT"}, {"source": "CREATOR"}]),
]


def id_for(api: Api, field: str) -> str:
    key = {
        "relation": api.world.relations["bert"].id,
        "dossier": api.world.dossier.id,
        "document": api.world.document.id,
    }[field]
    return api.id(field.capitalize(), key)


@pytest.mark.parametrize(("root", "selection", "value"), GUARDED)
async def test_a_guarded_field_is_null_for_a_client_and_its_path_is_told(
    api: Api, root: str, selection: str, value: Any
) -> None:
    query = f"query ($id: ID!) {{ {root}(id: $id) {{ id {selection} }} }}"
    id_ = id_for(api, root)
    name = selection.split(maxsplit=1)[0]
    # as a client
    answer = await api.ask("bert", query, id=id_)
    assert answer["data"] == {root: {"id": id_, name: None}}
    assert await refused_fields(api, "bert", query, id=id_) == [("FORBIDDEN", [root, name])]
    # as staff
    seen = (await api.gets("anna", query, id=id_))[root][name]
    assert (seen[:3] if isinstance(seen, list) else seen) == value


ACCOUNT_FIELDS = {
    "username": "bert@callewaert.example",
    "status": "ACTIVE",
    "initialPasswordExpiresAt": None,
    "lastSignedInAt": None,
    "twoFactorEnabled": False,
}


@pytest.mark.parametrize("name", ACCOUNT_FIELDS)
async def test_how_an_account_signs_in_is_for_its_owner_and_the_staff(api: Api, name: str) -> None:
    his = f"query ($id: ID!) {{ node(id: $id) {{ ... on Account {{ {name} }} }} }}"
    id_ = api.id("Account", api.world.accounts["bert"].id)
    for who in ("bert", "anna"):
        assert await api.gets(who, his, id=id_) == {"node": {name: ACCOUNT_FIELDS[name]}}
    # as a client, of the member of staff who made his document
    hers = f"query ($id: ID!) {{ document(id: $id) {{ createdBy {{ displayName {name} }} }} }}"
    document = api.id("Document", api.world.document.id)
    answer = await api.ask("bert", hers, id=document)
    assert answer["data"]["document"]["createdBy"] == {"displayName": "Anna Lindeman", name: None}
    refused = await refused_fields(api, "bert", hers, id=document)
    assert refused == [("FORBIDDEN", ["document", "createdBy", name])]


async def test_how_many_client_logins_are_in_use_is_for_the_staff(api: Api) -> None:
    query = "{ viewer { licence { name clientLogins { used limit } } } }"
    assert await refused_fields(api, "bert", query) == [("FORBIDDEN", ["viewer", "licence", "clientLogins"])]
    licence = (await api.gets("anna", query))["viewer"]["licence"]
    assert licence == {"name": "Kantoor De Linde", "clientLogins": {"used": 3, "limit": 50}}


async def test_the_list_of_relations_is_for_the_staff(api: Api) -> None:
    query = "{ relations { totalCount nodes { displayName } } }"
    for who, code in {"bert": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}.items():
        assert (await api.ask(who, query))["data"] == {"relations": None}
        assert await refused_fields(api, who, query) == [(code, ["relations"])]
    assert (await api.gets("anna", query))["relations"]["totalCount"] == 5


async def test_each_item_of_a_list_tells_its_own_refusal(api: Api) -> None:
    query = "query ($id: ID!) { dossier(id: $id) { members { relation { portalAccount { id } } } } }"
    id_ = api.id("Dossier", api.world.dossier.id)
    refused = await refused_fields(api, "bert", query, id=id_)
    assert sorted(refused) == [
        ("FORBIDDEN", ["dossier", "members", at, "relation", "portalAccount"]) for at in range(3)
    ]


async def test_the_rights_tab_is_for_whoever_may_change_security(api: Api) -> None:
    async with writing(api) as firm:
        auditor = await firm.account("nina@de-linde.example", "STAFF", display_name="Nina")
        await firm.grant(api.world.document, auditor.id, Right.READ | Right.UPDATE)
    api.world.accounts["nina"] = auditor
    query = "query ($id: ID!) { document(id: $id) { grants { id } viewerCan } }"
    id_ = api.id("Document", api.world.document.id)
    assert (await api.ask("nina", query, id=id_))["data"] == {
        "document": {"grants": None, "viewerCan": ["READ", "UPDATE"]}
    }
    assert await refused_fields(api, "nina", query, id=id_) == [("FORBIDDEN", ["document", "grants"])]


async def test_a_client_knows_who_made_his_document_and_no_more_of_them(api: Api) -> None:
    query = """
    query ($id: ID!) { document(id: $id) { createdBy { id displayName role username relation { id } } } }
    """
    id_ = api.id("Document", api.world.document.id)
    answer = await api.ask("bert", query, id=id_)
    maker = answer["data"]["document"]["createdBy"]
    assert (maker["displayName"], maker["role"], maker["username"]) == ("Anna Lindeman", "STAFF", None)
    assert [error["path"] for error in answer["errors"]] == [["document", "createdBy", "username"]]
    assert await api.gets("bert", NODE, id=maker["id"]) == {"node": None}


@pytest.mark.parametrize(
    ("who", "language", "name"),
    [
        ("bert", "NL", "Contracten"),
        ("bert", "FR", "Contrats"),
        ("bert", "DE", "Verträge"),
        ("bert", "EN", "Contracts"),
        ("anna", "FR", "Contrats"),
    ],
)
async def test_categories_are_named_in_the_viewers_language(
    api: Api, who: str, language: str, name: str
) -> None:
    await set_values(api, Account, api.world.accounts[who].id, language=language)
    query = "query ($id: ID!) { document(id: $id) { categories { name } } }"
    id_ = api.id("Document", api.world.document.id)
    assert await api.gets(who, query, id=id_) == {"document": {"categories": [{"name": name}]}}


async def test_a_category_without_a_name_in_a_language_is_named_in_dutch(api: Api) -> None:
    contracts = api.world.firm.categories["contracts"]
    await set_values(api, Category, contracts, name_en=None)
    query = "query ($id: ID!) { node(id: $id) { ... on Category { name } } }"
    id_ = api.id("Category", contracts)
    assert await api.gets("anna", query, id=id_) == {"node": {"name": "Contracten"}}


async def test_a_client_can_filter_by_the_categories_of_what_he_may_read(api: Api) -> None:
    query = "{ categories { name documents { totalCount } } }"
    assert await api.gets("bert", query) == {
        "categories": [{"name": "Contracten", "documents": {"totalCount": 1}}]
    }
    assert await api.gets("carla", query) == {"categories": []}
    assert len((await api.gets("anna", query))["categories"]) == 9
