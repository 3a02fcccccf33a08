"""What a field is asked with: literals, variables and defaults (GraphQL sections 6.1.2 and 6.4.1)."""

import pytest

from tests.execution.cases import Case, check

FILING = "Filing(number=1, kind=<Kind.PLANT: 'Plant'>, words=UNSET, grid=None, weight=None, under=None)"
FULL_FILING = {
    "number": 2,
    "kind": "ANIMAL",
    "words": None,
    "grid": [[1], [None]],
    "weight": 3,
    "under": {"number": 1},
}
FULL_TEXT = (
    "Filing(number=2, kind=<Kind.ANIMAL: 'Animal'>, words=None, grid=[[1], [None]], weight=3, "
    f"under={FILING})"
)
WITH_KIND = "query ($kind: Kind = PLANT) { echo(filing: {number: 1, kind: $kind}, numbers: []) }"
WITH_TEXT = 'query ($text: String = "other") { plainEcho(text: $text) }'
WITHOUT_DEFAULT = "query ($text: String) { plainEcho(text: $text) }"
WITH_WEIGHT = "query ($weight: Grams) { plainEcho(weight: $weight) }"
WITH_FATE = (
    "query ($fate: Fate = ODD_BROKEN) { kin { word(fate: $fate) spoken(fate: $fate) fine(fate: $fate) } }"
)
REQUIRED = "query ($number: Int!) { specimen(number: $number) { number } }"
REST = "'flag': False, 'kind': <Kind.ANIMAL: 'Animal'>"


def no_null(argument: str, variable: str, type_: str, at: str = "") -> str:
    return (
        f"Argument '{argument}' has invalid value{at}: "
        f"Expected variable '${variable}' provided to non-null type '{type_}' not to be None."
    )


NO_NUMBER = "Variable '$number' has invalid value"
NO_GRAMS = "Variable '$weight' has invalid value: Expected value of type 'Grams'"
NO_FATE = no_null("fate", "fate", "Fate!")
ARGUMENTS = {
    "an argument that is left out has its default": Case(
        "{ plainEcho }", {"plainEcho": f"{{'text': 'default', {REST}}}"}
    ),
    "null is not left out": Case("{ plainEcho(text: null, kind: null) }", {"plainEcho": "{'flag': False}"}),
    "literals of each kind": Case(
        r'{ plainEcho(text: "a\nb", number: 2, ratio: 1, flag: true, id: 5, kind: PLANT, weight: 4) }',
        {
            "plainEcho": "{'text': 'a\\nb', 'number': 2, 'ratio': 1.0, 'flag': True, 'id_': '5', "
            "'kind': <Kind.PLANT: 'Plant'>, 'weight': 4}"
        },
    ),
    "a value stands for a list of one": Case(
        "{ plainEcho(numbers: 1, filings: {number: 1}) }",
        {"plainEcho": f"{{'text': 'default', {REST}, 'numbers': [1], 'filings': [{FILING}]}}"},
    ),
    "inputs have defaults of their own, for a whole level": Case(
        "{ echo(filing: {number: 1}, numbers: [1, null]) }", {"echo": f"{FILING} [1, None] True"}
    ),
    "inputs within inputs": Case(
        "{ echo(filing: {number: 2, kind: ANIMAL, words: null, grid: [1, [null]], weight: 3, "
        "under: {number: 1}}, numbers: 3, flag: false) }",
        {"echo": f"{FULL_TEXT} [3] False"},
    ),
    "the same as a variable": Case(
        "query ($filing: Filing!, $numbers: [Int]!) { echo(filing: $filing, numbers: $numbers) }",
        {"echo": f"{FULL_TEXT} [3, None] True"},
        values={"filing": FULL_FILING, "numbers": [3, None]},
    ),
    "variables within an input and a list": Case(
        "query ($number: Int!, $words: [String!]) "
        "{ echo(filing: {number: $number, words: $words}, numbers: [$number, 7]) }",
        {"echo": f"{FILING} [1, 7] True"},
        values={"number": 1},
    ),
    "an argument whose variable is not given has its own default": Case(
        WITHOUT_DEFAULT, {"plainEcho": f"{{'text': 'default', {REST}}}"}
    ),
    "an argument whose variable is null is null": Case(
        WITHOUT_DEFAULT, {"plainEcho": f"{{{REST}}}"}, values={"text": None}
    ),
    "the variable's default comes before that of the argument": Case(
        WITH_TEXT, {"plainEcho": f"{{'text': 'other', {REST}}}"}
    ),
    "null given in place of a default is null": Case(
        WITH_TEXT, {"plainEcho": f"{{{REST}}}"}, values={"text": None}
    ),
    "null where there must be a value fails the field": Case(
        WITH_KIND,
        {"echo": None},
        [(no_null("filing", "kind", "Kind!", " at .kind"), ["echo"])],
        values={"kind": None},
    ),
    "and each place of the field, however its values are got": Case(
        WITH_FATE,
        {"kin": [{"word": None, "spoken": None, "fine": None}] * 2},
        [(NO_FATE, ["kin", at, name]) for at in range(2) for name in ("word", "spoken", "fine")],
        values={"fate": None},
    ),
    "the same document with its default": Case(
        WITH_FATE,
        {
            "kin": [
                {"word": None, "spoken": None, "fine": None},
                {"word": "word 2", "spoken": "word 2", "fine": None},
            ]
        },
        [
            ("1 is broken", ["kin", 0, "word"]),
            ("1 is broken", ["kin", 0, "spoken"]),
            ("Only the fine ones.", ["kin", 0, "fine"]),
            ("Only the fine ones.", ["kin", 1, "fine"]),
        ],
    ),
    "the same document with another value": Case(
        WITH_FATE,
        {"kin": [{"word": f"word {it}", "spoken": f"word {it}", "fine": f"word {it}"} for it in (1, 2)]},
        values={"fate": "FINE"},
    ),
    "a custom scalar reads what it is given": Case(
        WITH_WEIGHT, {"plainEcho": f"{{'text': 'default', {REST}, 'weight': 7}}"}, values={"weight": 7}
    ),
    "what a custom scalar cannot read is an error of the whole request": Case(
        WITH_WEIGHT,
        None,
        [
            (
                f"{NO_GRAMS}, but encountered error 'nothing weighs -2'; found: -2.",
                None,
            )
        ],
        values={"weight": -2},
    ),
    "so is a variable that is missing": Case(
        REQUIRED,
        None,
        [
            (
                f"{NO_NUMBER}: Expected a value of non-null type 'Int!' to be provided.",
                None,
            )
        ],
    ),
    "and a variable of another type": Case(
        REQUIRED,
        None,
        [(f"{NO_NUMBER}: Int cannot represent non-integer value: 'x'", None)],
        values={"number": "x"},
    ),
    "and an enum's value that it has not": Case(
        WITH_KIND,
        None,
        [("Variable '$kind' has invalid value: Value 'STONE' does not exist in 'Kind' enum.", None)],
        values={"kind": "STONE"},
    ),
}


@pytest.mark.parametrize("says", ARGUMENTS)
async def test_a_field_is_asked_with_what_was_given(says: str) -> None:
    await check(ARGUMENTS[says])
