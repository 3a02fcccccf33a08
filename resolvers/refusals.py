"""Refusals are remembered, in a transaction of their own: what is refused leaves nothing else (ASVS 16.3)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, bindparam, select

from auth.api_keys import KeyToken
from auth.links import Purpose
from core.errors import NotFound
from core.viewer import Viewer
from models import ApiKey, Document, Event
from models.tables import LICENCE, AnyRow
from resolvers.ports import Ports
from resolvers.strangers import network_of

MOST_FIELDS: Final = 20
ACCESS: Final = "access.refused"
SIGN_IN: Final = "session.refused"
API_KEY: Final = "api_key.refused"
KEY_WITH: Final = select(ApiKey.id, ApiKey.account_id).where(
    ApiKey.licence_id == LICENCE, ApiKey.digest == bindparam("digest", type_=LargeBinary())
)
THERE: Final = select(Document.id).where(
    Document.licence_id == LICENCE, Document.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)
Refused = Collection[tuple[str, str]]
"""Codes of errors, each with the field that told it."""


async def remember(
    ports: Ports,
    licence_id: UUID,
    kind: str,
    account_id: UUID | None,
    document_id: UUID | None = None,
    **details: Any,
) -> None:
    """Remember a refusal, of whoever it was."""
    async with ports.database.change(licence_id) as session:
        session.add(refusal(licence_id, ports.clock.now(), kind, account_id, document_id, **details))


def refusal(
    licence_id: UUID,
    now: datetime,
    kind: str,
    account_id: UUID | None,
    document_id: UUID | None,
    **details: Any,
) -> Event:
    """Return the event of a refusal."""
    return Event(
        licence_id=licence_id,
        kind=kind,
        occurred_at=now,
        account_id=account_id,
        document_id=document_id,
        details=details,
    )


async def of_operation(ports: Ports, viewer: Viewer, refused: Refused) -> None:
    """Remember what one operation was refused, by code: in which fields, and not with which arguments."""
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for code, field in sorted(refused):
        fields[code].append(field)
    for code, names in fields.items():
        told = names[:MOST_FIELDS]
        await remember(ports, viewer.licence_id, ACCESS, viewer.account_id, code=code, fields=told)


async def of_documents(ports: Ports, viewer: Viewer, missed: Collection[tuple[str, UUID]]) -> None:
    """Remember which documents somebody asked for that there are, and that he may not read; once a minute.

    Whoever asked knows of none of them whether it is there.
    """
    now = ports.clock.now()
    due = [it for it in sorted(missed) if ports.now_and_then.is_due((ACCESS, viewer.account_id, it[1]), now)]
    if not due:
        return
    async with ports.database.change(viewer.licence_id) as session:
        asked = {"licence": viewer.licence_id, "ids": [key for _, key in due]}
        there = set((await session.execute(THERE, asked)).scalars())
        for field, key in due:
            if key in there:
                said = {"code": NotFound.code, "fields": [field]}
                session.add(refusal(viewer.licence_id, now, ACCESS, viewer.account_id, key, **said))


async def of_file(ports: Ports, viewer: Viewer, door: Purpose, document_id: UUID) -> None:
    """Remember that somebody came for a file that he may not read any more; once a minute."""
    key = (ACCESS, viewer.account_id, document_id)
    if ports.now_and_then.is_due(key, ports.clock.now()):
        await remember(ports, viewer.licence_id, ACCESS, viewer.account_id, document_id, fields=[door.value])


async def of_sign_in(
    ports: Ports, licence_id: UUID, account: AnyRow | None, address: str, now: datetime
) -> None:
    """Remember that a sign-in was refused, and why. Nobody is told whether there is such an account."""
    reason = reason_of(account, now)
    account_id = account.id if account else None
    await remember(ports, licence_id, SIGN_IN, account_id, reason=reason, network=network_of(address))


def reason_of(account: AnyRow | None, now: datetime) -> str:
    """Return why a password did not open an account."""
    if account is None:
        return "NO_ACCOUNT"
    if account.blocked_at is not None:
        return "BLOCKED"
    expires_at = account.initial_password_expires_at
    return "PASSWORD" if expires_at is None or expires_at > now else "EXPIRED"


async def of_too_many(
    ports: Ports, licence_id: UUID, account_id: UUID | None, name: str, address: str
) -> None:
    """Remember that tries of a name from a network were too many; once a minute."""
    network = network_of(address)
    if ports.now_and_then.is_due((SIGN_IN, licence_id, name, network), ports.clock.now()):
        await remember(ports, licence_id, SIGN_IN, account_id, reason="RATE_LIMITED", network=network)


async def of_api_key(ports: Ports, token: KeyToken, address: str) -> None:
    """Remember that a key of ours was shown that opens nothing any more, or not from there; once a minute."""
    network = network_of(address)
    if not ports.now_and_then.is_due((API_KEY, token.digest, network), ports.clock.now()):
        return
    async with ports.database.snapshot(token.licence_id) as connection:
        values = {"licence": token.licence_id, "digest": token.digest}
        key = (await connection.execute(KEY_WITH, values)).first()
    if key:
        shown = str(key.id)
        await remember(ports, token.licence_id, API_KEY, key.account_id, api_key=shown, network=network)
