"""Backups and restores that are killed at any moment: none passes for a whole one, and the next goes on."""

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from server.backups import Backups
from tests.api import Api
from tests.server import mortal_command
from tests.server.commands import Types, kluis, set_nothing
from tests.server.lost import backs_up
from tests.server.test_file_commands import add_papers

PAPERS: Final = 30
KILLED: Final = 3
A_MOMENT: Final = 1.0
"""In seconds: about as long as a backup takes, or a restore."""


async def killed(environment: Mapping[str, str], *words: str | Path, after: float) -> None:
    """Begin a command, and kill it so many seconds later."""
    process = mortal_command.begin(environment, *words)
    await asyncio.to_thread(process.join, after)
    process.kill()
    await asyncio.to_thread(process.join)


async def ended(environment: Mapping[str, str], *words: str | Path) -> int | None:
    """Return the status with which a command ends that nobody kills."""
    process = mortal_command.begin(environment, *words)
    await asyncio.to_thread(process.join)
    return process.exitcode


def whole(backups: Backups) -> list[Path]:
    """Return the folders of the backups that pass for whole ones, and require that they are."""
    found = backups.whole() if backups.folder.exists() else []
    for it in found:
        assert len(backups.require_whole(it, it.manifest(), lambda _: None)) == PAPERS
    return [it.folder for it in found]


async def test_a_backup_that_was_killed_is_none_and_leaves_nothing_half_written(
    api: Api, database_url: str, folder: Path, tmp_path: Path
) -> None:
    dice = random.Random(20260201)  # noqa: S311  dice
    await add_papers(api, PAPERS)
    here = {
        "KLUIS_HOME": str(tmp_path / "home"),
        "KLUIS_DATABASE_URL": database_url,
        "KLUIS_KEYS": str(tmp_path / "keys.json"),
        "KLUIS_STORAGE_URL": (tmp_path / "files").as_uri(),
    }
    backups = Backups(folder)
    for _ in range(KILLED):
        await killed(here, "backup", folder, after=dice.uniform(0, A_MOMENT))
        whole(backups)
    assert await ended(here, "backup", folder) == 0
    assert all_in(folder) == {*whole(backups), backups.store}
    assert [it for it in names(backups.store) if "#" in it] == []


def begin_to_write(environment: Mapping[str, str], mark: Path, *words: str | Path, after: float) -> None:
    """Begin a restore, and kill it so many seconds after it began to write."""
    process = mortal_command.begin(environment, *words)
    while process.is_alive() and not mark.exists():
        process.join(0.001)
    process.join(after)
    process.kill()
    process.join()


async def test_nothing_starts_on_a_restore_that_was_killed_and_the_next_one_ends_it(
    api: Api, types: Types, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the database of the package, in a home of its own."""
    dice = random.Random(20260202)  # noqa: S311  dice
    await add_papers(api, PAPERS)
    await backs_up(types, folder)
    set_nothing(monkeypatch, tmp_path / "there")
    home = tmp_path / "there" / "home"
    restore = ("restore", folder, "--keys", tmp_path / "keys.json")
    there = {"KLUIS_HOME": str(home)}
    for after in (0.0, *(dice.uniform(0, A_MOMENT) for _ in range(KILLED))):
        begin_to_write(there, home / "restoring", *restore, after=after)
        if after == 0:
            said = kluis("verify").stderr
            assert said.endswith("is being restored, or that was cut off: run restore again, or empty it\n")
    # On a quick machine the last of them may have come to its end.
    if is_marked(home):
        assert await ended(there, *restore) == 0
    assert await ended(there, "verify") == 0
    assert len(names(home / "files")) == PAPERS


def is_marked(home: Path) -> bool:
    """Return whether a restore was cut off there."""
    return (home / "restoring").exists()


def names(folder: Path) -> list[str]:
    """Return the names of all files in a folder."""
    return [it.name for it in folder.rglob("*") if it.is_file()]


def all_in(folder: Path) -> set[Path]:
    """Return what lies in a folder itself."""
    return {*folder.iterdir()}
