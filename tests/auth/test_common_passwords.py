"""Passwords that many people have: every one of a list of them is refused, however long it is made."""

from typing import Final

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from auth.strength import SHORTEST, require_strength
from core.errors import WeakPassword

# The most frequent ones come first.
COMMON: Final[list[str]] = list(FREQUENCY_LISTS["passwords"])
LONG: Final = [it for it in COMMON if len(it) >= SHORTEST]


def repeated(password: str) -> str:
    """Return a password as often as it takes to be long enough."""
    return password * -(-SHORTEST // len(password))


def counted_on(password: str) -> str:
    """Return a password that digits make long enough."""
    return password + "123456789"[: max(0, SHORTEST - len(password))]


def is_taken(password: str) -> bool:
    try:
        require_strength(password, ())
    except WeakPassword:
        return False
    return True


def test_the_list_is_as_long_as_it_should_be() -> None:
    assert len(COMMON) >= 3000
    assert len(LONG) > 200
    assert {"123456", "password", "qwerty"} < set(COMMON[:10])


@pytest.mark.parametrize(
    "passwords",
    [
        pytest.param(COMMON, id="as they are"),
        pytest.param([it.upper() for it in LONG], id="in capitals"),
        pytest.param([it.capitalize() for it in LONG], id="with a capital"),
        pytest.param([repeated(it) for it in COMMON[:1000]], id="again and again"),
        pytest.param([counted_on(it) for it in COMMON[:500]], id="and a row of digits"),
    ],
)
def test_no_common_password_is_taken(passwords: list[str]) -> None:
    assert [it for it in passwords if is_taken(it)] == []


def test_what_is_on_no_list_is_taken() -> None:
    assert is_taken("zeilboot kever mist")
