"""What every reader is given: rows, and what says who asks for them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Executable

from core.errors import Unauthenticated
from core.viewer import Viewer
from models.tables import AnyRow
from permissions.told import told_of
from resolvers.ports import Ports


class Reading(ABC):
    """A place to read from, on behalf of somebody, at one moment."""

    def __init__(self, ports: Ports, asker: Viewer | None) -> None:
        self.ports = ports
        self.now = ports.clock.now()
        self.asker = asker
        """Whoever asks; None: nobody is signed in."""
        self.missed: set[tuple[str, UUID]] = set()
        """The keys of documents that were asked for by id and not shown, each with the field that did not."""

    @abstractmethod
    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Return what a statement finds; what says who asks is bound by itself."""

    @property
    def viewer(self) -> Viewer:
        """Return whoever asks. Raise Unauthenticated when nobody is signed in."""
        if self.asker is None:
            raise Unauthenticated
        return self.asker

    async def row(self, statement: Executable, **values: Any) -> AnyRow | None:
        """Return the first row that a statement finds, or None."""
        found = await self.rows(statement, **values)
        return found[0] if found else None

    def miss(self, field: str, documents: Sequence[UUID], found: Sequence[object]) -> None:
        """Note which of these documents were not found for the viewer."""
        self.missed |= {(field, key) for key, it in zip(documents, found, strict=True) if it is None}

    def bound(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of a statement with those that every rule of access needs."""
        return told_of(self.viewer) | values
