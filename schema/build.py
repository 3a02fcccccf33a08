"""The schema put together, and as text."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from execution import BreadthFirst
from schema.live import Subscription
from schema.mutations import Mutation
from schema.queries import Query
from schema.scalars import SCALARS
from schema.user_errors import ConflictError, InputError, InUseError, RateLimitedError


@cache
def build() -> strawberry.Schema:
    """Return the schema that the server serves: one for the whole process, and it never changes."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[InputError, ConflictError, InUseError, RateLimitedError],
        execution_context_class=BreadthFirst,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


@cache
def sdl() -> str:
    """Return the schema in the schema definition language, as it is exported and published."""
    return build().as_str() + "\n"
