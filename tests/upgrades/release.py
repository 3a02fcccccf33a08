"""The last release: its code as it was. Run by itself, it makes that of the commit of now."""

import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from server import migrations
from tests.programs import WANTING

FILE: Final = Path("alembic/released.toml")
SAID: Final = """\
# The release before this version: its program serves on the tables of this one too. `make release` writes it.
commit = "{commit}"
revision = "{revision}"
"""
# Where a hook of git's runs the tests, it means its own repository; and nobody can be asked for a password.
OURS: Final = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
ENVIRONMENT: Final = {**OURS, "GIT_TERMINAL_PROMPT": "0"}


def unpacked(root: Path, folder: Path) -> Path:
    """Return a folder with the code of the last release. Skip where its commit is not to be had."""
    commit = tomllib.loads((root / FILE).read_text())["commit"]
    try:
        archive = git(having(commit, root, folder), "archive", commit)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error).encode()).decode().strip()
        pytest.skip(
            f"{WANTING}git, and commit {commit} of the last release, as after `git fetch --unshallow`: {said}"
        )
    code = folder / "code"
    with tarfile.open(fileobj=BytesIO(archive)) as packed:
        packed.extractall(code, filter="data")
    return code


def having(commit: str, root: Path, folder: Path) -> Path:
    """Return a repository with a commit: this one, or one with what origin sends, where history ends."""
    try:
        git(root, "cat-file", "-e", f"{commit}^{{commit}}")
    except subprocess.CalledProcessError:
        origin = git(root, "remote", "get-url", "origin").decode().strip()
        git(folder, "init", "--quiet", "--bare", "fetched")
        git(folder / "fetched", "fetch", "--quiet", "--depth=1", origin, commit)
        return folder / "fetched"
    return root


def git(folder: Path, *arguments: str) -> bytes:
    """Return what git says in a folder. Raise OSError, CalledProcessError."""
    return subprocess.run(
        ["git", *arguments],  # noqa: S607  whichever git there is
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
    ).stdout


def without_our_run(found: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for another run of pytest, which is neither measured nor a part of this one."""
    ours = ("COVERAGE_", "COV_", "PYTEST_", "PYTHONPATH")
    return {name: value for name, value in found.items() if not name.startswith(ours)}


def main(root: Path) -> None:
    """Make the last commit of a repository the release before what comes next."""
    if git(root, "status", "--porcelain"):
        sys.exit("Commit first: what is released is a commit.")
    commit = git(root, "rev-parse", "HEAD").decode().strip()
    (root / FILE).write_text(SAID.format(commit=commit, revision=migrations.known().head))


if __name__ == "__main__":
    main(migrations.ROOT)
