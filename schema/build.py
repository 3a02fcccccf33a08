"""The schema put together, and as text."""

from functools import cache

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from execution import BreadthFirst
from schema.mutations import Mutation
from schema.operation import Operation
from schema.queries import Query
from schema.scalars import SCALARS
from schema.user_errors import ConflictError, InputError, RateLimitedError


class Schema(strawberry.Schema):
    """Strawberry's, but that `Operation` logs what is ours to mend, and nothing else."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing: a refusal is no incident."""


@cache
def build() -> strawberry.Schema:
    """Return the schema that the server serves: one for the whole process, and it never changes."""
    return Schema(
        query=Query,
        mutation=Mutation,
        types=[InputError, ConflictError, RateLimitedError],
        extensions=[Operation],
        execution_context_class=BreadthFirst,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def sdl() -> str:
    """Return the schema in the schema definition language, as it is exported."""
    return build().as_str() + "\n"
