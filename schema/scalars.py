"""The scalars that GraphQL itself does not have."""

from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
Sha256 = NewType("Sha256", bytes)
URL = NewType("URL", str)

LARGEST = 2**53 - 1


def address(value: object) -> str:
    """Return a text. Raise GraphQLError for anything else."""
    if not isinstance(value, str):
        raise GraphQLError("This is not a text.")
    return value


def whole_number(value: object) -> int:
    """Return a whole number from 0 to 2^53 - 1. Raise GraphQLError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise GraphQLError("This is not a whole number from 0 to 2^53 - 1.")
    return value


def digest(value: object) -> bytes:
    """Return the 32 bytes that 64 lower-case hexadecimal digits spell. Raise GraphQLError."""
    text = address(value)
    if len(text) != 64 or set(text) - set("0123456789abcdef"):  # noqa: PLR2004  two digits a byte
        raise GraphQLError("This is not a digest of 64 lower-case hexadecimal digits.")
    return bytes.fromhex(text)


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number up to 2^53 - 1, for byte sizes.",
        serialize=int,
        parse_value=whole_number,
    ),
    Sha256: strawberry.scalar(
        name="Sha256",
        description="64 lower-case hexadecimal digits.",
        serialize=bytes.hex,
        parse_value=digest,
    ),
    URL: strawberry.scalar(
        name="URL", description="An absolute address.", serialize=str, parse_value=address
    ),
}
