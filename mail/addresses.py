"""E-mail addresses as mail servers want them."""

import re

import idna

# RFC 5321 section 4.1.2: a Dot-string; quoted local parts are legal but nobody has one.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL_PART = re.compile(rf"{ATOM}(\.{ATOM})*")
LONGEST_LOCAL_PART = 64
LONGEST = 254


def ascii_address(text: str) -> str:
    """Return the address with its domain in ASCII (RFC 5891); raises ValueError for what no header may carry.

    Whether it is someone's address only its mail server knows; names of a local network pass here.
    """
    local_part, _, domain = text.rpartition("@")
    if not LOCAL_PART.fullmatch(local_part) or len(local_part) > LONGEST_LOCAL_PART:
        raise ValueError("not an e-mail address: what stands before the @")
    try:
        written = f"{local_part}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as reason:
        raise ValueError("not an e-mail address: what stands behind the @") from reason
    if len(written) > LONGEST:
        raise ValueError("not an e-mail address: it is too long")
    return written
