"""No client that was written against the last release breaks: what it may ask and send stays."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from graphql import DangerousChangeType, build_schema, find_breaking_changes, find_dangerous_changes

import schema

# The schema of the last release, as `make release` keeps it.
RELEASED: Final = Path(__file__).with_name("released.graphql")
# What the next release breaks after all, as the test tells it, and why; empty again after `make release`.
ACCEPTED: Final[Mapping[str, str]] = {}
# What a client may hear that it does not know yet is told in docs/integrating; another default changes what
# it has said already.
SAYS_OTHERWISE: Final = DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE


def broken(before: str, now: str) -> Iterator[str]:
    """Yield what breaks clients that were written against a schema."""
    old, new = build_schema(before), build_schema(now)
    yield from (it.description for it in find_breaking_changes(old, new))
    for it in find_dangerous_changes(old, new):
        if it.type == SAYS_OTHERWISE:
            yield it.description


def test_clients_of_the_last_release_go_on_working() -> None:
    found = set(broken(RELEASED.read_text(), schema.sdl()))
    assert found == set(ACCEPTED), "Mend it, or accept it as CONTRIBUTING.md says."


BEFORE: Final = """
type Query { paper(id: ID!, first: Int = 25): Paper  papers(by: Order): [Paper!]! }
type Paper implements Node { id: ID!  name: String }
interface Node { id: ID! }
union Found = Paper
enum Order { NAME DATE }
input Filter { name: String = "a" }
type Mutation { find(input: Filter!): Found }
"""


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("name: String }", "}"),
        ("name: String }", "name: Int }"),
        ("id: ID!  name: String }", "id: ID  name: String }"),
        ("paper(id: ID!, first", "paper(id: ID!, by: Order!, first"),
        ("first: Int = 25", "first: Int = 50"),
        ("NAME DATE", "NAME"),
        ('name: String = "a"', 'name: String = "a"  size: Int!'),
        ('name: String = "a"', "size: Int"),
        ("implements Node ", ""),
        ("union Found = Paper", "type Other { id: ID }\nunion Found = Other"),
        (
            "papers(by: Order): [Paper!]!",
            "papers(by: Order): [Paper!]",
        ),
    ],
)
def test_what_breaks_a_client_is_found(was: str, becomes: str) -> None:
    assert was in BEFORE
    assert len(list(broken(BEFORE, BEFORE.replace(was, becomes)))) == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("name: String }", "name: String!  size: Int }"),
        ("papers(by", "other: Int  papers(by"),
        ("first: Int = 25", "first: Int = 25, last: Int"),
        ("NAME DATE", "NAME DATE SIZE"),
        ('name: String = "a"', 'name: String = "a"  size: Int'),
        ("union Found = Paper", "type Other { id: ID }\nunion Found = Paper | Other"),
        ("name: String }", 'name: String @deprecated(reason: "Ask for id.") }'),
        ("type Paper", '"A paper."\ntype Paper'),
    ],
)
def test_what_only_adds_breaks_nobody(was: str, becomes: str) -> None:
    assert was in BEFORE
    assert list(broken(BEFORE, BEFORE.replace(was, becomes))) == []
