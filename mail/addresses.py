"""E-mail addresses: which ones are kept, and how mail servers want them."""

import re
from collections.abc import Sequence

import idna
from email_validator import EmailNotValidError, validate_email

from core.errors import Invalid, Required, TooLong

# RFC 5321 section 4.1.2: a Dot-string; quoted local parts are legal but nobody has one. Letters with accents
# need SMTPUTF8 (RFC 6531), which many relays on the way to a recipient do not speak.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL_PART = re.compile(rf"{ATOM}(\.{ATOM})*")
LONGEST_LOCAL_PART = 64
LONGEST = 254


def address_for(text: str, *, path: Sequence[str] = ()) -> str:
    """Return an address as it is kept: one that a letter can be sent to, with its domain as people read it.

    Raise Required, TooLong, Invalid.
    """
    address = text.strip()
    if not address:
        raise Required(path=path)
    if len(address) > LONGEST:
        raise TooLong(path=path, limit=LONGEST)
    local_part, at, _ = address.rpartition("@")
    if not at:
        raise Invalid("This is not an e-mail address.", path=path)
    if not is_local_part(local_part):
        raise Invalid(
            "Before the @ there must be 1 to {most} characters: letters without accents, digits, and signs "
            "such as - and _, with single dots between them.",
            path=path,
            most=LONGEST_LOCAL_PART,
        )
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid("Behind the @ there must be a public domain, such as example.com.", path=path) from None


def ascii_address(text: str) -> str:
    """Return the address with its domain in ASCII (RFC 5891); raises ValueError for what no header may carry.

    Whether it is someone's address only its mail server knows; names of a local network pass here.
    """
    local_part, _, domain = text.rpartition("@")
    if not is_local_part(local_part):
        raise ValueError("not an e-mail address: what stands before the @")
    try:
        written = f"{local_part}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as reason:
        raise ValueError("not an e-mail address: what stands behind the @") from reason
    if len(written) > LONGEST or written.endswith("."):
        raise ValueError("not an e-mail address: it is too long, or ends in a dot")
    return written


def is_local_part(text: str) -> bool:
    """Return whether every mail server takes `text` before the @."""
    return len(text) <= LONGEST_LOCAL_PART and LOCAL_PART.fullmatch(text) is not None
