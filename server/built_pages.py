"""Pages that were built beforehand: the compressed files of a folder, each known by what it holds."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import ranges

PAGE: Final = "index.html"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
}
# Workers obey the policy of their own file: it is the same for all. Editors draw with inline styles.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; worker-src 'self'; "
    "connect-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
}
# The page names the files of its own build; they have other names when they hold something else.
ASK_AGAIN: Final = "no-cache"
KEEP: Final = "public, max-age=31536000, immutable"
GZIP: Final = re.compile(r"\s*(gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file: its bytes under gzip, and the mark of what it holds."""

    media_type: str
    compressed: bytes
    digest: str

    def answer(self, headers: Headers, cache: str) -> Response:
        """Return it, in the coding that the client takes, or that he has it already."""
        is_compressed = takes_gzip(headers)
        etag = f'"{self.digest}-gzip"' if is_compressed else f'"{self.digest}"'
        said = {**HEADERS, "ETag": etag, "Cache-Control": cache}
        if ranges.is_known(headers, etag):
            return Response(status_code=304, headers=said)
        if is_compressed:
            said["Content-Encoding"] = "gzip"
        content = self.compressed if is_compressed else gzip.decompress(self.compressed)
        return Response(content, headers={**said, "Content-Type": self.media_type})


class BuiltPages:
    """The files of a folder, which are read when somebody first asks for one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def files(self) -> dict[str, BuiltFile]:
        """Return each file by its name."""
        return {path.stem: read(path) for path in sorted(self.folder.glob("*.gz"))}

    def routes(self, at: str) -> list[Route]:
        """Return where the page and its files stand."""
        return [Route(at, self.page, methods=["GET"]), Route(f"{at}/{{name}}", self.file, methods=["GET"])]

    def page(self, request: Request) -> Response:
        """Send the page."""
        return self.files[PAGE].answer(request.headers, ASK_AGAIN)

    def file(self, request: Request) -> Response:
        """Send a file of the page. Raise HTTPException."""
        name = request.path_params["name"]
        if name == PAGE or name not in self.files:
            raise HTTPException(404)
        return self.files[name].answer(request.headers, KEEP)


def read(path: Path) -> BuiltFile:
    """Return a file of a build."""
    compressed = path.read_bytes()
    digest = hashlib.sha256(compressed).hexdigest()[:32]
    return BuiltFile(MEDIA_TYPES[Path(path.stem).suffix], compressed, digest)


def takes_gzip(headers: Headers) -> bool:
    """Return whether the client reads gzip (RFC 9110, section 12.5.3)."""
    said = [GZIP.fullmatch(it) for it in headers.get("accept-encoding", "").split(",")]
    weights = {it[1].lower(): it[2] for it in said if it}
    weight = weights.get("gzip", weights.get("*", "0"))
    return weight is None or weight.strip("0.") != ""
