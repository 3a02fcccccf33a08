"""Limits: as much as a document may hold is admitted, one more is not, wherever in it that stands."""

from collections.abc import Callable
from typing import Final

import pytest
from graphql import SelectionNode, get_introspection_query, parse
from graphql.language import DocumentNode, SelectionSetNode, Visitor, visit

from execution.limits import ENDLESS, BeyondLimit, Limits, Ruler, Size
from tests.execution.bombs import BOMBS, bomb

LIMITS: Final = Limits(once=frozenset({"signIn", "disable"}))
FIVE: Final = "@d " * 5
IN_ALL: Final = "directives"
AT_ONE_PLACE: Final = "directives at one place"
SENSITIVE: Final = "fields that sign in or change a second factor"


def complaint(text: str, limits: Limits = LIMITS) -> str | None:
    """Return what a document is refused for; None when it is admitted."""
    try:
        Ruler(parse(text), limits).check()
    except BeyondLimit as error:
        return error.message
    return None


def nested(levels: int) -> str:
    return "{a" * levels + "}" * levels


def nested_in_fragments(levels: int) -> str:
    """Each fragment has one level more, and stands before the one that it spreads."""
    names = [f"fragment F{it} on Q {{a {{...F{it + 1}}}}}" for it in range(levels - 1)]
    return f"{{...F0}} {' '.join(names)} fragment F{levels - 1} on Q {{a}}"


def halves(count: int, one: str, two: str) -> str:
    """Return a document that holds something so often: half of it in a fragment that is spread twice."""
    half, rest = divmod(count, 2)
    return f"{{o {{{one * rest} ...F ... on Q {{...F}}}}}} fragment F on Q {{x {one * half}{two}}}"


def fields_in_fragments(count: int) -> str:
    # Three are there already: `o`, and `x` in each of the halves.
    return halves(count - 3, "a ", "")


def aliases(count: int) -> str:
    return f"{{o {{{'b: a ' * count}}}}}"


def aliases_in_fragments(count: int) -> str:
    return halves(count, "b: a ", "")


def directives_on_fields(count: int) -> str:
    return f"{{o {{{'a @d ' * count}}}}}"


def directives_everywhere(count: int) -> str:
    """Five on each of operation, variable, inline fragment, spread and fragment; the rest on fields."""
    inline = f"... {FIVE} {{{'a @d ' * (count - 25)}}}"
    return f"query ($v: Int {FIVE}) {FIVE} {{o {{{inline} ...F {FIVE}}}}} fragment F on Q {FIVE} {{a}}"


def directives_in_fragments(count: int) -> str:
    return halves(count, "a @d ", "")


def roots(count: int) -> str:
    return f"{{{'a ' * count}}}"


def roots_in_fragments(count: int) -> str:
    half, rest = divmod(count, 2)
    return f"{{{'a ' * rest} ...F ...F}} fragment F on Q {{... {{{'a { b } ' * half}}}}}"


def mutations(count: int) -> str:
    return f"mutation {{{'a ' * count}}}"


def mutations_in_fragments(count: int) -> str:
    return f"mutation {{{'...F ' * count}}} fragment F on M {{a {{b}}}}"


AT_MOST: Final[dict[str, tuple[str, int, Callable[[int], str]]]] = {
    "levels": ("levels", 12, nested),
    "levels in fragments": ("levels", 12, nested_in_fragments),
    "levels of an unused fragment": ("levels", 12, lambda it: f"{{a}} fragment F on Q {nested(it)}"),
    "levels of a mutation": ("levels", 12, lambda it: f"mutation {nested(it)}"),
    "levels beside what is flat": ("levels", 12, lambda it: nested(it).replace("{a{", "{b a{", 1) + "{b}"),
    "fields": ("fields", 500, lambda it: f"{{o {{{'a ' * (it - 1)}}}}}"),
    "fields in fragments": ("fields", 500, fields_in_fragments),
    "fields of an unused fragment": ("fields", 500, lambda it: f"{{a}} fragment F on Q {{{'a ' * it}}}"),
    "fields of the second operation": (
        "fields",
        500,
        lambda it: f"{{a}} query B {{o {{{'a ' * (it - 1)}}}}}",
    ),
    "aliases": ("aliases", 30, aliases),
    "aliases in fragments": ("aliases", 30, aliases_in_fragments),
    "aliases of an unused fragment": ("aliases", 30, lambda it: f"{{a}} fragment F on Q {{{'b: a ' * it}}}"),
    "directives": (IN_ALL, 30, directives_on_fields),
    "directives everywhere": (IN_ALL, 30, directives_everywhere),
    "directives in fragments": (IN_ALL, 30, directives_in_fragments),
    "directives on a field": (AT_ONE_PLACE, 5, lambda it: f"{{a {'@d ' * it}}}"),
    "directives on a spread": (AT_ONE_PLACE, 5, lambda it: f"{{...F {'@d ' * it}}} fragment F on Q {{a}}"),
    "directives on a fragment": (AT_ONE_PLACE, 5, lambda it: f"{{...F}} fragment F on Q {'@d ' * it} {{a}}"),
    "directives on an unused one": (AT_ONE_PLACE, 5, lambda it: f"{{a}} fragment F on Q {'@d ' * it} {{a}}"),
    "directives on an inline one": (AT_ONE_PLACE, 5, lambda it: f"{{... {'@d ' * it} {{a}}}}"),
    "directives on an operation": (AT_ONE_PLACE, 5, lambda it: f"query {'@d ' * it} {{a}}"),
    "directives on a variable": (AT_ONE_PLACE, 5, lambda it: f"query ($v: Int {'@d ' * it}) {{a}}"),
    "root fields": ("root fields", 20, roots),
    "root fields in fragments": ("root fields", 20, roots_in_fragments),
    "root fields of a mutation": ("root fields", 5, mutations),
    "root fields of a mutation in fragments": ("root fields", 5, mutations_in_fragments),
    "root fields of a subscription": ("root fields", 20, lambda it: f"subscription {{{'a ' * it}}}"),
    "sign-ins": (SENSITIVE, 1, lambda it: f"mutation {{{'signIn ' * it}}}"),
    "sign-ins by aliases": (SENSITIVE, 1, lambda it: f"mutation {{{'b: signIn ' * it}}}"),
    "sign-ins in a fragment": (
        SENSITIVE,
        1,
        lambda it: f"mutation {{...F}} fragment F on M {{{'signIn ' * it}}}",
    ),
    "spreads of a sign-in": (
        SENSITIVE,
        1,
        lambda it: f"mutation {{{'...F ' * it}}} fragment F on M {{... {{b: signIn}}}}",
    ),
    "either of them": (SENSITIVE, 1, lambda it: f"mutation {{{' '.join(['signIn', 'disable'][:it])}}}"),
}


@pytest.mark.parametrize("what", AT_MOST)
def test_as_much_as_the_limit_is_admitted_and_one_more_is_not(what: str) -> None:
    word, most, document = AT_MOST[what]
    assert complaint(document(most)) is None
    assert complaint(document(most + 1)) == f"The document has too many {word}: more than {most}."


def test_a_limit_can_be_another() -> None:
    assert complaint("{a {b}}", Limits(depth=1)) == "The document has too many levels: more than 1."
    assert complaint("mutation {signIn signIn}", Limits()) is None


def test_what_is_asked_once_may_be_asked_again_further_down() -> None:
    assert complaint("mutation {signIn {signIn {signIn}}}") is None


def test_each_operation_of_a_document_is_measured_by_itself() -> None:
    assert complaint(" ".join(f"query Q{it} {{{'a ' * 20}}}" for it in range(30))) is None


def test_a_fragment_that_is_not_there_weighs_nothing() -> None:
    assert complaint("{a ...Missing}") is None


def test_what_only_groups_is_no_level() -> None:
    assert complaint(f"{'{...' * 50}{{a}}{'}' * 50}") is None


@pytest.mark.parametrize(
    "text",
    [
        "{...A} fragment A on Q {...A}",
        "{...A} fragment A on Q {a {...A}}",
        "{...A} fragment A on Q {... on Q {...B}} fragment B on Q {b: a {...C}} fragment C on Q {a ...A}",
        "{a} fragment A on Q {...B} fragment B on Q {...A}",
        "{__schema {...A}} fragment A on __Schema {types {...B}} fragment B on __Type {ofType {...B}}",
    ],
    ids=["directly", "through a field", "through three", "unused", "below the description"],
)
def test_a_fragment_that_spreads_itself_is_refused(text: str) -> None:
    said = complaint(text)
    assert said
    assert said.endswith("spreads itself.")


def test_a_chain_that_goes_deeper_than_python_does_is_refused() -> None:
    chain = " ".join(f"fragment F{it} on Q {{...F{it + 1}}}" for it in range(2000))
    assert complaint(f"{{...F0}} {chain} fragment F2000 on Q {{a}}") == "The document is nested too deeply."


def test_what_describes_the_schema_may_be_as_deep_as_its_standard_question() -> None:
    standard = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    assert complaint(standard) is None
    assert complaint(f'{{__type(name: "Q") {nested(40)}}}') is None
    assert complaint(f'{{__type(name: "Q") {{...F}}}} fragment F on __Type {nested(40)}') is None


@pytest.mark.parametrize(
    ("below", "word"),
    [("a " * 500, "fields"), ("b: a " * 31, "aliases"), ("a @d " * 31, "directives")],
)
def test_what_describes_the_schema_is_counted_but_for_its_depth(below: str, word: str) -> None:
    limit = {"fields": 500, "aliases": 30, "directives": 30}[word]
    said = f"The document has too many {word}: more than {limit}."
    assert complaint(f"{{__schema {{{below}}}}}") == said
    assert complaint(f"{{__schema {{types {{...F}}}}}} fragment F on __Type {{a {below}}}") == said


class Counting(Ruler):
    """Counts how many selections it looks at."""

    looks = 0

    def of_selection(self, node: SelectionNode) -> Size:
        self.looks += 1
        return super().of_selection(node)


class Selections(Visitor):
    """Counts the selections that are written in a document."""

    count = 0

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        self.count += len(node.selections)


def written_in(document: DocumentNode) -> int:
    counter = Selections()
    visit(document, counter)
    return counter.count


@pytest.mark.parametrize("spreads", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("fragments", [10, 20, 30, 100])
def test_a_bomb_of_fragments_is_refused_and_no_selection_looked_at_twice(
    fragments: int, spreads: str
) -> None:
    document = parse(bomb(fragments, spreads))
    ruler = Counting(document, LIMITS)
    with pytest.raises(BeyondLimit):
        ruler.check()
    assert 0 < ruler.looks <= written_in(document)


def test_a_fragment_that_is_spread_often_is_measured_once() -> None:
    document = parse(bomb(7))
    ruler = Counting(document, Limits(query_roots=128))
    ruler.check()
    assert ruler.looks == written_in(document)
    assert ruler.of_fragment("F0").fields == 128


def test_nothing_is_counted_without_end() -> None:
    ruler = Ruler(parse(bomb(100, "a: self @d {{...{0}}} ...{0} ...{0}")), LIMITS)
    size = ruler.of_fragment("F0")
    assert (size.fields, size.aliases, size.directives, size.roots) == (ENDLESS,) * 4
