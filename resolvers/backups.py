"""What a backup must know of a licence: which objects its rows name, which keys sealed its secrets."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth import vault
from resolvers.rewrapping import SEALED
from resolvers.verifying import AT_ONCE, PAGE, ROWS
from storage.sealing import sealed_size

KEYS: Final = any_(bindparam("keys", type_=ARRAY(Text())))
# The licence is bound within ROWS.
STILL_NAMED: Final = select(ROWS.c.object_key).where(ROWS.c.object_key == KEYS)
MARKS: Final = tuple(it.marks for it in SEALED)


async def named_objects(connection: AsyncConnection, licence_id: UUID) -> dict[str, int]:
    """Return the objects that a licence's rows name, with how many bytes each must have."""
    named: dict[str, int] = {}
    after = ""
    while True:
        page = (await connection.execute(PAGE, {"licence": licence_id, "after": after})).all()
        named |= {it.object_key: sealed_size(it.byte_size) for it in page}
        if len(page) < AT_ONCE:
            return named
        after = page[-1].object_key


async def still_named(connection: AsyncConnection, licence_id: UUID, object_keys: Sequence[str]) -> set[str]:
    """Return which of these objects rows of a licence name."""
    values: dict[str, Any] = {"licence": licence_id, "after": "", "keys": list(object_keys)}
    return set((await connection.execute(STILL_NAMED, values)).scalars())


async def sealing_keys(connection: AsyncConnection, licence_id: UUID) -> set[int]:
    """Return the numbers of the keys that have sealed the secrets of a licence."""
    found = [(await connection.execute(it, {"licence": licence_id})).scalars() for it in MARKS]
    return {vault.number_of(mark) for marks in found for mark in marks}


def licence_of(object_key: str) -> UUID:
    """Return the licence in whose folder an object lies."""
    return UUID(object_key.partition("/")[0])
