"""Letters: what is known of one, and the message that is made of it."""

from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from functools import lru_cache
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


def known(name: str, value: str) -> Any:
    """Return a header that is the same in every letter: to parse it takes longer than to write the letter."""
    return POLICY.header_factory(name, value)


MIME_VERSION = known("MIME-Version", "1.0")
PLAIN = known("Content-Type", 'text/plain; charset="utf-8"')
HTML = known("Content-Type", 'text/html; charset="utf-8"')
QUOTED_PRINTABLE = known("Content-Transfer-Encoding", "quoted-printable")
# RFC 3834: no absence notes in answer.
AUTO_SUBMITTED = known("Auto-Submitted", "auto-generated")


class Kind(StrEnum):
    """What a letter is about; the templates say which details each one needs."""

    ACCESS_GRANTED = "access_granted"
    ACCESS_GRANTED_BY_LINK = "access_granted_by_link"
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_UNBLOCKED = "account_unblocked"
    CONTACT_CHANGED = "contact_changed"
    DOCUMENT_SHARED = "document_shared"
    DOCUMENT_UPLOADED = "document_uploaded"
    FILE_REFUSED = "file_refused"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  no password
    PASSWORD_RESET = "password_reset"  # noqa: S105  no password
    PASSWORD_RESET_BY_LINK = "password_reset_by_link"  # noqa: S105  no password
    RECOVERY_CODES_MADE = "recovery_codes_made"
    TWO_FACTOR_DISABLED = "two_factor_disabled"
    TWO_FACTOR_ENABLED = "two_factor_enabled"
    TWO_FACTOR_RESET = "two_factor_reset"
    USERNAME_CHANGED = "username_changed"


BY_LINK = frozenset({Kind.ACCESS_GRANTED_BY_LINK, Kind.PASSWORD_RESET_BY_LINK})
"""What carries a link that works once; the others that carry a secret carry a password (A12)."""
FIRST_PASSWORD_PAGE = "/first-password"  # noqa: S105  no password


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
    news: int = 1
    """Of how many things of its kind it tells."""
    reply_to: str | None = None
    """Whom an answer goes to; None: the sender."""
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
    known = {
        "licence": one_line(letter.licence_name),
        "portal_url": letter.portal_url,
        "written_at": letter.written_at.isoformat(),
        "news": letter.news,
    }
    return details | secret_of(letter) | known


def secret_of(letter: LetterContent) -> dict[str, str]:
    """Return the secret by the name under which a template shows it: a password, or a link."""
    if letter.secret is None:
        return {}
    if letter.kind in BY_LINK:
        # Behind the #, so that it reaches no server's log and no scanner of links uses it up.
        return {"single_use_link": f"{letter.portal_url}{FIRST_PASSWORD_PAGE}#{letter.secret}"}
    return {"password": letter.secret}


def enveloped(letter: LetterContent, subject: str) -> EmailMessage:
    """Return a message with its headers; raises ValueError for an address that is none."""
    sender = sender_of(one_line(letter.licence_name)[:LONGEST_NAME], ascii_address(letter.sender))
    message = EmailMessage(POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=ascii_address(letter.recipient))
    if letter.reply_to:
        message["Reply-To"] = Address(addr_spec=ascii_address(letter.reply_to))
    message["Subject"] = subject[:LONGEST_NAME]
    message["Date"] = letter.written_at
    message["Message-ID"] = f"<{letter.letter_id}@{sender.addresses[0].domain}>"
    message["Auto-Submitted"] = AUTO_SUBMITTED
    return message


@lru_cache(maxsize=1000)
def sender_of(name: str, address: str) -> Any:
    """Return the header that names a firm as the sender."""
    return POLICY.header_factory("From", Address(name, addr_spec=address))


def fill(message: EmailMessage, writing: Writing, *, boundary: str) -> None:
    """Put the text and the page into the message, in characters that every relay passes on."""
    message["MIME-Version"] = MIME_VERSION
    message["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    message.set_payload([part(writing.text, PLAIN), part(writing.page, HTML)])


def part(words: str, content_type: str) -> EmailMessage:
    """Return one way of saying it."""
    said = EmailMessage(POLICY)
    said["Content-Type"] = content_type
    said["Content-Transfer-Encoding"] = QUOTED_PRINTABLE
    # Its lines have 76 characters at most (RFC 2045 section 6.7).
    said.set_payload(b2a_qp(words.encode(), istext=True).decode())
    return said
