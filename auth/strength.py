"""How hard a password must be to guess: NIST SP 800-63B-4, ASVS 6.2."""

from collections.abc import Iterable
from typing import Final

from zxcvbn import zxcvbn

from core.errors import TooLong, WeakPassword
from core.folding import fold

SHORTEST: Final = 12  # characters
LONGEST: Final = 1024  # bytes
LEAST_SCORE: Final = 3
# zxcvbn takes longer than it should for more; who begins so can not be guessed anyway.
LOOKED_AT: Final = 72
# Shorter ones stand in too many words.
SHORTEST_WORD: Final = 4


def require_strength(password: str, own_words: Iterable[str | None], *path: str) -> None:
    """Require that a password is long, hard to guess, and says nothing of its owner or the firm.

    It is taken as it comes: no kinds of characters are asked for, and none is cut off (ASVS 6.2.5, 6.2.8).
    Raise WeakPassword, TooLong.
    """
    if len(password.encode()) > LONGEST:
        raise TooLong(path=path, limit=LONGEST)
    words = {part for word in own_words if word for part in parts_of(word)}
    if len(password) < SHORTEST or any(word in fold(password) for word in words):
        raise WeakPassword(path=path)
    if zxcvbn(password[:LOOKED_AT], user_inputs=sorted(words))["score"] < LEAST_SCORE:
        raise WeakPassword(path=path)


def parts_of(word: str) -> list[str]:
    """Return the parts of a name or an address that are long enough to be looked for, folded."""
    bare = "".join(it if it.isalnum() else " " for it in fold(word))
    return [part for part in bare.split() if len(part) >= SHORTEST_WORD]
