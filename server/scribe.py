"""The scribe: makes the message of a letter, whatever its row says."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from core.viewer import Language
from mail import outbox
from mail.letters import LetterContent, Unwritable, compose
from mail.outbox import Claimed, Letterhead

OpenSecret = Callable[[UUID, UUID, bytes], str]
"""Given a licence, a letter and what it carries sealed: the clear text."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes in the name of one installation."""

    open_secret: OpenSecret
    sender: str
    """Whom the letters of a firm without a sender of its own come from."""
    portal_url: str

    def write(self, licence_id: UUID, head: Letterhead, letter: Claimed) -> EmailMessage:
        """Return the message; raises Unwritable for whatever is wrong with it, so that others go on."""
        try:
            return compose(self._content(licence_id, head, letter))
        except Unwritable:
            raise
        except Exception as reason:
            # The kind alone: nobody knows what its words quote.
            raise Unwritable(f"cannot be written: {type(reason).__name__}") from reason

    def _content(self, licence_id: UUID, head: Letterhead, letter: Claimed) -> LetterContent:
        if letter.attempts > outbox.MOST_ATTEMPTS:
            raise Unwritable(f"given up: {letter.attempts - 1} tries ended without a word")
        sealed = letter.sealed
        return LetterContent(
            letter_id=letter.id,
            kind=letter.kind,
            language=Language(letter.language),
            recipient=letter.recipient,
            licence_name=head.name,
            sender=head.sender or self.sender,
            reply_to=head.reply_to,
            portal_url=self.portal_url,
            details=letter.details,
            written_at=letter.queued_at,
            news=letter.news,
            secret=None if sealed is None else self.open_secret(licence_id, letter.id, sealed),
        )
