"""What values become in an answer: scalars, enums, lists, and what says its type (GraphQL section 6.4.3)."""

import pytest

from tests.execution.cases import Case, Path, check, check_later

BAGS = """{ specimen {
  a: NAME(kind: TUPLE) b: NAME(kind: GENERATOR) c: NAME(kind: EXHAUSTED) d: NAME(kind: RAISING)
  e: NAME(kind: NUMBER) f: NAME(kind: TEXT) g: NAME(kind: MAPPING) } }"""
BAGS_HELD = {"a": [1, None], "b": [1, 2], "c": [], "d": None, "e": None, "f": None, "g": None}
NOBODY = "Abstract type 'Specimen' was resolved to a type 'Nobody' that does not exist inside the schema."
NO_ID = "ID cannot represent value: 1.5"
NO_WEIGHT = "Expected `Grams.coerce_output_value(0)` to return non-nullable value, returned: None"


def no_list(name: str) -> str:
    return f"Expected Iterable, but did not find one for field 'Animal.{name}'."


def bags(name: str) -> Case:
    said = {"d": "the bag is torn", **dict.fromkeys("efg", no_list(name))}
    errors: list[tuple[str, Path | None]] = [(message, ["specimen", key]) for key, message in said.items()]
    return Case(BAGS.replace("NAME", name), {"specimen": BAGS_HELD}, errors)


def claims(claim: str, message: str) -> Case:
    """Return what becomes of something that says that it is what it can not be."""
    return Case(
        f"{{ specimen {{ oddity(claim: {claim}) {{ code }} oddities(claim: {claim}) {{ code }} word }} }}",
        {"specimen": {"oddity": None, "oddities": [[None]], "word": "word 1"}},
        [
            (message.format(name="oddity"), ["specimen", "oddity"]),
            (message.format(name="oddities"), ["specimen", "oddities", 0, 0]),
        ],
    )


VALUES = {
    "an enum is told by its name, whether a member or its value is given": Case(
        '{ kin { kind(raw: "Plant") mustKind } }',
        {"kin": [{"kind": "PLANT", "mustKind": "PLANT"}, {"kind": "ANIMAL", "mustKind": "ANIMAL"}]},
    ),
    "a value that the enum has not is an error": Case(
        '{ specimen { kind(raw: "Stone") } living { mustKind(raw: "PLANT") } }',
        {"specimen": {"kind": None}, "living": None},
        [
            ("Enum 'Kind' cannot represent value: 'Stone'", ["specimen", "kind"]),
            ("Enum 'Kind' cannot represent value: 'PLANT'", ["living", "mustKind"]),
        ],
    ),
    "a custom scalar tells a value as it likes": Case(
        "{ specimen { weight(grams: 3) } }", {"specimen": {"weight": 2}}
    ),
    "a custom scalar that makes null of a value, or raises, is an error": Case(
        "{ specimen { a: weight(grams: 1) b: weight(grams: 0) } }",
        {"specimen": {"a": None, "b": None}},
        [(NO_WEIGHT, ["specimen", "a"]), ("nothing weighs -1", ["specimen", "b"])],
    ),
    "and makes what must not be null null": Case(
        "{ specimen { number mustWeight(grams: 1) } }",
        {"specimen": None},
        [(NO_WEIGHT, ["specimen", "mustWeight"])],
    ),
    "one value that cannot be told fails its own place": Case(
        "{ specimen(number: 5) { kin(count: 3) { code length ratio isRare } } }",
        {
            "specimen": {
                "kin": [
                    {"code": None, "length": 2_000_000_000, "ratio": 1.2, "isRare": None},
                    {"code": "6", "length": None, "ratio": 1.0, "isRare": False},
                    {"code": "7", "length": None, "ratio": 6 / 7, "isRare": True},
                ]
            }
        },
        [
            (NO_ID, ["specimen", "kin", 0, "code"]),
            ("Boolean cannot represent a non boolean value: 'maybe'", ["specimen", "kin", 0, "isRare"]),
            (
                "Int cannot represent non 32-bit signed integer value: 2400000000",
                ["specimen", "kin", 1, "length"],
            ),
            (
                "Int cannot represent non 32-bit signed integer value: 2800000000",
                ["specimen", "kin", 2, "length"],
            ),
        ],
    ),
    "reading a value can fail": Case(
        "{ specimen(number: 4) { label title next { number } } zero: specimen(number: 0) { ratio } }",
        {"specimen": {"label": None, "title": None, "next": {"number": 1}}, "zero": {"ratio": None}},
        [
            ("the label of 4 is torn", ["specimen", "label"]),
            ("the label of 4 is torn", ["specimen", "title"]),
            ("division by zero", ["zero", "ratio"]),
        ],
    ),
    "an error that would end an iteration is one like any other": Case(
        "{ specimen(number: 7) { kin(count: 3) { code number } } }",
        {
            "specimen": {
                "kin": [{"code": "7", "number": 7}, {"code": None, "number": 8}, {"code": "9", "number": 9}]
            }
        },
        [("An unknown error occurred.", ["specimen", "kin", 1, "code"])],
    ),
    "what is not even null is null": Case(
        "{ a: specimen { nowhere } b: specimen { mustNowhere } }",
        {"a": {"nowhere": None}, "b": None},
        [("Cannot return null for non-nullable field Animal.mustNowhere.", ["b", "mustNowhere"])],
    ),
    "a list is whatever gives its items one after another, but no text and no mapping": bags("bag"),
    "the same of a resolver": bags("oneBag"),
    "a list that fails on its way makes null what must not be null": Case(
        "{ a: specimen { mustBag(kind: TUPLE) } b: specimen { mustBag(kind: RAISING) } }",
        {"a": None, "b": None},
        [
            ("Cannot return null for non-nullable field Animal.mustBag.", ["a", "mustBag", 1]),
            ("the bag is torn", ["b", "mustBag"]),
        ],
    ),
    "an interface and a union hold values that say what they are": Case(
        "{ specimen { a: oddity(claim: MINERAL) { __typename hardness: number } "
        "b: oddFind(claim: MINERAL) { __typename ... on Mineral { hardness } } } }",
        {
            "specimen": {
                "a": {"__typename": "Mineral", "hardness": 1},
                "b": {"__typename": "Mineral", "hardness": 0.5},
            }
        },
    ),
    "a value that says that it is of a type outside the interface": claims(
        "MOUSE", "Runtime Object type 'Mouse' is not a possible type for 'Specimen'."
    ),
    "a value that says that it is of a type that is not there": claims(
        "NOBODY",
        NOBODY,
    ),
    "a value that says that it is of a type that has no fields": claims(
        "NO_OBJECT", "Abstract type 'Specimen' was resolved to a non-object type 'Fate'."
    ),
    "a value that says something that is no name": claims(
        "NO_NAME",
        "Abstract type 'Specimen' must resolve to an Object type at runtime for field 'Animal.{name}' "
        "with value <Typed instance>, received '7', which is not a valid Object type name.",
    ),
    "a value that says nothing": claims(
        "NOTHING",
        "Abstract type 'Specimen' must resolve to an Object type at runtime for field 'Animal.{name}'. "
        "Either the 'Specimen' type should provide a 'resolve_type' function "
        "or each possible type should provide an 'is_type_of' function.",
    ),
    "a value that will not say, and knows how deep it was asked": claims(
        "RAISING", "it will not say, 2 steps from the root"
    ),
    "an item of an interface that must be there and is of no type makes its object null": Case(
        "{ specimen { mustOddity(claim: NOBODY) { number } } }",
        {"specimen": None},
        [
            (
                NOBODY,
                ["specimen", "mustOddity"],
            )
        ],
    ),
}
LATER = {
    "a value can take its time to say what it is": Case(
        "{ specimen { laterShy { __typename number ... on Mouse { squeak } } } }",
        {"specimen": {"laterShy": {"__typename": "Mouse", "number": 1, "squeak": "i"}}},
    ),
    "and then not say it": Case(
        "{ specimen(number: 5) { number laterShy { __typename } } }",
        {"specimen": {"number": 5, "laterShy": None}},
        [("5 hides", ["specimen", "laterShy"])],
    ),
}


@pytest.mark.parametrize("says", VALUES)
async def test_a_value_becomes_what_its_type_makes_of_it(says: str) -> None:
    await check(VALUES[says])


@pytest.mark.parametrize("says", LATER)
async def test_a_value_becomes_later_what_its_type_makes_of_it(says: str) -> None:
    await check_later(LATER[says])
