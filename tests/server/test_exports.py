"""`export`: what it writes is read by `import`, and changes nothing."""

import csv
from pathlib import Path
from typing import Any

import pytest

from models import Event
from tests.api import Api
from tests.journeys.rows import rows, writing
from tests.server.commands import Types
from tests.server.tables import exports, imports, people
from tests.storage.real_files import pdf

CREATE = "mutation ($input: CreateRelationInput!) { createRelation(input: $input) { userErrors { code } } }"


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


async def test_relations_that_are_exported_come_in_as_they_were(
    api: Api, types: Types, tmp_path: Path
) -> None:
    said = {
        "familyName": 'Maes; "de jonge", lid',
        "externalReference": "crm-1",
        "email": "maes@example.com",
        "contact": {"phone": "09 223 45 67", "street": "Kouter 1\nbus 2", "deliveryMethod": "PORTAL"},
        "details": {"birthDate": "1985-07-30", "isDeceased": True, "retirementAge": 67},
    }
    await api.gets("anna", CREATE, input=said)
    before = await people(api)
    file = tmp_path / "relations.csv"
    assert await exports(types, "relations", file) == []
    there = read(file)
    assert len(there) == len(before)
    assert {it["external_reference"] for it in there} >= {"crm-1"}
    (jonge,) = [it for it in there if it["external_reference"] == "crm-1"]
    assert jonge["family_name"] == 'Maes; "de jonge", lid'
    assert (jonge["phone"], jonge["is_deceased"]) == ("+32 9 223 45 67", "yes")
    assert await imports(types, "relations", file) == [
        f"0 new, 0 changed, {len(before)} as they were; 0 lines with problems."
    ]
    assert await people(api) == before
    (event,) = await rows(api, Event, kind="relations.exported")
    assert event.account_id == api.world.accounts["anna"].id


async def test_dossiers_that_are_exported_come_in_as_they_were(
    api: Api, types: Types, tmp_path: Path
) -> None:
    file = tmp_path / "dossiers.csv"
    assert await exports(types, "dossiers", file) == []
    found = {it["name"]: it for it in read(file)}
    relation = {name: api.id("Relation", it.id) for name, it in api.world.relations.items()}
    assert found["Test klantenportaal"] == {
        "external_reference": api.id("Dossier", api.world.dossier.id),
        "name": "Test klantenportaal",
        "business_unit": "MAIN",
        "manager": "anna@de-linde.example",
        "main_person": relation["bert"],
        "partner": relation["carla"],
        "children": relation["noor"],
        "others": "",
    }
    assert await imports(types, "dossiers", file) == [
        "0 new, 0 changed, 2 as they were; 0 lines with problems."
    ]


async def test_documents_that_are_exported_come_in_as_they_were(
    api: Api, types: Types, tmp_path: Path
) -> None:
    await api.upload("anna", "polis.pdf", pdf(), description="Polis", externalReference="d-1")
    await api.upload("bert", "eigen.pdf", pdf(), description="Van Bert")
    await hide_imagined(api)
    file, folder = tmp_path / "documents.csv", tmp_path / "out"
    assert await exports(types, "documents", file, folder) == []
    found = {it["description"]: it for it in read(file)}
    assert set(found) == {"Polis", "Van Bert"}
    assert found["Polis"]["external_reference"] == "d-1"
    for it in found.values():
        assert (folder / it["file"]).read_bytes() == pdf()
    assert found["Van Bert"]["relations"] == api.id("Relation", api.world.relations["bert"].id)
    assert await imports(types, "documents", file, folder) == [
        "0 new, 0 changed, 2 as they were; 0 lines with problems."
    ]
    assert len(await rows(api, Event, kind="document.exported")) == len(found)


async def hide_imagined(api: Api) -> None:
    """Delete the cast's document, whose file nobody has kept."""
    async with writing(api) as firm:
        document = await firm.session.get_one(
            type(api.world.document), (api.world.firm.licence_id, api.world.document.id)
        )
        document.deleted_at = api.ports.clock.now()


async def test_a_file_that_is_lost_is_told_and_the_others_are_written(
    api: Api, types: Types, tmp_path: Path
) -> None:
    await api.upload("anna", "polis.pdf", pdf(), description="Polis")
    file, folder = tmp_path / "documents.csv", tmp_path / "out"
    said = ["1 files are left out: they can not be opened, or are damaged."]
    assert await exports(types, "documents", file, folder, status=1) == said
    found = {it["description"]: it for it in read(file)}
    assert found["Huwelijkscontract"]["file"] == ""
    assert (folder / found["Polis"]["file"]).read_bytes() == pdf()
    assert [it.name for it in folder.rglob("*") if it.is_file()] == ["polis.pdf"]


@pytest.mark.usefixtures("world")
async def test_a_table_that_can_not_be_written_is_told_in_one_line(types: Types, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "relations.csv"
    result = await types("export", "relations", "de-linde", str(file), "--as", "anna@de-linde.example")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"kluis: {file}: No such file or directory\n"
