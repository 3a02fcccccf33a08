"""The head of a text: whether its first bytes are plain text, or a mail."""

import re
from codecs import getincrementaldecoder

# Binary formats are full of these; texts have tabs, line ends and page breaks only.
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# What a browser or a shell would run, and other formats that are written in letters.
FOREIGN = re.compile(rb"(\xef\xbb\xbf)?\s*(<[a-z!?/]|#!|@echo|%PDF-|%!PS|\{\\rtf)", re.IGNORECASE)

HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]+\S")
"""A field, or the next line of one (RFC 5322 section 2.2)."""

ORIGIN = re.compile(
    rb"^(from|sender|received|return-path|message-id|date)[ \t]*:", re.IGNORECASE | re.MULTILINE
)


def is_plain_text(head: bytes) -> bool:
    """Tell whether this is text in UTF-8 or in a Latin code page, and neither markup nor a script."""
    if CONTROLS.search(head) or FOREIGN.match(head):
        return False
    return _is_utf8(head) or _is_latin(head)


def is_mail(head: bytes) -> bool:
    """Tell whether a message's header begins here that says where it comes from (RFC 5322)."""
    if CONTROLS.search(head):
        return False
    header, blank, _ = head.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = header.split(b"\n")
    # Without its end the header's last line may be cut anywhere.
    whole = lines if blank else lines[:-1]
    return ORIGIN.search(header) is not None and all(HEADER.match(line) for line in whole)


def _is_utf8(head: bytes) -> bool:
    try:
        getincrementaldecoder("utf-8")().decode(head)  # the head may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _is_latin(head: bytes) -> bool:
    """Tell whether every byte stands for something in Windows-1252, a superset of ISO 8859-1's letters."""
    try:
        head.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    return True
