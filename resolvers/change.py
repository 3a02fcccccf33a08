"""One transaction as a verb sees it: what it changes, records and tells."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession

from core.viewer import Language, Viewer
from models import Account, Entity, Event, Letter
from models.tables import AnyRow
from resolvers.ports import Ports
from resolvers.reading import Reading

Added = TypeVar("Added", bound=Entity)


class Change(Reading):
    """All of it is committed when the verb ends, or none."""

    def __init__(self, ports: Ports, viewer: Viewer, session: AsyncSession) -> None:
        super().__init__(ports, viewer)
        self.session = session
        self.has_letters = False

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Return what a statement finds, what this transaction has changed included."""
        await self.session.flush()
        connection = await self.session.connection()
        found = await connection.execute(statement, self.bound(values))
        return found.all() if found.returns_rows else ()

    def add(self, entity: type[Added], /, **values: Any) -> Added:
        """Add a row of the viewer's licence, and return it."""
        row = entity(licence_id=self.viewer.licence_id, **values)
        self.session.add(row)
        return row

    def record(self, kind: str, *, document_id: UUID | None = None, **details: Any) -> None:
        """Remember who did what to what, such as `document.rights_set`."""
        self.add(
            Event,
            kind=kind,
            occurred_at=self.now,
            account_id=self.viewer.account_id,
            document_id=document_id,
            details=details,
        )

    async def tell(
        self,
        kind: str,
        account: AnyRow | Account,
        secret: str | None = None,
        **details: Any,
    ) -> None:
        """Write a letter to an account with an e-mail address; it leaves after the commit."""
        letter = self.add(
            Letter,
            kind=kind,
            account_id=account.id,
            recipient=account.email,
            language=Language(account.language),
            details=details,
            queued_at=self.now,
            due_at=self.now,
        )
        self.has_letters = True
        if secret is not None:
            await self.session.flush()
            bound_to = letter_seal(letter.licence_id, letter.id)
            letter.sealed = self.ports.keys.seal(secret.encode(), bound_to=bound_to)


def letter_seal(licence_id: UUID, letter_id: UUID) -> bytes:
    """Return what a letter's secret is bound to, so that it opens in no other letter."""
    return b"letter" + licence_id.bytes + letter_id.bytes
