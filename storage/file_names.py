"""File names: what is kept of the name a client gives, and how an answer's header says it."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 255
"""Bytes in UTF-8: what file systems hold."""

# Marks that turn the reading direction or show nothing: one of them makes "fdp.exe" look like "exe.pdf".
# The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
_UNSEEN = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
)
_CONTROL_OR_HALF_A_CHARACTER = frozenset({"Cc", "Cs"})
_EDGE = ". \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""The dot, and all of Unicode's blanks that are no control characters."""
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,16})$", re.ASCII)
# RFC 8187 section 3.2.1, attr-char; letters, digits and "_.-~" are always safe in `quote`.
_ATTRIBUTE_CHARACTERS = "!#$&+^`|"


def cleaned(name: str, *, fallback: str) -> str:
    """Return the name without folders, control and direction marks, in NFC and at most 255 bytes of UTF-8.

    The extension survives the shortening. `fallback` is returned when no letter is left of the name.
    """
    stem, extension = _split(name)
    stem = _shortened(stem, LONGEST - len(extension))
    return stem + extension if stem else fallback


def extension(name: str) -> str:
    """Return the extension that `cleaned` keeps, in lower case and without its dot; empty without one."""
    return _split(name)[1].removeprefix(".").lower()


def content_disposition(name: str, *, inline: bool) -> str:
    """Return the header that shows (inline) or saves a file under this name (RFC 6266, RFC 8187).

    Old clients read the ASCII `filename`, all others `filename*`. Any text gives one safe line.
    """
    disposition = "inline" if inline else "attachment"
    encoded = quote(name, safe=_ATTRIBUTE_CHARACTERS, errors="replace")
    return f"{disposition}; filename=\"{_ascii(name)}\"; filename*=UTF-8''{encoded}"


def _split(name: str) -> tuple[str, str]:
    """Return the tidy stem, and the extension with its dot."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if not _is_unseen(letter))
    if len(seen) > LONGEST * 4:  # more would not stay, and normalising takes quadratic time
        seen = seen[: LONGEST * 3] + seen[-LONGEST:]
    text = unicodedata.normalize("NFC", seen).rstrip(_EDGE)
    found = _EXTENSION.search(text)
    stem = text[: found.start()] if found else text
    return stem.strip(_EDGE), found[0] if found else ""


def _is_unseen(letter: str) -> bool:
    return letter in _UNSEEN or unicodedata.category(letter) in _CONTROL_OR_HALF_A_CHARACTER


def _shortened(stem: str, room: int) -> str:
    """Return as many whole characters as fit into `room` bytes."""
    return stem.encode()[:room].decode(errors="ignore").rstrip(_EDGE)


def _ascii(name: str) -> str:
    """Return the name without accents, and with underscores for what old clients mistake (RFC 6266 D)."""
    plain = (letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in plain)
