"""What the operator types for the worst day: backups of a vault in use, and what a restore brings back."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from models import DocumentVersion, Event, Feed, FeedEntry, Letter, Preview, Session, Upload
from resolvers.feed import number
from resolvers.orphans import end_uploads
from resolvers.purging import MARGIN, purge
from resolvers.uploads import LASTS_FOR
from resolvers.verifying import compare
from server import copying
from server.backups import Backups
from storage.store import Store
from tests import databases
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import (
    complete,
    gives,
    key_of,
    lose,
    over,
    paper_of,
    preview_of,
    sent,
    url_of,
    version_of,
)
from tests.journeys.rows import delete_document, row, rows
from tests.server.commands import Types, kluis, set_nothing
from tests.server.lost import (
    Elsewhere,
    all_of,
    backs_up,
    found_in,
    key_file,
    manifest,
    modes,
    newest,
    refused,
)
from tests.storage import s3 as server
from tests.storage.real_files import pdf
from tests.storage.s3 import BUCKET, S3

s3 = server.s3
DOCUMENTS: Final = "{ documents { totalCount } }"
CHANGES: Final = "query ($after: String) { changes(after: $after) { pageInfo { endCursor } nodes { kind } } }"
CATALOGUE: Final = """
    SELECT c.relname, c.relkind::text, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity,
      (SELECT array_agg(pg_get_constraintdef(k.oid) ORDER BY k.conname) FROM pg_constraint k
        WHERE k.conrelid = c.oid),
      (SELECT array_agg(p.polname || pg_get_expr(p.polqual, c.oid) ORDER BY p.polname) FROM pg_policy p
        WHERE p.polrelid = c.oid),
      (SELECT array_agg(a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull ORDER BY a.attname)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
      CASE c.relkind WHEN 'i' THEN pg_get_indexdef(c.oid) END
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""


# what comes back --------------------------------------------------------------------------------------------


async def test_what_was_backed_up_opens_after_a_restore_once_people_sign_in_anew(
    api: Api, types: Types, there: Elsewhere, folder: Path, clock: SetClock, tmp_path: Path
) -> None:
    content = pdf()
    paper = await paper_of(api, "bert", content)
    picture = (await gives(api, await preview_of(api, "bert", paper))).content
    upload = await sent(api, "bert")
    (letter,) = await rows(api, Letter)
    assert letter.state == "QUEUED"
    said = await backs_up(types, folder, "--keys-to", tmp_path / "safe" / "keys.json")
    assert said == f"{newest(folder)}: 3 files, 3 of them new.\n"
    result = await there.restores(folder, "--keys", tmp_path / "safe" / "keys.json")
    assert result.stdout.splitlines() == [
        f"{newest(folder).name} is restored. Everybody signs in anew.",
        "3 rows and 3 objects: 0 objects are missing, 0 have another size, and 0 belong to no row.",
    ]
    async with there.api(api, clock) as restored:
        restored.tokens["bert"] = await api.token("bert")
        assert await restored.codes("bert", DOCUMENTS) == ["UNAUTHENTICATED"]
        assert await rows(restored, Session) == []
        restored.tokens.clear()
        assert (await gives(restored, await url_of(restored, "bert", paper))).content == content
        assert (await gives(restored, await preview_of(restored, "bert", paper))).content == picture
        made = (await complete(restored, "bert", upload))["document"]
        assert (await gives(restored, await url_of(restored, "bert", made["id"]))).status_code == 200
        aside = await row(restored, Letter, id=letter.id)
        assert aside.state == "FAILED"
        assert "may have been sent since" in str(aside.last_error)
        told = await row(restored, Event, kind="licence.restored")
        assert told.details == {"come_from": newest(folder).name}


async def test_letters_go_out_where_that_is_said(
    api: Api, types: Types, there: Elsewhere, folder: Path, clock: SetClock, tmp_path: Path
) -> None:
    await paper_of(api, "bert")
    await backs_up(types, folder)
    await there.restores(folder, "--keys", key_file(tmp_path), "--send-letters")
    async with there.api(api, clock) as restored:
        assert (await row(restored, Letter)).state == "QUEUED"


async def test_whoever_reads_changes_begins_anew_after_a_restore(
    api: Api, types: Types, there: Elsewhere, folder: Path, clock: SetClock, tmp_path: Path
) -> None:
    licence_id = api.world.firm.licence_id
    places = [await place_after(api, papers=1)]
    await backs_up(types, folder)
    places.append(await place_after(api, papers=3))
    await there.restores(folder, "--keys", key_file(tmp_path))
    async with there.api(api, clock) as restored:
        assert await rows(restored, FeedEntry) == []
        for _ in range(4):
            await paper_of(restored, "bert")
        await number(restored.ports.database, licence_id)
        # By their numbers alone the second has read three of these four.
        for place in places:
            assert await restored.codes("anna", CHANGES, after=place) == ["EXPIRED"]
        assert len((await restored.gets("anna", CHANGES))["changes"]["nodes"]) == 4


async def place_after(api: Api, *, papers: int) -> str:
    """Return where somebody stands in the feed who has read that so many papers came."""
    for _ in range(papers):
        await paper_of(api, "bert")
    await number(api.ports.database, api.world.firm.licence_id)
    return (await api.gets("anna", CHANGES))["changes"]["pageInfo"]["endCursor"]


async def test_a_firm_that_had_no_changes_yet_begins_as_far_away(
    api: Api, types: Types, there: Elsewhere, folder: Path, clock: SetClock, database_url: str
) -> None:
    await backs_up(types, folder)
    place = await place_after(api, papers=1)
    await there.restores(folder, "--keys", key_file(folder.parent))
    async with there.api(api, clock) as restored:
        assert await restored.codes("anna", CHANGES, after=place) == ["EXPIRED"]
    wanted = await found_in(database_url, CATALOGUE)
    assert len(wanted) > 100
    # The tables are those that migrations make, with their keys, policies and grants.
    assert await found_in(there.url, CATALOGUE) == wanted


async def test_a_database_of_other_means_is_settled_the_same(api: Api, types: Types) -> None:
    await paper_of(api, "bert")
    result = await types("settle-restore")
    assert (result.exit_code, result.stdout) == (0, "The database is settled. Everybody signs in anew.\n")
    assert await rows(api, Session) == []
    assert (await row(api, Letter)).state == "FAILED"
    assert (await row(api, Event, kind="licence.restored")).details == {"come_from": "elsewhere"}
    (feed,) = await rows(api, Feed)
    assert feed.removed_up_to == feed.numbered_up_to >= 1 << 32


# a vault in use ---------------------------------------------------------------------------------------------


async def test_what_is_taken_away_while_it_is_copied_is_closed_and_not_missing(
    api: Api,
    types: Types,
    there: Elsewhere,
    folder: Path,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, kept = await paper_of(api, "bert"), await paper_of(api, "bert")
    await gives(api, await preview_of(api, "bert", await paper_of(api, "bert", pdf())))
    await sent(api, "bert")
    licence_id = api.world.firm.licence_id
    await delete_document(api, key_of(api, old), clock.now() - timedelta(days=31))
    run, loop = copying.Copying.run, asyncio.get_running_loop()

    async def taken_away() -> tuple[int, int]:
        now = clock.now() + MARGIN
        purged = await purge(api.ports, licence_id, now)
        return purged, await end_uploads(api.ports, licence_id, now + LASTS_FOR)

    async def run_after_that(self: copying.Copying, *said: Any) -> None:
        # The dump is written; nothing is copied yet. The command has a loop of its own.
        assert asyncio.run_coroutine_threadsafe(taken_away(), loop).result() == (1, 1)
        await run(self, *said)

    monkeypatch.setattr(copying.Copying, "run", run_after_that)
    await backs_up(types, folder)
    assert len(manifest(folder)["removed"]) == 2
    assert manifest(folder)["missing"] == []
    await there.restores(folder, "--keys", key_file(folder.parent))
    async with there.api(api, clock) as restored:
        assert (await version_of(restored, old)).sealed_key is None
        assert (await version_of(restored, kept)).sealed_key is not None
        assert await rows(restored, Upload) == []
        assert {it.sealed_key is None for it in await rows(restored, Preview)} == {False}


async def test_what_is_missing_is_told_and_the_rest_is_backed_up(
    api: Api, types: Types, there: Elsewhere, folder: Path, tmp_path: Path
) -> None:
    lost, cut, kept = [await paper_of(api, "bert") for _ in range(3)]
    versions = [await version_of(api, it) for it in (lost, cut, kept)]
    lose(tmp_path, versions[0].object_key)
    with (tmp_path / "files" / versions[1].object_key).open("ab") as file:
        file.write(b"more")
    said = await backs_up(types, folder, status=1)
    missing = sorted(it.object_key for it in versions[:2])
    assert said.splitlines()[1:] == [f"MISSING {it}" for it in missing]
    assert (manifest(folder)["missing"], manifest(folder)["objects"]) == (missing, 1)
    result = await there.restores(folder, "--keys", key_file(tmp_path), status=1)
    assert [f"MISSING {it}" for it in missing] == result.stdout.splitlines()[1:3]


async def test_a_second_backup_copies_what_is_new(api: Api, types: Types, folder: Path) -> None:
    first = await version_of(api, await paper_of(api, "bert"))
    await backs_up(types, folder)
    await paper_of(api, "bert")
    written = (folder / "objects" / first.object_key).stat().st_mtime_ns
    assert (await backs_up(types, folder)).endswith(": 2 files, 1 of them new.\n")
    assert (folder / "objects" / first.object_key).stat().st_mtime_ns == written
    assert (await types("check-backup", str(folder))).stdout == f"{newest(folder).name} is whole: 2 files.\n"
    # What was lost of the folder comes again, and what is not whole.
    for path in (folder / "objects" / first.object_key, newest(folder) / "manifest.json"):
        path.unlink()
    assert (await backs_up(types, folder)).endswith(": 2 files, 1 of them new.\n")
    with (folder / "objects" / first.object_key).open("ab") as file:
        file.write(b"more")
    assert (await backs_up(types, folder)).endswith(": 2 files, 1 of them new.\n")
    assert (await types("check-backup", str(folder))).exit_code == 0


async def test_what_a_backup_copied_that_was_cut_off_is_not_copied_again(
    api: Api, types: Types, folder: Path
) -> None:
    await paper_of(api, "bert")
    await backs_up(types, folder)
    (newest(folder) / "manifest.json").unlink()
    assert (await backs_up(types, folder)).endswith(": 1 files, 0 of them new.\n")
    assert len(Backups(folder).whole()) == 1
    assert (await types("check-backup", str(folder))).exit_code == 0


async def test_older_backups_go_with_the_files_that_no_other_has(
    api: Api, types: Types, folder: Path, clock: SetClock
) -> None:
    old, kept = await paper_of(api, "bert"), await paper_of(api, "bert")
    objects = [(folder / "objects" / (await version_of(api, it)).object_key) for it in (old, kept)]
    for _ in range(2):
        await backs_up(types, folder)
    await delete_document(api, key_of(api, old), clock.now() - timedelta(days=31))
    await purge(api.ports, api.world.firm.licence_id, clock.now() + MARGIN)
    assert (await backs_up(types, folder, "--keep", "2")).endswith("\n1 older backups were taken away.\n")
    assert [it.exists() for it in objects] == [True, True]
    assert (await backs_up(types, folder, "--keep", "1")).endswith("\n2 older backups were taken away.\n")
    assert [it.exists() for it in objects] == [False, True]
    assert (await types("check-backup", str(folder))).exit_code == 0


async def test_an_older_backup_is_restored_by_its_name(
    api: Api, types: Types, there: Elsewhere, folder: Path, clock: SetClock, tmp_path: Path
) -> None:
    await paper_of(api, "bert")
    await backs_up(types, folder)
    name, before = newest(folder).name, len(await rows(api, DocumentVersion))
    await paper_of(api, "bert")
    await backs_up(types, folder)
    await there.restores(folder, "--backup", name, "--keys", key_file(tmp_path))
    async with there.api(api, clock) as restored:
        assert len(await rows(restored, DocumentVersion)) == before


def test_a_home_with_everything_in_it_is_backed_up_and_restored(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_nothing(monkeypatch, tmp_path)
    assert kluis("create-licence", "de-linde", "De Linde").exit_code == 0
    assert kluis("backup", str(folder), "--keys-to", str(tmp_path / "safe.json")).exit_code == 0
    monkeypatch.setenv("KLUIS_HOME", str(tmp_path / "there" / "home"))
    result = kluis("restore", str(folder), "--keys", str(tmp_path / "safe.json"))
    assert result.exit_code == 0, result.output
    assert kluis("create-licence", "de-linde", "De Linde").stderr == "kluis: This exists already.\n"


async def test_the_owner_of_a_database_restores_who_is_no_superuser(
    api: Api, types: Types, there: Elsewhere, folder: Path, clock: SetClock
) -> None:
    paper = await paper_of(api, "bert")
    await backs_up(types, folder)
    owner, name = f"owner_{os.getpid()}", there.url.split("/")[3].partition("?")[0]
    await databases.administer(f"CREATE ROLE {owner} LOGIN")
    try:
        await databases.administer(f"GRANT kluis_app TO {owner} WITH ADMIN OPTION")
        await databases.administer(f"ALTER DATABASE {name} OWNER TO {owner}")
        there.url = there.url.replace("kluis@", f"{owner}@")
        await there.restores(folder, "--keys", key_file(folder.parent))
        async with there.api(api, clock) as restored:
            assert (await gives(restored, await url_of(restored, "bert", paper))).status_code == 200
            assert (await row(restored, Letter)).state == "FAILED"
    finally:
        await databases.administer(f"DROP DATABASE {name} WITH (FORCE)")
        await databases.administer(f"DROP ROLE {owner}")


async def test_nothing_of_a_backup_is_for_others_to_read(
    api: Api, types: Types, folder: Path, tmp_path: Path
) -> None:
    await paper_of(api, "bert")
    before = os.umask(0)
    try:
        await backs_up(types, folder, "--keys-to", tmp_path / "safe" / "keys.json")
    finally:
        os.umask(before)
    assert modes(folder) | modes(tmp_path / "safe") == {(True, 0o700), (False, 0o600)}


async def test_the_keys_lie_apart_and_their_copy_opens_the_backup(
    api: Api, types: Types, folder: Path, tmp_path: Path
) -> None:
    await paper_of(api, "bert")
    inside = folder / "keys" / "keys.json"
    assert await refused(types("backup", str(folder), "--keys-to", str(inside))) == (
        "The keys do not belong beside the data: name a file outside of the folder."
    )
    await backs_up(types, folder)
    secrets = json.loads(key_file(tmp_path).read_text())
    needles = [secrets["ids"], secrets["links"], secrets["vault"]["key"][0]["keyData"]["value"]]
    assert [it for it in needles if it.encode() in all_of(folder)] == []


async def test_a_copy_of_keys_is_not_displaced_by_one_that_lacks_some(
    api: Api, types: Types, folder: Path, tmp_path: Path
) -> None:
    await paper_of(api, "bert")
    safe = tmp_path / "safe.json"
    await backs_up(types, folder, "--keys-to", safe)
    assert (await types("rotate-keys")).exit_code == 0
    await backs_up(types, folder, "--keys-to", safe)
    assert (await types("rotate-keys", "--drop-old")).exit_code == 0
    result = await types("backup", str(folder), "--keys-to", str(safe))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        f"kluis: {safe} holds keys that {key_file(tmp_path)} has not: keep it, and name another file."
    )
    assert len(json.loads(safe.read_text())["vault"]["key"]) == 2


async def test_a_vault_on_s3_is_backed_up_and_restored_to_s3(
    api: Api,
    types: Types,
    there: Elsewhere,
    folder: Path,
    s3: S3,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    here, there.store = (f"s3://{BUCKET}/{uuid4().hex}" for _ in range(2))
    monkeypatch.setenv("KLUIS_STORAGE_URL", here)
    content = b"x" * 3_000_000
    async with over(api, files=type(api.ports.files)(Store.open(here))) as far:
        paper = (await complete(far, "bert", await sent(far, "bert", content)))["document"]["id"]
        await backs_up(types, folder)
    await there.restores(folder, "--keys", key_file(folder.parent))
    async with there.api(api, api.ports.clock) as restored:
        assert (await gives(restored, await url_of(restored, "bert", paper))).content == content
        compared = await compare(restored.ports, api.world.firm.licence_id, lambda _: None)
        assert (compared.rows, compared.objects, compared.agrees) == (1, 1, True)
