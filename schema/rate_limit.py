"""What an operation costs, and what its viewer can spend."""

from collections.abc import Sequence

import strawberry

from resolvers.standing import standing
from schema.context import Context


@strawberry.type(description="What operations may cost; a point is about an object.")
class RateLimit:
    cost: int = strawberry.field(description="Of this operation.")
    limit: int = strawberry.field(description="How many points there can be.")
    remaining: int = strawberry.field(description="How many points there are now.")
    restore_rate: int = strawberry.field(description="How many points come back each second.")


async def rate_limits(roots: Sequence[None], request: Context) -> list[RateLimit]:
    now = await standing(request)
    return [
        RateLimit(cost=request.cost, limit=now.limit, remaining=now.remaining, restore_rate=now.restore_rate)
    ]
