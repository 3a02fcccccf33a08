"""What a backup must know of a licence: all objects of its rows, of no other, and which keys sealed them."""

import json
from pathlib import Path

import pytest

from auth import keys, vault
from resolvers import backups
from resolvers.backups import licence_of, named_objects, sealing_keys, still_named
from storage.sealing import sealed_size
from tests.api import Api
from tests.journeys.filing import PDF, objects, paper_of


@pytest.mark.parametrize("how_many", [1, 2, 5])
async def test_the_objects_of_many_rows_are_found_in_pages(
    api: Api, monkeypatch: pytest.MonkeyPatch, how_many: int
) -> None:
    monkeypatch.setattr(backups, "AT_ONCE", 2)
    monkeypatch.setattr(backups, "PAGE", backups.PAGE.limit(2))
    for _ in range(how_many):
        await paper_of(api, "bert")
    await paper_of(api, "eva")
    licence_id = api.world.firm.licence_id
    async with api.ports.database.snapshot(licence_id) as connection:
        found = await named_objects(connection, licence_id)
        assert found == dict.fromkeys(await objects(api), sealed_size(len(PDF)))
        assert await still_named(connection, licence_id, [*found, "another"]) == found.keys()
    assert {licence_of(it) for it in found} == {licence_id}


async def test_the_keys_are_those_that_sealed_what_is_there(api: Api, tmp_path: Path) -> None:
    path, licence_id = tmp_path / "keys.json", api.world.firm.licence_id
    numbers: list[int] = []
    for _ in range(2):
        numbers.append(json.loads(path.read_text())["vault"]["primaryKeyId"])
        await paper_of(api, "bert")
        keys.rotate(path, vault.rotated)
    async with api.ports.database.snapshot(licence_id) as connection:
        assert await sealing_keys(connection, licence_id) == set(numbers)
