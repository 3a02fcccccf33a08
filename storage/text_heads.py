"""Texts: whether the first bytes of a file, or later ones, are plain text, a mail, or markup."""

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

MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<[a-z!?]", re.IGNORECASE)
# Nothing in it is tried twice: with backtracking, comments in a row would take exponential time.
SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?>\s++|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*+(?:\[[^\]]*+\]\s*+)?+>)*+<svg[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
REST_OF_A_CHARACTER = re.compile(rb"[\x80-\xbf]{1,3}")


def is_plain_text(head: bytes) -> bool:
    """Tell whether this is text in UTF-8 or in a Latin code page, and neither markup nor a script."""
    return FOREIGN.match(head) is None and is_text(head)


def is_text(head: bytes) -> bool:
    """Tell whether this is text in UTF-8 or in a Latin code page, whatever it says."""
    return not CONTROLS.search(head) and (_is_utf8(head) or _is_latin(head))


def is_more_text(piece: bytes) -> bool:
    """Tell whether these bytes from within a file are text; they may begin and end within a character."""
    cut = REST_OF_A_CHARACTER.match(piece)
    return is_text(piece[cut.end() :] if cut else piece)


def is_more_mail(piece: bytes) -> bool:
    """Tell whether these bytes may lie within a mail, whose parts may be in any code page."""
    return not CONTROLS.search(piece)


def is_markup(head: bytes) -> bool:
    """Tell whether this is text that begins with a tag, as HTML does."""
    return MARKUP.match(head) is not None and is_text(head)


def is_svg(head: bytes) -> bool:
    """Tell whether this is text whose first element is that of an SVG picture."""
    return SVG.match(head) is not None and is_text(head)


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
