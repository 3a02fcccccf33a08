"""Documents that the operator vouches for, known by their ids."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from execution import hash_of


class Mode(StrEnum):
    """Which documents are executed."""

    OFF = "off"
    """Only those that come with the request."""
    PREFER = "prefer"
    """Those that come, and those that are known."""
    ONLY = "only"
    """Only those that are known."""


class BadDocuments(Exception):
    """The documents can not be read; the text says why, in one line."""


class DocumentRefused(Exception):
    """A request whose document is not executed; `code` is for programs, and Apollo's where it has one."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """The known documents by id, and what of others."""

    mode: Mode = Mode.OFF
    texts: Mapping[str, str] = field(default_factory=dict[str, str])

    def find(self, id_: str | None, text: str | None) -> tuple[str, bool]:
        """Return the text that is meant, and whether it is trusted. Raise DocumentRefused.

        A text that is among the known ones is trusted however it comes.
        """
        if id_ is not None and self.mode is Mode.OFF:
            if text is None:
                raise DocumentRefused("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
            return text, False
        if id_ is not None and id_ in self.texts:
            return self.texts[id_], True
        if text is None:
            raise DocumentRefused("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        if self.mode is Mode.OFF:
            return text, False
        is_known = self.texts.get(hash_of(text)) == text
        if self.mode is Mode.ONLY and not is_known:
            raise DocumentRefused(
                "DOCUMENT_NOT_TRUSTED", "Only documents that the operator vouches for are executed."
            )
        return text, is_known


def read(place: Path | None, mode: Mode) -> TrustedDocuments:
    """Return the documents of a manifest, or of all manifests in a folder. Raise BadDocuments.

    A manifest is what Relay and graphql-codegen write (an object of ids and texts), or Apollo (an object with
    a list `operations`). Each document is known by its SHA-256 too.
    """
    texts: dict[str, str] = {}
    for file in manifests(place):
        texts |= manifest(file)
    if mode is Mode.ONLY and not texts:
        raise BadDocuments("only known documents are to be executed, and none are given")
    return TrustedDocuments(mode if place else Mode.OFF, texts | {hash_of(it): it for it in texts.values()})


def manifests(place: Path | None) -> list[Path]:
    """Return the files to read."""
    if place is None:
        return []
    return sorted(place.glob("*.json")) if place.is_dir() else [place]


def manifest(file: Path) -> dict[str, str]:
    """Return the documents of one manifest by id. Raise BadDocuments."""
    try:
        content: Any = json.loads(file.read_text())
    except (OSError, RecursionError, ValueError) as error:
        raise BadDocuments(f"{file} can not be read: {error}") from None
    if not isinstance(content, dict):
        raise BadDocuments(f"{file} holds no object of documents")
    held = cast("dict[str, Any]", content)
    try:
        if "operations" in held:
            held = {it["id"]: it["body"] for it in held["operations"]}
    except (KeyError, TypeError):
        raise BadDocuments(f"{file}: an operation has no id or no body") from None
    if not all(isinstance(text, str) for text in held.values()):
        raise BadDocuments(f"{file}: a document is no text")
    return held
