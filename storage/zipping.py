"""Zipping: files as one ZIP, written while it is sent; stored as they are, in the form for large ones."""

import io
import re
import zipfile
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from storage.file_names import LONGEST

# The least that the format knows: what a file's own date would be is not said of it.
DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o600 << 16
"""Where Unix programs look for the rights of an unpacked file."""
EXTENSION: Final = re.compile(r"\.[a-z0-9]{1,16}\Z", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that goes into a ZIP; its pieces are read when it is its turn."""

    name: str
    pieces: AsyncGenerator[bytes]


class Outbox(io.RawIOBase):
    """Where the ZIP is written, until it is taken, without seeking: no ZIP lies anywhere whole."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def write(self, part: Any) -> int:
        """Keep a part; return how many bytes it has."""
        self._waiting.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._waiting = b"".join(self._waiting), []
        return taken


async def zipped(entries: Iterable[Entry]) -> AsyncGenerator[bytes]:
    """Yield the bytes of a ZIP; raises whatever the pieces of an entry raise."""
    outbox, names = Outbox(), Names()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            said = zipfile.ZipInfo(names.unique(entry.name), DATE)
            said.external_attr = MODE
            async with aclosing(entry.pieces) as pieces:
                # Always in the form for large files: how it is written must be known before its size is.
                with archive.open(said, "w", force_zip64=True) as place:
                    async for piece in pieces:
                        place.write(piece)
                        yield outbox.take()
            yield outbox.take()
    yield outbox.take()


class Names:
    """Names within one ZIP: what is there already is numbered, as file managers do; case does not tell.

    A name of at most 255 bytes gets none that is longer: no file system could hold it.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """Return the name, or the first numbered one that is free."""
        number, chosen = 1, name
        found = EXTENSION.search(name)
        extension = found[0] if found else ""
        while chosen.casefold() in self._taken:
            number += 1
            rest = f" ({number}){extension}"
            stem = name.removesuffix(extension).encode()[: LONGEST - len(rest)]
            chosen = stem.decode(errors="ignore") + rest
        self._taken.add(chosen.casefold())
        return chosen
