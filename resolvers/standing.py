"""Read of how many points the viewer's account has left."""

from dataclasses import dataclass

from auth import buckets
from resolvers.points import BUCKET, key_of
from resolvers.reading import Reading


@dataclass(frozen=True, slots=True)
class Standing:
    """How many points an account has, of how many, and how many come back each second."""

    remaining: int
    limit: int = BUCKET.capacity
    restore_rate: int = int(BUCKET.per_second)


async def standing(request: Reading) -> Standing:
    """Return how the viewer's account stands, with what this server has taken for it and not spent."""
    row = await request.row(buckets.FULL_AT, key=key_of(request.viewer))
    in_bucket = BUCKET.left(row.allowed_at if row else None, request.now)
    return Standing(max(0, in_bucket) + request.ports.points.at_hand(request.viewer, request.now))
