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

from execution.places import OfSome, Owner, Owners

if TYPE_CHECKING:  # they import this module
    from execution.plan import FieldPlan
    from execution.run import Run

Load = Callable[..., Awaitable[Sequence[Any]] | Sequence[Any]]
Column = list[Any]
Arguments = dict[str, Any]
# The keys of a Strawberry field's metadata that say how its values are got.
BATCHED: Final = "execution.batched"
DERIVED: Final = "execution.derived"
GRANTED: Final = object()


class Level:
    """All objects of one type in one place of the document, of which one field is read."""

    __slots__ = ("_converted", "field", "objects", "places", "run")

    def __init__(self, run: "Run", field: "FieldPlan", objects: Sequence[Any], places: Owners) -> None:
        self.run = run
        self.field = field
        self.objects = objects
        self.places = places
        self._converted: Arguments | None = None

    def some(self, chosen: Sequence[int]) -> "Level":
        """Return the level with some of its objects."""
        level = Level(self.run, self.field, [self.objects[at] for at in chosen], OfSome(self.places, chosen))
        level._converted = self._converted
        return level

    def given(self) -> Arguments:
        """Return the coerced arguments of the field (GraphQL section 6.4.1). Raise GraphQLError."""
        details, definition = self.field.details[0], self.field.definition
        if not definition.args:
            return {}
        variables = self.run.executor.variable_values
        return get_argument_values(definition, details.node, variables, details.fragment_variable_values)

    def converted(self) -> Arguments:
        """Return the arguments as Strawberry hands them to a function. Raise what its conversion raises."""
        if self._converted is None:
            self._converted = self._convert(self.given()) if self.field.definition.args else {}
        return self._converted

    def _convert(self, given: Arguments) -> Arguments:
        schema, definition = self.run.strawberry_schema, definition_of(self.field.definition)
        registry = schema.schema_converter.scalar_registry
        return convert_arguments(given, definition.arguments, registry, schema.config)


class Source(Protocol):
    """Whatever gives a field its values."""

    async def read(self, level: Level) -> Column:
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

    async def read(self, level: Level) -> Column:
        return mapped(self.function, level.objects)


class Loaded:
    """Values that one call of a function gives for the whole level."""

    def __init__(self, load: Load) -> None:
        self.load = load

    async def read(self, level: Level) -> Column:
        try:
            return list(await self.loaded(level))
        except Exception as error:  # noqa: BLE001  each place tells it
            return [error] * len(level.objects)

    async def loaded(self, level: Level) -> Sequence[Any]:
        """Return one value for each object. Raise what the function raises; LookupError for too few."""
        values = self.load(level.objects, level.run.context, **level.converted())
        if inspect.isawaitable(values):
            values = await values
        if len(values) != len(level.objects):
            message = f"{self.load.__name__} returned {len(values)} values for {len(level.objects)} parents"
            raise LookupError(message)
        return values


class Resolved:
    """Values of an ordinary resolver: a call for each object, extensions included, one after another."""

    async def read(self, level: Level) -> Column:
        pairs = zip(level.objects, level.places.all(), strict=True)
        return [await self.value(level, parent, owner) for parent, owner in pairs]

    async def value(self, level: Level, parent: object, owner: Owner) -> Any:
        """Return the value for one object, or the exception that stands for it."""
        run, field = level.run, level.field
        resolve = field.definition.resolve or run.executor.field_resolver
        try:
            value = resolve(parent, run.info(field, owner), **level.given())
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

    async def read(self, level: Level) -> Column:
        verdicts = self.verdicts(level)
        allowed = [at for at, verdict in enumerate(verdicts) if verdict is GRANTED]
        if len(allowed) == len(verdicts):
            return await self.source.read(level)
        if allowed:
            for at, value in zip(allowed, await self.source.read(level.some(allowed)), strict=True):
                verdicts[at] = value
        return verdicts

    def verdicts(self, level: Level) -> Column:
        """Return GRANTED for each object whose field may be read; for any other what stands in its place."""
        if self.once:
            return [self.verdict(level, level.objects[0], level.places.at(0))] * len(level.objects)
        pairs = zip(level.objects, level.places.all(), strict=True)
        return [self.verdict(level, parent, owner) for parent, owner in pairs]

    def verdict(self, level: Level, parent: object, owner: Owner) -> Any:
        """Return GRANTED, or what the permission puts in the place of a value, which may be an exception."""
        raw, definition = level.run.info(level.field, owner), definition_of(level.field.definition)
        info = level.run.strawberry_schema.config.info_class(_raw_info=raw, _field=definition)
        try:
            arguments = level.converted()
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
        return Loaded(cast("Load", load))
    if function := definition.metadata.get(DERIVED):
        return Computed(cast("Callable[[Any], Any]", function))
    if cast("Any", definition).base_resolver is None and definition.default_resolver is getattr:
        return Computed(attrgetter(definition.python_name))
    return None
