"""Mutations that make something once: the same key and input give the same answer for 24 hours."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, Text, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import Conflict, Invalid
from models import IdempotencyKey
from models.tables import LICENCE
from permissions.people import OWN_ACCOUNT
from resolvers.change import Change

KEPT_FOR: Final = timedelta(hours=24)
LONGEST: Final = 200
PLACE: Final = ("input", "idempotencyKey")
KEY: Final = bindparam("own_key", type_=Text())
OWN: Final = (
    IdempotencyKey.licence_id == LICENCE,
    IdempotencyKey.account_id == OWN_ACCOUNT,
    IdempotencyKey.key == KEY,
)
IS_OLD: Final = IdempotencyKey.created_at <= bindparam("until", type_=DateTime(timezone=True))
NEW: Final = insert(IdempotencyKey).values(
    licence_id=LICENCE,
    account_id=OWN_ACCOUNT,
    key=KEY,
    verb=bindparam("verb"),
    input_digest=bindparam("input_digest"),
    created_at=bindparam("now"),
)
# Whoever comes second waits here until the first has made it, or has failed to. One that is too old counts
# as none.
CLAIM: Final = NEW.on_conflict_do_update(
    index_elements=[IdempotencyKey.licence_id, IdempotencyKey.account_id, IdempotencyKey.key],
    set_={
        "verb": NEW.excluded.verb,
        "input_digest": NEW.excluded.input_digest,
        "created_at": NEW.excluded.created_at,
    },
    where=IS_OLD,
).returning(IdempotencyKey.key)
KNOWN: Final = select(IdempotencyKey.verb, IdempotencyKey.input_digest, IdempotencyKey.made).where(*OWN)
MADE: Final = (
    update(IdempotencyKey).where(*OWN).values(made=bindparam("made", type_=IdempotencyKey.made.type))
)


class Made(NamedTuple):
    """What stands for a key: the id of what was made, and whether it was made just now."""

    id: UUID
    is_new: bool


async def once(
    change: Change,
    key: str | None,
    verb: str,
    said: Mapping[str, Any],
    make: Callable[[], Awaitable[UUID]],
) -> Made:
    """Return what `make` makes, or what was made when this key first came with the same input.

    Without a key it is made each time. This comes first in its transaction, so that whoever waits here holds
    nothing that the other needs. Raise Conflict for a key that came with another input, Invalid for one that
    is too long, and whatever `make` raises: then nothing was made, and the key is as new.
    """
    if key is None:
        return Made(await make(), is_new=True)
    if not 0 < len(key) <= LONGEST:
        raise Invalid("A key has 1 to {longest} characters.", path=PLACE, longest=LONGEST)
    digest = digest_of(said)
    until = change.now - KEPT_FOR
    if await change.rows(CLAIM, own_key=key, verb=verb, input_digest=digest, now=change.now, until=until):
        made = await make()
        await change.rows(MADE, own_key=key, made={"id": str(made)})
        return Made(made, is_new=True)
    (known,) = await change.rows(KNOWN, own_key=key)
    if (known.verb, known.input_digest) != (verb, digest):
        raise Conflict("This key came with another input before.", path=PLACE)
    return Made(UUID(known.made["id"]), is_new=False)


def digest_of(said: Mapping[str, Any]) -> bytes:
    """Return what is kept of an input: 32 bytes."""
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()
