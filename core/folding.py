"""Text as people compare it: without case and accents."""

import unicodedata

# What decomposition leaves alone but people read as plain letters.
SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})


def fold(text: str) -> str:
    """Return `text` without case, accents and repeated blanks, for searching and sorting (S065)."""
    # Decomposition makes new capitals (㏀ holds a capital omega), so that both are done twice (Unicode D146).
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.translate(SPECIAL).split())
