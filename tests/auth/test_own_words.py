"""Words of a password's owner and of the firm: whatever stands around one of them, it is refused."""

from string import ascii_letters, digits
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auth.strength import SHORTEST_WORD, require_strength
from core.errors import WeakPassword

STRONG: Final = "zeilboot kever mist"
WORDS: Final = st.text(ascii_letters + digits + "éèüçÉ", min_size=SHORTEST_WORD, max_size=20)
AROUND: Final = st.text(max_size=30)
SPELLINGS: Final = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "turned": str.swapcase,
}


@given(WORDS, AROUND, AROUND, st.sampled_from(sorted(SPELLINGS)))
@example("Callewaert", "", "", "in capitals")
@example("élan", STRONG, STRONG, "in capitals")
def test_a_password_that_holds_a_word_is_refused(word: str, before: str, behind: str, spelling: str) -> None:
    password = f"{before}{STRONG}{SPELLINGS[spelling](word)}{behind}"
    with pytest.raises(WeakPassword):
        require_strength(password, ["x", None, f"{word} & Co"])
