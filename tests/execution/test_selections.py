"""Which fields an answer has, and in which order (GraphQL sections 3.13 and 6.3.2)."""

import pytest

from tests.execution.cases import Case, check

FLAGS = """query ($yes: Boolean!, $no: Boolean!) { specimen {
  a: number @include(if: $yes) b: number @include(if: $no) c: number @skip(if: $yes) d: number @skip(if: $no)
} }"""
WITH_DEFAULT = "query ($yes: Boolean = true) { specimen { number title @include(if: $yes) } word }"
AT_THE_TOP = "query ($yes: Boolean = true) { word @include(if: $yes) spoken }"
NULL_GIVEN = (
    "Argument 'if' has invalid value: "
    "Expected variable '$yes' provided to non-null type 'Boolean!' not to be None."
)
NESTED = """{ kin(count: 3) { ...A } }
fragment A on Specimen { number ...B title }
fragment B on Living { age ...C }
fragment C on Animal { legs }"""
TWO_OPERATIONS = "query One { word } query Two { spoken ...Rest } fragment Rest on Query { word }"

SELECTIONS = {
    "a field can be asked for several times, under names of its own": Case(
        "{ specimen { one: word two: word(fate: MISSING) word number } }",
        {"specimen": {"one": "word 1", "two": None, "word": "word 1", "number": 1}},
    ),
    "fields come in the order in which they were first asked for": Case(
        "{ specimen { number ... on Specimen { title number } word title } }",
        {"specimen": {"number": 1, "title": "LABEL 1", "word": "word 1"}},
    ),
    "a fragment is read where it is spread, and so are those in it, for the types that they are about": Case(
        NESTED,
        {
            "kin": [
                {"number": 1, "age": 10, "legs": 1, "title": "LABEL 1"},
                {"number": 2, "title": "LABEL 2"},
                {"number": 3, "age": 30, "title": None},
            ]
        },
    ),
    "a fragment that is spread twice is read once": Case(
        "{ specimen { ...A ...A } } "
        "fragment A on Specimen { number ... on Animal { ...B } ...B } fragment B on Specimen { title }",
        {"specimen": {"number": 1, "title": "LABEL 1"}},
    ),
    "inline fragments can be about an object, an interface, a union, or whatever is there": Case(
        "{ kin(count: 3) "
        "{ ... on Found { __typename } ... { number } ... on Living { age } ... on Animal { legs } } }",
        {
            "kin": [
                {"__typename": "Animal", "number": 1, "age": 10, "legs": 1},
                {"__typename": "Mineral", "number": 2},
                {"__typename": "Plant", "number": 3, "age": 30},
            ]
        },
    ),
    "one name can stand for different fields of different types": Case(
        "{ kin(count: 3) { ... on Plant { it: word(fate: MISSING) } ... on Animal { it: word } "
        "... on Mineral { it: title } } }",
        {"kin": [{"it": "word 1"}, {"it": "LABEL 2"}, {"it": None}]},
    ),
    "what is selected of the same field in several places is read together": Case(
        "{ specimen { next { number } ... on Animal { next { length } } ...A } } "
        "fragment A on Specimen { next { next { number } } }",
        {"specimen": {"next": {"number": 4, "length": 1_600_000_000, "next": {"number": 1}}}},
    ),
    "what is selected of the same field in the fragment of one type is not read of another": Case(
        "{ kin { next { number } ... on Mineral { next { title } } number } }",
        {
            "kin": [
                {"next": {"number": 4}, "number": 1},
                {"next": {"number": 7, "title": "LABEL 7"}, "number": 2},
            ]
        },
    ),
    "whatever is composite says what it is": Case(
        "{ __typename specimen { __typename kind: __typename next { __typename } } "
        "found { __typename } living { __typename } plants { __typename } }",
        {
            "__typename": "Query",
            "specimen": {"__typename": "Animal", "kind": "Animal", "next": {"__typename": "Animal"}},
            "found": [{"__typename": "Animal"}, {"__typename": "Mineral"}],
            "living": {"__typename": "Plant"},
            "plants": [{"__typename": "Plant"}, {"__typename": "Plant"}],
        },
    ),
    "a mutation says what it is too": Case("mutation { it: __typename }", {"it": "Mutation"}),
    "what is not included is not there, and what is skipped is not": Case(
        "{ word @skip(if: true) spoken @include(if: false) specimen { number @skip(if: false) } }",
        {"specimen": {"number": 1}},
    ),
    "an object of which nothing is asked is empty": Case(
        "{ kin { number @include(if: false) } }", {"kin": [{}, {}]}
    ),
    "nothing at all can be asked for": Case("{ word @skip(if: true) }", {}),
    "what is included and skipped is skipped": Case(
        "{ specimen { a: number @include(if: true) @skip(if: true) "
        "b: number @include(if: true) @skip(if: false) } }",
        {"specimen": {"b": 1}},
    ),
    "fragments can be left out too": Case(
        "{ specimen { number ... @include(if: false) { title } ... on Living @skip(if: true) { age } "
        "...A @skip(if: true) } } "
        "fragment A on Specimen { code }",
        {"specimen": {"number": 1}},
    ),
    "a field that is left out in one place and asked for in another is there": Case(
        "{ specimen { number @skip(if: true) ... on Animal { number legs @include(if: false) } } }",
        {"specimen": {"number": 1}},
    ),
    "variables say what is left out": Case(
        FLAGS, {"specimen": {"a": 1, "d": 1}}, values={"yes": True, "no": False}
    ),
    "with other variables something else is left out": Case(
        FLAGS, {"specimen": {"b": 1, "c": 1}}, values={"yes": False, "no": True}
    ),
    "a variable that is not given has its default": Case(
        WITH_DEFAULT, {"specimen": {"number": 1, "title": "LABEL 1"}, "word": "word 1"}
    ),
    "a variable that is given has no default": Case(
        WITH_DEFAULT, {"specimen": {"number": 1}, "word": "word 1"}, values={"yes": False}
    ),
    "null given in place of a default fails what it would have decided upon": Case(
        WITH_DEFAULT,
        {"specimen": None, "word": "word 1"},
        [(NULL_GIVEN, ["specimen"])],
        values={"yes": None},
    ),
    "null that would have decided upon a root field leaves no data, and the error has no path": Case(
        AT_THE_TOP, None, [(NULL_GIVEN, None)], values={"yes": None}
    ),
    "of several operations the one that is named is executed": Case(
        TWO_OPERATIONS, {"spoken": "word 1", "word": "word 1"}, name="Two"
    ),
    "the other one can be named as well": Case(TWO_OPERATIONS, {"word": "word 1"}, name="One"),
}


@pytest.mark.parametrize("says", SELECTIONS)
async def test_an_answer_has_the_fields_that_were_asked_for(says: str) -> None:
    await check(SELECTIONS[says])
