"""The scalars: what they take and what they refuse, in words of their own."""

import pytest
from graphql import GraphQLError

from schema.scalars import LARGEST, SCALARS, BigInt, Sha256, address, digest, whole_number


@pytest.mark.parametrize("value", [0, 1, LARGEST])
def test_a_whole_number_is_taken(value: int) -> None:
    assert whole_number(value) == value


@pytest.mark.parametrize("value", [-1, LARGEST + 1, 1.0, "1", True, None, [1]])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="not a whole number"):
        whole_number(value)


def test_a_digest_is_taken() -> None:
    assert digest("00ff" * 16) == b"\x00\xff" * 16


@pytest.mark.parametrize("value", ["", "0" * 63, "0" * 65, "F" * 64, "g" * 64, "é" * 64, "0x" * 32])
def test_what_is_no_digest_is_refused(value: str) -> None:
    with pytest.raises(GraphQLError, match="not a digest"):
        digest(value)


def test_an_address_is_a_text() -> None:
    assert address("http://kluis.test/content/x") == "http://kluis.test/content/x"


@pytest.mark.parametrize("read", [address, digest])
@pytest.mark.parametrize("value", [1, None, b"text", ["text"]])
def test_what_is_no_text_is_refused(read: object, value: object) -> None:
    assert callable(read)
    with pytest.raises(GraphQLError, match="not a text"):
        read(value)


def test_what_is_written_is_what_is_read() -> None:
    for scalar, value in ((BigInt, 7), (Sha256, bytes(range(32)))):
        definition = SCALARS[scalar]
        assert definition.serialize
        assert definition.parse_value
        assert definition.parse_value(definition.serialize(value)) == value
