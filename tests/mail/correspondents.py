"""Who writes to whom: a firm in the database, letters in its outbox, and what a reader makes of a mail."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.tokens import Token
from core.viewer import Language
from mail.letters import LetterContent
from models import Letter, Licence
from resolvers.database import Database

MORNING = datetime(2026, 11, 28, 10, 55, tzinfo=UTC)
PORTAL = "https://portal.example.com"
SENDER = "portal@example.com"
BERT = "bert@example.com"

CARLA = {"title": "mevrouw", "given_name": "Carla", "family_name": "Peeters"}
ANNA = {"title": None, "given_name": "Anna", "family_name": "Smets"}
ACCESS = {**CARLA, "username": "carla", "expires_at": "2026-12-03T10:55:00+00:00"}
# These say when it happened, and what to do for whoever knows nothing of it.
WARNINGS = (
    "account_unblocked",
    "passkey_added",
    "passkey_removed",
    "password_changed",
    "recovery_codes_made",
    "two_factor_disabled",
    "two_factor_enabled",
    "two_factor_reset",
    "username_changed",
)
NOTICES = ("account_blocked", *WARNINGS)
"""What asks nobody to follow a link."""
DETAILS: dict[str, dict[str, Any]] = {
    "access_granted": ACCESS,
    "access_granted_by_link": ACCESS,
    "contact_changed": {**ANNA, "client_name": "Bert Peeters"},
    "document_shared": CARLA,
    "document_uploaded": {**ANNA, "client_name": "Bert Peeters"},
    "file_refused": {**CARLA, "file_name": "Akte <b>.docx"},
    "password_reset": ACCESS,
    "password_reset_by_link": ACCESS,
    **dict.fromkeys(NOTICES, CARLA),
    "username_changed": {**CARLA, "former": "carla-old", "username": "carla"},
}
PASSWORD = "ab2c-d3ef-gh4j-kmnpq"
# With a hyphen at its end, which mail programs like to leave out of a link.
TOKEN = str(Token(UUID(int=3), bytes(range(200, 231)) + b">"))
SECRETS = {
    "access_granted": PASSWORD,
    "access_granted_by_link": TOKEN,
    "password_reset": PASSWORD,
    "password_reset_by_link": TOKEN,
}
BY_LINK = ("access_granted_by_link", "password_reset_by_link")
LINK = f"{PORTAL}/first-password#{TOKEN}"


def letter(kind: str = "document_shared", **changes: Any) -> LetterContent:
    """Return a letter of a kind, complete unless told otherwise."""
    content: dict[str, Any] = {
        "letter_id": UUID(int=7),
        "kind": kind,
        "language": Language.NL,
        "recipient": "carla@example.com",
        "licence_name": "Peeters & Zonen",
        "sender": SENDER,
        "portal_url": PORTAL,
        "details": DETAILS[kind],
        "written_at": MORNING,
        "secret": SECRETS.get(kind),
    }
    return LetterContent(**{**content, **changes})


def text_of(message: EmailMessage) -> str:
    """Return the text part."""
    return part(message, "plain")


def page_of(message: EmailMessage) -> str:
    """Return the HTML part."""
    return part(message, "html")


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


class Reader(HTMLParser):
    """Whoever looks at a page: sees its words, and the links and pictures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background"}]
        if tag not in {"meta", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" not in self._open:
            self.words += data.split()


def links_of(written: bytes) -> list[str]:
    """Return the link of the text and the one of the page, as a mail program reads them."""
    message = message_from_bytes(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    of_text = [line[1:-1] for line in text_of(message).splitlines() if line.startswith("<")]
    return of_text + Reader(page_of(message)).links


async def firm(database: Database, name: str = "Peeters & Zonen", **columns: Any) -> UUID:
    """Found a firm and return its id."""
    licence_id = uuid4()
    async with database.change(licence_id) as session:
        session.add(Licence(id=licence_id, slug=str(licence_id), name=name, **columns))
    return licence_id


async def queue(database: Database, licence_id: UUID, **columns: Any) -> UUID:
    """Put a letter into the outbox and return its id."""
    values: dict[str, Any] = {
        "kind": "document_shared",
        "recipient": BERT,
        "language": "NL",
        "details": CARLA,
        "queued_at": MORNING,
        "due_at": MORNING,
    }
    async with database.change(licence_id) as session:
        row = Letter(licence_id=licence_id, **{**values, **columns})
        session.add(row)
        await session.flush()
        return row.id


async def found(database: Database, licence_id: UUID, letter_id: UUID) -> Letter:
    """Return the letter as it stands."""
    async with database.change(licence_id) as session:
        return (
            await session.execute(
                select(Letter).where(Letter.licence_id == licence_id, Letter.id == letter_id)
            )
        ).scalar_one()


def kept(folder: Path) -> list[EmailMessage]:
    """Return the messages that a sink kept, by file name."""
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    ]  # type: ignore[misc]
