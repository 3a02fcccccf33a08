"""What stops a backup or a restore: a line that says why, and nothing is half done."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from auth import keys
from auth import vault as key_sets
from server import restore_rules, restoring
from server.backups import Backup, Backups, BadBackup
from server.running import CannotRun
from server.settings import Settings
from storage.store import Store
from tests import databases
from tests.api import Api
from tests.journeys.filing import paper_of
from tests.models.catalogue import asked, tables
from tests.server.commands import Types
from tests.server.lost import Elsewhere, backs_up, empty, key_file, modes, newest, refused


@pytest.fixture
async def made(api: Api, types: Types, folder: Path) -> Path:
    """A backup of one document; its folder."""
    await paper_of(api, "bert")
    await backs_up(types, folder)
    return newest(folder)


async def is_untouched(there: Elsewhere) -> None:
    """Require that nothing was restored."""
    assert there.files() == []
    assert await tables(there.url) == []


def flip(path: Path) -> None:
    """Change a bit in the middle of a file; a second time puts it back."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


async def test_a_damaged_backup_is_refused_with_the_name_of_the_file(
    made: Path, there: Elsewhere, folder: Path, types: Types
) -> None:
    own = [made / it for it in ("database.dump", "objects.sha256", "manifest.json")]
    (file,) = Backups(folder).store.glob("*/*/*")
    for path in (*own, file):
        flip(path)
        said = await refused(there.types("restore", folder, "--keys", key_file(folder.parent)))
        assert said == f"{path} is damaged."
        flip(path)
    file.unlink()
    assert await refused(types("check-backup", str(folder))) == f"{file} is missing."
    file.mkdir()
    assert await refused(types("check-backup", str(folder))) == f"{file}: Is a directory."
    await is_untouched(there)


async def test_a_list_that_leads_elsewhere_is_refused(made: Path, folder: Path, types: Types) -> None:
    backup = Backup(made)
    listed = backup.write_objects({"../keys.json": "0" * 64})
    backup.finish(backup.manifest().model_copy(update={"object_list": listed}))
    assert await refused(types("check-backup", str(folder))) == f"{made / 'objects.sha256'} is damaged."


async def test_a_database_that_is_on_its_way_back_is_waited_for(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "IS_RECOVERING", text("SELECT true"))
    monkeypatch.setattr(restoring, "RECOVERED_IN", 0)
    assert await refused(types("settle-restore")) == (
        "The database is still being recovered: see its log, and come again."
    )
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    monkeypatch.setattr(restoring, "IS_RECOVERING", text(f"SELECT clock_timestamp() < '{soon}'::timestamptz"))
    monkeypatch.setattr(restoring, "RECOVERED_IN", 60)
    assert (await types("settle-restore")).exit_code == 0


@pytest.mark.usefixtures("made")
async def test_only_the_right_keys_do(there: Elsewhere, folder: Path, tmp_path: Path) -> None:
    assert await refused(there.types("restore", folder)) == (
        f"{there.keys} is not there: name the copy of the keys with --keys."
    )
    other = tmp_path / "others.json"
    keys.write_new(other)
    assert await refused(there.types("restore", folder, "--keys", other)) == (
        f"{other} holds the keys of another installation than the backup."
    )
    shutil.copy(key_file(tmp_path), other)
    keys.rotate(other, key_sets.rotated)
    keys.rotate(other, key_sets.without_old)
    assert await refused(there.types("restore", folder, "--keys", other)) == (
        f"{other} lacks keys that the backup needs: take the copy that was made with it."
    )
    await is_untouched(there)
    shutil.copy(key_file(tmp_path), there.keys)
    assert await refused(there.types("restore", folder, "--keys", other)) == (
        f"{there.keys} is there already: leave --keys out, or take that file away."
    )
    await there.restores(folder)


async def test_a_place_that_is_in_use_and_a_newer_version_are_refused(
    made: Path, there: Elsewhere, folder: Path, types: Types, database_url: str
) -> None:
    restore = ("restore", folder, "--keys", key_file(folder.parent))
    empty, there.url = there.url, database_url
    assert await refused(there.types(*restore)) == (
        "The database is not empty: a backup is restored into an empty one."
    )
    there.url = ""
    (there.folder / "home" / "files").mkdir(parents=True)
    assert await refused(there.types(*restore)) == f"{there.home} is not empty: it holds files."
    (there.home / "restoring").write_text("2026-01-01T000000.000000Z 0")
    assert await refused(there.types(*restore)) == (
        f"{there.home}: the restore of another backup was cut off here: finish it with "
        "--backup 2026-01-01T000000.000000Z, or empty the folder."
    )
    shutil.rmtree(there.home)
    there.url = empty
    backup = Backup(made)
    backup.finish(backup.manifest().model_copy(update={"revision": "9999"}))
    assert await refused(there.types(*restore)) == (
        "The backup is of a newer version of Kluis, with the tables of 9999."
    )
    (made / "manifest.json").write_text(
        (made / "manifest.json").read_text().replace('"format": 1', '"format": 2')
    )
    assert (await types("check-backup", str(folder))).exit_code == 1
    await is_untouched(there)


async def test_what_holds_no_backup_says_so(types: Types, there: Elsewhere, folder: Path) -> None:
    assert await refused(types("check-backup", str(folder))) == f"{folder}: No such file or directory."
    (folder / "somebody else's").mkdir(parents=True)
    assert await refused(types("check-backup", str(folder))) == f"{folder} holds no whole backup."
    assert await refused(types("check-backup", str(folder), "--backup", "x")) == (
        f"{folder} holds no whole backup x."
    )
    assert await refused(there.types("backup", folder)) == (
        f"{there.keys} is not there: without the keys no backup opens."
    )
    keys.write_new(there.keys)
    assert await refused(there.types("backup", folder)) == (
        "There is nothing to back up: the database has no tables of Kluis."
    )


async def test_a_database_that_is_away_and_one_that_hides_rows_are_told(
    api: Api, types: Types, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paper_of(api, "bert")
    monkeypatch.setenv("KLUIS_BACKUP_DATABASE_URL", "postgresql://kluis@/kluis?host=/nowhere")
    assert (await refused(types("backup", str(folder)))).startswith("The database does not answer: ")
    role = f"reader_{os.getpid()}"
    await databases.administer(f"CREATE ROLE {role} LOGIN IN ROLE pg_read_all_data")
    try:
        monkeypatch.setenv("KLUIS_BACKUP_DATABASE_URL", database_url.replace("kluis@", f"{role}@"))
        said = await refused(types("backup", str(folder)))
        assert said.startswith("The database could not be dumped: ")
        assert "row-level security" in said
        assert await refused(types("settle-restore")) == (
            "The database's user does not pass row level security."
        )
    finally:
        await databases.administer(f"DROP ROLE {role}")
    assert await refused(types("check-backup", str(folder))) == f"{folder} holds no whole backup."


async def test_one_backup_at_a_time_is_made_in_a_folder(types: Types, folder: Path, made: Path) -> None:
    with Backups(folder).held(to_write=False):
        assert (await types("check-backup", str(folder))).stdout.startswith(made.name)
        assert await refused(types("backup", str(folder))) == (
            f"{folder}: a backup or a restore is under way there."
        )


async def test_a_folder_that_can_not_be_written_is_told(api: Api, types: Types, folder: Path) -> None:
    await paper_of(api, "bert")
    in_the_way = empty(folder) / "objects"
    in_the_way.write_text("")
    assert (await refused(types("backup", str(folder)))).startswith("The backup could not be made: ")
    folder = in_the_way / "deeper"
    assert await refused(types("backup", str(folder))) == f"{folder}: Not a directory."


async def test_a_restore_that_was_cut_off_after_the_database_came_back_does_nothing_twice(
    made: Path, there: Elsewhere, folder: Path
) -> None:
    await there.restores(folder, "--keys", key_file(folder.parent))
    dump = Backup(made).manifest().dump.sha256
    (there.home / "restoring").write_text(f"{made.name} {dump}")
    await there.restores(folder)
    (events,) = await asked(
        there.url, "SELECT count(*) AS how_many FROM event WHERE kind = 'licence.restored'"
    )
    (firms,) = await asked(there.url, "SELECT count(*) AS how_many FROM licence")
    assert events == firms


async def test_what_changes_on_its_way_is_refused_and_what_is_there_is_not_copied(
    made: Path, folder: Path, tmp_path: Path
) -> None:
    backups, target = Backups(folder), Store.open(tmp_path / "target")
    digests = Backup(made).objects(Backup(made).manifest())
    ((key, _),) = digests.items()
    with pytest.raises(BadBackup, match=f"objects/{key} is damaged"):
        await restoring.copy_objects(Store.open(backups.store), target, {key: "0" * 64})
    assert modes(tmp_path / "target") == {(True, 0o700)}
    for _ in range(2):
        await restoring.copy_objects(Store.open(backups.store), target, digests)
    assert await target.size(key) == await Store.open(backups.store).size(key)


def test_a_home_with_nothing_but_keys_and_the_folder_of_a_disk_is_empty(tmp_path: Path) -> None:
    keys.write_new(tmp_path / "keys.json")
    (tmp_path / "lost+found").mkdir()
    restore_rules.require_empty(Settings(home=tmp_path))
    restore_rules.require_empty(Settings(home=tmp_path / "not there"))
    (tmp_path / "mail").mkdir()
    with pytest.raises(CannotRun, match="is not empty: it holds mail"):
        restore_rules.require_empty(Settings(home=tmp_path))


async def test_a_store_that_can_not_be_written_is_told_and_the_restore_goes_on_later(
    made: Path, there: Elsewhere, folder: Path
) -> None:
    (file,) = Backups(folder).store.glob("*/*/*")
    licence = file.parents[1].name
    (there.folder / "files").mkdir()
    (there.folder / "files" / licence).write_text("in the way")
    said = await refused(there.types("restore", folder, "--keys", key_file(folder.parent)))
    assert said.startswith("The backup could not be restored: ")
    assert await tables(there.url) == []
    said = await refused(there.types("verify"))
    assert said == f"{there.home} is being restored, or that was cut off: run restore again, or empty it"
    (there.folder / "files" / licence).unlink()
    result = await there.restores(folder)
    assert result.stdout.startswith(made.name)
