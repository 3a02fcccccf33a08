"""What every address of files shares: whoever holds it is read again, and what he opens is remembered."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import DateTime, Table, Text, Uuid, bindparam, exists, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from auth import bearers, links
from auth.links import Holder, Purpose
from core.errors import NotFound
from core.viewer import Viewer
from models import Account, DocumentVersion, Event
from models.tables import LICENCE, AnyRow, Rows
from permissions.told import told_of
from resolvers.fetching import reads
from resolvers.ports import Ports

ADDRESS_LASTS: Final = timedelta(seconds=60)
OF_FILE: Final = (
    DocumentVersion.document_id,
    DocumentVersion.number,
    DocumentVersion.file_name,
    DocumentVersion.media_type,
    DocumentVersion.byte_size,
    DocumentVersion.sha256,
    DocumentVersion.object_key,
    DocumentVersion.sealed_key,
    DocumentVersion.scan_state,
)
"""What must be known of a version to send its file."""
KIND: Final = bindparam("kind", type_=Text())
ACCOUNT: Final = bindparam("account", type_=Uuid())
DOCUMENT: Final = bindparam("document", type_=Uuid())
DETAILS: Final = bindparam("details", type_=JSONB())
NOW: Final = bindparam("now", type_=DateTime(timezone=True))
# Core's own insert: that of the ORM takes no columns from a SELECT.
INTO: Final = insert(cast("Table", Event.__table__))
COLUMNS: Final = ("licence_id", "kind", "occurred_at", "account_id", "document_id", "details")
EVENT: Final = select(LICENCE, KIND, NOW, ACCOUNT, DOCUMENT, DETAILS)
# A reader that asks for a file part by part opens it once.
OPENED_ALREADY: Final = exists(
    select(literal(1)).where(
        Event.licence_id == LICENCE,
        Event.document_id == DOCUMENT,
        Event.kind == KIND,
        Event.account_id == ACCOUNT,
        Event.details == DETAILS,
        Event.occurred_at > bindparam("since", type_=DateTime(timezone=True)),
    )
)
ALREADY: Final = select(OPENED_ALREADY)
# Browsers ask for parts side by side: whoever finds none yet waits here, and looks again.
ONE_BY_ONE: Final = (
    select(Account.id)
    .where(Account.licence_id == LICENCE, Account.id == ACCOUNT)
    .with_for_update(key_share=True)
)
RECORD: Final = INTO.from_select(COLUMNS, EVENT)
RECORD_ONCE: Final = INTO.from_select(COLUMNS, EVENT.where(~OPENED_ALREADY))


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who came with an address: who he is now, what the address says, and rows of one moment."""

    viewer: Viewer
    holder: Holder
    said: bytes
    rows: Rows

    async def found(self, statement: Any, **values: Any) -> list[AnyRow]:
        """Return what a statement finds of what this viewer may see."""
        return list(await self.rows(statement, told_of(self.viewer) | values))


def address(ports: Ports, purpose: Purpose, link: links.Link) -> str:
    """Return an address on which a server answers for this purpose."""
    return f"{ports.public_url}/{purpose}/{link.seal(ports.keys.links, purpose)}"


@asynccontextmanager
async def asking(ports: Ports, purpose: Purpose, text: str, come_from: str) -> AsyncGenerator[Asking]:
    """Yield who comes with an address, by what is true now.

    Raise NotFound when it is no address of ours, when its time is over, when the session or the API key has
    ended, or when the key may not be used from `come_from`: it says nothing of which.
    """
    now = ports.clock.now()
    link = links.read(ports.keys.links, purpose, text, now)
    if link is None:
        raise NotFound
    holder = link.holder
    async with ports.database.snapshot(holder.licence_id) as connection:
        rows = reads(connection)
        viewer = await bearers.viewer_in(
            rows, holder.licence_id, holder.session_id, now, come_from, is_program=holder.is_program
        )
        if viewer is None:
            raise NotFound
        yield Asking(viewer, holder, link.said, rows)


def is_openable(ports: Ports, row: AnyRow) -> bool:
    """Return whether the file of a version may be opened: while files are searched, only what is clean."""
    state = row.scan_state
    return state == "CLEAN" or (ports.scanner is None and state != "INFECTED")


async def record(
    ports: Ports, viewer: Viewer, kind: str, document_id: UUID, version: int, *, once: bool = False
) -> None:
    """Remember who opened which version how; with `once` not again within a minute (A24)."""
    now = ports.clock.now()
    values = {
        "licence": viewer.licence_id,
        "kind": kind,
        "now": now,
        "account": viewer.account_id,
        "document": document_id,
        "details": {"version": version},
    }
    async with ports.database.change(viewer.licence_id) as session:
        if not once:
            await session.execute(RECORD, values)
            return
        values |= {"since": now - ADDRESS_LASTS}
        if not (await session.execute(ALREADY, values)).scalar():
            await session.execute(ONE_BY_ONE, values)
            await session.execute(RECORD_ONCE, values)
