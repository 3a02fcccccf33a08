"""A renderer that journeys count by: it draws the same of every file, and remembers what it was asked."""

from collections.abc import AsyncIterable
from typing import Final

from storage.previews import Renderer

PICTURE: Final = b"RIFF: what the renderer of the tests draws"


class Counted(Renderer):
    """Draws `picture` of every file; None: there is nothing to be drawn."""

    def __init__(self, picture: bytes | None = PICTURE) -> None:
        super().__init__()
        self.picture = picture
        self.asked: list[tuple[bytes, str, int]] = []

    async def render(self, pieces: AsyncIterable[bytes], media_type: str, width: int) -> bytes | None:
        content = b"".join([it async for it in pieces])
        self.asked.append((content, media_type, width))
        return self.picture
