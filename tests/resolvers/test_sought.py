"""What a text looks for: its pieces, folded, of which the longest leads."""

import pytest

from core.errors import Invalid, TooLong
from resolvers.sought import LONGEST_SEARCH, Sought, pattern, sought


@pytest.mark.parametrize(
    ("text", "longest", "others"),
    [
        ("Müller", "muller", ()),
        ("  jan   DE smet ", "smet", ("jan", "de")),
        ("O’Brien", "o'brien", ()),  # noqa: RUF001  it is meant
        ("85.07.30-033.28", "85073003328", ()),
        ("85.07. jan", "8507", ("jan",)),
        ("b.c", "b.c", ()),
        ("-12", "-12", ()),
        ("anna anna", "anna", ()),
        ("ann anna an", "anna", ()),
        ("bert carl", "bert", ("carl",)),
        ("x y z", "x", ("y", "z")),
    ],
)
def test_a_text_is_looked_for_piece_by_piece(text: str, longest: str, others: tuple[str, ...]) -> None:
    assert sought(text) == Sought(longest, others)


@pytest.mark.parametrize("text", ["", "  ", "ab", "a  b", "é\u0301é", "\x01\x02\x03"])
def test_fewer_than_three_characters_look_for_nothing(text: str) -> None:
    with pytest.raises(Invalid, match="at least") as caught:
        sought(text)
    assert (caught.value.path, caught.value.values) == (("search",), {"fewest": 3})


@pytest.mark.parametrize("text", ["abc", "a b c", "ßa", "100", "%%%"])
def test_three_characters_look_for_something(text: str) -> None:
    assert sought(text).longest


def test_a_search_has_at_most_200_characters() -> None:
    assert sought("x" * LONGEST_SEARCH)
    with pytest.raises(TooLong) as caught:
        sought("x" * (LONGEST_SEARCH + 1))
    assert (caught.value.path, caught.value.values) == (("search",), {"limit": 200})


@pytest.mark.parametrize(
    ("piece", "compared"), [("an", "% an%"), ("100%", r"% 100\%%"), ("a_b", r"% a\_b%"), ("a\\", r"% a\\%")]
)
def test_a_piece_is_compared_letter_by_letter(piece: str, compared: str) -> None:
    assert pattern(piece) == compared


def test_a_cursor_of_another_search_is_none_of_this_one() -> None:
    assert sought("call").key("callewaert bert callewaert") == "callewaert bert callewaert"
    for key in ("bert bert callewaert", "cal", "", "call\0"):
        with pytest.raises(ValueError, match="longest piece"):
            sought("call").key(key)


def test_a_cursor_narrows_the_range_that_is_read() -> None:
    wanted = sought("call")
    assert wanted.between() == {"sought_from": "call", "sought_until": "call\U0010ffff"}
    assert wanted.between("calle a", "calm b") == {"sought_from": "calle a", "sought_until": "calm b"}
