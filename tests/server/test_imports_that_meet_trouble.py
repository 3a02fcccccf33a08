"""Commands that import: what stands in the way is told in a line, and rows that clash by their lines."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from core.errors import Forbidden
from core.viewer import Role, Viewer
from models import Document, Relation
from resolvers import import_documents
from resolvers.batches import WentOn
from resolvers.importing import Outcome, Row
from resolvers.ports import Ports
from tests.api import Api
from tests.journeys.rows import row, rows, set_values
from tests.permissions.cast import viewer
from tests.server.commands import Types
from tests.server.tables import ANNA, imports, people, table

Verb = Callable[[Ports, Viewer, Sequence[Row], WentOn], Awaitable[Outcome]]
PAPERS: Final = ("external_reference", "file", "description")
NAMES: Final = ("external_reference", "kind", "family_name", "company_name", "accountant")


def papers(tmp_path: Path, how_many: int) -> tuple[Path, Path]:
    """Return a table of documents, and the folder of their files."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for it in range(how_many):
        (folder / f"{it}.txt").write_text(f"Brief {it}")
    rows_ = [[f"x-{it}", f"{it}.txt", f"Brief {it}"] for it in range(how_many)]
    return table(tmp_path / "documents.csv", PAPERS, rows_), folder


async def test_where_no_file_can_be_kept_it_is_told_in_one_line(
    api: Api, types: Types, tmp_path: Path
) -> None:
    file, folder = papers(tmp_path, 3)
    # What is a file can not be a folder.
    in_the_way = tmp_path / "files" / api.world.firm.licence_id.hex
    in_the_way.parent.mkdir(exist_ok=True)
    in_the_way.write_bytes(b"")
    result = await types("import", "documents", "de-linde", str(file), str(folder), "--as", ANNA)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith("kluis: Files can not be kept or read at the moment.")
    assert await rows(api, Document, external_reference="x-0") == []
    in_the_way.unlink()
    said = "3 new, 0 changed, 0 as they were; 0 lines with problems."
    assert await imports(types, "documents", file, folder) == [said]


async def test_a_dry_run_looks_at_files_and_keeps_none(api: Api, types: Types, tmp_path: Path) -> None:
    file, folder = papers(tmp_path, 3)
    (folder / "1.txt").write_bytes(b"")
    assert await imports(types, "documents", file, folder, "--dry-run", status=1) == [
        "line 3: file: The file is empty.",
        "2 new, 0 changed, 0 as they were; 1 lines with problems. Nothing was written.",
    ]
    assert await rows(api, Document, external_reference="x-0") == []
    assert [it for it in (tmp_path / "files").rglob("*") if it.is_file()] == []
    (folder / "1.txt").write_text("Brief 1")
    await imports(types, "documents", file, folder)
    assert await imports(types, "documents", file, folder, "--dry-run") == [
        "0 new, 0 changed, 3 as they were; 0 lines with problems. Nothing was written."
    ]


@pytest.mark.parametrize("do", [import_documents.dry_run, import_documents.import_documents])
async def test_whoever_keeps_no_documents_is_refused_by_the_verb_itself(api: Api, do: Verb) -> None:
    with pytest.raises(Forbidden):
        await do(api.ports, viewer(Role.CLIENT), [Row(2, "x-1", {})], lambda _: None)


async def test_two_lines_about_the_same_are_told(api: Api, types: Types, tmp_path: Path) -> None:
    femke = api.id("Relation", api.world.relations["femke"].id)
    await set_values(api, Relation, api.world.relations["femke"].id, external_reference="crm-1")
    file = table(tmp_path / "r.csv", NAMES[:3], [["crm-1", "", "Dupond"], [femke, "", "Dupont"]])
    assert await imports(types, "relations", file, status=1) == [
        "line 3: external_reference: Another row has this reference too.",
        "0 new, 1 changed, 0 as they were; 1 lines with problems.",
    ]
    assert (await row(api, Relation, external_reference="crm-1")).family_name == "Dupond"


async def test_an_empty_kind_says_nothing(api: Api, types: Types, tmp_path: Path) -> None:
    await imports(types, "relations", table(tmp_path / "a.csv", NAMES, [["nv", "company", "", "NV", ""]]))
    both = [["nv", "", "", "NV", ""], ["crm-1", "", "Maes", "", "nv"]]
    assert await imports(types, "relations", table(tmp_path / "b.csv", NAMES, both)) == [
        "1 new, 0 changed, 1 as they were; 0 lines with problems."
    ]
    assert (await people(api))["crm-1"]["kind"] == "PERSON"


async def test_nobody_is_his_own_accountant(api: Api, types: Types, tmp_path: Path) -> None:
    femke = api.id("Relation", api.world.relations["femke"].id)
    await set_values(api, Relation, api.world.relations["femke"].id, external_reference="crm-1")
    some = [["crm-1", "", "Dupont", "", femke], ["crm-2", "", "Maes", "", "crm-2"]]
    assert await imports(types, "relations", table(tmp_path / "a.csv", NAMES, some), status=1) == [
        "line 2: accountant: Nobody is his own accountant.",
        "line 3: accountant: Nobody is his own accountant.",
        "0 new, 0 changed, 0 as they were; 2 lines with problems.",
    ]


@pytest.mark.parametrize("name", ["circle", "x" * 300])
async def test_a_file_that_can_not_be_looked_at_is_told_with_its_line(
    api: Api, types: Types, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "circle").symlink_to(folder / "circle")
    file = table(tmp_path / "d.csv", PAPERS, [["x-1", name, "Brief"]])
    (problem, _) = await imports(types, "documents", file, folder, status=1)
    assert problem == "line 2: file: There is no such file in the folder."
    assert await rows(api, Document, external_reference="x-1") == []
