"""The `@requires` directive: what the viewer needs for a field, written into the schema."""

import strawberry
from strawberry.schema_directive import Location

from core.rights import Right
from core.viewer import ApiScope, Role


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="What the viewer needs for this field: all that is named. Without it the field is null and "
    "`errors` holds FORBIDDEN with its path. `right`: on this document, whatever the viewer's role. `role`: "
    "of the viewer, administrators being auditors too; `orOwn`: or the object is the viewer's own relation "
    "or account. `person`: people alone, no program. `scope`: of partners' programs alone. A program with "
    "the scope counts as staff where the role is STAFF; it has no field that names a role and no scope.",
)
class Requires:
    right: Right | None = strawberry.UNSET
    role: Role | None = strawberry.UNSET
    or_own: bool | None = strawberry.UNSET
    person: bool | None = strawberry.UNSET
    scope: ApiScope | None = strawberry.UNSET
