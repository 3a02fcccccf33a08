"""The product's errors: few, each with a code that a caller can act on."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID


class KluisError(Exception):
    """Something that the one who asked should hear about.

    `message` is English with `{placeholders}` for `values`; the schema floor translates it. `path` says where
    in the arguments the fault lies, such as `("input", "file")`.
    """

    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, message: str | None = None, *, path: Sequence[str] = (), **values: object) -> None:
        self.template = message or self.message
        self.path = tuple(path)
        self.values = values
        super().__init__(self.template.format(**values))

    def at(self, *path: str) -> Self:
        """Return this error, said of a place in the arguments."""
        self.path = path
        return self


class Correctable(KluisError):
    """Something the caller can put right: a `userErrors` entry."""


class Refused(KluisError):
    """Something the caller cannot put right by other arguments: a top-level error with a code."""


class Internal(Refused):
    """What is ours to mend; `number` is what the log calls it."""

    code = "INTERNAL"
    message = "Something went wrong here. Tell us this number: {number}."


class FileUnreadable(Refused):
    """A file of ours that is not as it was stored."""

    code = "FILE_UNREADABLE"
    message = "The stored file is damaged or missing. Tell your office."


class StoreAway(Refused):
    """Where files are kept nobody answers, or there is no room; `retry_after` is in seconds."""

    code = "STORE_AWAY"
    message = "Files can not be kept or read at the moment. Try again later."
    retry_after = 60


class DatabaseAway(Refused):
    """The database does not answer, or has no room; `retry_after` is in seconds.

    What was committed last may have been kept or not: nobody was told.
    """

    code = "DATABASE_AWAY"
    message = "The database does not answer at the moment. Try again; what you asked for may have been done."
    retry_after = 1


class TookTooLong(Refused):
    code = "TIMEOUT"
    message = "This took too long. Ask for less at once."


class Busy(Refused):
    """`retry_after` is in seconds."""

    code = "BUSY"
    message = "Too many operations at once. Try again in a moment."
    retry_after = 1


class TooExpensive(Refused):
    """`cost` and `limit` are in points."""

    code = "TOO_EXPENSIVE"
    message = "This operation costs {cost} points; one may cost {limit}. Ask for smaller pages."


class BeginAnew(Refused):
    """Whoever listened has missed something, or sees other things than before."""

    code = "BEGIN_ANEW"
    message = "Something may have been missed. Subscribe again, and read the lists anew."


class Unauthenticated(Refused):
    code = "UNAUTHENTICATED"
    message = "Sign in first."


class Forbidden(Correctable):
    """What the viewer may see but not do (house rule 6)."""

    code = "FORBIDDEN"
    message = "You do not have the right to do this."


class NotFound(Correctable):
    """What does not exist, or does not exist for this viewer: nobody can tell the two apart."""

    code = "NOT_FOUND"
    message = "There is nothing here with this id."


class Required(Correctable):
    code = "REQUIRED"
    message = "This is needed."


class Invalid(Correctable):
    code = "INVALID"
    message = "This is not a valid value."


class TooLong(Correctable):
    code = "TOO_LONG"
    message = "This is longer than {limit} characters."


class TooLarge(Correctable):
    """More bytes than the limit; `limit` is in bytes."""

    code = "TOO_LARGE"
    message = "The file is larger than {limit} bytes."


class UnsupportedType(Correctable):
    code = "UNSUPPORTED_TYPE"
    message = "Files of this kind are not accepted."


class Infected(Correctable):
    code = "INFECTED"
    message = "Malware was found in the file {name}. It was not kept."


class Conflict(Correctable):
    """It is not as its changer saw it any more; `current_revision` is the one that stands, if any."""

    code = "CONFLICT"
    message = "It was changed in the meantime. Read it again and repeat your change."

    def __init__(
        self,
        message: str | None = None,
        *,
        current_revision: int | None = None,
        path: Sequence[str] = (),
        **values: object,
    ) -> None:
        super().__init__(message, path=path, **values)
        self.current_revision = current_revision


class WrongCredentials(Correctable):
    """One answer for every reason why a sign-in fails (ASVS 6.3.8)."""

    code = "WRONG_CREDENTIALS"
    message = "The user name or the password is not right."


class WrongCode(Correctable):
    """A code of a second factor that is not right, or was used before: nobody is told which."""

    code = "WRONG_CODE"
    message = "The code is not right, or it was used before."


class Expired(Correctable):
    code = "EXPIRED"
    message = "It is too late for this. Begin again."


class WeakPassword(Correctable):
    code = "WEAK_PASSWORD"
    message = "This password is too easy to guess. Take four words or more that do not belong together."


class TooManyTries(Correctable):
    """`retry_after` is in seconds."""

    code = "RATE_LIMITED"
    message = "Too many tries. Wait a moment and try again."

    def __init__(self, *, retry_after: int, path: Sequence[str] = ()) -> None:
        super().__init__(path=path)
        self.retry_after = retry_after


class NoEmail(Correctable):
    """S020: access needs an e-mail address."""

    code = "NO_EMAIL"
    message = "This relation has no e-mail address."


class NoSeatLeft(Correctable):
    """S083: the licence's client logins are all in use."""

    code = "NO_SEAT_LEFT"
    message = "All {limit} client logins of the licence are in use."


class NotLinkedToClient(Correctable):
    """S040, S041, A1: a share needs the document to hang on the client or on his dossier."""

    code = "NOT_LINKED_TO_CLIENT"
    message = (
        "Link the document to this client, or to a dossier in which he is main person or partner, first."
    )


class AlreadyExists(Correctable):
    code = "ALREADY_EXISTS"
    message = "This exists already."


class InUse(Correctable):
    """What others hang on cannot be deleted; `used_by` holds the types and keys of the first of them."""

    code = "IN_USE"
    message = "It is still used, and cannot be deleted."

    def __init__(
        self, message: str | None = None, *, used_by: Sequence[tuple[str, UUID]], path: Sequence[str] = ()
    ) -> None:
        super().__init__(message, path=path)
        self.used_by = tuple(used_by)


class Problems(Exception):
    """All that is wrong with an input, where it can be told at once: an entry of `userErrors` each."""

    def __init__(self, errors: Sequence[Correctable]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(map(str, errors)))
