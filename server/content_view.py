"""The bytes of a document over HTTP: GET /content/{link}."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.errors import NotFound
from resolvers.content import Content, open_content
from resolvers.ports import Ports
from server.context import address_of
from storage.file_names import content_disposition

# What the firm's clients send must not act in the portal's name (ASVS 3.2, 5.4).
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class ContentView:
    """Sends a file to whoever holds a link that still counts."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    async def send(self, request: Request) -> Response:
        """Return the file, or 404 for a link that does not count any more."""
        try:
            record = request.method != "HEAD"
            content = await open_content(
                self.ports, request.path_params["link"], address=address_of(request), record=record
            )
        except NotFound as error:
            body = {"error": {"code": error.code, "message": str(error)}}
            return JSONResponse(body, status_code=404, headers=HEADERS)
        return StreamingResponse(content.pieces, media_type=content.media_type, headers=headers_of(content))


def headers_of(content: Content) -> dict[str, str]:
    """Return the headers that a file is sent with."""
    return HEADERS | {
        "Content-Length": str(content.byte_size),
        "Content-Disposition": content_disposition(content.name, inline=content.inline),
        "ETag": f'"{content.sha256.hex()}"',
    }
