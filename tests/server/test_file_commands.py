"""What the operator types for files: keys rotated under a running server, and rows and objects compared."""

import asyncio
import json
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import tink
from sqlalchemy import update

from auth import keys, vault
from auth.keys import open_keys
from auth.passwords import CHEAPEST
from core.clock import SystemClock
from demo.firm import File, Firm
from mail.sink import Sink
from models import DocumentVersion, Session, Throttle
from resolvers import rewrapping
from resolvers.previews import in_one
from resolvers.rewrapping import SEALED, count_old
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.caring import does
from tests.journeys.filing import (
    complete,
    flip,
    gives,
    lose,
    objects,
    paper_of,
    preview_of,
    sent,
    url_of,
    version_of,
)
from tests.journeys.passkeys import Journey
from tests.journeys.rows import rows
from tests.journeys.steps import shows, signs_in
from tests.mail.correspondents import kept, text_of
from tests.server.commands import Types
from tests.server.desks import worker_of
from tests.storage.real_files import pdf

A_MONTH: Final = timedelta(days=30)
FIRST_PASSWORD: Final = re.compile(r"\b[2-9a-z]{4}(?:-[2-9a-z]{4}){2}-[2-9a-z]{5}\b")


async def done(types: Types, *arguments: str) -> str:
    """Return the one line with which a command ends well."""
    result = await types(*arguments)
    assert (result.exit_code, result.exception) == (0, None)
    (line,) = result.stdout.splitlines()
    return line


async def refused(types: Types, *arguments: str) -> str:
    """Return the line with which a command is refused."""
    result = await types(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr.splitlines()[-1]


def key_set(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "keys.json").read_text())["vault"]


async def add_papers(api: Api, how_many: int) -> None:
    """Add documents with files that open."""
    licence = api.world.firm
    now, hashed = api.ports.clock.now(), CHEAPEST.hash("x")
    async with api.ports.database.change(licence.licence_id) as session:
        firm = Firm(session, licence, now=now, password_hash=hashed, keys=api.ports.keys)
        for number in range(how_many):
            content = f"paper {number}".encode()
            stored = await api.ports.files.put(licence.licence_id, in_one(content), limit=len(content))
            file = File(f"{number}.txt", "text/plain", stored)
            await firm.document(f"Paper {number}", api.world.accounts["anna"], file=file, at=now)
        await session.flush()
        await session.execute(
            update(DocumentVersion)
            .where(DocumentVersion.licence_id == licence.licence_id)
            .values(checked_at=now)
        )


# rotate-keys ------------------------------------------------------------------------------------------------


class Installation:
    """A firm that has something of all that is sealed: a file, a picture, an upload, an app and a letter."""

    def __init__(self, api: Api, clock: SetClock, folder: Path) -> None:
        self.api = api
        self.journey = Journey(api, clock)
        self.folder = folder

    async def fill(self) -> None:
        """Let people use all of it."""
        self.content = pdf()
        self.paper = await paper_of(self.api, "bert", self.content)
        self.picture = (await gives(self.api, await preview_of(self.api, "bert", self.paper))).content
        assert self.picture[8:12] == b"WEBP"
        self.upload = await sent(self.api, "bert")
        self.app, _ = await self.journey.adds_app("bert")
        assert (await does(self.api, "arthur", "resetPassword", "carla"))["userErrors"] == []

    async def secrets(self) -> list[tuple[bytes, bytes]]:
        """Return all that is sealed, and what it is bound to."""
        licence_id = self.api.world.firm.licence_id
        return [
            (secret, it.bound_to(licence_id, row))
            for it in SEALED
            for row in await rows(self.api, it.table)
            if (secret := getattr(row, it.column)) is not None
        ]

    async def opens(self) -> None:
        """Require that a file and its picture open as they were, as often as it is asked."""
        api = self.api
        assert (await gives(api, await url_of(api, "bert", self.paper))).content == self.content
        assert (await gives(api, await preview_of(api, "bert", self.paper))).content == self.picture

    async def is_whole(self) -> None:
        """Require that all of it opens, by using it up."""
        await self.opens()
        made = (await complete(self.api, "bert", self.upload))["document"]
        assert (await gives(self.api, await url_of(self.api, "bert", made["id"]))).status_code == 200
        self.journey.clock.advance(timedelta(minutes=1))
        asked = await signs_in(self.journey)
        code = self.app.at(self.journey.clock.now())
        assert (await shows(self.journey, asked, code=code))["step"] == "SIGNED_IN"
        async with Sink(self.folder / "mail") as relay:
            await worker_of(self.api.ports, relay).deliver_due()
        (mailed,) = [it for it in kept(self.folder / "mail") if FIRST_PASSWORD.search(text_of(it))]
        (password, *_) = FIRST_PASSWORD.findall(text_of(mailed))
        asked = await signs_in(self.journey, "carla", password=password)
        assert asked["step"] == "PASSWORD_CHANGE_REQUIRED"


@pytest.fixture
async def installation(api: Api, clock: SetClock, tmp_path: Path) -> Installation:
    it = Installation(api, clock, tmp_path)
    await it.fill()
    return it


async def test_everything_opens_after_the_keys_were_rotated_and_the_old_one_was_given_up(
    installation: Installation, types: Types, tmp_path: Path
) -> None:
    shutil.copy(tmp_path / "keys.json", tmp_path / "copy.json")
    assert await done(types, "rotate-keys") == (
        "5 secrets are sealed with the newest key. The older keys still open what they sealed."
    )
    await installation.opens()
    assert await done(types, "rotate-keys", "--drop-old") == (
        "There is one key now. A copy of the key file from before opens nothing that is sealed here."
    )
    assert len(key_set(tmp_path)["key"]) == 1
    copy, secrets = open_keys(tmp_path / "copy.json"), await installation.secrets()
    assert len(secrets) == 5
    for sealed, bound_to in secrets:
        with pytest.raises(tink.TinkError):
            copy.open(sealed, bound_to=bound_to)
    await installation.is_whole()


async def test_each_rotation_makes_a_key(installation: Installation, types: Types, tmp_path: Path) -> None:
    newest = [key_set(tmp_path)["primaryKeyId"]]
    for number in (2, 3):
        assert (await done(types, "rotate-keys")).startswith("5 secrets ")
        newest.append(key_set(tmp_path)["primaryKeyId"])
        assert len(key_set(tmp_path)["key"]) == number
    assert len(set(newest)) == 3
    await installation.is_whole()


async def test_a_rotation_that_was_cut_off_goes_on_with_its_key(
    installation: Installation, types: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[int] = []
    seal_some = rewrapping.rewrap_some

    async def cut_off(*asked: Any) -> int:
        if parts:
            raise ConnectionResetError
        parts.append(await seal_some(*asked))
        return parts[0]

    with monkeypatch.context() as patch:
        patch.setattr(rewrapping, "rewrap_some", cut_off)
        result = await types("rotate-keys")
    assert isinstance(result.exception, ConnectionResetError)
    after = key_set(tmp_path)
    assert len(after["key"]) == 2
    await installation.opens()
    assert await refused(types, "rotate-keys", "--drop-old") == (
        "kluis: 4 secrets are sealed with older keys. Run rotate-keys first."
    )
    assert key_set(tmp_path) == after
    assert (await done(types, "rotate-keys")).startswith("4 secrets ")
    assert key_set(tmp_path) == after
    await installation.is_whole()


async def test_a_server_goes_on_while_keys_are_rotated_and_given_up(
    installation: Installation, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "AT_ONCE", 1)
    api, is_over, papers = installation.api, asyncio.Event(), list[tuple[str, bytes]]()

    async def goes_on() -> None:
        while not is_over.is_set():
            await installation.opens()
            content = f"sent while it lasts: {len(papers)}\n".encode()
            papers.append((await paper_of(api, "bert", content, "a.txt"), content))

    going_on = asyncio.create_task(goes_on())
    for _ in range(3):
        assert (await types("rotate-keys")).exit_code == 0
    is_over.set()
    await going_on
    assert papers
    while await count_old(api.ports, api.world.firm.licence_id):
        assert (await types("rotate-keys")).exit_code == 0
    await done(types, "rotate-keys", "--drop-old")
    for id_, content in papers:
        assert (await gives(api, await url_of(api, "bert", id_))).content == content
    await installation.is_whole()


async def test_a_secret_that_opens_nowhere_is_told_in_one_line(
    api: Api, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await paper_of(api, "bert")
    wrong = api.ports.keys.seal(b"what opens another file", bound_to=b"another row")
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        await session.execute(
            update(DocumentVersion)
            .where(
                DocumentVersion.licence_id == api.world.firm.licence_id,
                DocumentVersion.sealed_key.is_not(None),
            )
            .values(sealed_key=wrong)
        )
    monkeypatch.setenv("COLUMNS", "200")
    line = await refused(types, "rotate-keys")
    assert line.startswith("kluis: No key opens the sealed_key of the document_version with ")
    assert str((await version_of(api, id_)).id) in line


async def test_there_is_a_new_key_also_where_nothing_is_sealed(
    api: Api, types: Types, tmp_path: Path
) -> None:
    assert (await done(types, "rotate-keys")).startswith("0 secrets ")
    assert len(key_set(tmp_path)["key"]) == 2
    assert len(await rows(api, DocumentVersion)) == 1


# sweep, scrub, verify ---------------------------------------------------------------------------------------


async def test_what_has_ended_and_what_belongs_to_nobody_is_swept_by_command(
    api: Api, types: Types, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def agrees(_: SystemClock) -> datetime:
        return clock.now()

    # Nothing is taken away before the machine's own clock says so too.
    monkeypatch.setattr(SystemClock, "now", agrees)
    await paper_of(api, "bert", b"words", "a.txt")
    licence_id = api.world.firm.licence_id
    await api.ports.files.put(licence_id, in_one(b"of nobody"), limit=9)
    async with api.ports.database.change(licence_id) as session:
        session.add(Throttle(licence_id=licence_id, key="x", allowed_at=clock.now()))
    assert await done(types, "sweep") == "1 rows have ended, and 0 objects belonged to none."
    assert len(await objects(api)) == 2
    clock.moment = max(it.modified_at for it in await listed(api)) + timedelta(hours=25)
    line = await done(types, "sweep")
    assert line.endswith(" rows have ended, and 1 objects belonged to none.")
    assert len(await objects(api)) == 1
    assert await rows(api, Session) == []


async def listed(api: Api) -> list[Any]:
    listing = api.ports.files.store.listed(api.world.firm.licence_id)
    return [it for some in [part async for part in listing] for it in some]


@pytest.mark.parametrize("how_many", [0, 1, 20, 45])
async def test_all_files_are_read_once_by_command(
    api: Api, types: Types, clock: SetClock, how_many: int
) -> None:
    await add_papers(api, how_many)
    clock.advance(timedelta(seconds=1))
    assert await done(types, "scrub") == "0 files were read, 0 are damaged or missing."
    expected = f"{how_many} files were read, 0 are damaged or missing."
    assert await done(types, "scrub", "--all") == expected
    moments = {it.checked_at for it in await rows(api, DocumentVersion) if it.sealed_key}
    assert moments <= {clock.now()}


async def test_files_whose_month_is_over_are_read_by_command(api: Api, types: Types, clock: SetClock) -> None:
    await add_papers(api, 3)
    clock.advance(A_MONTH)
    assert await done(types, "scrub") == "0 files were read, 0 are damaged or missing."
    clock.advance(timedelta(microseconds=1))
    assert await done(types, "scrub") == "3 files were read, 0 are damaged or missing."
    assert await done(types, "scrub") == "0 files were read, 0 are damaged or missing."


async def test_damaged_files_are_named_and_make_the_command_fail(
    api: Api, types: Types, clock: SetClock, tmp_path: Path
) -> None:
    one, other, _ = [await paper_of(api, "bert", b"words", "a.txt") for _ in range(3)]
    damaged, missing = await version_of(api, one), await version_of(api, other)
    flip(tmp_path, damaged.object_key)
    content = (tmp_path / "files" / missing.object_key).read_bytes()
    lose(tmp_path, missing.object_key)
    clock.advance(timedelta(seconds=1))
    result = await types("scrub", "--all")
    assert result.exit_code == 1
    *lines, summary = result.stdout.splitlines()
    assert sorted(lines) == [
        f"DAMAGED {damaged.object_key} document {damaged.document_id} 1",
        f"MISSING {missing.object_key} document {missing.document_id} 1",
    ]
    assert summary == "3 files were read, 2 are damaged or missing."
    flip(tmp_path, damaged.object_key)
    (tmp_path / "files" / missing.object_key).write_bytes(content)
    clock.advance(timedelta(seconds=1))
    assert await done(types, "scrub", "--all") == "3 files were read, 0 are damaged or missing."


async def test_rows_and_objects_that_agree_are_told_by_command(api: Api, types: Types) -> None:
    await add_papers(api, 3)
    said = "0 objects are missing, 0 have another size, and"
    assert await done(types, "verify") == f"3 rows and 3 objects: {said} 0 belong to no row."
    await api.ports.files.put(api.world.firm.licence_id, in_one(b"x"), limit=1)
    await api.ports.files.put(api.world.other_firm.licence_id, in_one(b"x"), limit=1)
    assert await done(types, "verify") == f"3 rows and 5 objects: {said} 2 belong to no row."


@pytest.mark.parametrize("is_lost", [True, False])
async def test_a_row_without_its_object_makes_the_command_fail(
    api: Api, types: Types, tmp_path: Path, *, is_lost: bool
) -> None:
    await add_papers(api, 2)
    object_key = min(await objects(api))
    if is_lost:
        lose(tmp_path, object_key)
    else:
        (tmp_path / "files" / object_key).write_bytes(b"short")
    result = await types("verify")
    assert result.exit_code == 1
    first, summary = result.stdout.splitlines()
    assert first == f"{'MISSING' if is_lost else 'OTHER SIZE'} {object_key}"
    assert f" {int(is_lost)} objects are missing, {int(not is_lost)} have another size, " in summary


async def test_of_many_objects_that_are_missing_twenty_are_named(
    api: Api, types: Types, tmp_path: Path
) -> None:
    await add_papers(api, 22)
    for object_key in await objects(api):
        lose(tmp_path, object_key)
    *lines, summary = (await types("verify")).stdout.splitlines()
    assert len(lines) == 20
    assert all(it.startswith("MISSING ") for it in lines)
    assert summary.startswith("22 rows and 0 objects: 22 objects are missing, ")


async def test_keys_are_not_rotated_where_a_key_file_is_broken(
    api: Api, types: Types, tmp_path: Path
) -> None:
    assert api.ports.keys.vault.path == tmp_path / "keys.json"
    (tmp_path / "keys.json").write_text("{")
    line = await refused(types, "rotate-keys")
    assert line == f"kluis: {tmp_path / 'keys.json'}: this is not a file of keys."
    with pytest.raises(keys.BadKeys):
        keys.rotate(tmp_path / "keys.json", vault.rotated)
