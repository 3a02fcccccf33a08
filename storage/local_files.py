"""Files of a folder on this machine, as imports read them."""

import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import NotFound

CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file, which is opened anew each time it is read."""

    path: Path
    byte_size: int

    @property
    def name(self) -> str:
        """Return its name."""
        return self.path.name

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield its bytes."""
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    async def digest(self) -> bytes:
        """Return the SHA-256 of its bytes: 32 bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    async def read_at(self, start: int, length: int) -> bytes:
        """Return some of its bytes."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)


def file_in(folder: Path, name: str) -> LocalFile:
    """Return a file within a folder. Raise NotFound for what is no file, or lies elsewhere."""
    try:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return LocalFile(path, path.stat().st_size)
    except (OSError, RuntimeError):  # a name that is too long, links in a circle
        pass
    raise NotFound("There is no such file in the folder.", path=("file",))
