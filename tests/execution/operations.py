"""Operations drawn by chance: each is valid, and comes with values for its variables."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.utilities import do_types_overlap
from hypothesis import strategies as st

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
# graphql-core leaves open what is in a list, and with it the types of all fields and arguments.
AnyField: TypeAlias = Any
InputType: TypeAlias = Any
Named = tuple[str, AnyField]
Choice = TypeVar("Choice")
# Of one operation: more take longer to answer, and show little more.
MOST_FIELDS: Final = 20
# How many choices are drawn for one; when they are used up, it goes on with the simplest.
CHOICES: Final = 700
# What a directive looks at.
FLAG: Final[InputType] = GraphQLNonNull(GraphQLBoolean)
SCALARS: Final[Mapping[str, Sequence[Any]]] = {
    "Int": (1, 0, 2, 3, 4),
    "Float": (0.5, 1, -2.5),
    "String": ("", "a", 'é "b"'),
    "Boolean": (True, False),
    "ID": ("1", "x", 3),
}


def is_a(type_: InputType, kind: type[object]) -> bool:
    return isinstance(type_, kind)


def named_type(field: AnyField) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(field.type))


class Drawn(NamedTuple):
    """One operation, and values of its variables: it is asked once with each."""

    text: str
    values: Sequence[Mapping[str, Any]]


class Vocabulary:
    """What operations are written with: a schema, its fields that may be asked, and values of scalars."""

    def __init__(
        self,
        schema: GraphQLSchema,
        scalars: Mapping[str, Sequence[Any]],
        may_ask: Callable[[str], bool],
        *,
        deepest: int,
        may_change: bool,
    ) -> None:
        self.schema = schema
        self.scalars = {**SCALARS, **scalars}
        self.may_ask = may_ask
        self.deepest = deepest
        self.roots = [it for it in (schema.query_type, schema.mutation_type if may_change else None) if it]
        self.conditions = cache(self._conditions)
        self.fields = cache(self._fields)

    def _conditions(self, parent: Composite) -> Sequence[Composite]:
        """Return the types that a fragment can be about within a type."""
        known = [it for it in self.schema.type_map.values() if isinstance(it, Composite)]
        return [it for it in known if do_types_overlap(self.schema, parent, it)]

    def _fields(self, parent: Composite) -> tuple[Sequence[Named], Sequence[Named]]:
        """Return the fields of a type that hold scalars, and those that hold objects."""
        if isinstance(parent, GraphQLUnionType):
            return [], []
        asked = [it for it in parent.fields.items() if self.may_ask(it[0])]
        leaves = [it for it in asked if is_leaf_type(named_type(it[1]))]
        return leaves, [it for it in asked if it not in leaves]


class Declared(NamedTuple):
    """A variable of an operation."""

    text: str
    type: InputType
    is_optional: bool


class Writer:
    """Writes one operation, choice by choice; the first of all choices is the simplest."""

    def __init__(self, words: Vocabulary, choices: bytes) -> None:
        self.words = words
        self.choices = iter(choices)
        self.left = MOST_FIELDS
        self.fragments: list[tuple[str, Composite, str]] = []
        self.variables: dict[str, Declared] = {}
        self.taken: dict[str, tuple[str, ...]] = {}
        """What each name in the response stands for: what two fields share they must share in all."""
        self.asked: list[tuple[Composite, str, GraphQLNamedType]] = []

    def choice(self, below: int) -> int:
        return next(self.choices, 0) * below // 256

    def happens(self, percent: int) -> bool:
        return self.choice(100) >= 100 - percent

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.choice(len(choices))]

    def operation(self) -> Drawn:
        root = self.words.roots[-1] if self.happens(15) else self.words.roots[0]
        kind = "query" if root is self.words.roots[0] else "mutation"
        selected = self.selected(root, self.words.deepest)
        declared = " ".join(f"${name}: {it.text}" for name, it in self.variables.items())
        parts = [f"{kind} Asked{f'({declared})' if declared else ''} {selected}"]
        parts += [f"fragment {name} on {type_.name} {text}" for name, type_, text in self.fragments]
        if self.happens(5):
            parts.append("query Other { __typename }")
        return Drawn("\n".join(parts), [self.given() for _ in range(2 if self.variables else 1)])

    def selected(self, parent: Composite, depth: int) -> str:
        return "{ " + " ".join(self.part(parent, depth) for _ in range(1 + self.choice(4))) + " }"

    def part(self, parent: Composite, depth: int) -> str:
        """Return a field, a fragment, or the spread of one."""
        roll = self.choice(100)
        is_union = isinstance(parent, GraphQLUnionType)
        if is_union or (roll >= 65 and depth and self.left > 0):
            if roll < 75 and (again := [it for it in self.asked if it[0] is parent]):
                _, text, named = self.one_of(again)
                return self.completed(text, named, depth)
            if roll < 87 and depth:
                return self.fragment(parent, depth - 1)
            if roll < 97 and depth:
                return self.spread(parent, depth - 1)
        return "__typename" if is_union or roll >= 95 else self.asked_anew(parent, depth)

    def fragment(self, parent: Composite, depth: int) -> str:
        """Return an inline fragment, about a type or about whatever is there."""
        about = self.one_of(self.words.conditions(parent))
        if self.happens(20):
            return f"... {self.directives()}{self.selected(parent, depth)}"
        return f"... on {about.name} {self.directives()}{self.selected(about, depth)}"

    def asked_anew(self, parent: Composite, depth: int) -> str:
        """Return a field with its arguments, under its own name or another one."""
        leaves, others = self.words.fields(parent)
        can_go_on = others and depth and self.left > 0
        if not (leaves or can_go_on):
            return "__typename"
        name, field = self.one_of(others if can_go_on and (not leaves or self.happens(55)) else leaves)
        given = {
            key: self.written(it.type)
            for key, it in field.args.items()
            if is_required_argument(it) or self.happens(22)
        }
        said = f"({', '.join(f'{key}: {it}' for key, it in given.items())})" if given else ""
        key = self.one_of("abc") if self.happens(20) else name
        while self.taken.setdefault(key, (name, said, str(field.type))) != (name, said, str(field.type)):
            key += "x"
        text = f"{'' if key == name else f'{key}: '}{name}{said}"
        named = named_type(field)
        self.asked.append((parent, text, named))
        return self.completed(text, named, depth)

    def completed(self, text: str, named: GraphQLNamedType, depth: int) -> str:
        """Return a field with its directives, and with what is selected of its values."""
        self.left -= 1
        below = self.selected(named, max(depth - 1, 0)) if isinstance(named, Composite) else ""
        return f"{text} {self.directives()}{below}"

    def spread(self, parent: Composite, depth: int) -> str:
        """Return the spread of a fragment, of one that was written before or of a new one."""
        about = self.words.conditions(parent)
        again = [name for name, type_, _ in self.fragments if type_ in about]
        if again and self.happens(50):
            return f"...{self.one_of(again)} {self.directives()}"
        type_ = self.one_of(about)
        text = self.selected(type_, depth)
        name = f"Part{len(self.fragments)}"
        self.fragments.append((name, type_, text))
        return f"...{name} {self.directives()}"

    def directives(self) -> str:
        return "".join(
            f"@{name}(if: {self.written(FLAG)}) " for name in ("include", "skip") if self.happens(8)
        )

    def written(self, type_: InputType, *, is_fixed: bool = False) -> str:
        """Return a value as it stands in a document."""
        if not is_fixed and self.happens(20):
            return f"${self.variable(type_)}"
        if is_a(type_, GraphQLNonNull):
            return self.written_there(type_.of_type, is_fixed=is_fixed)
        return "null" if self.happens(10) else self.written_there(type_, is_fixed=is_fixed)

    def written_there(self, type_: InputType, *, is_fixed: bool) -> str:
        if is_a(type_, GraphQLList):
            items = [self.written(type_.of_type, is_fixed=is_fixed) for _ in range(self.choice(3))]
            return f"[{', '.join(items)}]"
        if is_a(type_, GraphQLInputObjectType):
            fields = self.fields_given(type_)
            said = [f"{name}: {self.written(it, is_fixed=is_fixed)}" for name, it in fields.items()]
            return f"{{{', '.join(said)}}}"
        if is_a(type_, GraphQLEnumType):
            return self.one_of([*type_.values])
        return json.dumps(self.one_of(self.words.scalars[str(type_)]))

    def fields_given(self, type_: InputType) -> dict[str, InputType]:
        """Return the fields of an input that are given, each with its type."""
        return {
            name: it.type
            for name, it in type_.fields.items()
            if is_required_input_field(it) or self.happens(25)
        }

    def variable(self, type_: InputType) -> str:
        """Return the name of a variable that can stand where a type is expected."""
        known = [name for name, it in self.variables.items() if str(it.type) == str(type_)]
        if known and self.happens(40):
            return self.one_of(known)
        name = f"v{len(self.variables)}"
        text = str(type_)
        must_be_there = is_a(type_, GraphQLNonNull)
        has_default = self.happens(40)
        if has_default:
            text = f"{text.removesuffix('!')} = {self.written(type_, is_fixed=True)}"
        self.variables[name] = Declared(text, type_, has_default or not must_be_there)
        return name

    def given(self) -> dict[str, Any]:
        """Return values for the variables; now and then one is left out, null, or of a wrong type."""
        values: dict[str, Any] = {}
        for name, (_, type_, is_optional) in self.variables.items():
            roll = self.choice(100)
            if roll == 99:
                values[name] = {"no": "value"}
            elif roll < 75 or not is_optional:
                values[name] = self.value(type_)
            elif roll < 85:
                values[name] = None
        return values

    def value(self, type_: InputType) -> Any:
        """Return a value as it is sent with an operation."""
        if is_a(type_, GraphQLNonNull):
            return self.value_there(type_.of_type)
        return None if self.happens(10) else self.value_there(type_)

    def value_there(self, type_: InputType) -> Any:
        if is_a(type_, GraphQLList):
            return [self.value(type_.of_type) for _ in range(self.choice(3))]
        if is_a(type_, GraphQLInputObjectType):
            return {name: self.value(it) for name, it in self.fields_given(type_).items()}
        if is_a(type_, GraphQLEnumType):
            return self.one_of([*type_.values])
        return self.one_of(self.words.scalars[str(type_)])


def drawn(
    schema: GraphQLSchema,
    scalars: Mapping[str, Sequence[Any]] | None = None,
    may_ask: Callable[[str], bool] = lambda _: True,
    *,
    deepest: int = 4,
    may_change: bool = True,
) -> st.SearchStrategy[Drawn]:
    """Return operations for a schema, with what is said of its own scalars and of its fields."""
    words = Vocabulary(schema, scalars or {}, may_ask, deepest=deepest, may_change=may_change)
    # All choices in one draw. Each by itself takes four times as long (2.6 ms an operation), and then
    # Hypothesis makes most operations out of the one before.
    choices = st.binary(min_size=CHOICES, max_size=CHOICES)
    return choices.map(lambda it: Writer(words, it).operation())
