"""A passkey as its owner sees it."""

from datetime import datetime

import strawberry
from strawberry.scalars import ID

from schema.ids import identity


@strawberry.type(description="A passkey of the viewer's, which signs in place of a code.")
class Passkey:
    id: ID = identity("Passkey")
    name: str = strawberry.field(description="What its owner calls it.")
    created_at: datetime = strawberry.field(description="When it was added.")
    last_used_at: datetime | None = strawberry.field(description="When it last signed; null before that.")
