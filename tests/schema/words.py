"""The schema's types and fields as Strawberry holds them, for tests that look at all of them."""

from collections.abc import Iterator

from strawberry.permission import BasePermission
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

import schema

SCHEMA = schema.build()


def definitions() -> Iterator[StrawberryObjectDefinition]:
    """Yield every object type, interface and input."""
    for known in SCHEMA.schema_converter.type_map.values():
        if isinstance(known.definition, StrawberryObjectDefinition):
            yield known.definition


def name_of(definition: StrawberryObjectDefinition) -> str:
    return SCHEMA.config.name_converter.from_object(definition)


def fields_of(definition: StrawberryObjectDefinition) -> dict[str, StrawberryField]:
    return {SCHEMA.config.name_converter.get_graphql_name(it): it for it in definition.fields}


def guards_of(field: StrawberryField) -> list[type[BasePermission]]:
    return list(field.permission_classes)
