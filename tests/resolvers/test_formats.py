"""How what is said of people is kept: one spelling for each telephone number, register number and code."""

import re
from datetime import date
from typing import Any, Final

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import eid

from core.errors import Correctable, Invalid, TooLong
from resolvers import formats
from resolvers.formats import Keep

# What people write between the parts of a register number.
SEPARATORS: Final = st.sampled_from(["", " ", ".", "-"])
EVERYTHING: Final[list[Keep]] = [
    formats.telephone,
    formats.register_number,
    formats.nace_code,
    formats.postal_code,
    formats.identity_card,
    formats.text(10),
]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("09 223 45 67", "+32 9 223 45 67"),
        ("0475/12.34.56", "+32 475 12 34 56"),
        ("+32 (0)9 223 45 67", "+32 9 223 45 67"),
        ("0032475123456", "+32 475 12 34 56"),
        ("+31 20 123 4567", "+31 20 123 4567"),
        ("+33142685300", "+33 1 42 68 53 00"),
        ("+49 30 123456", "+49 30 123456"),
        ("+352 621 123 456", "+352 621 123 456"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("+1 (650) 253-0000", "+1 650-253-0000"),
        ("\u0660\u0664\u0667\u0665 \u0661\u0662 \u0663\u0664 \u0665\u0666", "+32 475 12 34 56"),
    ],
)
def test_a_telephone_number_is_kept_as_it_is_dialled_from_anywhere(said: str, kept: str) -> None:
    assert formats.telephone(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "1234",
        "112",
        "+32",
        "+999 1234567",
        "0475 12 34 5",
        "09 223 45 67 ext. 5",
        "+32 9 223 45 67 x5",
        "x",
        "1" * 300,
    ],
)
def test_what_cannot_be_dialled_so_is_no_telephone_number(said: str) -> None:
    with pytest.raises(Invalid, match="telephone number"):
        formats.telephone(said)


@given(region=st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_a_number_of_any_country_is_kept_once_and_for_all(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    said = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    kept = formats.telephone(said)
    assert formats.telephone(kept) == kept
    assert re.sub("[^+0-9]", "", kept) == said


def check_digits(nine: str, *, after_2000: bool) -> str:
    """Return the last two digits of a register number (Royal Decree of 3 April 1984, article 3)."""
    return f"{97 - int(('2' if after_2000 else '') + nine) % 97:02}"


@given(born=st.dates(date(1926, 1, 1), date(2025, 12, 31)), number=st.integers(1, 997), between=SEPARATORS)
def test_a_register_number_is_kept_as_eleven_digits(born: date, number: int, between: str) -> None:
    nine = f"{born:%y%m%d}{number:03}"
    last = check_digits(nine, after_2000=born.year >= 2000)
    said = f"{nine[:6]}{between}{nine[6:]}{between}{last}"
    assert formats.register_number(said) == nine + last


@given(
    born=st.dates(date(1926, 1, 1), date(2025, 12, 31)),
    number=st.integers(1, 997),
    later=st.sampled_from([20, 40]),
)
def test_a_bis_number_is_one_whose_month_is_twenty_or_forty_higher(
    born: date, number: int, later: int
) -> None:
    nine = f"{born:%y}{born.month + later:02}{born:%d}{number:03}"
    whole = nine + check_digits(nine, after_2000=born.year >= 2000)
    assert formats.register_number(whole) == whole


@pytest.mark.parametrize(
    "said",
    ["", "abc", "8507300332", "850730033280", "85073003329", "85133003300", "\u0668" * 11],
)
def test_what_its_last_two_digits_do_not_check_is_no_register_number(said: str) -> None:
    with pytest.raises(Invalid, match="national register number"):
        formats.register_number(said)


@given(at=st.integers(0, 8), other=st.integers(1, 9))
def test_one_wrong_digit_is_found(at: int, other: int) -> None:
    right = "85073003328"
    wrong = right[:at] + str((int(right[at]) + other) % 10) + right[at + 1 :]
    with pytest.raises(Invalid):
        formats.register_number(wrong)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("6920", "69.20"),
        (" 69.20 ", "69.20"),
        ("69", "69"),
        ("k", "K"),
        # Belgium's fifth digit
        ("69201", "69.201"),
        ("69.203", "69.203"),
        # of the first revision that is told alone, and of the one after it
        ("62.01", "62.01"),
        ("62.10", "62.10"),
    ],
)
def test_an_activity_is_kept_as_its_list_writes_it(said: str, kept: str) -> None:
    assert formats.nace_code(said) == kept


@pytest.mark.parametrize(
    "said", ["Z", "9999", "99.991", "692011", "6920\u00b2", "6920x", "A1234", "-", "69201 1"]
)
def test_what_is_in_neither_list_is_no_activity(said: str) -> None:
    with pytest.raises(Invalid, match="NACE"):
        formats.nace_code(said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("9000", "9000"),
        ("b-9000", "B-9000"),
        (" 1011  ab ", "1011 AB"),
        ("sw1a 1aa", "SW1A 1AA"),
        ("12345-6789", "12345-6789"),
        ("b9", "B9"),
    ],
)
def test_a_postal_code_of_any_country_is_kept_in_capitals(said: str, kept: str) -> None:
    assert formats.postal_code(said) == kept


@pytest.mark.parametrize("said", ["", "7", "Gent", "-9000", "9000-", "1" * 11, "90\u00e900", "9000 Gent!"])
def test_what_is_no_postal_code_is_told(said: str) -> None:
    with pytest.raises(Invalid, match="postal code"):
        formats.postal_code(said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("591-1917064-58", "591191706458"), ("b 123.456-789", "B123456789"), ("speci2014", "SPECI2014")],
)
def test_an_identity_card_is_kept_without_signs(said: str, kept: str) -> None:
    assert formats.identity_card(said) == kept


@given(ten=st.integers(0, 10**10 - 1))
def test_twelve_digits_are_a_belgian_card_whose_last_two_check_the_others(ten: int) -> None:
    last = ten % 97 or 97
    right, wrong = f"{ten:010}{last:02}", f"{ten:010}{last % 97 + 1:02}"
    assert eid.is_valid(right)
    assert formats.identity_card(right) == right
    with pytest.raises(Invalid, match="identity card"):
        formats.identity_card(wrong)


@pytest.mark.parametrize("said", ["x1", "1234", "A" * 21, "12345\u00e9", "123/456"])
def test_what_is_no_card_is_told(said: str) -> None:
    with pytest.raises(Invalid, match="identity card"):
        formats.identity_card(said)


@given(said=st.text(max_size=30), keep=st.sampled_from(EVERYTHING))
def test_whatever_is_said_is_kept_in_one_spelling_or_refused(said: str, keep: Keep) -> None:
    try:
        kept = keep(said)
    except Correctable:
        return
    assert keep(kept) == kept


def test_a_text_is_kept_without_blanks_around_it_and_counted_so() -> None:
    keep = formats.text(5)
    assert keep("  a \n b\u00a0c ") == "a b c"
    with pytest.raises(TooLong) as told:
        keep("abcdef")
    assert told.value.values == {"limit": 5}


@pytest.mark.parametrize(
    ("keep", "good", "bad"),
    [
        (formats.whole(0, 130), [0, 65, 130], [-1, 131]),
        (
            formats.born_until(date(2026, 1, 30)),
            [date(1850, 1, 1), date(2026, 1, 30)],
            [date(1849, 12, 31), date(2026, 1, 31)],
        ),
    ],
)
def test_what_lies_beyond_its_ends_is_refused(keep: Keep, good: list[Any], bad: list[Any]) -> None:
    assert [keep(it) for it in good] == good
    for it in bad:
        with pytest.raises(Invalid):
            keep(it)
