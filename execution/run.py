"""One operation on its way: field by field, for all objects of a level at once."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, cast

from graphql import GraphQLAbstractType, GraphQLError, GraphQLObjectType, Undefined
from graphql.pyutils import UndefinedType

from execution.columns import Column, Level, attempt, mapped
from execution.failures import Failures
from execution.places import (
    Keys,
    OfField,
    OfItems,
    OfSome,
    Owner,
    Owners,
    Place,
    Places,
    field_of,
    keys_of,
    path_of,
)
from execution.plan import FieldPlan, Selection, selection
from execution.shapes import Composite, Leaf, ListOf, Shape
from execution.typed import Typed

if TYPE_CHECKING:  # they import this module
    from strawberry import Schema

    from execution.breadth_first import BreadthFirst

# What can stand in a column in place of a value, beside None.
NO_VALUES: Final = (Exception, UndefinedType)
# What Python can iterate over, and GraphQL has no lists of.
NO_LISTS: Final = (str, bytes, bytearray, memoryview, Mapping)


class Run:
    """Executes selections; what fails is gathered, and is null until the failures are settled."""

    def __init__(self, executor: "BreadthFirst") -> None:
        self.executor = executor
        # graphql-core leaves open what the context of an operation is, and with it the types of these.
        self._open: Any = executor
        self.context = executor.context_value
        self.failures = Failures()

    @property
    def strawberry_schema(self) -> "Schema":
        """Return the Strawberry schema that is executed."""
        return vars(self.executor.schema)["_strawberry_schema"]

    def info(self, field: FieldPlan, owner: Owner) -> Any:
        """Return what graphql-core tells a resolver of the field of one object."""
        path = cast("Any", path_of((owner, field.name, field.spot)))
        return self._open.build_resolve_info(field.definition, field.nodes, field.parent, path)

    async def objects(
        self, wanted: Selection, objects: Sequence[Any], places: Owners
    ) -> list[dict[str, Any]]:
        """Return the response of objects of one type."""
        columns: list[Column] = []
        for field in wanted.fields:
            columns.append(await self.field(field, objects, places))
            if self.failures.is_void and places.at(0) is None:
                # There will be no data: of a mutation nothing more is done (GraphQL section 6.4.4).
                return [{}]
        if not columns:
            return [{} for _ in objects]
        # Half the time of a comprehension, and this is done once for every object of an answer.
        named = map(partial(zip, wanted.names), zip(*columns, strict=True))
        return list(map(cast("Callable[[Any], dict[str, Any]]", dict), named))

    async def field(self, field: FieldPlan, objects: Sequence[Any], places: Owners) -> Column:
        """Return the response of one field of all objects."""
        if field.source is None:
            return [field.parent.name] * len(objects)
        values = await field.source.read(Level(self, field, objects, places))
        return await self.complete(field, field.shape, values, OfField(places, field.name, field.spot))

    async def complete(self, field: FieldPlan, shape: Shape, values: Column, places: Places) -> Column:
        """Return what values become in the response (GraphQL section 6.4.3)."""
        if isinstance(shape, ListOf):
            listed = partial(items_of, field)
            values = [it if type(it) is list or it is None else attempt(listed, it) for it in values]
        kinds = set(map(type, values))
        if isinstance(shape, Leaf) and kinds <= shape.as_it_is:
            return values
        failed = any(issubclass(kind, NO_VALUES) for kind in kinds)
        if not failed and NoneType not in kinds:
            return await self.complete_values(field, shape, values, places)
        if failed or not shape.nullable:
            self.tell(field, shape, values, places)
        return await self.complete_some(field, shape, values, places)

    async def complete_some(self, field: FieldPlan, shape: Shape, values: Column, places: Places) -> Column:
        """Return what the values of a column become; null stays where there is none."""
        found = [at for at, it in enumerate(values) if it is not None and not isinstance(it, NO_VALUES)]
        column: Column = [None] * len(values)
        if found:
            chosen = [values[at] for at in found]
            completed = await self.complete_values(field, shape, chosen, OfSome(places, found))
            for at, value in zip(found, completed, strict=True):
                column[at] = value
        return column

    async def complete_values(self, field: FieldPlan, shape: Shape, values: Column, places: Places) -> Column:
        """Return what values become; each is there."""
        if isinstance(shape, Leaf):
            return self.leaves(field, shape, values, places)
        if isinstance(shape, ListOf):
            return await self.lists(field, shape, values, places)
        return await self.composites(field, shape, values, places)

    def tell(self, field: FieldPlan, shape: Shape, values: Column, places: Places) -> None:
        """Note which values of a column failed, and which are null where they can not be."""
        for at, value in enumerate(values):
            if isinstance(value, Exception):
                self.failures.add(places.at(at), field.nodes, value)
            elif (value is None or value is Undefined) and not shape.nullable:
                error = TypeError(f"Cannot return null for non-nullable field {field.title}.")
                self.failures.add(places.at(at), field.nodes, error)

    def leaves(self, field: FieldPlan, shape: Leaf, values: Column, places: Places) -> Column:
        """Return scalars and enums as the response holds them."""
        column = mapped(shape.convert, values)
        if any(kind is NoneType or issubclass(kind, NO_VALUES) for kind in set(map(type, column))):
            complete = partial(self.executor.complete_leaf_value, shape.scalar)
            column = [attempt(complete, it) for it in values]
            self.tell(field, shape, column, places)
            return [None if isinstance(it, Exception) else it for it in column]
        return column

    async def lists(self, field: FieldPlan, shape: ListOf, values: Column, places: Places) -> Column:
        """Return lists whose items are completed together."""
        sizes = list(map(len, values))
        items = list(chain.from_iterable(values))
        completed = await self.complete(field, shape.item, items, OfItems(places, sizes, shape.spot))
        rest = iter(completed)
        return [list(islice(rest, size)) for size in sizes]

    async def composites(self, field: FieldPlan, shape: Composite, values: Column, places: Places) -> Column:
        """Return objects; those of one type together."""
        if not shape.is_abstract:
            return await self.of_type(field, cast("GraphQLObjectType", shape.declared), values, places)
        column: Column = [None] * len(values)
        groups: defaultdict[GraphQLObjectType, list[int]] = defaultdict(list)
        for at, value in enumerate(values):
            try:
                groups[await self.runtime_type(field, shape, value, places, at)].append(at)
            except Exception as error:  # noqa: BLE001  its place tells it
                self.failures.add(places.at(at), field.nodes, error)
        for type_, chosen in groups.items():
            bare = [it.value if isinstance(it, Typed) else it for it in (values[at] for at in chosen)]
            for at, it in zip(
                chosen, await self.of_type(field, type_, bare, OfSome(places, chosen)), strict=True
            ):
                column[at] = it
        return column

    async def runtime_type(
        self, field: FieldPlan, shape: Composite, value: object, places: Places, at: int
    ) -> GraphQLObjectType:
        """Return the type of a value behind an interface or a union. Raise GraphQLError."""
        declared = cast("GraphQLAbstractType", shape.declared)
        if isinstance(value, Typed) and value.typename in field.types:
            return field.types[value.typename]
        info = self.info(field, field_of(places.at(at))[0])
        name: Any = (declared.resolve_type or self.executor.type_resolver)(value, info, declared)
        if inspect.isawaitable(name):
            name = await name
        found = self._open.ensure_valid_runtime_type(name, declared, field.details, info, value)
        if isinstance(value, Typed) and value.typename == found.name:
            field.types[found.name] = found
        return found

    async def of_type(
        self, field: FieldPlan, type_: GraphQLObjectType, objects: Column, places: Places
    ) -> Column:
        """Return objects of one type."""
        if not objects:
            return []
        try:
            wanted = self.selection(field, type_)
        except GraphQLError as error:
            for place in places.all():
                self.failures.add(place, field.nodes, error)
            return [None] * len(objects)
        # By identity: what stands in several places.
        chosen = {id(it): at for at, it in enumerate(objects)}
        if len(chosen) < len(objects):
            return await self.each_once(wanted, objects, places, chosen)
        return cast("Column", await self.objects(wanted, objects, places))

    async def each_once(
        self, wanted: Selection, objects: Column, places: Places, chosen: Mapping[int, int]
    ) -> Column:
        """Return objects of which some stand in several places; each of them is executed once.

        What fails in them is told of each of their places.
        """
        before = len(self.failures)
        some = list(chosen.values())
        completed = await self.objects(wanted, [objects[at] for at in some], OfSome(places, some))
        if len(self.failures) > before:
            twins: defaultdict[Keys, list[Place]] = defaultdict(list)
            every = places.all()
            for at, it in enumerate(objects):
                if at != chosen[id(it)]:
                    twins[keys_of(every[chosen[id(it)]])].append(every[at])
            self.failures.repeat(before, twins)
        found = dict(zip(chosen, completed, strict=True))
        return [found[id(it)] for it in objects]

    def selection(self, field: FieldPlan, type_: GraphQLObjectType) -> Selection:
        """Return what is read of a field's values of one type. Raise GraphQLError."""
        found = field.selections.get(type_.name)
        if found is None:
            grouped = self.executor.collect_subfields(type_, field.details).grouped_field_set
            found = field.selections[type_.name] = selection(self.executor, type_, grouped)
        return found


def items_of(field: FieldPlan, value: Any) -> Any:
    """Return the items of a list, anything that is no value as it is.

    Raise GraphQLError for what is no list, and what an iterator raises.
    """
    if isinstance(value, NO_VALUES):
        return value
    if not isinstance(value, Iterable) or isinstance(value, NO_LISTS):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.title}'.")
    return list(cast("Iterable[Any]", value))
