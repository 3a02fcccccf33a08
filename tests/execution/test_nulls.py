"""Where null goes when something fails, and which errors are told (GraphQL sections 6.4.4 and 7.1.2)."""

import pytest

from execution.failures import MOST_ERRORS
from tests.execution.cases import SCHEMA, STOCK, Case, ask, check
from tests.execution.fates import Visit
from tests.execution.oracle import told

LISTS = {"words": "[String]", "allWords": "[String!]", "mustWords": "[String]!", "mustAllWords": "[String!]!"}
ALL = object()
# What becomes of a list of two words whose first item is broken, or which is broken itself: its value, how
# deep in it the error lies, and whether it is an error too when that is only missing. ALL: what it stands in
# is null.
BROKEN: dict[tuple[str, str], tuple[object, list[int], bool]] = {
    ("words", "items"): ([None, "word 2"], [0], False),
    ("words", "fate"): (None, [], False),
    ("allWords", "items"): (None, [0], True),
    ("allWords", "fate"): (None, [], False),
    ("mustWords", "items"): ([None, "word 2"], [0], False),
    ("mustWords", "fate"): (ALL, [], True),
    ("mustAllWords", "items"): (ALL, [0], True),
    ("mustAllWords", "fate"): (ALL, [], True),
}


@pytest.mark.parametrize("is_missing", [False, True], ids=["broken", "missing"])
@pytest.mark.parametrize(("name", "which"), BROKEN, ids=lambda it: LISTS.get(it, it))
async def test_what_becomes_of_a_list(name: str, which: str, is_missing: bool) -> None:  # noqa: FBT001
    value, depth, must_be_there = BROKEN[name, which]
    fate = "ODD_MISSING" if is_missing else "ODD_BROKEN"
    no_null = f"Cannot return null for non-nullable field Animal.{name}."
    errors = [(no_null if is_missing else "1 is broken", ["specimen", name, *depth])]
    await check(
        Case(
            f"{{ specimen(number: 1) {{ {name}({which}: {fate}) }} }}",
            {"specimen": None if value is ALL else {name: value}},
            errors if must_be_there or not is_missing else [],
        )
    )


TWICE = """{
  specimen {
    word(fate: BROKEN)
    ...Again
  }
}
fragment Again on Specimen { word(fate: BROKEN) }"""
NULLS = {
    "a field that fails is null, and the others are there": Case(
        "{ specimen { number word(fate: BROKEN) title } }",
        {"specimen": {"number": 1, "word": None, "title": "LABEL 1"}},
        [("1 is broken", ["specimen", "word"])],
    ),
    "a field that may be null and is, is no error": Case(
        "{ specimen { word(fate: MISSING) } }", {"specimen": {"word": None}}
    ),
    "a field that must not be null and fails makes its object null": Case(
        "{ specimen { number mustWord(fate: BROKEN) } word }",
        {"specimen": None, "word": "word 1"},
        [("1 is broken", ["specimen", "mustWord"])],
    ),
    "a field that must not be null and is, makes its object null": Case(
        "{ specimen { mustWord(fate: MISSING) } }",
        {"specimen": None},
        [("Cannot return null for non-nullable field Animal.mustWord.", ["specimen", "mustWord"])],
    ),
    "null rises through all that must not be null, and the error stays where it was": Case(
        "{ specimen { mustNext { mustNext { mustWord(fate: BROKEN) } } } word }",
        {"specimen": None, "word": "word 1"},
        [("1 is broken", ["specimen", "mustNext", "mustNext", "mustWord"])],
    ),
    "null that rises to the top is all of the data": Case(
        "{ mustSpecimen { mustNext { mustWord(fate: BROKEN) } } word }",
        None,
        [("4 is broken", ["mustSpecimen", "mustNext", "mustWord"])],
    ),
    "a root field that must not be null and is, leaves no data": Case(
        "{ word mustWord(fate: MISSING) }",
        None,
        [("Cannot return null for non-nullable field Query.mustWord.", ["mustWord"])],
    ),
    "a list of lists has holes where it may have some": Case(
        "{ specimen { page(items: ODD_BROKEN) } }",
        {"specimen": {"page": [["word 1", None], [None, "word 3"]]}},
        [("1 is broken", ["specimen", "page", 0, 1]), ("1 is broken", ["specimen", "page", 1, 0])],
    ),
    "an inner list is null when an item of it must not be": Case(
        "{ specimen { fullPage(items: ODD_BROKEN) } }",
        {"specimen": {"fullPage": [None, None]}},
        [("1 is broken", ["specimen", "fullPage", 0, 1]), ("1 is broken", ["specimen", "fullPage", 1, 0])],
    ),
    "the whole list of lists is null when nothing in it may be": Case(
        "{ specimen { mustPage(items: ODD_BROKEN) } }",
        {"specimen": {"mustPage": None}},
        [("1 is broken", ["specimen", "mustPage", 0, 1])],
    ),
    "an inner list can be missing": Case(
        "{ specimen { page(lists: ODD_MISSING) mustPage(lists: ODD_MISSING) } }",
        {"specimen": {"page": [["word 1", "word 2"], None], "mustPage": None}},
        [("Cannot return null for non-nullable field Animal.mustPage.", ["specimen", "mustPage", 1])],
    ),
    "a list of lists that must be there makes its object null": Case(
        "{ specimen { fullPage(fate: MISSING) } }",
        {"specimen": None},
        [("Cannot return null for non-nullable field Animal.fullPage.", ["specimen", "fullPage"])],
    ),
    "an object in a list is null where a field of it fails": Case(
        "{ specimen { kin(count: 4) { mustLabel } } }",
        {"specimen": {"kin": [{"mustLabel": "label 1"}, {"mustLabel": "label 2"}, None, None]}},
        [
            (
                "Cannot return null for non-nullable field Plant.mustLabel.",
                ["specimen", "kin", 2, "mustLabel"],
            ),
            ("the label of 4 is torn", ["specimen", "kin", 3, "mustLabel"]),
        ],
    ),
    "the list is null where no object in it may be, and the first error is told": Case(
        "{ specimen { allKin(count: 4) { mustLabel } } }",
        {"specimen": {"allKin": None}},
        [
            (
                "Cannot return null for non-nullable field Plant.mustLabel.",
                ["specimen", "allKin", 2, "mustLabel"],
            )
        ],
    ),
    "objects in lists of lists are null, or their list is": Case(
        "{ specimen(number: 2) "
        "{ tray { mustWord(fate: ODD_BROKEN) } mustTray { mustWord(fate: ODD_BROKEN) } } }",
        {
            "specimen": {
                "tray": [None, None],
                "mustTray": [[{"mustWord": "word 2"}, None], [None, {"mustWord": "word 4"}]],
            }
        },
        [
            ("3 is broken", ["specimen", "tray", 0, 1, "mustWord"]),
            ("3 is broken", ["specimen", "tray", 1, 0, "mustWord"]),
            ("3 is broken", ["specimen", "mustTray", 0, 1, "mustWord"]),
            ("3 is broken", ["specimen", "mustTray", 1, 0, "mustWord"]),
        ],
    ),
    "of several errors that would make the same object null the first is told": Case(
        "{ specimen { a: mustWord(fate: BROKEN) b: mustWord(fate: LOST) } }",
        {"specimen": None},
        [("1 is broken", ["specimen", "a"])],
    ),
    "an error before the one that makes the object null is told, and one after it is not": Case(
        "{ specimen { word(fate: BROKEN) mustWord(fate: LOST) spoken(fate: BROKEN) } }",
        {"specimen": None},
        [
            ("1 is broken", ["specimen", "word"]),
            ("the drawer of mustWord is lost", ["specimen", "mustWord"]),
        ],
    ),
    "an error before the one that leaves no data is told, however deep it lies": Case(
        "{ specimen { next { word(fate: BROKEN) } } kin { number } "
        "mustWord(fate: BROKEN) spoken(fate: BROKEN) }",
        None,
        [("4 is broken", ["specimen", "next", "word"]), ("1 is broken", ["mustWord"])],
    ),
    "an error before the one that makes the list null is told": Case(
        "{ specimen { allKin(count: 4) { word(fate: ODD_BROKEN) mustLabel } } }",
        {"specimen": {"allKin": None}},
        [
            ("1 is broken", ["specimen", "allKin", 0, "word"]),
            ("3 is broken", ["specimen", "allKin", 2, "word"]),
            (
                "Cannot return null for non-nullable field Plant.mustLabel.",
                ["specimen", "allKin", 2, "mustLabel"],
            ),
        ],
    ),
    "errors are told in the order of the document, object after object": Case(
        "{ kin { next { word(fate: BROKEN) } word(fate: ODD_BROKEN) } specimen { word(fate: BROKEN) } }",
        {
            "kin": [{"next": {"word": None}, "word": None}, {"next": {"word": None}, "word": "word 2"}],
            "specimen": {"word": None},
        },
        [
            ("4 is broken", ["kin", 0, "next", "word"]),
            ("1 is broken", ["kin", 0, "word"]),
            ("7 is broken", ["kin", 1, "next", "word"]),
            ("1 is broken", ["specimen", "word"]),
        ],
    ),
}


@pytest.mark.parametrize("says", NULLS)
async def test_null_rises_as_far_as_it_must(says: str) -> None:
    await check(NULLS[says])


async def test_an_error_says_where_in_the_document_it_was_asked_for() -> None:
    said = await ask(TWICE)
    assert said["errors"] == [
        {
            "message": "1 is broken",
            "locations": [{"line": 3, "column": 5}, {"line": 7, "column": 30}],
            "path": ["specimen", "word"],
        }
    ]


async def test_so_many_errors_are_told_and_no_more() -> None:
    asked = " ".join(f"w{number}: word(fate: BROKEN)" for number in range(MOST_ERRORS + 5))
    operation = f"{{ specimen {{ {asked} }} }}"
    ours, theirs = [told(await it.execute(operation, context_value=Visit())) for it in (SCHEMA, STOCK)]
    assert ours["data"] == theirs["data"]
    assert ours["errors"] == theirs["errors"][:MOST_ERRORS]
    assert len(theirs["errors"]) == MOST_ERRORS + 5
