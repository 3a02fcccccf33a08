"""The messages of graphql-transport-ws, and the codes with which a WebSocket is closed (its PROTOCOL.md)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, cast

from server.bodies import NoOperation, from_json

PROTOCOL: Final = "graphql-transport-ws"
# A frame of WebSocket holds no more of a reason (RFC 6455, section 5.5), and an id is told in one.
LONGEST_ID: Final = 64
KINDS: Final = {"connection_init", "ping", "pong", "subscribe", "complete"}


class Code(IntEnum):
    """Why a WebSocket is closed; clients come back by themselves after the first three."""

    RESTART = 1012
    TRY_AGAIN = 1013
    FORBIDDEN = 4403
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    NOT_THIS_PROTOCOL = 4406
    TOO_LATE = 4408
    ALREADY_EXISTS = 4409
    TOO_MANY = 4429


class Closing(Exception):
    """The WebSocket is to be closed, with a code and a reason for people."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a client."""

    kind: str
    id: str
    payload: dict[str, Any] | None


def read(text: object) -> Said:
    """Return the message that a frame holds. Raise Closing."""
    try:
        found = from_json(text) if isinstance(text, str) else None
    except NoOperation:
        found = None
    if not isinstance(found, dict):
        raise Closing(Code.BAD_REQUEST, "A message is a JSON object.")
    said = cast("dict[str, object]", found)
    kind, id_, payload = said.get("type"), said.get("id"), said.get("payload")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Closing(Code.BAD_REQUEST, "There is no such type of message.")
    if payload is not None and not isinstance(payload, dict):
        raise Closing(Code.BAD_REQUEST, "A payload is a JSON object.")
    if kind in {"subscribe", "complete"} and not (
        isinstance(id_, str) and 0 < len(id_.encode()) <= LONGEST_ID
    ):
        raise Closing(Code.BAD_REQUEST, f"An id is a text of at most {LONGEST_ID} bytes.")
    return Said(kind, str(id_), cast("dict[str, Any] | None", payload))
