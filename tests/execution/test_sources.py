"""Where values come from: one call for a level, one for each object, or none; at once or later."""

import asyncio

import pytest

from tests.execution.cases import Case, ask, check, check_later
from tests.execution.fates import Visit

LOST = "the drawer of {} is lost"
SOURCES = {
    "a function that raises fails all its places": Case(
        "{ kin { word(fate: LOST) number } }",
        {"kin": [{"word": None, "number": 1}, {"word": None, "number": 2}]},
        [(LOST.format("word"), ["kin", at, "word"]) for at in range(2)],
    ),
    "an exception in a place fails that place": Case(
        "{ kin { word(fate: ODD_BROKEN) } }",
        {"kin": [{"word": None}, {"word": "word 2"}]},
        [("1 is broken", ["kin", 0, "word"])],
    ),
    "an exception in a place of a list fails that item": Case(
        "{ kin(items: ODD_BROKEN) { number } found(items: ODD_BROKEN) { __typename } }",
        {"kin": [None, {"number": 2}], "found": [None, {"__typename": "Mineral"}]},
        [("1 is broken", ["kin", 0]), ("1 is broken", ["found", 0])],
    ),
    "a resolver returns a value, nothing or an exception, or raises": Case(
        "{ kin { a: spoken b: spoken(fate: MISSING) c: spoken(fate: ODD_BROKEN) d: spoken(fate: LOST) } }",
        {
            "kin": [
                {"a": "word 1", "b": None, "c": None, "d": None},
                {"a": "word 2", "b": None, "c": "word 2", "d": None},
            ]
        },
        [
            ("1 is broken", ["kin", 0, "c"]),
            (LOST.format("spoken"), ["kin", 0, "d"]),
            (LOST.format("spoken"), ["kin", 1, "d"]),
        ],
    ),
    "a resolver's object is read on": Case(
        "{ specimen { friend { friend(fate: MISSING) { number } mustSpoken kin { spoken } } } }",
        {
            "specimen": {
                "friend": {
                    "friend": None,
                    "mustSpoken": "word 4",
                    "kin": [{"spoken": "word 4"}, {"spoken": "word 5"}],
                }
            }
        },
    ),
    "a resolver is told where it stands, and each field of the document that asked for it": Case(
        "{ kin(count: 1) { whereabouts ...A next { it: whereabouts } kin { whereabouts } } } "
        "fragment A on Specimen { whereabouts }",
        {
            "kin": [
                {
                    "whereabouts": "['kin', 0, 'whereabouts'] Animal whereabouts 2",
                    "next": {"it": "['kin', 0, 'next', 'it'] Animal whereabouts 1"},
                    "kin": [
                        {"whereabouts": "['kin', 0, 'kin', 0, 'whereabouts'] Animal whereabouts 1"},
                        {"whereabouts": "['kin', 0, 'kin', 1, 'whereabouts'] Mineral whereabouts 1"},
                    ],
                }
            ]
        },
    ),
    "what stands in several places fails in each of them": Case(
        "{ specimen { tray { number next { word(fate: BROKEN) mustWord(fate: LOST) } } } }",
        {
            "specimen": {
                "tray": [[{"number": row + at, "next": None} for at in range(2)] for row in (1, 2)],
            }
        },
        [
            (message, ["specimen", "tray", row, at, "next", name])
            for row, at, next_ in ((0, 0, 4), (0, 1, 7), (1, 0, 7), (1, 1, 10))
            for name, message in (("word", f"{next_} is broken"), ("mustWord", LOST.format("mustWord")))
        ],
    ),
    "an extension that is no permission still changes the value": Case(
        "{ kin { loud it: loud(fate: ODD_BROKEN) } }",
        {"kin": [{"loud": "WORD 1", "it": None}, {"loud": "WORD 2", "it": "WORD 2"}]},
        [("1 is broken", ["kin", 0, "it"])],
    ),
}
LATER = {
    "all of it can take its time": Case(
        "{ kin { laterWord laterSpoken laterMustWord laterFriend { laterKin { number } } } "
        "laterKin { word } }",
        {
            "kin": [
                {
                    "laterWord": f"word {it}",
                    "laterSpoken": f"word {it}",
                    "laterMustWord": f"word {it}",
                    "laterFriend": {"laterKin": [{"number": 3 * it + 1}, {"number": 3 * it + 2}]},
                }
                for it in (1, 2)
            ],
            "laterKin": [{"word": "word 1"}, {"word": "word 2"}],
        },
    ),
    "what comes later can fail": Case(
        "{ kin { laterWord(fate: ODD_BROKEN) laterSpoken(fate: LOST) } laterKin(fate: LOST) { word } word }",
        {
            "kin": [{"laterWord": None, "laterSpoken": None}, {"laterWord": "word 2", "laterSpoken": None}],
            "laterKin": None,
            "word": "word 1",
        },
        [
            ("1 is broken", ["kin", 0, "laterWord"]),
            (LOST.format("laterSpoken"), ["kin", 0, "laterSpoken"]),
            (LOST.format("laterSpoken"), ["kin", 1, "laterSpoken"]),
            (LOST.format("laterKin"), ["laterKin"]),
        ],
    ),
    "of what makes the same object null the first of the document is told": Case(
        "{ specimen { laterMustWord(fate: BROKEN) mustWord(fate: LOST) } }",
        {"specimen": None},
        [("1 is broken", ["specimen", "laterMustWord"])],
    ),
    "an error before the one that leaves no data is told": Case(
        "{ specimen { laterWord(fate: BROKEN) } laterMust(fate: MISSING) { number } "
        "laterKin(fate: LOST) { number } }",
        None,
        [
            ("1 is broken", ["specimen", "laterWord"]),
            ("Cannot return null for non-nullable field Query.laterMust.", ["laterMust"]),
        ],
    ),
}


@pytest.mark.parametrize("says", SOURCES)
async def test_values_come_from_everywhere(says: str) -> None:
    await check(SOURCES[says])


@pytest.mark.parametrize("says", LATER)
async def test_values_come_from_everywhere_later(says: str) -> None:
    await check_later(LATER[says])


@pytest.fixture
def visit() -> Visit:
    return Visit()


@pytest.mark.parametrize("name", ["word", "kin { number }", "laterWord", "mustLocked"])
async def test_a_batched_field_is_one_call_for_a_level(visit: Visit, name: str) -> None:
    await ask(f"{{ plants(count: 4) {{ {name} }} }}", visit)
    assert visit.calls[1:] == [(name.removesuffix(" { number }"), [3, 6, 9, 0])]


@pytest.mark.parametrize("name", ["spoken", "friend { number }", "laterSpoken", "loud"])
async def test_any_other_resolver_is_one_call_for_each_object(visit: Visit, name: str) -> None:
    await ask(f"{{ plants(count: 4) {{ {name} }} }}", visit)
    assert visit.calls[1:] == [(name.removesuffix(" { number }"), [it]) for it in (3, 6, 9, 0)]


async def test_a_field_of_an_interface_is_one_call_for_each_type(visit: Visit) -> None:
    await ask("{ kin(count: 4) { word } }", visit)
    assert visit.calls[1:] == [("word", [1, 4]), ("word", [2]), ("word", [3])]


@pytest.mark.parametrize("fate", ["FINE", "ODD_BROKEN", "LOST"])
async def test_all_items_of_all_lists_of_a_level_are_one_call_and_each_is_in_it_once(
    visit: Visit, fate: str
) -> None:
    await ask(f"{{ plants {{ offspring {{ offspring {{ word(fate: {fate}) }} }} }} }}", visit)
    assert visit.calls[1:] == [
        ("offspring", [3, 6]),
        ("offspring", [9, 0, 6]),
        ("word", [3, 6, 0, 9]),
    ]


async def test_fields_are_executed_in_the_order_of_the_document(visit: Visit) -> None:
    await ask("{ specimen { laterWord next { laterKin { number } word } } word }", visit)
    assert [name for name, _ in visit.calls] == ["specimen", "laterWord", "next", "laterKin", "word", "word"]


async def test_what_is_null_is_not_read_on(visit: Visit) -> None:
    await ask("{ kin(items: ODD_MISSING) { next(fate: MISSING) { word } mustWord(fate: BROKEN) } }", visit)
    assert visit.calls == [("kin", [1]), ("next", [2]), ("mustWord", [2])]


async def test_an_operation_that_is_given_up_loads_nothing_more(visit: Visit) -> None:
    asked = asyncio.create_task(ask("{ specimen { laterWord word } word }", visit))
    await asyncio.sleep(0)  # it begins, and then waits for the first word
    assert visit.calls == [("specimen", [])]
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert visit.calls == [("specimen", [])]
