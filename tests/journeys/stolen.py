"""A copy of the database in the wrong hands: its text, and whatever of it could be sent to come in with."""

import asyncio
import subprocess
from base64 import b32encode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pyotp.totp import TOTP

from auth.api_keys import KeyToken
from core.tokens import SECRET_BYTES, Token, pack
from server.embedded import binaries
from tests.models.catalogue import asked, tables

# A value that is shorter is no secret of any kind.
SHORTEST: Final = 5


async def dump(url: str) -> str:
    """Return the whole database as `pg_dump` writes it."""
    address = url.replace("postgresql+asyncpg:", "postgresql:", 1)
    command = [str(binaries() / "pg_dump"), f"--dbname={address}", "--restrict-key=x"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    return done.stdout


async def stored(url: str) -> set[Any]:
    """Return every distinct value that stands in any column of any table, and within what JSON holds."""
    found: set[Any] = set()
    for table in await tables(url):
        for row in await asked(url, f"SELECT * FROM {table}"):  # noqa: S608  a name from the catalogue
            found.update(values_in(row))
    return found


def values_in(value: Any) -> Iterator[Any]:
    """Yield what stands in a value, down to what holds nothing else."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:  # pyright: ignore[reportUnknownVariableType]  rows and JSON hold anything
            yield from values_in(inner)
    elif value is not None and not isinstance(value, bool | datetime):
        yield value


@dataclass(frozen=True, slots=True)
class Loot:
    """What somebody could send who knows what is stored, by what he could take it for."""

    texts: list[str]
    """Values as they stand."""
    tokens: list[str]
    """Whatever bytes could be the secret of, or all of."""
    codes: list[str]
    """Of an app, with bytes as its secret."""

    @classmethod
    def of(cls, values: set[Any], licence_id: UUID, now: datetime) -> "Loot":
        """Return what can be made of these values, in a fixed order."""
        raws = {it for it in values if isinstance(it, bytes)}
        texts = {text for it in values for text in written(it)}
        keys = {it.bytes for it in values if isinstance(it, UUID)}
        return cls(
            texts=sorted(it for it in texts if len(it) >= SHORTEST),
            tokens=sorted({token for it in raws | keys for token in tokens_of(it, licence_id)}),
            codes=sorted({TOTP(b32encode(it).decode()).at(now) for it in raws}),
        )


def written(value: Any) -> Iterator[str]:
    """Yield a value as the copy shows it; a hash names its method and its salt, which stand there too."""
    yield from (value.hex(),) if isinstance(value, bytes) else {str(value), *str(value).split("$")}


def tokens_of(value: bytes, licence_id: UUID) -> Iterator[str]:
    """Yield the tokens whose secret would be the first or the last bytes of a value, or all of it."""
    yield from (pack(value), b64encode(value).decode(), pack(licence_id.bytes + value))
    if len(value) >= SECRET_BYTES:
        for secret in (value[:SECRET_BYTES], value[-SECRET_BYTES:]):
            yield from (str(Token(licence_id, secret)), str(KeyToken(licence_id, secret)))
