"""A live server, and what a browser tells of its pages: the Python side of tests/browser/browsing."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from resolvers.ports import Ports
from server.app import create_app
from tests import programs
from tests.http import node_suite
from tests.http.serving import served_at

SUITE: Final = Path(__file__).with_name("browsing")
# To be looked at by people; git does not keep them.
PICTURES: Final = Path(__file__).parents[2] / "var" / "pictures"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a journey told, and what the browser said meanwhile."""

    told: Any
    foreign: list[str]
    """Requests to other origins."""
    violations: list[str]
    """What the policy of the page refused."""
    errors: list[str]
    complaints: list[str]
    """What axe finds serious."""

    @property
    def found(self) -> list[str]:
        """Return all that a page should not have done."""
        return [*self.foreign, *self.violations, *self.errors, *self.complaints]


@asynccontextmanager
async def live(ports: Ports) -> AsyncGenerator[str]:
    """Yield the address of a server over these ports, whose pages may use the session's cookie.

    It has a name, since passkeys are made for names.
    """

    def named(url: str) -> str:
        return url.replace("127.0.0.1", "localhost")

    async with served_at(
        lambda url: create_app(replace(ports, public_url=named(url), origins=(named(url),)))
    ) as url:
        yield named(url)


async def seen_in(url: str, script: str, **given: Any) -> Seen:
    """Return what a script of the suite sees at an address."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    argument = {"url": url, "pictures": str(PICTURES), "chromium": programs.chromium(), **given}
    return Seen(**await node_suite.told_by(SUITE, script, json.dumps(argument)))
