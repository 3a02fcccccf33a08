"""Lines: text from elsewhere, made fit for a header, a log or a column."""

from unicodedata import category

# Control characters, marks that turn the direction or join, half characters, and what ends a line.
UNFIT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def one_line(text: str) -> str:
    """Return `text` on one line, single-spaced, without characters that are not seen."""
    plain = "".join(" " if category(letter) in UNFIT else letter for letter in text)
    return " ".join(plain.split())
