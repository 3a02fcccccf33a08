"""From a request to what it asks: in JSON, in parts (GraphQL multipart request specification), or by GET."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar, cast

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from schema.texts import holds_unstorable
from server.http_rules import HttpRules

JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"
UTF_8: Final = {b"utf-8", b"utf8"}
# Files in one request, and other parts: the operation, and the map of the files.
MOST_PARTS: Final = 10
TOO_LARGE: Final = "The body is too large."
# It warns of what is wrong with a form; that is told to whoever sent it, and anybody may.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


class NoOperation(Exception):
    """A request that holds no operation; `status` says whose fault it is."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


Kind = TypeVar("Kind", str, dict[str, Any])


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request asks, before anybody has looked whether there is such a document (GraphQL over HTTP)."""

    query: str | None
    document_id: str | None
    variables: dict[str, Any]
    operation_name: str | None
    extensions: dict[str, Any]


async def parameters_of(request: Request, rules: HttpRules) -> Parameters:
    """Return what a request asks. Raise NoOperation."""
    if request.method == "GET":
        return parameters(in_address(request.query_params), rules)
    kind = content_type(request.headers.get("content-type"))
    if kind == JSON:
        return parameters(from_json(await body_of(request, rules.largest_json)), rules)
    if kind == MULTIPART:
        return parameters(await in_parts(request, rules), rules)
    raise NoOperation(f"Send the operation as {JSON}, or with files as {MULTIPART}; in UTF-8.", 415)


def content_type(header: str | None) -> str | None:
    """Return what a body is, None for a text that is no UTF-8; read in the way in which forms are."""
    kind, options = parse_options_header(header)
    return kind.decode("latin-1") if options.get(b"charset", b"utf-8").lower() in UTF_8 else None


def limited(receive: Receive, largest: int) -> Receive:
    """Return what receives a body of at most so many bytes. It raises NoOperation 413 past them."""
    left = largest

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise NoOperation(TOO_LARGE, 413)
        return message

    return receive_some


async def body_of(request: Request, largest: int) -> bytes:
    """Return the bytes of a body. Raise NoOperation 413 for too many."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            raise NoOperation(TOO_LARGE, 413)
        pieces.append(piece)
    return b"".join(pieces)


def from_json(text: str | bytes) -> Any:
    """Return what a JSON text says (RFC 8259). Raise NoOperation."""
    try:
        spelled = text.decode() if isinstance(text, bytes) else text
        return json.loads(spelled, parse_constant=no_number)
    except (RecursionError, ValueError):
        raise NoOperation("The request holds no JSON.") from None


def no_number(name: str) -> NoReturn:
    """Raise ValueError: Python would read NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def in_address(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the address of a GET says. Raise NoOperation."""
    asked: dict[str, Any] = dict(query)
    for name in ("variables", "extensions"):
        if name in asked:
            asked[name] = from_json(asked[name])
    return asked


async def in_parts(request: Request, rules: HttpRules) -> Any:
    """Return what a multipart request says, its files in their places. Raise NoOperation."""
    try:
        form = await request.form(
            max_files=MOST_PARTS, max_fields=MOST_PARTS, max_part_size=rules.largest_json
        )
    except (HTTPException, MultiPartException) as error:
        message = error.detail if isinstance(error, HTTPException) else error.message
        raise NoOperation(message, getattr(error, "status_code", 400)) from None
    operations, places = (object_in(form.get(name)) for name in ("operations", "map"))
    for name, paths in places.items():
        file = form.get(name)
        if not isinstance(file, UploadFile) or not isinstance(paths, list):
            raise NoOperation("`map` names files of the request, each with the list of its places.")
        for path in cast("list[object]", paths):
            put(operations, path, file)
    return operations


def object_in(part: UploadFile | str | None) -> dict[str, Any]:
    """Return the JSON object in a part. Raise NoOperation."""
    found = from_json(part) if isinstance(part, str) else None
    if not isinstance(found, dict):
        raise NoOperation("A multipart request has the parts `operations` and `map`, each a JSON object.")
    return cast("dict[str, Any]", found)


def put(operations: dict[str, Any], path: object, file: UploadFile) -> None:
    """Put a file where the operation has a null for it. Raise NoOperation."""
    first, *steps = path.split(".") if isinstance(path, str) else [""]
    within: Any = operations
    key: Any = first
    try:
        for step in steps:
            within = within[key]
            key = int(step) if isinstance(cast("object", within), list) else step
        is_free = first == "variables" and within[key] is None
    except (IndexError, KeyError, TypeError, ValueError):
        is_free = False
    if not is_free:
        raise NoOperation("`map` names places in `variables` that are null.")
    within[key] = file


def parameters(asked: object, rules: HttpRules) -> Parameters:
    """Return the parameters of a request, each of its type. Raise NoOperation."""
    if isinstance(asked, list):
        raise NoOperation("Send one operation a request: batches are not served.")
    if not isinstance(asked, dict):
        raise NoOperation("The request holds no JSON object.")
    held = cast("dict[str, Any]", asked)
    if depth_of(held, rules.deepest_json) > rules.deepest_json:
        raise NoOperation("The request is nested too deeply.")
    extensions = typed(held, "extensions", dict) or {}
    query = typed(held, "query", str)
    document_id = document_id_in(held, extensions)
    if not query and document_id is None:
        raise NoOperation("The request has no `query`.")
    name = typed(held, "operationName", str)
    if name is not None and holds_unstorable(name):
        raise NoOperation("No operation has such a name.")
    return Parameters(query or None, document_id, typed(held, "variables", dict) or {}, name, extensions)


def typed(held: Mapping[str, Any], name: str, kind: type[Kind]) -> Kind | None:
    """Return a parameter, None for none. Raise NoOperation for one of another type."""
    value = held.get(name)
    if value is not None and not isinstance(value, kind):
        what = "a text" if kind is str else "a JSON object"
        raise NoOperation(f"`{name}` is {what}.")
    return value


def document_id_in(held: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    """Return a document's id as GraphQL over HTTP, Relay or Apollo send it. Raise NoOperation."""
    persisted = typed(extensions, "persistedQuery", dict) or {}
    return typed(held, "documentId", str) or typed(held, "doc_id", str) or typed(persisted, "sha256Hash", str)


def depth_of(value: object, most: int) -> int:
    """Return how deep a JSON value is nested; no further than one level past the most."""
    inner = list(cast("dict[str, object]", value).values()) if isinstance(value, dict) else value
    if not isinstance(inner, list) or most < 0:
        return 0
    return 1 + max((depth_of(it, most - 1) for it in cast("list[object]", inner)), default=0)
