"""Samples of every letter: complete, and to invented people."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from core.viewer import Language
from mail.letters import Kind, LetterContent

NOW: Final = datetime(2026, 11, 28, 10, 55, tzinfo=UTC)
CLIENT: Final = {"title": "mevrouw", "given_name": "Carla", "family_name": "Verlinden", "role": "CLIENT"}
ADVISOR: Final = {"given_name": "Anna", "family_name": "Lindeman", "role": "STAFF"}
COMING_IN: Final = {"username": "carla@verlinden.example", "expires_at": "2026-12-03T10:55:00+00:00"}
PASSWORD: Final = "ab2c-d3ef-gh4j-kmnpq"  # noqa: S105  it opens nothing
LINK: Final = "AZ8n5XkYf0mBq2Z7cWvT1nHk4sJd9LrP6uXeGoKiMtQyRb3VhDwNSxFgCjEa-0"
BY_PASSWORD: Final = {"details": CLIENT | COMING_IN, "secret": PASSWORD}
BY_LINK: Final = {"details": CLIENT | COMING_IN, "secret": LINK}
TO_STAFF: Final = {"details": COMING_IN | ADVISOR | {"username": "anna@delinde.example"}}
OF_AN_UPLOAD: Final = {"details": ADVISOR | {"client_name": "Bert Callewaert"}}
# What a kind needs besides the names of whom it goes to.
NEEDS: Final[Mapping[str, Mapping[str, Any]]] = {
    Kind.ACCESS_GRANTED: BY_PASSWORD,
    Kind.ACCESS_GRANTED_BY_LINK: BY_LINK,
    Kind.CONTACT_CHANGED: OF_AN_UPLOAD,
    Kind.DOCUMENT_UPLOADED: OF_AN_UPLOAD,
    Kind.FILE_REFUSED: {"details": CLIENT | {"file_name": "jaarrekening.xlsx"}},
    Kind.PASSWORD_RESET: BY_PASSWORD,
    Kind.PASSWORD_RESET_BY_LINK: BY_LINK,
    Kind.USERNAME_CHANGED: {
        "details": CLIENT | {"former": "carla@oud.example", "username": "carla@verlinden.example"}
    },
}
SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    **{it: {"kind": it, **NEEDS.get(it, {})} for it in Kind},
    "access_granted_to_staff": {"kind": Kind.ACCESS_GRANTED, **BY_PASSWORD, **TO_STAFF},
    "access_granted_by_link_to_staff": {"kind": Kind.ACCESS_GRANTED_BY_LINK, **BY_LINK, **TO_STAFF},
    "documents_shared": {"kind": Kind.DOCUMENT_SHARED, "news": 12},
    "documents_uploaded": {"kind": Kind.DOCUMENT_UPLOADED, "news": 12, **OF_AN_UPLOAD},
}
"""By name: what one letter has that others have not."""


def sample(name: str, language: Language) -> LetterContent:
    """Return one of the samples in a language."""
    known: dict[str, Any] = {
        "letter_id": UUID(int=7),
        "language": language,
        "recipient": "carla@verlinden.example",
        "licence_name": "Kantoor De Linde",
        "sender": "portaal@delinde.example",
        "portal_url": "https://portaal.delinde.example",
        "details": CLIENT,
        "written_at": NOW,
    }
    return LetterContent(**{**known, **SAMPLES[name]})
