"""API keys of partners' programs: kept as digests, read anew by every operation, dead once revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.networks import is_within
from auth.sessions import GROUPS, SEEN_EVERY
from core.tokens import Token
from core.viewer import ApiScope, Language, Role, Viewer
from models import Account, ApiKey
from models.tables import LICENCE, AnyRow, Rows

# What scanners for secrets look for; behind it comes a fingerprint, by which they tell a key from noise.
MARK: Final = "kluis_pk_"
FINGERPRINT: Final = 12  # hexadecimal digits

ALIVE: Final = (
    select(
        ApiKey.id,
        ApiKey.scopes,
        ApiKey.networks,
        ApiKey.last_used_at,
        Account.licence_id,
        Account.id.label("account_id"),
        Account.language,
        GROUPS.label("groups"),
    )
    .join(Account, and_(Account.licence_id == LICENCE, Account.id == ApiKey.account_id))
    .where(
        ApiKey.licence_id == LICENCE,
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now")),
        Account.blocked_at.is_(None),
        Account.role == "SERVICE",
    )
)
BY_DIGEST: Final = ALIVE.where(ApiKey.digest == bindparam("digest"))
BY_ID: Final = ALIVE.where(ApiKey.id == bindparam("api_key"))
USED: Final = (
    update(ApiKey)
    .where(
        ApiKey.licence_id == LICENCE,
        ApiKey.id == bindparam("api_key"),
        or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < bindparam("used_before")),
    )
    .values(last_used_at=bindparam("now"))
)


# The repr of a token tells no secret; a dataclass would write one of its own.
@dataclass(frozen=True, slots=True, repr=False)
class KeyToken(Token):
    """The token of an API key, such as `kluis_pk_5f2b0c9a71de_AZ...`: its prefix, and a token's spelling."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the token that `text` spells, or None when it spells none."""
        inner = Token.parse(text[len(MARK) + FINGERPRINT + 1 :])
        token = cls(inner.licence_id, inner.secret) if inner else None
        return token if token and str(token) == text else None

    def __str__(self) -> str:
        return f"{self.prefix}_{Token.__str__(self)}"

    @property
    def prefix(self) -> str:
        """Return what may be shown for good: a key is recognised by it, and opened by the rest alone."""
        return f"{MARK}{self.digest.hex()[:FINGERPRINT]}"


async def viewer_with(rows: Rows, token: KeyToken, now: datetime, address: str) -> Viewer | None:
    """Return the program whose key this is, or None when the key is dead, or asked from elsewhere."""
    found = await rows(BY_DIGEST, {"licence": token.licence_id, "now": now, "digest": token.digest})
    return viewer_of(found, address)


async def viewer_in(rows: Rows, licence_id: UUID, key_id: UUID, now: datetime, address: str) -> Viewer | None:
    """Return the program with this key, likewise."""
    return viewer_of(await rows(BY_ID, {"licence": licence_id, "now": now, "api_key": key_id}), address)


def viewer_of(rows: Sequence[AnyRow], address: str) -> Viewer | None:
    """Return the program in the one row, if there is one, and it may ask from this address."""
    for row in rows:
        if row.networks is not None and not is_within(address, row.networks):
            return None
        return Viewer(
            licence_id=row.licence_id,
            account_id=row.account_id,
            session_id=row.id,
            seen_at=row.last_used_at,
            roles=frozenset({Role.SERVICE}),
            language=Language(row.language),
            principals=(row.account_id, *(row.groups or ())),
            scopes=frozenset(map(ApiScope, row.scopes)),
        )
    return None


async def note_used(change: AsyncSession, viewer: Viewer, now: datetime) -> None:
    """Note that a program's key was used just now."""
    values: dict[str, Any] = {"licence": viewer.licence_id, "api_key": viewer.session_id, "now": now}
    await change.execute(USED, values | {"used_before": now - SEEN_EVERY})
