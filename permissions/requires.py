"""The `@requires` directive: what the viewer needs for a field, written into the schema."""

import strawberry
from strawberry.schema_directive import Location

from core.rights import Right
from core.viewer import Role


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="What the viewer needs for this field. Without it the field is null and `errors` holds "
    "FORBIDDEN with its path.",
)
class Requires:
    right: Right | None = strawberry.UNSET
    role: Role | None = strawberry.UNSET
