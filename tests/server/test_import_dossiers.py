"""`import dossiers`: who is in them, by what other programs call the relations."""

from pathlib import Path
from typing import Any, Final

import pytest

from models import Dossier, DossierMember
from tests.api import Api
from tests.journeys.rows import rows
from tests.server.commands import Types
from tests.server.tables import ANNA, imports, table

COLUMNS: Final = (
    "external_reference",
    "name",
    "business_unit",
    "manager",
    "main_person",
    "partner",
    "children",
    "others",
)
DOSSIERS: Final = """
{ dossiers(first: 50) { nodes {
  externalReference name revision businessUnit { name } manager { username }
  members { role relation { displayName } }
} } }
"""


async def dossiers(api: Api) -> dict[str, Any]:
    """Return the firm's dossiers by their names."""
    return {it["name"]: it for it in (await api.gets("anna", DOSSIERS))["dossiers"]["nodes"]}


def ids(api: Api, *names: str) -> str:
    """Return the ids of relations of the cast, in one cell."""
    return ";".join(api.id("Relation", api.world.relations[it].id) for it in names)


def members(dossier: dict[str, Any]) -> list[tuple[str, str]]:
    """Return who is what in a dossier."""
    return [(it["role"], it["relation"]["displayName"]) for it in dossier["members"]]


async def test_a_dossier_is_opened_with_all_who_are_in_it(api: Api, types: Types, tmp_path: Path) -> None:
    row = ["d-1", "Nieuw", "MAIN", ANNA, ids(api, "femke"), ids(api, "dirk"), ids(api, "noor", "bert"), ""]
    file = table(tmp_path / "dossiers.csv", COLUMNS, [row])
    said = "1 new, 0 changed, 0 as they were; 0 lines with problems."
    assert await imports(types, "dossiers", file) == [said]
    found = (await dossiers(api))["Nieuw"]
    assert found["externalReference"] == "d-1"
    assert (found["businessUnit"], found["manager"]) == ({"name": "MAIN"}, {"username": ANNA})
    assert members(found)[:2] == [("MAIN_PERSON", "Femke Dupont"), ("PARTNER", "Dirk Schyns")]
    assert sorted(members(found)[2:]) == [("CHILD", "Bert Callewaert"), ("CHILD", "Noor Callewaert")]
    again = "0 new, 0 changed, 1 as they were; 0 lines with problems."
    assert await imports(types, "dossiers", file) == [again]
    assert (await dossiers(api))["Nieuw"] == found


async def test_without_a_column_of_members_they_stay(api: Api, types: Types, tmp_path: Path) -> None:
    dossier = api.id("Dossier", api.world.dossier.id)
    before = (await dossiers(api))["Test klantenportaal"]
    file = table(tmp_path / "d.csv", ["external_reference", "name"], [[dossier, "Ander"]])
    said = "0 new, 1 changed, 0 as they were; 0 lines with problems."
    assert await imports(types, "dossiers", file) == [said]
    found = (await dossiers(api))["Ander"]
    assert members(found) == members(before)
    assert found["revision"] == before["revision"] + 1
    assert found["manager"] == before["manager"]


async def test_one_column_of_members_names_all_of_them(api: Api, types: Types, tmp_path: Path) -> None:
    dossier = api.id("Dossier", api.world.dossier.id)
    columns = ["external_reference", "main_person"]
    file = table(tmp_path / "d.csv", columns, [[dossier, ids(api, "carla")]])
    said = "0 new, 1 changed, 0 as they were; 0 lines with problems."
    assert await imports(types, "dossiers", file) == [said]
    assert members((await dossiers(api))["Test klantenportaal"]) == [("MAIN_PERSON", "Carla Verlinden")]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"name": ""}, "name: This is needed."),
        ({"name": "x" * 201}, "name: This is longer than 200 characters."),
        ({"business_unit": "ELSEWHERE"}, "business_unit: There is nothing here with this name."),
        ({"manager": "bert@callewaert.example"}, "manager: There is nothing here with this name."),
        ({"main_person": ""}, "members: A dossier has a main person."),
        ({"main_person": "crm-none"}, "members: There is no relation crm-none."),
        ({"children": "bert"}, "members: Nobody can be in a dossier twice."),
        ({"children": "many"}, "members: At most 100 ids."),
    ],
)
async def test_a_mistake_is_told_and_nothing_is_half_in(
    api: Api, types: Types, tmp_path: Path, cells: dict[str, str], problem: str
) -> None:
    known = {"bert": ids(api, "bert"), "many": ";".join([ids(api, "carla")] * 101)}
    said = {"name": "Nieuw", "main_person": "bert", **cells}
    row = ["d-1", *(known.get(said.get(it, ""), said.get(it, "")) for it in COLUMNS[1:])]
    file = table(tmp_path / "dossiers.csv", COLUMNS, [row])
    before = len(await rows(api, Dossier)), len(await rows(api, DossierMember))
    assert await imports(types, "dossiers", file, status=1) == [
        f"line 2: {problem}",
        "0 new, 0 changed, 0 as they were; 1 lines with problems.",
    ]
    assert (len(await rows(api, Dossier)), len(await rows(api, DossierMember))) == before


async def test_a_dry_run_opens_nothing(api: Api, types: Types, tmp_path: Path) -> None:
    file = table(tmp_path / "d.csv", COLUMNS[:5], [["d-1", "Nieuw", "", "", ids(api, "bert")]])
    said = "1 new, 0 changed, 0 as they were; 0 lines with problems. Nothing was written."
    assert await imports(types, "dossiers", file, "--dry-run") == [said]
    assert "Nieuw" not in await dossiers(api)


async def test_a_new_dossier_needs_a_name(api: Api, types: Types, tmp_path: Path) -> None:
    columns = ["external_reference", "main_person"]
    file = table(tmp_path / "d.csv", columns, [["d-1", ids(api, "bert")]])
    (problem, _) = await imports(types, "dossiers", file, status=1)
    assert problem == "line 2: name: This is needed."
