"""How a fault is planted: in a statement on its way to the database, or in the place of a function."""

import re
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.models.rewriting import rewriting
from tests.permissions.theatre import Theatre


@dataclass(frozen=True)
class Arm:
    """A part of a statement that is to be another; `within` is what the statement has elsewhere."""

    pattern: str
    instead: str
    within: str = ""

    def is_in(self, statement: str) -> bool:
        return bool(re.search(self.within, statement, re.DOTALL) and re.search(self.pattern, statement))

    def taken_out(self, statement: str) -> str:
        """Return a statement with the other part; it goes on naming the parameters that it had."""

        def other(found: re.Match[str]) -> str:
            instead = found.expand(self.instead)
            lost = [it for it in re.findall(r"\$\d+::[A-Z]+(?:\[\])?", found.group()) if it not in instead]
            return instead + "".join(f" AND {it} IS NOT NULL" for it in lost)

        return re.sub(self.pattern, other, statement)


class Planting:
    """Where faults are planted, and what of the statements they have changed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.arms: list[Arm] = []
        self.changed: list[str] = []

    def rewrite(self, pattern: str, instead: str, within: str = "") -> None:
        """Put something else in the place of a part of each statement that has it."""
        self.arms.append(Arm(pattern, instead, within))

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Put something else in the place of a function or a value of a module."""
        self.patch.setattr(owner, name, value)

    def after(self, owner: Any, name: str, more: Callable[..., Awaitable[None]]) -> None:
        """Let something more be done after a function, with the same arguments."""
        original = getattr(owner, name)

        async def both(*given: Any, **named: Any) -> Any:
            result = await original(*given, **named)
            await more(*given, **named)
            return result

        self.replace(owner, name, both)

    def rewritten(self, statement: str) -> str:
        for arm in self.arms:
            if arm.is_in(statement):
                self.changed.append(statement)
                statement = arm.taken_out(statement)
        return statement


@contextmanager
def planting(theatre: Theatre) -> Generator[Planting]:
    """Yield where faults are planted; both ways of a statement to the database lead past it."""
    with pytest.MonkeyPatch.context() as patch:
        planted = Planting(patch)
        with rewriting(theatre.ports.database, planted.rewritten):
            yield planted
