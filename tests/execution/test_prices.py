"""Prices: what an operation costs is what counting its objects finds, each list as long as it can be."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import pytest
import strawberry
from graphql import OperationDefinitionNode, get_variable_values, parse
from hypothesis import given
from hypothesis import strategies as st

from execution import Cost, ListSize
from execution.limits import ENDLESS
from execution.prices import LONGEST, OF_INTROSPECTION, Length, Price, Pricer

PAGE: Final = ListSize(assumed_size=25, slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"])
DEAR: Final = Cost(weight="10")


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Thing(Named):
    dear: int = strawberry.field(directives=[Cost(weight="2")])
    self: "Thing"
    some: list["Thing"] = strawberry.field(directives=[ListSize(assumed_size=3)])
    sizeless: list["Thing"]
    words: list[str] = strawberry.field(directives=[ListSize(assumed_size=7)])
    dear_words: list[str] = strawberry.field(directives=[ListSize(assumed_size=7), DEAR])


@strawberry.type
class Edge:
    node: Thing


@strawberry.type
class Page:
    edges: list[Edge]
    nodes: list[Thing]
    total: int = strawberry.field(directives=[DEAR])
    others: list[Thing] = strawberry.field(directives=[ListSize(assumed_size=2)])


@strawberry.type
class Other:
    name: str
    page: Page = strawberry.field(directives=[ListSize(assumed_size=4, sized_fields=["nodes"])])


def page(first: int | None = None, last: int | None = None) -> Page:
    raise NotImplementedError


def by_ids(ids: list[str]) -> list[Thing]:
    raise NotImplementedError


Either = Annotated[Thing | Other, strawberry.union("Either")]


@strawberry.type
class Query:
    word: str
    thing: Thing
    named: Named
    either: Either
    some: list[Thing] = strawberry.field(directives=[ListSize(assumed_size=3)])
    page: Page = strawberry.field(resolver=page, directives=[PAGE])
    by_ids: list[Thing] = strawberry.field(resolver=by_ids, directives=[ListSize(slicing_arguments=["ids"])])


@strawberry.type
class Mutation:
    change: Thing = strawberry.field(directives=[DEAR])


SCHEMA: Final = vars(strawberry.Schema(query=Query, mutation=Mutation, types=[Thing]))["_schema"]


def price(text: str, **given: Any) -> int:
    """Return what the first operation of a document costs with these values."""
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    values = get_variable_values(SCHEMA, operation.variable_definitions or (), given)
    assert not isinstance(values, list)
    return Pricer(SCHEMA, document).of_operation(operation).of(values.coerced)


NODES: Final = "{ nodes { name } }"
PRICES: Final[dict[str, tuple[str, int]]] = {
    "a scalar is free": ("{ word }", 0),
    "the name of a type is free": ("{ __typename thing { __typename } }", 1),
    "an object costs one": ("{ thing { name } }", 1),
    "an object in an object costs one more": ("{ thing { self { self { name } } } }", 3),
    "an object behind an interface": ("{ named { name ... on Thing { self { name } } } }", 2),
    "an object behind a union": ("{ either { ... on Thing { self { name } } } }", 2),
    "a scalar with a weight": ("{ thing { dear } }", 1 + 2),
    "a change with its object": ("mutation { change { name } }", 10 + 1),
    "two changes": ("mutation { a: change { name } b: change { name } }", 2 * (10 + 1)),
    "a list as long as is assumed": ("{ some { name } }", 3),
    "a list in a list": ("{ some { some { name } } }", 3 * (1 + 3)),
    "a weight in a list": ("{ some { dear } }", 3 * (1 + 2)),
    "a list that says no size counts as one": ("{ thing { sizeless { name } } }", 2),
    "a list of scalars is free": ("{ thing { words } }", 1),
    "the weight of a list is paid once": ("{ thing { dearWords } }", 1 + 10),
    "a page as long as is assumed": (f"{{ page {NODES} }}", 1 + 25),
    "a page of so many": (f"{{ page(first: 7) {NODES} }}", 1 + 7),
    "a page from the end": (f"{{ page(last: 8) {NODES} }}", 1 + 8),
    "the longer of the two": (f"{{ page(first: 7, last: 8) {NODES} }}", 1 + 8),
    "the edges of a page and its nodes": (
        "{ page(first: 7) { edges { node { name } } nodes { name } } }",
        1 + 7 * 2 + 7,
    ),
    "the total of a page": ("{ page(first: 7) { total } }", 1 + 10),
    "another list of a page has its own size": ("{ page(first: 7) { others { name } } }", 1 + 2),
    "a page by another name": ("{ a: page(first: 7) { b: nodes { name } } }", 1 + 7),
    "a page without arguments": ("{ either { ... on Other { page { nodes { name } } } } }", 1 + 1 + 4),
    "a page of none": (f"{{ page(first: 0) {NODES} }}", 1),
    "a page of less than none": (f"{{ page(first: -7) {NODES} }}", 1),
    "a page of a hundred": (f"{{ page(first: 100) {NODES} }}", 1 + 100),
    "a page of more than there can be": (f"{{ page(first: 2147483647) {NODES} }}", 1 + 100),
    "a page of null": (f"{{ page(first: null) {NODES} }}", 1 + 25),
    "a size that is no number": (f'{{ page(first: "x") {NODES} }}', 1 + 1),
    "so many ids": ('{ byIds(ids: ["a", "b", "c"]) { name } }', 3),
    "no ids": ("{ byIds(ids: []) { name } }", 0),
    "one id that is no list": ('{ byIds(ids: "a") { name } }', 1),
    "more ids than there can be": (f"{{ byIds(ids: [{'1 ' * 300}]) {{ name }} }}", 100),
    "a fragment": ("{ ...F } fragment F on Query { some { ...G } } fragment G on Thing { self { name } }", 6),
    "a fragment that is spread twice counts twice": (
        "{ thing { ...F ...F } } fragment F on Thing { some { name } }",
        1 + 2 * 3,
    ),
    "a group without a type": ("{ ... { page(first: 2) { ... { nodes { name } } } } }", 1 + 2),
    "the nodes in a fragment of the page": (
        "{ page(first: 2) { ...F } } fragment F on Page { nodes { name } }",
        1 + 2,
    ),
    "what may be left out counts": ("{ thing { self @include(if: false) { name } } }", 2),
    "the description of the schema": ("{ __schema { types { name fields { name } } } }", OF_INTROSPECTION),
    "the description of a type": ('{ __type(name: "Thing") { name } }', OF_INTROSPECTION),
    "two descriptions": ('{ __schema { types { name } } a: __type(name: "Thing") { name } }', 1000),
}


@pytest.mark.parametrize("what", PRICES)
def test_an_operation_costs_what_stands_in_the_table(what: str) -> None:
    text, points = PRICES[what]
    assert price(text) == points


@pytest.mark.parametrize(
    ("given", "nodes"),
    [({"n": 7}, 7), ({"n": 0}, 0), ({"n": -7}, 0), ({"n": 2**31 - 1}, 100), ({"n": None}, 25), ({}, 25)],
)
def test_a_page_is_as_long_as_a_variable_says(given: dict[str, Any], nodes: int) -> None:
    assert price(f"query ($n: Int) {{ page(first: $n) {NODES} }}", **given) == 1 + nodes


@pytest.mark.parametrize(("given", "nodes"), [({"n": 7}, 7), ({"n": None}, 25), ({}, 4)])
def test_the_default_of_a_variable_counts_where_it_is_not_given(given: dict[str, Any], nodes: int) -> None:
    assert price(f"query ($n: Int = 4) {{ page(first: $n) {NODES} }}", **given) == 1 + nodes


@pytest.mark.parametrize(
    ("given", "nodes"), [({"n": 7}, 7), ({"n": 3}, 5), ({"n": None}, 5), ({}, 5), ({"n": 1000}, 100)]
)
def test_of_a_number_and_a_variable_the_longer_counts(given: dict[str, Any], nodes: int) -> None:
    assert price(f"query ($n: Int) {{ page(first: 5, last: $n) {NODES} }}", **given) == 1 + nodes


@pytest.mark.parametrize(("ids", "objects"), [(["a", "b"], 2), ([], 0), ("a", 1), (["a"] * 300, 100)])
def test_as_many_ids_count_as_a_variable_holds(ids: object, objects: int) -> None:
    assert price("query ($ids: [String!]!) { byIds(ids: $ids) { name } }", ids=ids) == objects


def test_variables_in_a_list_of_ids_count_each_as_one() -> None:
    text = "query ($a: String!, $b: String!) { byIds(ids: [$a, $b]) { name } }"
    assert price(text, a="a", b="b") == 2


def test_a_page_in_a_page_counts_as_often_as_that_is_long() -> None:
    text = "query ($n: Int) { page(first: $n) { nodes { some { name } self { some { dear } } } } }"
    assert [price(text, n=it) for it in (0, 1, 9)] == [1 + it * (1 + 3 + 1 + 3 * 3) for it in (0, 1, 9)]


def test_what_has_no_number_as_its_size_counts_as_one() -> None:
    assert Length(variables=(("n",),), assumed=25).of({"n": "many"}) == 1


def test_no_price_is_endless() -> None:
    dear = Price(ENDLESS)
    assert dear.plus(dear).of({}) == ENDLESS
    assert dear.times(Length(asked=(2,))).of({}) == ENDLESS
    assert dear.times(Length(variables=(("n",),))).of({"n": 2}) == ENDLESS
    deep = f"{{ thing {{ {'some {' * 60} name {'}' * 60} }} }}"
    assert price(deep) == ENDLESS


Counted = tuple[str, Callable[[int], int]]
"""Selections, and how many objects counting them would find when pages have so many items."""


def together(parts: Sequence[Counted]) -> Counted:
    return " ".join(text for text, _ in parts), lambda n: sum(count(n) for _, count in parts)


def within(text: str, inner: Counted, count: Callable[[int, int], int]) -> Counted:
    """Return a field around selections; `count` makes the number of its objects from n and theirs."""
    selected, objects = inner
    return text.replace("*", selected), lambda n: count(n, objects(n))


LEAVES: Final[list[Counted]] = [("name", lambda _: 0), ("dear", lambda _: 2), ("words", lambda _: 0)]


def larger(below: st.SearchStrategy[Counted]) -> st.SearchStrategy[Counted]:
    inner = st.lists(below, min_size=1, max_size=3).map(together)
    return st.one_of(
        inner.map(lambda it: within("self { * }", it, lambda _, one: 1 + one)),
        inner.map(lambda it: within("some { * }", it, lambda _, one: 3 * (1 + one))),
        inner.map(lambda it: within("... on Thing { * }", it, lambda _, one: one)),
    )


of_thing: Final = st.recursive(st.sampled_from(LEAVES), larger, max_leaves=12)
of_query: Final = st.one_of(
    of_thing.map(lambda it: within("thing { * }", it, lambda _, one: 1 + one)),
    of_thing.map(lambda it: within("some { * }", it, lambda _, one: 3 * (1 + one))),
    of_thing.map(lambda it: within("page(first: $n) { nodes { * } }", it, lambda n, one: 1 + n * (1 + one))),
    of_thing.map(
        lambda it: within(
            "page(last: $n) { total edges { node { * } } }", it, lambda n, one: 1 + 10 + n * (2 + one)
        )
    ),
)
sizes: Final = st.integers(0, LONGEST)


def asked(*texts: str, n: int) -> int:
    return price(f"query ($n: Int) {{ {' '.join(texts)} }}", n=n)


@given(of_query, sizes)
def test_a_price_is_what_counting_would_find(query: Counted, n: int) -> None:
    text, count = query
    assert asked(text, n=n) == min(count(n), ENDLESS)


@given(of_query, sizes, sizes)
def test_a_larger_page_never_costs_less(query: Counted, n: int, more: int) -> None:
    text, _ = query
    assert asked(text, n=n) <= asked(text, n=n + more)


@given(of_query, of_query, sizes)
def test_root_fields_cost_as_much_together_as_apart(one: Counted, other: Counted, n: int) -> None:
    apart = asked(one[0], n=n) + asked(other[0], n=n)
    assert asked(one[0], other[0], n=n) == min(apart, ENDLESS)


@given(of_query, sizes)
def test_a_fragment_costs_what_stands_in_it(query: Counted, n: int) -> None:
    text, _ = query
    spread = price(f"query ($n: Int) {{ ...F }} fragment F on Query {{ {text} }}", n=n)
    assert spread == asked(text, n=n)
