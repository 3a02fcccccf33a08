"""What a password must be: long, hard to guess, nobody's own words; and nothing about its characters."""

from contextlib import AbstractContextManager
from typing import Final

import pytest

from auth.strength import require_strength
from core.errors import TooLong, WeakPassword

OWN_WORDS: Final = ("bert@callewaert.example", "Bert", "Callewaert-De Smet", None, "Kantoor Élan", "Jo")
STRONG: Final = "zeilboot kever mist"


def refused(kind: type[Exception]) -> AbstractContextManager[pytest.ExceptionInfo[Exception]]:
    return pytest.raises(kind)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param(STRONG, id="words"),
        pytest.param("qzvxjwkpfymh", id="12 small letters"),
        pytest.param("917350284661", id="12 digits"),
        pytest.param("QZVXJWKPFYMH", id="12 capitals"),
        pytest.param("żółw gęś jaźń", id="letters of another language"),
        pytest.param("\N{GRINNING FACE}qzvxjwkpfym", id="12 characters in 15 bytes"),
        pytest.param(" qzvxjwkpfym", id="a blank counts"),
    ],
)
def test_no_kind_of_character_is_asked_for(password: str) -> None:
    require_strength(password, OWN_WORDS, "input", "newPassword")


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("", id="none"),
        pytest.param("qzvxjwkpfym", id="11 characters"),
        pytest.param("żółwżółwżół", id="11 characters in more bytes"),
        pytest.param("aaaaaaaaaaaaaaaa", id="one letter"),
        pytest.param("123456789012", id="a row"),
        pytest.param("qwertyuiop[]", id="a keyboard"),
        pytest.param("passwordpassword", id="a word twice"),
        pytest.param("P@ssw0rd1234", id="a word in disguise"),
        pytest.param("abcabcabcabc", id="a pattern"),
    ],
)
def test_what_is_short_or_easy_to_guess_is_refused(password: str) -> None:
    with refused(WeakPassword) as caught:
        require_strength(password, OWN_WORDS, "input", "newPassword")
    assert isinstance(caught.value, WeakPassword)
    assert caught.value.path == ("input", "newPassword")


@pytest.mark.parametrize(
    "word", ["callewaert", "CALLEWAERT", "bert", "smet", "example", "élan", "ÉLAN", "Kantoor"]
)
def test_a_password_with_a_word_of_its_owner_or_the_firm_is_refused(word: str) -> None:
    with refused(WeakPassword):
        require_strength(f"{STRONG} {word}", OWN_WORDS)
    with refused(WeakPassword):
        require_strength(f"qzvx{word}jwkpfymh", OWN_WORDS)


@pytest.mark.parametrize("password", [f"{STRONG} jo", f"{STRONG} de", f"{STRONG} ber"])
def test_words_of_three_letters_stand_in_too_many_others_to_be_refused(password: str) -> None:
    require_strength(password, OWN_WORDS)


@pytest.mark.parametrize("tail", ["x" * (1024 - len(STRONG)), "é" * ((1024 - len(STRONG) - 1) // 2) + "x"])
def test_a_password_may_have_1024_bytes_and_no_more(tail: str) -> None:
    longest = STRONG + tail
    assert len(longest.encode()) == 1024
    require_strength(longest, ())
    with refused(TooLong) as caught:
        require_strength(f"{longest}x", (), "input", "newPassword")
    assert isinstance(caught.value, TooLong)
    assert (caught.value.path, caught.value.values) == (("input", "newPassword"), {"limit": 1024})


def test_own_words_are_looked_for_beyond_what_is_measured() -> None:
    with refused(WeakPassword):
        require_strength(f"{STRONG * 10} callewaert", OWN_WORDS)
