"""What a text looks for: things with a word that begins as each of its pieces does."""

from dataclasses import dataclass
from typing import Any, Final

from core.errors import Invalid, TooLong
from core.words import digits_of, pieces

FEWEST: Final = 3
"""From how many characters on something is looked for (S028)."""
LONGEST_SEARCH: Final = 200
# Behind whatever begins with a word.
LAST: Final = chr(0x10FFFF)
SEARCH: Final = ("search",)


@dataclass(frozen=True, slots=True)
class Sought:
    """The pieces of a search, none of which begins the longest one."""

    longest: str
    others: tuple[str, ...]

    def values(self) -> dict[str, Any]:
        """Return what is bound: the range of the sort keys, and what is asked of all words of a thing."""
        return {
            **self.between(),
            "sought_first": f" {self.longest}",
            "sought_others": [pattern(it) for it in self.others],
        }

    def between(self, after: str | None = None, before: str | None = None) -> dict[str, Any]:
        """Return the range of the sort keys, narrowed to what is after and before two of them.

        Of two conditions for the same end PostgreSQL begins to read at one, which may be the farther one.
        """
        return {"sought_from": after or self.longest, "sought_until": before or self.longest + LAST}

    def key(self, text: str) -> str:
        """Return the sort key of something that is found. Raise ValueError for that of another search."""
        if not text.startswith(self.longest) or "\0" in text:
            raise ValueError("no word of it begins with the longest piece")
        return text


def sought(text: str) -> Sought:
    """Return what a text looks for. Raise TooLong, Invalid."""
    if len(text) > LONGEST_SEARCH:
        raise TooLong(path=SEARCH, limit=LONGEST_SEARCH)
    found = pieces(text)
    if sum(map(len, found)) < FEWEST:
        raise Invalid("Type at least {fewest} characters to search.", path=SEARCH, fewest=FEWEST)
    # What is asked twice, or as the beginning of another piece, is asked once.
    asked = list(dict.fromkeys(map(digits_of, found)))
    longest = max(asked, key=len)
    return Sought(longest, tuple(it for it in asked if not longest.startswith(it)))


def pattern(piece: str) -> str:
    """Return what LIKE finds all words of a thing by, if one of them begins with a piece."""
    escaped = piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"% {escaped}%"
