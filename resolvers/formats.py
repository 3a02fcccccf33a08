"""How what is said of people is kept: telephone numbers, register numbers and codes, each in one spelling."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeAlias

import phonenumbers
from stdnum.be import eid, ssn
from stdnum.eu import nace
from stdnum.exceptions import ValidationError

from core.errors import Invalid, TooLong

Keep: TypeAlias = Callable[[Any], Any]
"""Given what is said, returns what is kept. Raises Invalid, TooLong, Required."""
# Whoever leaves the country out means this one.
COUNTRY: Final = "BE"
SPELLED: Final = phonenumbers.PhoneNumberFormat.INTERNATIONAL
NACE_LENGTH: Final = 4
DIGITS: Final = "0123456789"
CARD_LENGTH: Final = 12
# Of any country, for which one is not asked; nearly all have a digit.
POSTAL_CODE: Final = re.compile(r"(?=.*[0-9])[A-Z0-9](?:[A-Z0-9 -]{0,8}[A-Z0-9])")
CARD_NUMBER: Final = re.compile(r"[A-Z0-9]{5,20}")
EARLIEST: Final = date(1850, 1, 1)


def text(longest: int) -> Keep:
    """Return what keeps a text of at most so many characters, without blanks around it."""

    def keep(said: str) -> str:
        written = " ".join(said.split())
        if len(written) > longest:
            raise TooLong(limit=longest)
        return written

    return keep


def telephone(said: str) -> str:
    """Return a number as it is dialled from anywhere, such as `+32 9 223 45 67`. Raise Invalid."""
    try:
        number = phonenumbers.parse(said, COUNTRY)
    except phonenumbers.NumberParseException:
        raise no_telephone() from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise no_telephone()
    return phonenumbers.format_number(number, SPELLED)


def no_telephone() -> Invalid:
    """Return the refusal of what is no telephone number."""
    return Invalid("This is not a telephone number. Write one of another country with + and its code.")


def register_number(said: str) -> str:
    """Return the 11 digits of a national register number or a BIS number. Raise Invalid."""
    try:
        return ssn.validate(said)
    except ValidationError:
        message = (
            "This is not a national register number: it has 11 digits, and the last two check the others."
        )
        raise Invalid(message) from None


@lru_cache(maxsize=2_000)
def nace_code(said: str) -> str:
    """Return a code of the European list NACE, such as `69.20`, or one of Belgium's with its fifth digit.

    Both revisions count: files name activities as they were registered. Raise Invalid.
    """
    digits = nace.compact(said).upper()
    if len(digits) == NACE_LENGTH + 1 and digits[-1] in DIGITS:
        return f"{nace_code(digits[:NACE_LENGTH])}{digits[-1]}"
    if not any(nace.is_valid(digits, revision=it) for it in ("2.1", "2.0")):
        raise Invalid("This code is not in the list of NACE codes.")
    return nace.format(digits)


def postal_code(said: str) -> str:
    """Return a postal code in capitals; of which country is not known. Raise Invalid."""
    code = " ".join(said.upper().split())
    if not POSTAL_CODE.fullmatch(code):
        raise Invalid("This is not a postal code.")
    return code


def identity_card(said: str) -> str:
    """Return the number of an identity card: a Belgian one of 12 digits, or another country's.

    Raise Invalid for 12 digits of which the last two do not check the others, and for other signs.
    """
    number = re.sub(r"[ .-]", "", said.upper())
    is_belgian = len(number) == CARD_LENGTH and number.isdigit()
    if not CARD_NUMBER.fullmatch(number) or (is_belgian and not eid.is_valid(number)):
        raise Invalid("This is not the number of an identity card.")
    return number


def born_until(today: date) -> Keep:
    """Return what keeps a day of birth that is neither ahead nor before 1850."""

    def keep(said: date) -> date:
        if not EARLIEST <= said <= today:
            raise Invalid("Nobody can be born on this day.")
        return said

    return keep


def whole(least: int, most: int) -> Keep:
    """Return what keeps a whole number between these two, both included."""

    def keep(said: int) -> int:
        if not least <= said <= most:
            raise Invalid("This must be a number from {least} to {most}.", least=least, most=most)
        return said

    return keep


def as_it_is(said: Any) -> Any:
    """Return what is said."""
    return said
