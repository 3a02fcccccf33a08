"""Rows and objects compared: what each side has and the other has not, page by page."""

from pathlib import Path
from uuid import UUID

import pytest

from models import DocumentVersion
from resolvers import verifying
from resolvers.previews import in_one
from resolvers.verifying import Compared, compare, count_rows
from tests.api import Api
from tests.journeys.filing import (
    add_file,
    announce,
    complete,
    flip,
    gives,
    lose,
    objects,
    paper_of,
    preview_of,
    sent,
    version_of,
)
from tests.journeys.rows import rows, set_values
from tests.storage.real_files import png


def ours(api: Api) -> UUID:
    return api.world.firm.licence_id


async def compared(api: Api) -> Compared:
    """Return what a comparison comes to, which tells of each row once."""
    parts: list[int] = []
    found = await compare(api.ports, ours(api), parts.append)
    assert sum(parts) == found.rows == await count_rows(api.ports, ours(api))
    return found


async def one_of_each(api: Api) -> str:
    """Fill the store with two versions, a picture and an upload; return the document."""
    paper = await paper_of(api, "bert", png(), "a.png")
    assert (await gives(api, await preview_of(api, "bert", paper))).status_code == 200
    await add_file(api, "arthur", paper, b"words", "b.txt")
    await sent(api, "bert")
    return paper


async def test_an_empty_store_agrees_with_no_rows(api: Api) -> None:
    assert await compared(api) == Compared()
    assert Compared().agrees


async def test_each_kind_of_row_is_compared_with_its_object(api: Api) -> None:
    await one_of_each(api)
    assert await compared(api) == Compared(rows=4, objects=4)
    assert await announce(api, "bert")
    assert (await compared(api)).rows == 4


async def test_what_a_row_names_and_the_store_has_not_is_missing(api: Api, tmp_path: Path) -> None:
    await one_of_each(api)
    keys = sorted(await objects(api))
    for object_key in keys:
        lose(tmp_path, object_key)
    found = await compared(api)
    assert found == Compared(rows=4, objects=0, missing=keys)
    assert not found.agrees


@pytest.mark.parametrize("change", [b"", b"one byte more", None])
async def test_an_object_of_another_size_is_told(api: Api, tmp_path: Path, change: bytes | None) -> None:
    await one_of_each(api)
    object_key = (await version_of(api, await paper_of(api, "bert"))).object_key
    path = tmp_path / "files" / object_key
    before = path.read_bytes()
    path.write_bytes(before[:-1] if change is None else change and before + change)
    found = await compared(api)
    assert found == Compared(rows=5, objects=5, other_size=[object_key])
    assert not found.agrees


async def test_what_lies_in_the_store_and_no_row_names_is_counted(api: Api) -> None:
    await one_of_each(api)
    await api.ports.files.put(ours(api), in_one(b"of nobody"), limit=9)
    found = await compared(api)
    assert found == Compared(rows=4, objects=5, unknown=1)
    assert found.agrees


async def test_what_a_document_was_made_of_is_compared_once(api: Api) -> None:
    await complete(api, "bert", await sent(api, "bert"))
    assert await compared(api) == Compared(rows=1, objects=1)


async def test_a_version_that_was_given_up_needs_no_object(api: Api, tmp_path: Path) -> None:
    version = await version_of(api, await paper_of(api, "bert"))
    await set_values(api, DocumentVersion, version.id, sealed_key=None)
    assert await compared(api) == Compared(rows=0, objects=1, unknown=1)
    lose(tmp_path, version.object_key)
    assert await compared(api) == Compared()


async def test_nothing_is_read_of_the_bytes(api: Api, tmp_path: Path) -> None:
    version = await version_of(api, await paper_of(api, "bert"))
    flip(tmp_path, version.object_key)
    assert (await compared(api)).agrees


async def test_another_licence_is_compared_by_itself(api: Api) -> None:
    await paper_of(api, "eva")
    assert await compared(api) == Compared()
    theirs = await compare(api.ports, api.world.other_firm.licence_id, lambda _: None)
    assert theirs == Compared(rows=1, objects=1)


@pytest.mark.parametrize("how_many", [2, 3, 4, 5])
async def test_many_rows_are_compared_in_pages(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how_many: int
) -> None:
    monkeypatch.setattr(verifying, "AT_ONCE", 2)
    monkeypatch.setattr(verifying, "PAGE", verifying.PAGE.limit(2))
    for number in range(how_many):
        await paper_of(api, "bert", f"{number}".encode(), "a.txt")
    first, *_, last = sorted(await objects(api))
    lose(tmp_path, first)
    (tmp_path / "files" / last).write_bytes(b"short")
    parts: list[int] = []
    found = await compare(api.ports, ours(api), parts.append)
    assert parts == [2] * (how_many // 2) + [how_many % 2]
    assert found == Compared(rows=how_many, objects=how_many - 1, missing=[first], other_size=[last])
    assert len(await rows(api, DocumentVersion)) == how_many + 1
