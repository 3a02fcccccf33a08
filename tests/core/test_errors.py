"""Errors: each has a code and words, says where it is, and is known to whoever tells it."""

import re
from collections.abc import Iterator

import pytest

from core.errors import (
    Conflict,
    Correctable,
    Internal,
    Invalid,
    KluisError,
    NotFound,
    Refused,
    TooLong,
    TooManyTries,
)
from schema.words import UserErrorCode


def below(kind: type[KluisError]) -> Iterator[type[KluisError]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


TOLD = [it for it in below(KluisError) if it not in (Correctable, Refused)]


@pytest.mark.parametrize("kind", TOLD, ids=lambda it: it.__name__)
def test_every_error_has_a_code_and_a_message(kind: type[KluisError]) -> None:
    assert re.fullmatch("[A-Z]+(_[A-Z]+)*", kind.code)
    assert kind.message.strip().endswith(".")


def test_no_two_errors_share_a_code() -> None:
    assert len({it.code for it in TOLD}) == len(TOLD)


@pytest.mark.parametrize(
    "kind", [it for it in TOLD if issubclass(it, Correctable)], ids=lambda it: it.__name__
)
def test_the_schema_has_a_word_for_what_can_be_put_right(kind: type[Correctable]) -> None:
    assert UserErrorCode(kind.code).value == kind.code


@pytest.mark.parametrize("kind", [it for it in TOLD if issubclass(it, Refused)], ids=lambda it: it.__name__)
def test_what_cannot_be_put_right_is_no_user_error(kind: type[Refused]) -> None:
    assert kind.code not in {it.value for it in UserErrorCode}


def test_an_error_fills_in_its_values() -> None:
    error = TooLong(limit=255)
    assert str(error) == "This is longer than 255 characters."
    assert error.template == TooLong.message
    assert error.values == {"limit": 255}


def test_an_error_can_have_words_of_its_own() -> None:
    error = Invalid("At most {most} ids.", path=("ids",), most=100)
    assert str(error) == "At most 100 ids."
    assert error.path == ("ids",)


def test_an_error_without_its_values_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Internal()


def test_an_error_is_said_of_a_place() -> None:
    error = NotFound()
    assert error.path == ()
    assert error.at("input", "file") is error
    assert error.path == ("input", "file")


def test_a_conflict_tells_the_revision_that_stands() -> None:
    error = Conflict(current_revision=7, path=["input", "ifRevision"])
    assert (error.current_revision, error.path) == (7, ("input", "ifRevision"))


def test_too_many_tries_tells_how_long_to_wait() -> None:
    error = TooManyTries(retry_after=30, path=["input"])
    assert (error.retry_after, error.path) == (30, ("input",))
