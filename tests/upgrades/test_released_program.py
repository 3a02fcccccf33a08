"""The program of the last release at work on the tables of this version, seen by its own tests."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from server import migrations
from tests import databases
from tests.models.catalogue import asked
from tests.programs import WANTING
from tests.upgrades import release
from tests.upgrades.release import FILE, git, unpacked, without_our_run

pytestmark = pytest.mark.at_length

# Every mutation, every field, copies by the feed, and the manual's journey with its letters.
JOURNEYS: Final = (
    "tests/journeys/test_what_is_remembered.py",
    "tests/journeys/test_every_field.py",
    "tests/journeys/test_copies_by_the_feed.py",
    "tests/journeys/test_the_first_journey.py",
)
PYTEST: Final = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
REVISION: Final = "SELECT version_num FROM alembic_version"


async def test_the_program_of_the_last_release_serves_on_these_tables(tmp_path: Path) -> None:
    code = unpacked(migrations.ROOT, tmp_path)
    # Its tests copy the template of this run, which these migrations have made.
    template = databases.url_of(databases.TEMPLATE)
    assert await asked(template, REVISION) == [{"version_num": migrations.known().head}]
    done = await asyncio.to_thread(
        subprocess.run,
        [*PYTEST, *JOURNEYS],
        cwd=code,
        env=without_our_run(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_migrations_that_were_released_stay_as_they_were(tmp_path: Path) -> None:
    code = unpacked(migrations.ROOT, tmp_path)
    versions = sorted((code / "alembic/versions").glob("*.py"))
    assert versions[-1].name.startswith(f"{migrations.last_release()}_")
    for released in versions:
        here = migrations.ROOT / "alembic/versions" / released.name
        assert here.read_text() == released.read_text(), released.name


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits, of which the first was released."""
    if shutil.which("git") is None:
        pytest.skip(f"{WANTING}git")
    root = tmp_path / "repository"
    (root / "alembic").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Anna")
    git(root, "config", "user.email", "anna@x.example")
    git(root, "config", "commit.gpgsign", "false")
    (root / "program").write_text("first")
    commit(root)
    release.main(root)
    (root / "program").write_text("second")
    commit(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=One more")


def test_the_code_of_the_release_is_as_it_was_without_any_history(repository: Path, tmp_path: Path) -> None:
    shutil.rmtree(repository / ".git")
    assert (unpacked(repository, tmp_path) / "program").read_text() == "first"


def test_an_archive_of_another_commit_is_no_release(repository: Path, tmp_path: Path) -> None:
    told = (repository / FILE).read_text()
    (repository / FILE).write_text(re.sub('commit = ".*"', f'commit = "{"0" * 40}"', told))
    with pytest.raises(AssertionError):
        unpacked(repository, tmp_path)


def test_what_is_not_committed_is_no_release(repository: Path) -> None:
    (repository / "program").write_text("third")
    before = (repository / FILE).read_text()
    with pytest.raises(SystemExit, match="Commit first"):
        release.main(repository)
    assert (repository / FILE).read_text() == before
