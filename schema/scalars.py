"""The scalars that GraphQL itself does not have."""

from dataclasses import replace
from datetime import date, datetime
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.file_uploads.scalars import Upload, UploadDefinition
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition
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


def described(scalar: ScalarDefinition, words: str) -> ScalarDefinition:
    """Return a scalar of Strawberry's that says how it looks in JSON."""
    return replace(scalar, description=words)


SCALARS: dict[object, ScalarDefinition] = {
    date: described(DateDefinition, "A day, such as 2026-01-31."),
    datetime: described(DateTimeDefinition, "A moment with its offset, such as 2026-01-31T09:00:00+00:00."),
    Upload: described(UploadDefinition, "A file: a part of a multipart request, in whose JSON stands null."),
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
