"""Mutations that make something once: the same key and input give the same answer for 24 hours."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict, Invalid
from models import IdempotencyKey
from models.tables import LICENCE
from permissions.people import OWN_ACCOUNT
from resolvers.change import Change

KEPT_FOR: Final = timedelta(hours=24)
LONGEST: Final = 200
PLACE: Final = ("input", "idempotencyKey")
KEY: Final = bindparam("key", type_=Text())
OWN: Final = (
    IdempotencyKey.licence_id == LICENCE,
    IdempotencyKey.account_id == OWN_ACCOUNT,
    IdempotencyKey.key == KEY,
)
FORGET: Final = delete(IdempotencyKey).where(
    *OWN, IdempotencyKey.created_at <= bindparam("until", type_=DateTime(timezone=True))
)
# Whoever comes second waits here until the first has made it, or has failed to.
CLAIM: Final = (
    insert(IdempotencyKey)
    .values(
        licence_id=LICENCE,
        account_id=OWN_ACCOUNT,
        key=KEY,
        verb=bindparam("verb"),
        input_digest=bindparam("input_digest"),
        made=bindparam("made", type_=IdempotencyKey.made.type),
        created_at=bindparam("now"),
    )
    .on_conflict_do_nothing()
    .returning(IdempotencyKey.key)
)
KNOWN: Final = select(IdempotencyKey.verb, IdempotencyKey.input_digest, IdempotencyKey.made).where(*OWN)


async def once(
    change: Change,
    key: str | None,
    verb: str,
    said: Mapping[str, Any],
    make: Callable[[], Awaitable[UUID]],
) -> UUID:
    """Return the key of what `make` makes, or of what was made when this key first came with the same input.

    Without a key it is made each time. Raise Conflict for a key that came with another input, Invalid for one
    that is too long, and whatever `make` raises: then nothing was made, and the key is as new.
    """
    if key is None:
        return await make()
    if not 0 < len(key) <= LONGEST:
        raise Invalid("A key has 1 to {longest} characters.", path=PLACE, longest=LONGEST)
    digest = digest_of(said)
    await change.rows(FORGET, key=key, until=change.now - KEPT_FOR)
    claimed: dict[str, Any] = {"verb": verb, "input_digest": digest, "made": {}, "now": change.now}
    if await change.rows(CLAIM, key=key, **claimed):
        made = await make()
        row = await change.session.get_one(
            IdempotencyKey, (change.viewer.licence_id, change.viewer.account_id, key)
        )
        row.made = {"id": str(made)}
        return made
    (known,) = await change.rows(KNOWN, key=key)
    if (known.verb, known.input_digest) != (verb, digest):
        raise Conflict("This key came with another input before.", path=PLACE)
    return UUID(known.made["id"])


def digest_of(said: Mapping[str, Any]) -> bytes:
    """Return what is kept of an input: 32 bytes."""
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()
