"""Where the values of a field come from: for all objects of a level at once, each a value or an exception."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from graphql import GraphQLField
from graphql.execution.values import get_argument_values
from strawberry.permission import PermissionExtension
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from execution.places import Owner

if TYPE_CHECKING:  # they import this module
    from execution.plan import FieldPlan
    from execution.run import Run

Load = Callable[..., Awaitable[Sequence[Any]] | Sequence[Any]]
Column = list[Any]
# The keys of a Strawberry field's metadata that say how its values are got.
BATCHED: Final = "execution.batched"
DERIVED: Final = "execution.derived"
GRANTED: Final = object()


class Source(Protocol):
    """Whatever gives a field its values."""

    async def read(
        self, run: "Run", field: "FieldPlan", objects: Sequence[Any], places: Sequence[Owner]
    ) -> Column:
        """Return one value, or the exception that stands for it, for each object."""
        ...


def attempt(function: Callable[[Any], Any], value: object) -> Any:
    """Return what a function makes of a value, or the exception that it raises."""
    try:
        return function(value)
    except Exception as error:  # noqa: BLE001  it is told at the place of the value
        return error


def mapped(function: Callable[[Any], Any], values: Sequence[Any]) -> Column:
    """Return what a function makes of each value; where it raises, the exception."""
    try:
        # Not list(map(...)), which would take a StopIteration for the end of the values.
        return [function(value) for value in values]
    except Exception:  # noqa: BLE001  each place tells its own
        return [attempt(function, value) for value in values]


class Computed:
    """Values that are read from their objects alone."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    async def read(self, run: "Run", field: "FieldPlan", objects: Sequence[Any], places: object) -> Column:  # noqa: ARG002
        return mapped(self.function, objects)


class Loaded:
    """Values that one call of a function gives for the whole level."""

    def __init__(self, load: Load, definition: StrawberryField) -> None:
        self.load = load
        self.definition = definition

    async def read(
        self,
        run: "Run",
        field: "FieldPlan",
        objects: Sequence[Any],
        places: Sequence[Owner],  # noqa: ARG002
    ) -> Column:
        try:
            return list(await self.loaded(run, field, objects))
        except Exception as error:  # noqa: BLE001  each place tells it
            return [error] * len(objects)

    async def loaded(self, run: "Run", field: "FieldPlan", objects: Sequence[Any]) -> Sequence[Any]:
        """Return one value for each object. Raise what the function raises; LookupError for too few."""
        values = self.load(objects, run.context, **converted(run, field, self.definition))
        if inspect.isawaitable(values):
            values = await values
        if len(values) != len(objects):
            message = f"{self.load.__name__} returned {len(values)} values for {len(objects)} parents"
            raise LookupError(message)
        return values


class Resolved:
    """Values of an ordinary resolver: a call for each object, extensions included, one after another."""

    async def read(
        self, run: "Run", field: "FieldPlan", objects: Sequence[Any], places: Sequence[Owner]
    ) -> Column:
        return [await self.value(run, field, *pair) for pair in zip(objects, places, strict=True)]

    async def value(self, run: "Run", field: "FieldPlan", parent: object, owner: Owner) -> Any:
        """Return the value for one object, or the exception that stands for it."""
        resolve = field.definition.resolve or run.executor.field_resolver
        try:
            value = resolve(parent, run.info(field, owner), **given(run, field))
            return await value if inspect.isawaitable(value) else value
        except Exception as error:  # noqa: BLE001  its place tells it
            return error


class Guarded:
    """Values that a permission stands before: nothing is read for whoever may not have it."""

    def __init__(self, extensions: Sequence[PermissionExtension], source: Source) -> None:
        self.extensions = extensions
        self.source = source
        # A permission can say that it does not look at the object; then one answer holds for all.
        self.once = not any(
            getattr(permission, "needs_source", True) for it in extensions for permission in it.permissions
        )

    async def read(
        self, run: "Run", field: "FieldPlan", objects: Sequence[Any], places: Sequence[Owner]
    ) -> Column:
        verdicts = self.verdicts(run, field, objects, places)
        allowed = [index for index, verdict in enumerate(verdicts) if verdict is GRANTED]
        if len(allowed) == len(objects):
            return await self.source.read(run, field, objects, places)
        if allowed:
            chosen = [objects[index] for index in allowed], [places[index] for index in allowed]
            for index, value in zip(allowed, await self.source.read(run, field, *chosen), strict=True):
                verdicts[index] = value
        return verdicts

    def verdicts(
        self, run: "Run", field: "FieldPlan", objects: Sequence[Any], places: Sequence[Owner]
    ) -> Column:
        """Return GRANTED for each object whose field may be read; for any other what stands in its place."""
        try:
            arguments = converted(run, field, definition_of(field.definition))
        except Exception as error:  # noqa: BLE001  each place tells it
            return [error] * len(objects)
        if self.once:
            return [self.verdict(run, field, arguments, objects[0], places[0])] * len(objects)
        return [self.verdict(run, field, arguments, *pair) for pair in zip(objects, places, strict=True)]

    def verdict(
        self, run: "Run", field: "FieldPlan", arguments: dict[str, Any], parent: object, owner: Owner
    ) -> Any:
        """Return GRANTED, or what the permission puts in the place of a value, which may be an exception."""
        schema = run.strawberry_schema
        info = schema.config.info_class(
            _raw_info=run.info(field, owner), _field=definition_of(field.definition)
        )
        try:
            for extension in self.extensions:
                verdict = extension.resolve(granted, parent, info, **arguments)
                if verdict is not GRANTED:
                    return verdict
        except Exception as error:  # noqa: BLE001  its place tells it
            return error
        return GRANTED


def granted(*_: object, **__: object) -> object:
    """Stand where the field would be resolved, and say that it may."""
    return GRANTED


def definition_of(field: GraphQLField) -> Any:
    """Return the Strawberry field that a field was made from; None for those of GraphQL itself."""
    return field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def given(run: "Run", field: "FieldPlan") -> dict[str, Any]:
    """Return the coerced arguments of a field (GraphQL section 6.4.1). Raise GraphQLError."""
    details = field.details[0]
    if not field.definition.args:
        return {}
    return get_argument_values(
        field.definition, details.node, run.executor.variable_values, details.fragment_variable_values
    )


def converted(run: "Run", field: "FieldPlan", definition: StrawberryField) -> dict[str, Any]:
    """Return the arguments as Strawberry hands them to a function. Raise what its conversion raises."""
    if not field.definition.args:
        return {}
    schema = run.strawberry_schema
    return convert_arguments(
        given(run, field), definition.arguments, schema.schema_converter.scalar_registry, schema.config
    )


def source_of(field: GraphQLField) -> Source:
    """Return where the values of a field come from; what is not known to be simple is resolved one by one."""
    definition = definition_of(field)
    if not isinstance(definition, StrawberryField) or definition.is_subscription:
        return Resolved()
    source = simple_source(definition)
    permissions = [it for it in definition.extensions if isinstance(it, PermissionExtension)]
    simple = len(permissions) == len(definition.extensions) and all(it.supports_sync for it in permissions)
    if source is None or not simple:
        return Resolved()
    # Strawberry runs the last extension first.
    return Guarded(permissions[::-1], source) if permissions else source


def simple_source(definition: StrawberryField) -> Source | None:
    """Return the source of a field that needs no call for each object; None for any other."""
    if load := definition.metadata.get(BATCHED):
        return Loaded(cast("Load", load), definition)
    if function := definition.metadata.get(DERIVED):
        return Computed(cast("Callable[[Any], Any]", function))
    if cast("Any", definition).base_resolver is None and definition.default_resolver is getattr:
        return Computed(attrgetter(definition.python_name))
    return None
