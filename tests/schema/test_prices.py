"""Prices of the schema: every list says how long it can be, and real operations cost what one would think."""

from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_introspection_query,
    get_named_type,
    get_variable_values,
    is_composite_type,
)

import schema
from execution import Cost, Guard, ListSize, Question
from execution.prices import LONGEST, said
from execution.shapes import ListOf, shape_of, type_of
from resolvers.gate import MOST_IDS
from resolvers.paging import DEFAULT_SIZE, LARGEST_SIZE
from schema.operation import DEAREST, LIMITS
from tests.journeys.lists import DOSSIERS, HOME, LIST, RIGHTS_TABS

SERVED: Final[GraphQLSchema] = vars(schema.build())["_schema"]
SLICING: Final = {"first", "last", "ids"}


def fields_in(served: GraphQLSchema) -> Iterator[tuple[str, str, GraphQLField]]:
    """Yield type, name and definition of every field of an object or an interface, but for GraphQL's own."""
    for type_name, kind in served.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not type_name.startswith("__"):
            yield from ((type_name, name, field) for name, field in kind.fields.items())


def named(field: GraphQLField) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(type_of(field)))


def unsized(served: GraphQLSchema) -> list[str]:
    """Return the lists of objects that neither they nor whatever leads to their type say the size of."""
    found: list[str] = []
    for type_name, name, field in fields_in(served):
        if not isinstance(shape_of(type_of(field)), ListOf) or not is_composite_type(named(field)):
            continue
        leading = [said(it, ListSize) for _, _, it in fields_in(served) if named(it).name == type_name]
        from_parents = bool(leading) and all(it and name in (it.sized_fields or ()) for it in leading)
        own = said(field, ListSize)
        if not from_parents and not (own and (own.assumed_size or own.slicing_arguments)):
            found.append(f"{type_name}.{name}")
    return found


def uncut(served: GraphQLSchema) -> list[str]:
    """Return the fields whose arguments that cut a list are not those of which their size speaks."""
    found: list[str] = []
    for type_name, name, field in fields_in(served):
        size = said(field, ListSize)
        # A dotted name is that of a list within an input, whose length counts.
        told = {it for it in (size and size.slicing_arguments) or () if "." not in it}
        if SLICING & field.args.keys() != told:
            found.append(f"{type_name}.{name}")
    return found


def test_every_list_of_objects_says_its_size() -> None:
    assert unsized(SERVED) == []


def test_every_argument_that_cuts_a_list_counts() -> None:
    assert uncut(SERVED) == []


@strawberry.type
class Thing:
    word: str
    words: list[str]


@strawberry.type
class Page:
    nodes: list[Thing]


def cut(first: int) -> list[Thing]:
    raise NotImplementedError


@strawberry.type
class Root:
    plain: list[Thing]
    nullable: list[Thing | None] | None
    cut: list[Thing] = strawberry.field(resolver=cut, directives=[ListSize(assumed_size=1)])
    page: Page = strawberry.field(directives=[ListSize(assumed_size=1, sized_fields=["nodes"])])
    other_page: Page = strawberry.field(directives=[ListSize(assumed_size=1)])


def test_a_list_without_a_size_would_be_found() -> None:
    bare = vars(strawberry.Schema(query=Root))["_schema"]
    assert unsized(bare) == ["Root.plain", "Root.nullable", "Page.nodes"]
    assert uncut(bare) == ["Root.cut"]


# What somebody with a session could guess at.
SECRETS_WEIGH: Final = dict.fromkeys(
    (
        "changePassword",
        "startTwoFactorEnrolment",
        "confirmTwoFactorEnrolment",
        "disableTwoFactor",
        "regenerateRecoveryCodes",
        "startPasskeyEnrolment",
        "confirmPasskeyEnrolment",
        "startPasskeyProof",
        "removePasskey",
    ),
    "500",
)


def test_every_change_costs_ten_and_one_that_shows_a_secret_more() -> None:
    assert SERVED.mutation_type
    weights = {name: said(it, Cost) for name, it in SERVED.mutation_type.fields.items()}
    assert {name: it.weight if it else None for name, it in weights.items()} == {
        name: SECRETS_WEIGH.get(name, "10") for name in weights
    }


def test_every_total_costs_ten() -> None:
    weights = [said(field, Cost) for _, name, field in fields_in(SERVED) if name == "totalCount"]
    assert len(weights) == 10
    assert {it.weight if it else None for it in weights} == {"10"}


def test_a_page_is_assumed_to_be_as_long_as_it_is_without_arguments() -> None:
    sizes = [
        size for _, _, field in fields_in(SERVED) if (size := said(field, ListSize)) and size.sized_fields
    ]
    assert {(it.assumed_size, *(it.sized_fields or ())) for it in sizes} == {
        (DEFAULT_SIZE, "edges", "nodes"),
        (DEFAULT_SIZE, "documents"),
    }


def test_no_list_can_be_longer_than_is_counted() -> None:
    assert {LARGEST_SIZE, MOST_IDS} == {LONGEST}


EXPORTED: Final = """
directive @cost(weight: String!)
  on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR

directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],
  requireOneSlicingArgument: Boolean! = false) on FIELD_DEFINITION

): URL @requires(right: READ) @cost(weight: "2")

totalCount: Int @cost(weight: "10")

signOut: SignOutPayload @requires(person: true) @semanticNonNull(levels: [0]) @cost(weight: "10")

rateLimit: RateLimit

): [Node]! @listSize(slicingArguments: ["ids"], requireOneSlicingArgument: false)

categories: [Category!]! @listSize(assumedSize: 2, requireOneSlicingArgument: false)
"""


@pytest.mark.parametrize("said_there", EXPORTED.strip().split("\n\n"))
def test_the_exported_schema_tells_the_prices(said_there: str) -> None:
    assert " ".join(said_there.split()) in " ".join(schema.sdl().split())


PROFILE: Final = """{ viewer {
  email roles twoFactor { enabled } sessions { id userAgent } licence { name businessUnits { name } }
} }"""
SHEET: Final = """query ($id: ID!) { relation(id: $id) {
  displayName contact { street } details { profession accountant { displayName } } portalAccount { status }
} }"""
SIGN_IN: Final = """mutation ($input: SignInInput!) {
  signIn(input: $input) { step token viewer { email } userErrors { code message } }
}"""
SHARE: Final = """mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) {
    document { id } grants { rights principal { ... on Account { displayName } } } userErrors { code }
  }
}"""
ARCHIVE: Final = """query ($first: Int) {
  categories { name documents(first: $first) { totalCount nodes { description } } }
}"""
SIGNED: Final = {"username": "bert", "password": "x"}
SHARED: Final = {"documentId": "x", "principalId": "x", "rights": ["READ"]}
OF_A_DOCUMENT: Final = 1 + 1 + 2 + 2  # itself, its dossier, its categories, its relations
# What: the document, its variables, and what it costs.
TABLE: Final[dict[str, tuple[str, dict[str, Any], int]]] = {
    "nothing but the name of a type": ("{ __typename }", {}, 0),
    "who asks": ("{ viewer { email } }", {}, 1),
    "the home page": (HOME, {"first": 50}, 1 + 10 + 1 + 50 * OF_A_DOCUMENT),
    "the home page as it is without a size": (HOME, {}, 1 + 10 + 1 + 25 * OF_A_DOCUMENT),
    "a list with all that a row shows": (
        LIST,
        {"first": 100},
        1 + 10 + 1 + 100 * (OF_A_DOCUMENT + 1 + 1 + 2),  # its maker, its unit, and the sealed address
    ),
    "the rights tabs of ten documents": (RIGHTS_TABS, {"first": 10}, 1 + 10 * (1 + 6 * 2)),
    "ten dossiers with their documents": (DOSSIERS, {"first": 10}, 1 + 10 * (1 + 1 + 10 + 25 * (1 + 2))),
    "every category with two of its documents": (ARCHIVE, {"first": 2}, 20 * (1 + 1 + 10 + 2)),
    "the profile page": (PROFILE, {}, 1 + 1 + 5 + 1 + 5),
    "the sheet of a relation": (SHEET, {"id": "x"}, 1 + 1 + 1 + 1 + 1),
    "a hundred ids at once": (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Document { dossier { name } } } }",
        {"ids": ["x"] * 100},
        100 * 2,
    ),
    "a hundred changes": (
        "query ($first: Int) { changes(first: $first) { headCursor nodes { kind nodeId node { id } } } }",
        {"first": 100},
        1 + 10 + 100 * (1 + 1),  # the page, the looking through, changes and what changed
    ),
    "to sign in": (SIGN_IN, {"input": SIGNED}, 10 + 1 + 1 + 1),
    "to share a document": (SHARE, {"input": SHARED}, 10 + 1 + 1 + 6 * 2 + 1),
    "what can still be spent": ("{ rateLimit { cost remaining } }", {}, 1),
    "the standard question about the schema": (get_introspection_query(), {}, 500),
}


def price(text: str, given: dict[str, Any]) -> int:
    """Return what an operation costs whoever may ask anything."""
    admitted = Guard(SERVED, LIMITS).admit(Question(text, may_introspect=True))
    operation = admitted.document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    values = get_variable_values(SERVED, operation.variable_definitions or (), given)
    assert not isinstance(values, list)
    return admitted.price(SERVED, operation).of(values.coerced)


@pytest.mark.parametrize("what", TABLE)
def test_an_operation_costs_what_stands_in_the_table(what: str) -> None:
    text, given, points = TABLE[what]
    assert price(text, given) == points


def test_what_people_do_is_affordable() -> None:
    assert max(points for _, _, points in TABLE.values()) < DEAREST
    assert price(DOSSIERS, {"first": 100}) > DEAREST
