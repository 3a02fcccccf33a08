"""Words: what stands between blanks and what is in it, sorted, and never more than an index takes."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold
from core.words import LONGEST_NAME, LONGEST_WORD, MOST_WORDS, digits_in, entries, pieces, words_in

# An entry of a B-tree takes a third of a page; beside these stand two ids, a number and lengths.
ROOM: Final = 2_704 - 100
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bert Callewaert", {"bert", "callewaert"}),
        ("  Zoë   VAN  den Bossche ", {"zoe", "van", "den", "bossche"}),
        ("O'Brien", {"o'brien", "o", "brien"}),
        ("D’Hooghe", {"d'hooghe", "d", "hooghe"}),  # noqa: RUF001  it is meant
        ("Anne-Marie Weiß", {"anne-marie", "anne", "marie", "weiss"}),
        ("Anne‑Marie", {"anne-marie", "anne", "marie"}),  # noqa: RUF001  it is meant
        ("Ελένη Παπαδοπούλου", {"ελενη", "παπαδοπουλου"}),
        ("an.na_1@de-linde.example", {"an.na_1@de-linde.example", "an", "na", "1", "de", "linde", "example"}),
        ("Garage 3-4", {"garage", "3-4", "34", "3", "4"}),
        ("a\x01b", {"a", "b"}),
        ("-", {"-"}),
        ("", set[str]()),
    ],
)
def test_a_word_is_what_stands_between_blanks_and_each_run_in_it(text: str, words: set[str]) -> None:
    assert set(words_in(text)) == words


@pytest.mark.parametrize(
    ("number", "digits"), [("85.07.30-033.28", "85073003328"), ("nr 8 507", "8507"), ("geen", ""), (None, "")]
)
def test_a_number_is_its_digits(number: str | None, digits: str) -> None:
    assert digits_in(number) == digits


def test_an_entry_says_the_word_the_name_and_where_it_stands_among_all() -> None:
    assert [tuple(it) for it in entries("bert maes", ["Bert Maes", None, "Bert", "b@x"])] == [
        ("b bert maes", " b b@x bert maes x", 1),
        ("b@x bert maes", " b b@x bert maes x", 3),
        ("bert bert maes", " b b@x bert maes x", 7),
        ("maes bert maes", " b b@x bert maes x", 12),
        ("x bert maes", " b b@x bert maes x", 17),
    ]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_each_word_is_kept_once_in_its_order_and_found_where_it_is_said_to_be(texts: list[str]) -> None:
    found = entries(fold(texts[0]), texts)
    words = [it.sort_key.partition(" ")[0] for it in found]
    assert words == sorted(set(words))
    for word, it in zip(words, found, strict=True):
        assert f"{it.words} "[it.position - 1 :].startswith(f" {word} ")
    assert {piece for text in texts for piece in pieces(text)} <= set(words)


@given(st.sampled_from("x漢😀"), st.integers(1, 3_000), st.integers(1, 300), st.integers(0, 40))
def test_an_entry_never_is_longer_than_an_index_takes(letter: str, name: int, word: int, many: int) -> None:
    texts = [f"{number}{letter * word}" for number in range(many)]
    for it in entries(letter * name, [letter * name, *texts]):
        assert len(it.sort_key.encode()) <= LONGEST_WORD + 1 + LONGEST_NAME
        assert len(it.words.encode()) <= MOST_WORDS
        assert len(it.sort_key.encode()) + len(it.words.encode()) < ROOM


def test_of_very_many_words_the_first_are_kept() -> None:
    found = entries("z", [f"w{number:04}" for number in range(1_000)])
    assert 0 < len(found) < 1_000
    assert [it.sort_key for it in found] == [f"w{number:04} z" for number in range(len(found))]
