"""Every place that takes an id: what may not be seen there, or is something else, is as if it never was."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType

from auth.opaque_ids import LETTERS
from resolvers import database
from tests import databases
from tests.databases import roll_back
from tests.journeys.id_entries import MEANT
from tests.journeys.id_places import Place, id_places, the_schema
from tests.journeys.id_questions import answer, mistakes_in, types_in
from tests.journeys.two_firms import TwoFirms, two_firms, type_of

pytestmark = pytest.mark.at_length

PLACES = id_places(the_schema())
# What is there for some places is not for the others.
COUNTERPARTS = {"Document": "Document, deleted", "Document, deleted": "Document"}
# What was begun with is gone once it is too late for it.
GONE = {"Mutation.confirmTwoFactorEnrolment(input.enrolmentId)": "EXPIRED"}
# Auditors see what was done with every document of their firm, and that somebody asked for it in vain.
OF_DOCUMENT = "Query.auditEvents(filter.documentId)"
# The world is written once, and nothing in these tests changes it.
over_two_firms = pytest.mark.asyncio(loop_scope="module")
of_every_place = pytest.mark.parametrize("place", PLACES, ids=str)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firms(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[TwoFirms]:
    folder = tmp_path_factory.mktemp("two_firms") / "files"
    async with databases.fresh() as url, two_firms(url, folder) as both:
        yield both


def test_every_place_has_an_entry() -> None:
    assert sorted(map(str, PLACES)) == sorted(MEANT)


@over_two_firms
async def test_both_firms_have_a_thing_of_every_type_with_an_id(firms: TwoFirms) -> None:
    for things in (firms.ours, firms.theirs):
        assert things.keys() >= LETTERS.keys()


def never_was(firms: TwoFirms, place: Place) -> str:
    """Return an id of the type that is meant in a place, which stands for nothing."""
    return firms.id(MEANT[str(place)][0], uuid4())


def alone(place: Place, id_: Any) -> Any:
    """Return what a place is filled with to try one id."""
    return [id_] if place.is_list else id_


@over_two_firms
@pytest.mark.parametrize("who", ["arthur", "eva"])
@of_every_place
async def test_an_id_of_ones_own_does_what_the_place_is_for(
    firms: TwoFirms, place: Place, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that what the other tests try is refused for the id, and for nothing else."""
    # What is done here is not kept: the next one finds the same world.
    monkeypatch.setattr(database, "commit", roll_back)
    nothing = await answer(firms, who, place, alone(place, never_was(firms, place)))
    for name in MEANT[str(place)]:
        if place.owner == "Query" and not can_be_found(name):
            continue
        id_ = firms.id(name, firms.own[who][name])
        done = await answer(firms, who, place, alone(place, id_))
        assert mistakes_in(done) == [], name
        assert done != nothing, name


def can_be_found(name: str) -> bool:
    """Return whether a thing can be asked for by its id; a session can not."""
    type_ = the_schema().type_map.get(type_of(name))
    return isinstance(type_, GraphQLObjectType) and "Node" in {it.name for it in type_.interfaces}


@over_two_firms
@pytest.mark.parametrize("who", ["arthur", "eva"])
@of_every_place
async def test_what_never_was_is_null_or_not_found(firms: TwoFirms, place: Place, who: str) -> None:
    async with firms.unchanged():
        said = mistakes_in(await answer(firms, who, place, alone(place, never_was(firms, place))))
    code = GONE.get(str(place), "NOT_FOUND")
    # Of many rows it is told in which.
    told = [(code, [it for it in path or () if not str(it).isdigit()]) for code, path in said]
    # Nothing is executed of what can not be subscribed to.
    by_owner = {"Mutation": [(code, list(place.path))], "Subscription": [(code, list[str]())]}
    assert told == by_owner.get(place.owner, [])


def fillings(firms: TwoFirms, who: str, place: Place, id_: str) -> list[Any]:
    """Return what a place is filled with to try an id: where it takes several, also behind a good one."""
    if not place.is_list:
        return [id_]
    name = MEANT[str(place)][0]
    return [[id_], [firms.id(name, firms.own[who][name]), id_]]


async def answers(firms: TwoFirms, who: str, place: Place, id_: str) -> list[bytes]:
    """Return the answers to an id, alone and behind one that is good."""
    return [await answer(firms, who, place, it) for it in fillings(firms, who, place, id_)]


def hidden(firms: TwoFirms, who: str, place: Place) -> Iterator[str]:
    """Yield the ids of things of the types that a place means, which are not there for the asker."""
    of_another_firm, *of_our_own = firms.hidden[who]
    if str(place) == OF_DOCUMENT:
        of_our_own = []
    for things in (of_another_firm, *of_our_own):
        yield from (firms.id(name, key) for name, key in things.items() if type_of(name) in types_in(place))
    for name, other in COUNTERPARTS.items():
        if name in MEANT[str(place)] and str(place) != OF_DOCUMENT:
            yield firms.id(other, firms.own[who][other])


@over_two_firms
@pytest.mark.parametrize("who", ["eva", "dirk", "anna", "arthur"])
@of_every_place
async def test_what_may_not_be_seen_is_as_if_it_never_was(firms: TwoFirms, place: Place, who: str) -> None:
    async with firms.unchanged():
        nothing = await answers(firms, who, place, never_was(firms, place))
        for id_ in hidden(firms, who, place):
            assert await answers(firms, who, place, id_) == nothing


@over_two_firms
@of_every_place
async def test_an_id_of_something_else_is_as_if_it_never_was(firms: TwoFirms, place: Place) -> None:
    async with firms.unchanged():
        nothing = await answer(firms, "arthur", place, alone(place, never_was(firms, place)))
        for type_name in sorted(LETTERS.keys() - types_in(place)):
            id_ = alone(place, firms.id(type_name, firms.ours[type_name]))
            assert await answer(firms, "arthur", place, id_) == nothing, type_name


@over_two_firms
@of_every_place
async def test_a_key_behind_the_letter_of_another_type_is_as_if_it_never_was(
    firms: TwoFirms, place: Place
) -> None:
    """The letter at the head of an id can be read by anybody, and changed."""
    async with firms.unchanged():
        nothing = await answer(firms, "arthur", place, alone(place, never_was(firms, place)))
        for name in MEANT[str(place)]:
            # Where every type is meant, a key still belongs to one.
            right = types_in(place) if types_in(place) < LETTERS.keys() else {type_of(name)}
            for letter in sorted(LETTERS.keys() - right):
                id_ = alone(place, firms.id(letter, firms.ours[name]))
                assert await answer(firms, "arthur", place, id_) == nothing, (name, letter)


@over_two_firms
@of_every_place
async def test_what_is_no_id_is_invalid_or_as_if_it_never_was(firms: TwoFirms, place: Place) -> None:
    name = MEANT[str(place)][0]
    genuine = firms.id(name, firms.ours[name])
    async with firms.unchanged():
        nothing = await answer(firms, "arthur", place, alone(place, never_was(firms, place)))
        for text in no_ids(genuine):
            told = await answer(firms, "arthur", place, alone(place, text))
            assert told == nothing or {code for code, _ in mistakes_in(told)} == {"INVALID"}, text
            assert len(str(text)) < len(genuine) - 1 or str(text).encode() not in told


def no_ids(genuine: str) -> Iterator[Any]:
    """Yield what is nearly an id, and what is nothing like one."""
    yield from ("", "x", 7, "D" * 5_000, "é" * len(genuine))
    yield from (genuine[1:], f"{genuine}A", f" {genuine}", genuine.lower())
    for at in (1, len(genuine) // 2, len(genuine) - 1):
        yield genuine[:at] + ("B" if genuine[at] == "A" else "A") + genuine[at + 1 :]
