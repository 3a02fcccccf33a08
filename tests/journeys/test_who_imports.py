"""Who imports, at what price, and how much at once."""

from typing import Any, Final

import pytest

from models import Dossier, Relation
from tests.api import Api
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.bringing import NAMES, brings, brings_well, let_programs_in, mutation, person, place
from tests.journeys.filing import sent
from tests.journeys.keeping import dossier, relation
from tests.journeys.rows import row, rows

RELATIONS, DOSSIERS, DOCUMENTS = NAMES
WHO: Final = {
    "anna": NAMES,
    "arthur": NAMES,
    "eva": NAMES,
    "writes relations": (RELATIONS, DOSSIERS),
    "keeps relations": (RELATIONS, DOSSIERS),
    "writes documents": (DOCUMENTS,),
    "keeps documents": (DOCUMENTS,),
    "keeps all": NAMES,
    "reads all": (),
    "bert": (),
    "carla": (),
}


async def is_let(api: Api, who: str, name: str) -> bool:
    """Return whether somebody may import nothing: whoever sends files in is refused by the verb itself."""
    answer = await api.ask(who, mutation(name), input={"rows": []})
    told = [it["extensions"] for it in answer.get("errors", ())] or answer["data"][name]["userErrors"]
    assert [it["code"] for it in told] in ([], ["FORBIDDEN"])
    return not told


async def test_the_staff_imports_and_so_do_programs_as_far_as_their_scopes_go(api: Api) -> None:
    await let_programs_in(api)
    before = [len(await rows(api, it)) for it in (Relation, Dossier)]
    for who, names in WHO.items():
        for name in NAMES:
            assert (who, name, await is_let(api, who, name)) == (who, name, name in names)
    for name in NAMES:
        refused = await refused_fields(api, "nobody", mutation(name), input={"rows": []})
        assert refused == [("UNAUTHENTICATED", [name])]
    assert [len(await rows(api, it)) for it in (Relation, Dossier)] == before


async def test_a_program_that_reads_nothing_adds_and_does_not_find_what_is_there(api: Api) -> None:
    await let_programs_in(api)
    who = "writes relations"
    assert await brings_well(api, who, RELATIONS, person(1)) == [1, 0, 0]
    # It is there, so much is told as to whoever adds one by one; what it is, is neither told nor changed.
    known = person(1, title="mevrouw"), {"externalReference": relation(api, "femke"), "title": "x"}
    taken = [("ALREADY_EXISTS", place(it, "externalReference")) for it in (0, 1)]
    assert mistakes(await brings(api, who, RELATIONS, *known)) == taken
    own = {"externalReference": dossier(api), "name": "Ander"}
    assert mistakes(await brings(api, who, DOSSIERS, own)) == taken[:1]
    assert (await row(api, Dossier, id=api.world.dossier.id)).name == "Test klantenportaal"
    naming: dict[str, Any] = {
        "accountant": relation(api, "femke"),
        "internalManager": "anna@de-linde.example",
    }
    for field, name in naming.items():
        payload = await brings(api, who, RELATIONS, person(2, **{field: name}))
        assert mistakes(payload) == [("NOT_FOUND", place(0, field))]
    both = person(2), person(3, accountant="crm-2")
    assert mistakes(await brings(api, who, RELATIONS, *both)) == [("NOT_FOUND", place(1, "accountant"))]
    of_femke = [{"relation": relation(api, "femke"), "role": "MAIN_PERSON"}]
    new = {"externalReference": "d-1", "name": "Nieuw", "members": of_femke}
    assert mistakes(await brings(api, who, DOSSIERS, new)) == [("NOT_FOUND", place(0, "members"))]
    # With the scope to read it does all this.
    who = "keeps relations"
    assert await brings_well(api, who, RELATIONS, *known, person(2, **naming)) == [1, 2, 0]
    assert await brings_well(api, who, DOSSIERS, own, new) == [1, 1, 0]


@pytest.mark.parametrize("who", ["writes documents", "keeps documents"])
async def test_a_program_puts_documents_where_it_sees_something(api: Api, who: str) -> None:
    await let_programs_in(api)
    new = {"externalReference": "x", "uploadId": await sent(api, who), "description": "Polis"}
    unseen: dict[str, Any] = {"dossier": dossier(api), "relations": [relation(api, "femke")]}
    if who == "writes documents":
        unseen["categories"] = ["Akten"]
    for field, value in unseen.items():
        payload = await brings(api, who, DOCUMENTS, {**new, field: value})
        assert mistakes(payload) == [("NOT_FOUND", place(0, field))]
    assert await brings_well(api, who, DOCUMENTS, new) == [1, 0, 0]
    await brings(api, "keeps all", DOCUMENTS, {"externalReference": "x", **unseen})
    again = await brings(api, who, DOCUMENTS, {"externalReference": "x", "description": "Polis"})
    if who == "writes documents":
        assert mistakes(again) == [("ALREADY_EXISTS", place(0, "externalReference"))]
    else:
        assert again == {"created": 0, "updated": 0, "unchanged": 1, "userErrors": []}


INPUT: Final = "mutation ($input: ImportRelationsInput!) { importRelations(input: $input) { created } }"
ROWS: Final = "mutation ($it: [ImportRelationRow!]!) { importRelations(input: { rows: $it }) { created } }"
WRITTEN: Final = """mutation {{ importRelations(input: {{ dryRun: true, rows: [{rows}] }}) {{ created }} }}"""


async def cost(api: Api, query: str, **variables: Any) -> int:
    """Return what an operation costs Anna, beside the reading of it."""
    body = {"query": query, "variables": variables, "extensions": {"cost": True}}
    answer = await api.http.post("/graphql", json=body, headers=await api.headers("anna"))
    return answer.json()["extensions"]["cost"]["cost"]


@pytest.mark.parametrize("how_many", [0, 1, 500])
async def test_a_row_costs_a_point_however_it_is_written(api: Api, how_many: int) -> None:
    some = [person(it) for it in range(how_many)]
    assert await cost(api, INPUT, input={"rows": some, "dryRun": True}) == 10 + how_many
    assert await cost(api, ROWS, it=some) == 10 + how_many
    # A document has no room for five hundred.
    written = min(how_many, 90)
    literal = ", ".join(f'{{ externalReference: "crm-{it}", familyName: "Maes" }}' for it in range(written))
    assert await cost(api, WRITTEN.format(rows=literal)) == 10 + written


@pytest.mark.parametrize("name", NAMES)
async def test_more_than_five_hundred_rows_are_refused_as_a_whole(api: Api, name: str) -> None:
    before = len(await rows(api, Relation))
    payload = await brings(api, "anna", name, *({"externalReference": f"x-{it}"} for it in range(501)))
    assert mistakes(payload) == [("INVALID", ["input", "rows"])]
    assert payload["userErrors"][0]["message"] == "At most 500 rows."
    five_hundred = [person(it) for it in range(500)]
    if name == RELATIONS:
        assert await brings_well(api, "anna", name, *five_hundred) == [500, 0, 0]
        before += 500
    assert len(await rows(api, Relation)) == before
