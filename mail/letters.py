"""Letters: what is known of one, and the message that is made of it."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Any
from uuid import UUID

from jinja2 import TemplateError

from core.viewer import Language
from mail.addresses import ascii_address
from mail.lines import one_line
from mail.writing import Writing, write

# Python 3.11 loses blanks where it folds a header that is not ASCII, so headers are not folded below the
# 998 octets that a line may have (RFC 5322 section 2.1.1).
POLICY = SMTP.clone(max_line_length=998)
LONGEST_NAME = 150


class Kind(StrEnum):
    """What a letter is about; the templates say which details each one needs."""

    ACCESS_GRANTED = "access_granted"
    DOCUMENT_SHARED = "document_shared"
    DOCUMENT_UPLOADED = "document_uploaded"


class Unwritable(Exception):
    """A letter that cannot be composed, however often it is tried."""


@dataclass(frozen=True, slots=True)
class LetterContent:
    """All that a message is made of."""

    letter_id: UUID
    kind: str
    language: Language
    recipient: str
    licence_name: str
    sender: str
    portal_url: str
    details: dict[str, Any]
    written_at: datetime
    """When it was queued: the Date of every attempt."""
    secret: str | None = None

    def __repr__(self) -> str:
        """Return a text without the secret: it must not reach a log."""
        return f"LetterContent({self.letter_id}, {self.kind})"


def compose(letter: LetterContent) -> EmailMessage:
    """Return the message, the same at every attempt; raises Unwritable where a value is not valid."""
    try:
        writing = write(Kind(letter.kind), letter.language, values_of(letter), letter.written_at)
        message = enveloped(letter, one_line(writing.subject))
    except (TemplateError, ValueError, TypeError) as reason:
        raise Unwritable(f"{letter.kind}: {reason}") from reason
    fill(message, writing, boundary=f"letter-{letter.letter_id.hex}")
    message["Content-Language"] = letter.language.lower()
    return message


def values_of(letter: LetterContent) -> dict[str, Any]:
    """Return what the template may name; each on one line, so that no name adds lines to a letter."""
    details = {key: one_line(it) if isinstance(it, str) else it for key, it in letter.details.items()}
    secret = {} if letter.secret is None else {"password": letter.secret}
    return details | secret | {"licence": one_line(letter.licence_name), "portal_url": letter.portal_url}


def enveloped(letter: LetterContent, subject: str) -> EmailMessage:
    """Return a message with its headers; raises ValueError for an address that is none."""
    sender = Address(one_line(letter.licence_name)[:LONGEST_NAME], addr_spec=ascii_address(letter.sender))
    message = EmailMessage(POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=ascii_address(letter.recipient))
    message["Subject"] = subject[:LONGEST_NAME]
    message["Date"] = letter.written_at
    message["Message-ID"] = f"<{letter.letter_id}@{sender.domain}>"
    # RFC 3834: no absence notes in answer.
    message["Auto-Submitted"] = "auto-generated"
    return message


def fill(message: EmailMessage, writing: Writing, *, boundary: str) -> None:
    """Put the text and the page into the message, in characters that every relay passes on."""
    message.set_content(writing.text, cte="quoted-printable")
    message.add_alternative(writing.page, subtype="html", cte="quoted-printable")
    message.set_boundary(boundary)
