"""Strangers: down every path of the schema, from all that is ours, they come to nothing of ours."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple, cast

import pytest
from graphql import ExecutionResult, GraphQLError, parse

import schema
from resolvers.operating import set_rules
from schema.telling import told
from tests.schema.asking import Desk
from tests.schema.belongings import SHOWN_ONCE, fill, ids_of, rows_known_to, rows_of, words_of
from tests.schema.paths import Paths
from tests.schema.words import definitions, name_of

pytestmark = pytest.mark.at_length

SCHEMA: Final = vars(schema.build())["_schema"]
ROOTS: Final = sorted(SCHEMA.query_type.fields)
# Who is of another firm, who was shared nothing, a program that was shared all and has no scope, and an
# advisor who is to add a second factor first.
STRANGERS: Final = ("eva", "dirk", "robot", "anna")


class Found(NamedTuple):
    """What is at the end of paths."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]

    @property
    def codes(self) -> list[Any]:
        return [(it.extensions or {}).get("code") for it in self.errors]

    @property
    def strings(self) -> set[str]:
        """Return every text in it, the words of its errors included."""
        return {*strings_in(self.data), *(it.message for it in self.errors)}


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        some = cast("dict[str, Any] | list[Any]", value)
        yield from chain.from_iterable(map(strings_in, some.values() if isinstance(some, dict) else some))


async def walked(desk: Desk, paths: Paths, root: str, who: str) -> Found:
    """Return what one of the cast finds on the paths that begin with a field of the root; no limit holds."""
    request = await desk.context(who)
    await request.open()
    document = parse(paths.operation(root))
    executor = desk.operations.executor.build(SCHEMA, document, context_value=request)
    result = cast("ExecutionResult", await executor.execute_operation())
    await request.close()
    return Found(result.data, [told(it, request) for it in result.errors or ()])


async def ours(desk: Desk, but_for: str = "nobody") -> dict[str, list[str]]:
    """Return the ids of all that is ours, by type; of one of the cast, all but what is his."""
    await fill(desk.api)
    rows = await rows_of(desk.api, desk.api.world.firm.licence_id)
    if but_for == "nobody":
        return ids_of(desk.api, rows)
    known = ids_of(desk.api, await rows_known_to(desk.api, but_for))
    return {name: sorted({*ids} - {*known[name]}) for name, ids in ids_of(desk.api, rows).items()}


def flat(ids: Mapping[str, list[str]]) -> list[str]:
    return list(chain.from_iterable(ids.values()))


@pytest.mark.parametrize("root", ROOTS)
async def test_nobody_comes_past_the_root(desk: Desk, root: str) -> None:
    paths = Paths(SCHEMA, flat(await ours(desk)))
    found = await walked(desk, paths, root, "nobody")
    refused = dict.fromkeys(f"of{at}" for at in range(len(paths.calls(paths.roots[root]))))
    # The list of nodes can not be null by itself.
    assert found.data == (None if root == "nodes" else refused)
    assert {*found.codes} == (set() if root == "viewer" else {"UNAUTHENTICATED"})


@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_comes_to_nothing_of_ours(desk: Desk, who: str) -> None:
    # given
    ids = flat(await ours(desk, but_for=who))
    if who == "anna":
        await set_rules(desk.ports, "de-linde", first_secret=None, staff_need_two_factor=True)
    known = words_of(await rows_known_to(desk.api, who))
    secrets = words_of(await rows_of(desk.api, desk.api.world.firm.licence_id)) - known
    assert secrets >= {"Huwelijkscontract", "phone of bert", "bert@callewaert.example"}
    paths = Paths(SCHEMA, ids)
    # when
    found = [await walked(desk, paths, root, who) for root in ROOTS]
    # then
    strings = {text for it in found for text in it.strings}
    assert strings.isdisjoint(ids)
    assert [(word, it) for word in secrets for it in strings if word in it] == []
    assert {*chain.from_iterable(it.codes for it in found)} <= {"FORBIDDEN", "INVALID", "NOT_FOUND"}


async def test_the_same_walk_leads_an_administrator_to_all_of_it(desk: Desk) -> None:
    ids = await ours(desk)
    paths = Paths(SCHEMA, flat(ids))
    found = [await walked(desk, paths, root, "arthur") for root in ROOTS]
    strings = {text for it in found for text in it.strings}
    assert strings >= paths.reached.keys()
    assert [name for name, some in ids.items() if not strings & {*some}] == []
    assert strings >= {"Huwelijkscontract", "phone of bert", "relation bert", "dossier 1", "document 1"}
    assert "INTERNAL" not in chain.from_iterable(it.codes for it in found)


def test_paths_lead_to_every_type_that_can_be_read() -> None:
    reached = Paths(SCHEMA, ["an id"]).reached
    objects = {name_of(it) for it in definitions() if not it.is_input and not it.is_interface}
    left = {it for it in objects - reached.keys() if not it.endswith(("Payload", "Error"))}
    events = {"Subscription", "DocumentAdded", "DocumentChanged", "DocumentGone"}
    assert left == {"Query", "Mutation", "HttpHeader"} | SHOWN_ONCE | events
    assert sum(reached.values()) >= 818
