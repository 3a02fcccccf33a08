"""Fields that are no batch: read from the parent, computed from it, or done by a verb.

What a permission class requires is written into the schema as its directive.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import strawberry
from strawberry.permission import BasePermission
from strawberry.schema_directive import Location

from execution.columns import DERIVED

Permissions = Sequence[type[BasePermission]]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="semanticNonNull",
    description="Null only when `errors` holds an error for this field.",
)
class SemanticNonNull:
    levels: list[int] = strawberry.UNSET


NEVER_NULL: Final = SemanticNonNull(levels=[0])


def directives_of(permission_classes: Permissions) -> tuple[object, ...]:
    """Return what the exported schema says of these permissions."""
    said = (permission().schema_directive for permission in permission_classes)
    return tuple(directive for directive in said if directive is not None)


def plain(
    *, description: str, permission_classes: Permissions = (), directives: Sequence[object] = ()
) -> Any:
    """Return a field that is an attribute of its parent."""
    return strawberry.field(
        description=description,
        permission_classes=list(permission_classes),
        directives=[*directives_of(permission_classes), *directives],
    )


def derived(
    read: Callable[[Any], Any],
    *,
    description: str,
    permission_classes: Permissions = (),
    directives: Sequence[object] = (),
) -> Any:
    """Return a field that is computed from its parent alone."""

    def resolve(root: Any) -> Any:
        return read(root)

    return strawberry.field(
        resolver=resolve,
        description=description,
        permission_classes=list(permission_classes),
        directives=[*directives_of(permission_classes), *directives],
        metadata={DERIVED: read},
    )


def performed(
    verb: Callable[..., Any],
    *,
    description: str,
    permission_classes: Permissions = (),
    directives: Sequence[object] = (),
) -> Any:
    """Return a mutation: it answers with a payload, or with an error."""
    return strawberry.mutation(
        resolver=verb,
        description=description,
        permission_classes=list(permission_classes),
        directives=[*directives_of(permission_classes), NEVER_NULL, *directives],
    )
