"""Inspections of files that are there as bytes: what comes of one, and what it reads meanwhile."""

from dataclasses import dataclass, field
from typing import Final

from core.errors import UnsupportedType
from storage.inspecting import inspect
from storage.media_types import HEAD_SIZE, recognise
from storage.random_access import READS_BESIDE, READS_PER_WINDOW, WINDOW

ACCEPTED: Final = "accepted"
NOT_ACCEPTED: Final = "Files of this kind are not accepted."
DAMAGED: Final = "The file is damaged or not complete."
TOO_UNUSUAL: Final = "The file is built too unusually to be checked."
TWO_FILES: Final = "There is a second file hidden in this file."
NOT_TEXT: Final = "This is not a text all through."
TOO_MANY_PIXELS: Final = "The picture has more than 50 million pixels."
NO_SIZE: Final = "The picture is damaged: it does not say how large it is."
TOO_MANY_PAGES: Final = "The picture has more than 10,000 pages."
TOO_MANY_PARTS: Final = "The document has more than 5,000 parts."
TOO_LARGE: Final = "The document would be too large once unpacked."
PASSWORD: Final = "The document is protected with a password. Take it off first."
BAD_NAMES: Final = "The document has parts whose names are not allowed."
TWICE: Final = "The document has two parts with one name."
MACROS: Final = "Documents with macros are not accepted."


@dataclass
class Counted:
    """A stored file of which each read is counted; `missing` bytes have been lost at its end."""

    content: bytes
    missing: int = 0
    reads: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    async def read_at(self, start: int, length: int) -> bytes:
        self.reads.append((start, length))
        return self.content[: len(self.content) - self.missing][start : start + length]

    @property
    def is_within_bounds(self) -> bool:
        allowed = READS_BESIDE + READS_PER_WINDOW * (len(self.content) // WINDOW + 1)
        return len(self.reads) <= allowed and all(length <= WINDOW for _, length in self.reads)


async def inspected(media_type: str, content: bytes) -> str:
    """Return ACCEPTED, or the words of the refusal; fail on more reads than are allowed."""
    stored = Counted(content)
    try:
        await inspect(media_type, len(content), stored.read_at)
    except UnsupportedType as refusal:
        return str(refusal)
    finally:
        assert stored.is_within_bounds
    return ACCEPTED


async def taken_in(content: bytes, file_name: str, *, accepts_active: bool = False) -> str:
    """Return the same of a file that is recognised by its head first, as a document's is."""
    try:
        media_type = recognise(content[:HEAD_SIZE], file_name, accepts_active=accepts_active)
    except UnsupportedType as refusal:
        return str(refusal)
    return await inspected(media_type, content)
