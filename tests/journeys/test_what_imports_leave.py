"""What an import leaves beside the rows: entries of the feed, words to be found by, and copies of links."""

from typing import Any, Final

from models import Document, Dossier, Relation
from tests.api import Api
from tests.journeys.bringing import brings_well, people, person
from tests.journeys.feeding import head, told
from tests.journeys.filing import sent
from tests.journeys.keeping import dossier, relation
from tests.journeys.rows import rows
from tests.permissions.copies import differing

# Whoever names an accountant of the same call is written without him, and then once more.
NEW: Final = [
    ("CREATED", "crm-1"),
    ("CREATED", "crm-2"),
    ("CHANGED", "crm-2"),
    ("CREATED", "d-1"),
    ("CREATED", "x-1"),
]


async def found(api: Api, search: str) -> set[str]:
    """Return what the search finds of dossiers."""
    query = "query ($search: String) { dossiers(first: 50, search: $search) { nodes { name } } }"
    return {it["name"] for it in (await api.gets("anna", query, search=search))["dossiers"]["nodes"]}


async def ids(api: Api, kind: type[Relation] | type[Dossier] | type[Document]) -> dict[str, str]:
    """Return the ids of what other programs have a name for, by that name."""
    some = [it for it in await rows(api, kind) if it.external_reference]
    return {str(it.external_reference): api.id(kind.__name__, it.id) for it in some}


async def test_a_relation_is_found_by_its_name_and_renamed_by_the_new_one_alone(api: Api) -> None:
    await brings_well(api, "anna", "importRelations", person(1, familyName="Vandersteen"), person(2))
    assert set(await people(api, "vanderst")) == {"crm-1"}
    await brings_well(
        api, "anna", "importRelations", person(1, familyName="Pintelon", email="wit@example.com")
    )
    assert set(await people(api, "vanderst")) == set()
    assert set(await people(api, "pintelon")) == {"crm-1"}
    assert set(await people(api, "wit@example")) == {"crm-1"}


async def test_a_dossier_is_found_by_its_members_as_they_are_called_now(api: Api) -> None:
    await brings_well(api, "anna", "importRelations", person(1, familyName="Vandersteen"))
    members: list[dict[str, Any]] = [{"relation": "crm-1", "role": "MAIN_PERSON"}]
    said = {"externalReference": "d-1", "name": "Gezin", "members": members}
    await brings_well(api, "anna", "importDossiers", said)
    assert await found(api, "vanderst") == await found(api, "gezin") == {"Gezin"}
    await brings_well(api, "anna", "importRelations", person(1, familyName="Pintelon"))
    assert (await found(api, "vanderst"), await found(api, "pintelon")) == (set(), {"Gezin"})
    other = [{"relation": relation(api, "femke"), "role": "MAIN_PERSON"}]
    await brings_well(api, "anna", "importDossiers", {**said, "name": "Huis", "members": other})
    assert (await found(api, "pintelon"), await found(api, "gezin")) == (set(), set())
    assert await found(api, "dupont") == await found(api, "huis") == {"Huis"}


async def test_the_feed_tells_what_was_added_and_what_was_changed(api: Api) -> None:
    after = await head(api, "anna")
    some = [person(1), person(2, accountant="crm-1")]
    await brings_well(api, "anna", "importRelations", *some)
    members = [{"relation": "crm-1", "role": "MAIN_PERSON"}]
    gezin = {"externalReference": "d-1", "name": "Gezin", "members": members}
    await brings_well(api, "anna", "importDossiers", gezin)
    polis = {"externalReference": "x-1", "description": "Polis", "uploadId": await sent(api, "anna")}
    await brings_well(api, "anna", "importDocuments", polis)
    of_all = {**await ids(api, Relation), **await ids(api, Dossier), **await ids(api, Document)}
    assert await told(api, "anna", after) == [(kind, of_all[it]) for kind, it in NEW]

    after = await head(api, "anna")
    await brings_well(api, "anna", "importRelations", person(1, title="mevrouw"), some[1])
    await brings_well(api, "anna", "importDossiers", {**gezin, "name": "Huis"})
    del polis["uploadId"]
    await brings_well(api, "anna", "importDocuments", {**polis, "documentDate": "2026-01-02"})
    assert await told(api, "anna", after) == [("CHANGED", of_all[it]) for it in ("crm-1", "d-1", "x-1")]

    after = await head(api, "anna")
    await brings_well(api, "anna", "importRelations", person(1), some[1])
    await brings_well(api, "anna", "importDossiers", gezin | {"name": "Huis"})
    await brings_well(api, "anna", "importDocuments", polis)
    assert await told(api, "anna", after) == []


async def test_a_client_is_told_that_he_was_put_into_a_dossier_and_taken_out(api: Api) -> None:
    mine = {"externalReference": dossier(api)}
    before = [(it, role) for it, role in (("bert", "MAIN_PERSON"), ("carla", "PARTNER"), ("noor", "CHILD"))]
    in_it = [{"relation": relation(api, name), "role": role} for name, role in before]
    id_ = dossier(api)
    after = await head(api, "dirk"), await head(api, "carla")
    joined = [in_it[0], {"relation": relation(api, "dirk"), "role": "PARTNER"}]
    assert await brings_well(api, "anna", "importDossiers", {**mine, "members": joined}) == [0, 1, 0]
    assert ("CREATED", id_) in await told(api, "dirk", after[0])
    assert ("DELETED", id_) in await told(api, "carla", after[1])


async def test_documents_carry_their_categories_and_their_words(api: Api) -> None:
    some = [
        {
            "externalReference": f"x-{it}",
            "description": f"Polis {it} van Höhe",
            "uploadId": await sent(api, "anna"),
            "dossier": dossier(api),
            "categories": ["Akten", "Testament"][: it % 3],
        }
        for it in range(6)
    ]
    await brings_well(api, "anna", "importDocuments", *some)
    for it in some:
        del it["uploadId"]
    others = [{**it, "description": "Akte", "categories": ["Contracten"]} for it in some[:3]]
    await brings_well(api, "anna", "importDocuments", *others)
    assert await differing(api.ports, api.world.firm.licence_id) == []
    query = (
        "query ($it: String!) { documents(first: 50, filter: { descriptionContains: $it }) { totalCount } }"
    )
    for text, count in (("hohe", 3), ("Akte", 3), ("polis 4", 1)):
        assert (await api.gets("anna", query, it=text))["documents"]["totalCount"] == count
