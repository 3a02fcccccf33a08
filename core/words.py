"""The words that a thing is found by: those in its texts, as they are kept and as they are looked for."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from core.folding import fold

# In bytes: what an entry of a B-tree holds is bounded by a third of a page.
LONGEST_WORD: Final = 255
LONGEST_NAME: Final = 400
MOST_WORDS: Final = 1_900
# Blanks, and what is not to be seen.
PIECE: Final = re.compile(r"[^\x00-\x20\x7f]+")
LETTERS_AND_DIGITS: Final = re.compile(r"[^\W_]+")
NUMBER: Final = re.compile(r"[0-9][0-9.-]*")
NO_DIGIT: Final = re.compile(r"[^0-9]")
# Apostrophes and hyphens as programs write them are looked for as keyboards have them.
TYPED: Final = str.maketrans("‘’ʼ‐‒–", "'''---")  # noqa: RUF001  they are meant


class Entry(NamedTuple):
    """One word of a thing as it is kept: what search results are sorted by, all its words, and where."""

    sort_key: str
    """The word, a blank, and the name: sorted by it, things stand by the word and then by the name."""
    words: str
    """All words of the thing, each with a blank before it, sorted."""
    position: int
    """Where the word begins in `words`, its blank included, from 1."""


def entries(name_folded: str, texts: Iterable[str | None]) -> list[Entry]:
    """Return an entry for each word of these texts; of very many only for the first."""
    words = kept(word for text in texts for word in words_in(text or ""))
    name = shortened(" ".join(PIECE.findall(name_folded)), LONGEST_NAME)
    joined = "".join(f" {it}" for it in words)
    found: list[Entry] = []
    position = 1
    for word in words:
        found.append(Entry(f"{word} {name}", joined, position))
        position += 1 + len(word)
    return found


def kept(words: Iterable[str]) -> list[str]:
    """Return words sorted, each once, as many of the first as there is room for."""
    room, found = MOST_WORDS, set[str]()
    for word in dict.fromkeys(words):
        room -= 1 + len(word.encode())
        if room < 0:
            break
        found.add(word)
    return sorted(found)


def words_in(text: str) -> Iterator[str]:
    """Yield the words of a text: what stands between blanks, and each run of letters and digits in it."""
    for piece in pieces(text):
        yield piece
        yield digits_of(piece)
        for run in LETTERS_AND_DIGITS.findall(piece):
            yield shortened(run, LONGEST_WORD)


def digits_in(text: str | None) -> str:
    """Return the digits of a number, however it is written."""
    return NO_DIGIT.sub("", fold(text or ""))


def pieces(text: str) -> list[str]:
    """Return what stands between the blanks of a text, folded."""
    return [shortened(it, LONGEST_WORD) for it in PIECE.findall(fold(text).translate(TYPED))]


def digits_of(piece: str) -> str:
    """Return the digits of a piece that is a number, with dots and hyphens; any other as it is."""
    return digits_in(piece) if NUMBER.fullmatch(piece) else piece


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many bytes."""
    return text.encode()[:most].decode(errors="ignore")
