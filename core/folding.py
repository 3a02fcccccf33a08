"""Text as people compare it: without case and accents."""

import unicodedata

# What decomposition leaves alone but people read as plain letters.
SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})


def fold(text: str) -> str:
    """Return `text` without case, accents and repeated blanks, for searching and sorting (S065)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.translate(SPECIAL).split())
