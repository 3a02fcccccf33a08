"""The files of deploy/ as tests read them, and the programs that check them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml

from tests.programs import WANTING

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
OURS: Final = ("server", "worker")
# Debian keeps what an administrator runs apart.
PLACES: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def program(name: str) -> str:
    """Return where a program of this machine lies. Skip without it."""
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(f"{WANTING}{name}")
    return found


def said_by(*command: str, **options: Any) -> tuple[int, str]:
    """Return how a program ended, and all that it said."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    return done.returncode, done.stdout


def composed() -> dict[str, Any]:
    """Return what compose.yaml says, what it says once for several written out."""
    return cast("dict[str, Any]", yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def without_comments(path: Path) -> str:
    """Return a file without its lines of comments."""
    return "\n".join(it for it in path.read_text().splitlines() if not it.lstrip().startswith("#"))


def locations(conf: str) -> list[tuple[str, str, str]]:
    """Return the locations of nginx.conf: how each compares, with what, and what stands in it."""
    blocks = re.findall(r"^    location (=|~)? ?(\S+) \{\n(.*?)^    \}", conf, re.MULTILINE | re.DOTALL)
    return [(how, place, body) for how, place, body in blocks]


def location_of(conf: str, path: str) -> tuple[str, str]:
    """Return the location that nginx takes for a path: one of `=`, else of `~`, else the longest."""
    found = locations(conf)
    exact = [it for it in found if it[0] == "=" and it[1] == path]
    drawn = [it for it in found if it[0] == "~" and re.search(it[1], path)]
    begun = [it for it in found if it[0] == "" and path.startswith(it[1])]
    begun.sort(key=lambda it: len(it[1]), reverse=True)
    _, place, body = [*exact, *drawn, *begun][0]
    return place, body
