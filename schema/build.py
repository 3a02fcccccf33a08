"""The schema put together, and as text."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.mutations import Mutation
from schema.operation import Operation
from schema.queries import Query
from schema.scalars import SCALARS
from schema.user_errors import ConflictError, InputError, RateLimitedError


def build() -> strawberry.Schema:
    """Return the schema that the server serves."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=[InputError, ConflictError, RateLimitedError],
        extensions=[Operation],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def sdl() -> str:
    """Return the schema in the schema definition language, as it is exported."""
    return build().as_str() + "\n"
