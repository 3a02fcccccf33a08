"""`import documents`: files from a folder, what is said of them, and what other bytes make of them."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from core.errors import Conflict
from models import Category, Document, DocumentGrant, DocumentVersion, Event, Letter
from tests.api import Api
from tests.journeys.rows import rows, writing
from tests.journeys.rules import set_rule
from tests.server.commands import Types
from tests.server.tables import ANNA, imports, table
from tests.storage.real_files import pdf

COLUMNS: Final = (
    "external_reference",
    "file",
    "description",
    "document_date",
    "dossier",
    "categories",
    "relations",
    "holdings",
    "business_unit",
)
DOCUMENTS: Final = """
{ documents(first: 50) { nodes {
  externalReference description documentDate fileName mediaType byteSize revision
  dossier { name } categories { name } relations { displayName } businessUnit { name }
  createdBy { displayName } viewerCan versions { totalCount }
  grants { source rights principal { ... on Group { name } ... on Account { displayName } } }
} } }
"""
ALL: Final = ["READ", "UPDATE", "DELETE", "CHANGE_SECURITY"]
NEW: Final = "1 new, 0 changed, 0 as they were; 0 lines with problems."
CHANGED: Final = "0 new, 1 changed, 0 as they were; 0 lines with problems."
SAME: Final = "0 new, 0 changed, 1 as they were; 0 lines with problems."


async def documents(api: Api) -> dict[str, Any]:
    """Return the documents that Anna sees, by their descriptions."""
    return {it["description"]: it for it in (await api.gets("anna", DOCUMENTS))["documents"]["nodes"]}


async def seen(api: Api, who: str) -> set[str]:
    """Return the descriptions of the documents that somebody sees."""
    found = await api.gets(who, "{ documents(first: 50) { nodes { description } } }")
    return {it["description"] for it in found["documents"]["nodes"]}


def folder_with(tmp_path: Path, **files: bytes) -> Path:
    """Return a folder with these files."""
    folder = tmp_path / "papers"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.pdf").write_bytes(content)
    return folder


def row(api: Api, **cells: str) -> list[str]:
    """Return the row of a document in Bert's dossier."""
    known = {
        "external_reference": "d-1",
        "file": "one.pdf",
        "description": "Polis",
        "document_date": "2026-01-02",
        "dossier": api.id("Dossier", api.world.dossier.id),
        "categories": "Contracten;Testament",
        "relations": api.id("Relation", api.world.relations["bert"].id),
        "business_unit": "MAIN",
        **cells,
    }
    return [known.get(it, "") for it in COLUMNS]


async def test_a_document_comes_in_as_if_anna_had_uploaded_it(api: Api, types: Types, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, one=pdf())
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api)])
    assert await imports(types, "documents", file, folder) == [NEW]
    found = (await documents(api))["Polis"]
    assert found.pop("byteSize") == len(pdf())
    assert sorted(found.pop("grants"), key=str) == sorted(
        [
            {"source": "DEFAULT", "rights": ALL, "principal": {"name": "Administrators"}},
            {"source": "DEFAULT", "rights": ALL, "principal": {"name": "Users"}},
            {"source": "CREATOR", "rights": ALL, "principal": {"displayName": "Anna Lindeman"}},
        ],
        key=str,
    )
    assert found == {
        "externalReference": "d-1",
        "description": "Polis",
        "documentDate": "2026-01-02",
        "fileName": "one.pdf",
        "mediaType": "application/pdf",
        "revision": 1,
        "dossier": {"name": "Test klantenportaal"},
        "categories": [{"name": "Contracts"}, {"name": "Will"}],
        "relations": [{"displayName": "Bert Callewaert"}],
        "businessUnit": {"name": "MAIN"},
        "createdBy": {"displayName": "Anna Lindeman"},
        "viewerCan": ALL,
        "versions": {"totalCount": 1},
    }
    (document,) = await rows(api, Document, external_reference="d-1")
    assert [it.kind for it in await rows(api, Event, document_id=document.id)] == ["document.imported"]
    assert "Polis" not in await seen(api, "bert")


async def test_what_comes_again_is_left_alone_and_what_differs_is_changed(
    api: Api, types: Types, tmp_path: Path
) -> None:
    folder = folder_with(tmp_path, one=pdf())
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api)])
    await imports(types, "documents", file, folder)
    objects = len(list((tmp_path / "files").rglob("*")))
    assert await imports(types, "documents", file, folder) == [SAME]
    assert len(list((tmp_path / "files").rglob("*"))) == objects
    other = table(tmp_path / "other.csv", COLUMNS, [row(api, categories="Akten", description="Akte")])
    assert await imports(types, "documents", other, folder) == [CHANGED]
    found = (await documents(api))["Akte"]
    assert (found["categories"], found["revision"]) == ([{"name": "Deeds"}], 2)
    assert found["versions"] == {"totalCount": 1}
    folder_with(tmp_path, one=pdf() + b"% newer\nstartxref\n%%EOF\n")
    assert await imports(types, "documents", other, folder) == [CHANGED]
    assert (await documents(api))["Akte"]["versions"] == {"totalCount": 2}
    few = table(tmp_path / "few.csv", ["external_reference", "document_date"], [["d-1", ""]])
    assert await imports(types, "documents", few, folder) == [CHANGED]
    assert (await documents(api))["Akte"]["documentDate"] is None


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"file": "none.pdf"}, "file: There is no such file in the folder."),
        ({"file": "../documents.csv"}, "file: There is no such file in the folder."),
        ({"file": ""}, "file: This is needed."),
        ({"file": "empty.pdf"}, "file: The file is empty."),
        ({"file": "text.pdf"}, "file: Files of this kind are not accepted."),
        ({"file": "large.pdf"}, "file: The file is larger than 2147483648 bytes."),
        ({"description": ""}, "description: This is needed."),
        ({"description": "x" * 256}, "description: This is longer than 255 characters."),
        ({"document_date": "today"}, "document_date: This is not a date, such as 1985-07-30."),
        ({"dossier": "d-none"}, "dossier: There is nothing here with this name."),
        ({"categories": "Contracten;Niets"}, "categories: There is nothing here with this name."),
        ({"relations": "crm-none"}, "relations: There is nothing here with this name."),
        ({"holdings": "h-none"}, "holdings: There is nothing here with this name."),
        ({"business_unit": "ELSEWHERE"}, "business_unit: There is nothing here with this name."),
        ({"external_reference": ""}, "external_reference: This is needed."),
    ],
)
async def test_a_mistake_is_told_by_a_dry_run_too_and_nothing_is_half_in(
    api: Api, types: Types, tmp_path: Path, cells: dict[str, str], problem: str
) -> None:
    folder = folder_with(tmp_path, one=pdf(), empty=b"", text=b"no pdf at all")
    with (folder / "large.pdf").open("wb") as large:
        large.write(pdf())
        large.truncate((2 << 30) + 1)
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api, **cells)])
    before = len(await rows(api, Document)), len(await rows(api, DocumentVersion))
    said = [f"line 2: {problem}", "0 new, 0 changed, 0 as they were; 1 lines with problems."]
    tried = [said[0], f"{said[1]} Nothing was written."]
    assert await imports(types, "documents", file, folder, "--dry-run", status=1) == tried
    if cells.get("file") != "large.pdf":  # 2 GiB are not sealed for this
        assert await imports(types, "documents", file, folder, status=1) == said
    assert (len(await rows(api, Document)), len(await rows(api, DocumentVersion))) == before
    assert [it for it in (tmp_path / "files").rglob("*") if it.is_file()] == []


async def test_category_rules_share_what_is_imported_and_clients_are_told_once(
    api: Api, types: Types, tmp_path: Path
) -> None:
    await set_rule(api, "anna", ["READ"])
    folder = folder_with(tmp_path, one=pdf(), two=pdf())
    two = row(api, external_reference="d-2", file="two.pdf", description="Testament van Bert")
    without = row(api, external_reference="d-3", description="Zonder dossier", dossier="")
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api), two, without])
    assert await imports(types, "documents", file, folder) == [
        "3 new, 0 changed, 0 as they were; 0 lines with problems."
    ]
    for who in ("bert", "carla"):
        assert {"Polis", "Testament van Bert"} <= await seen(api, who)
        assert "Zonder dossier" not in await seen(api, who)
    told = [it.recipient for it in await rows(api, Letter, kind="document_shared")]
    assert set(told) == {"bert@callewaert.example", "carla@verlinden.example"}


async def test_what_the_account_may_not_read_is_not_changed(api: Api, types: Types, tmp_path: Path) -> None:
    secret = await add_secret(api)
    folder = folder_with(tmp_path, one=pdf())
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api, external_reference="secret")])
    assert await imports(types, "documents", file, folder, status=1) == [
        "line 2: external_reference: This exists already.",
        "0 new, 0 changed, 0 as they were; 1 lines with problems.",
    ]
    (document,) = await rows(api, Document, id=secret)
    assert (document.description, document.revision) == ("Geheim", 1)


async def add_secret(api: Api) -> UUID:
    """Add a document that nobody of the firm but Arthur may read, and return its key."""
    async with writing(api) as firm:
        document = await firm.document("Geheim", api.world.accounts["arthur"], external_reference="secret")
    async with writing(api) as firm:
        for it in await rows(api, DocumentGrant, document_id=document.id):
            if it.principal_id != api.world.accounts["arthur"].id:
                await firm.session.delete(await firm.session.get_one(DocumentGrant, (it.licence_id, it.id)))
    return document.id


async def test_an_archived_category_is_kept_and_not_given(api: Api, types: Types, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, one=pdf())
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api, categories="Akten")])
    await imports(types, "documents", file, folder)
    async with writing(api) as firm:
        key = (api.world.firm.licence_id, api.world.firm.categories["deeds"])
        (await firm.session.get_one(Category, key)).is_archived = True
    assert await imports(types, "documents", file, folder) == [SAME]
    other = table(tmp_path / "o.csv", COLUMNS, [row(api, external_reference="d-2", categories="Akten")])
    assert await imports(types, "documents", other, folder, status=1) == [
        "line 2: categories: This category is no longer given to documents.",
        "0 new, 0 changed, 0 as they were; 1 lines with problems.",
    ]


async def test_a_batch_that_can_not_be_written_leaves_no_file(
    api: Api, types: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def meanwhile(*_: object) -> None:
        raise Conflict

    monkeypatch.setattr("resolvers.new_documents.share", meanwhile)
    folder = folder_with(tmp_path, one=pdf())
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api)])
    result = await types("import", "documents", "de-linde", str(file), str(folder), "--as", ANNA)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "kluis: It was changed in the meantime." in result.stderr
    assert await rows(api, Document, external_reference="d-1") == []
    assert [it for it in (tmp_path / "files").rglob("*") if it.is_file()] == []


async def test_the_bytes_are_those_of_the_folder(api: Api, types: Types, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, one=pdf())
    file = table(tmp_path / "documents.csv", COLUMNS, [row(api)])
    await imports(types, "documents", file, folder)
    url = (await api.gets("anna", "{ documents(first: 1) { nodes { contentUrl } } }"))["documents"]
    answer = await api.http.get(url["nodes"][0]["contentUrl"])
    assert answer.content == pdf()
