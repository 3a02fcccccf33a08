"""The last release: its code as it was. Run by itself, it keeps that of the commit of now."""

import lzma
import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from server import migrations

FILE: Final = Path("alembic/released.toml")
CODE: Final = Path("tests/upgrades/released.tar.xz")
"""All that its journeys need. Not asked of git: whoever has this version alone can run all tests."""
SAID: Final = """\
# The release before this version: its program serves on the tables of this one too. `make release` writes it.
commit = "{commit}"
revision = "{revision}"
"""
LEFT_OUT: Final = (
    "bench",
    "console",
    "deploy",
    "docs",
    "examples",
    "server/console",
    "tests/clients",
    "typings",
)
# Where a hook of git's runs the tests, it means its own repository.
OURS: Final = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def unpacked(root: Path, folder: Path) -> Path:
    """Return a folder with the code of the last release."""
    code = folder / "code"
    with tarfile.open(root / CODE) as packed:
        # The archive says of which commit it is, as git writes it.
        commit = tomllib.loads((root / FILE).read_text())["commit"]
        assert packed.pax_headers["comment"] == commit
        # Python knows that argument from 3.11.4 on, and warns without it from 3.12 on.
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(code)  # noqa: S202  we have written it
    return code


def git(folder: Path, *arguments: str) -> bytes:
    """Return what git says in a folder. Raise OSError, CalledProcessError."""
    return subprocess.run(
        ["git", *arguments],  # noqa: S607  whichever git there is
        cwd=folder,
        env=OURS,
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
    outside = [f":!{it}" for it in (*LEFT_OUT, CODE)]
    (root / CODE).parent.mkdir(parents=True, exist_ok=True)
    archive = git(root, "archive", commit, "--", ".", *outside)
    (root / CODE).write_bytes(lzma.compress(archive, preset=9 | lzma.PRESET_EXTREME))
    (root / FILE).write_text(SAID.format(commit=commit, revision=migrations.known().head))


if __name__ == "__main__":
    main(migrations.ROOT)
