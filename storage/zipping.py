"""Zipping: files as one ZIP, written while it is sent; stored as they are, in the form for large ones."""

import io
import zipfile
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

# The least that the format knows: what a file's own date would be is not said of it.
DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o600 << 16
"""Where Unix programs look for the rights of an unpacked file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that goes into a ZIP; its pieces are read when it is its turn."""

    name: str
    pieces: AsyncGenerator[bytes]


class Outbox(io.RawIOBase):
    """Where the ZIP is written, until it is taken: no ZIP lies anywhere whole."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        """Say that one can write here; one can neither read nor seek."""
        return True

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
    """Names within one ZIP: what is there already is numbered, as file managers do; case does not tell."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """Return the name, or the first numbered one that is free."""
        path, number, chosen = PurePosixPath(name), 1, name
        while chosen.casefold() in self._taken:
            number += 1
            chosen = f"{path.stem} ({number}){path.suffix}"
        self._taken.add(chosen.casefold())
        return chosen
