"""Files over HTTP: GET /content, /preview and /archive, and PUT /upload, each with a link."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from time import perf_counter
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.errors import Busy, Conflict, DatabaseAway, FileUnreadable, KluisError, NotFound, StoreAway
from resolvers import archives, content, previews
from resolvers.content import Content
from resolvers.crowd import Crowd
from resolvers.ports import Ports
from resolvers.receiving import receive
from server.context import address_of
from server.ranges import NotSatisfiable, Part, is_known, part_of
from server.watch import Watch
from storage.file_names import content_disposition

# What the firm's clients send must not act in the portal's name (ASVS 3.2, 5.4).
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
ARCHIVE_NAME: Final = "documents.zip"
PREVIEW_TYPE: Final = "image/webp"
STATUSES: Final[Mapping[type[KluisError], int]] = {
    NotFound: 404,
    Conflict: 409,
    FileUnreadable: 500,
    Busy: 503,
    DatabaseAway: 503,
    StoreAway: 503,
}
# Of a file that is not what was announced, or not accepted: the sender can put it right.
REFUSED: Final = 422
CLOSE: Final = {"Connection": "close"}
# Each takes some 30 MB of memory while it lasts.
UPLOADS_AT_ONCE: Final = 16
# Two are drawn at a time, and the others wait.
PREVIEWS_AT_ONCE: Final = 100
# In seconds: a sender may be as slow as it is, but not silent.
SILENCE: Final = 60.0
Answer = Callable[[Request, str, str], Awaitable[Response]]


class ContentView:
    """Sends files to whoever holds a link that still counts, and takes them in."""

    def __init__(self, ports: Ports, watch: Watch) -> None:
        self.ports = ports
        self.watch = watch
        self.uploading = Crowd(UPLOADS_AT_ONCE)
        self.drawing = Crowd(PREVIEWS_AT_ONCE)

    def endpoint(self, purpose: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers requests for a link; the watch is told, when the answer begins."""

        async def respond(request: Request) -> Response:
            began, status = perf_counter(), 500
            try:
                response = await self.answered(request, answer)
                status = response.status_code
                return response
            finally:
                self.watch.file(purpose, status, perf_counter() - began)

        return respond

    async def answered(self, request: Request, answer: Answer) -> Response:
        """Return what an answer comes to; what is refused is told as JSON."""
        try:
            return await answer(request, request.path_params["link"], address_of(request))
        except KluisError as error:
            body = {"error": {"code": error.code, "message": str(error)}}
            status = STATUSES.get(type(error), REFUSED)
            # What was sent with the request may still be under way, and nobody will read it.
            said = CLOSE if request.method == "PUT" else {}
            if isinstance(error, Busy | DatabaseAway | StoreAway):
                said = said | {"Retry-After": str(error.retry_after)}
            return JSONResponse(body, status_code=status, headers=HEADERS | said)

    async def content(self, request: Request, link: str, come_from: str) -> Response:
        """Return a file, a part of it, or what there is to know of it (HEAD)."""
        found = await content.find_content(self.ports, link, come_from=come_from)
        headers = headers_of(found)
        if is_known(request.headers, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers=headers | length(found.byte_size), media_type=found.media_type)
        try:
            part = part_of(request.headers, headers["ETag"], found.byte_size)
        except NotSatisfiable:
            return Response(
                status_code=416, headers=HEADERS | {"Content-Range": f"bytes */{found.byte_size}"}
            )
        start, end = part or (0, None)
        pieces = await content.open_content(self.ports, found, start=start, end=end)
        return StreamingResponse(
            pieces,
            status_code=206 if part else 200,
            headers=headers | told_of(part, found.byte_size),
            media_type=found.media_type,
        )

    async def preview(self, request: Request, link: str, come_from: str) -> Response:
        """Return the picture of a document's first page."""
        with self.drawing.enter(self):
            picture = await previews.open_preview(
                self.ports, link, come_from=come_from, is_seen=request.method != "HEAD"
            )
        return Response(picture, headers=HEADERS, media_type=PREVIEW_TYPE)

    async def archive(self, request: Request, link: str, come_from: str) -> Response:
        """Return several files as one ZIP, written while it is sent."""
        viewer, files = await archives.find_archive(self.ports, link, come_from=come_from)
        headers = HEADERS | {"Content-Disposition": content_disposition(ARCHIVE_NAME, inline=False)}
        if request.method == "HEAD":
            return Response(headers=headers, media_type="application/zip")
        pieces = archives.send_archive(self.ports, viewer, files)
        return StreamingResponse(pieces, headers=headers, media_type="application/zip")

    async def upload(self, request: Request, link: str, come_from: str) -> Response:
        """Take the bytes of an upload in."""
        said = request.headers.get("content-length", "")
        length = int(said) if said.isdecimal() else None
        try:
            with self.uploading.enter(self):
                await receive(self.ports, link, spoken(request), length=length, come_from=come_from)
        except ClientDisconnect:
            # Nobody is there any more who could be told; nothing of it was kept.
            return Response(status_code=400, headers=HEADERS)
        except TimeoutError:
            return Response(status_code=408, headers=HEADERS | CLOSE)
        return Response(status_code=204, headers=HEADERS)


async def spoken(request: Request) -> AsyncGenerator[bytes]:
    """Yield the body of a request. Raise TimeoutError for a sender that falls silent, ClientDisconnect."""
    arriving = aiter(request.stream())
    while True:
        async with asyncio.timeout(SILENCE):
            try:
                chunk = await anext(arriving)
            except StopAsyncIteration:
                return
        yield chunk


def headers_of(found: Content) -> dict[str, str]:
    """Return the headers that a file is sent with."""
    return HEADERS | {
        "Content-Disposition": content_disposition(found.name, inline=found.inline),
        "ETag": f'"{found.sha256.hex()}"',
        "Accept-Ranges": "bytes",
    }


def told_of(part: Part | None, byte_size: int) -> dict[str, str]:
    """Return the headers that say which bytes follow."""
    if part is None:
        return length(byte_size)
    said = f"bytes {part.start}-{part.end - 1}/{byte_size}"
    return length(part.end - part.start) | {"Content-Range": said}


def length(byte_size: int) -> dict[str, str]:
    """Return the header that says how many bytes follow."""
    return {"Content-Length": str(byte_size)}
