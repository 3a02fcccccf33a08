"""Fields that are no batch: read, computed or performed, each behind its permission."""

import logging

import pytest

from tests.execution.library import SCHEMA, Desk, Reader, Row, ask


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Strawberry tells the log of every error; here they are meant."""
    caplog.set_level(logging.CRITICAL, "strawberry.execution")


async def test_a_plain_field_is_an_attribute_of_its_parent() -> None:
    assert (await ask("{ books(count: 1) { title } }")).data == {"books": [{"title": "Untitled"}]}


async def test_a_derived_field_is_computed_from_its_parent() -> None:
    assert (await ask("{ books(count: 1) { loud } }")).data == {"books": [{"loud": "UNTITLED"}]}


@pytest.mark.parametrize("name", ["secret", "loudSecret"])
async def test_who_lacks_the_permission_gets_null_and_an_error_with_its_path(name: str) -> None:
    answer = await ask(f"{{ books(count: 1) {{ title {name} }} }}", Desk(reads=False))
    assert answer.data == {"books": [{"title": "Untitled", name: None}]}
    assert [(it.message, it.path) for it in answer.errors] == [(Reader.message, ["books", 0, name])]


async def test_who_has_the_permission_gets_the_value() -> None:
    answer = await ask("{ books(count: 1) { loudSecret } }")
    assert answer.errors is None
    assert answer.data == {"books": [{"loudSecret": "UNTITLED"}]}


async def test_a_verb_is_performed_for_whoever_may() -> None:
    assert (await ask("mutation { burn }")).data == {"burn": True}


async def test_a_verb_is_not_performed_for_anybody_else() -> None:
    answer = await ask("mutation { burn }", Desk(reads=False))
    assert answer.data == {"burn": None}
    assert [it.path for it in answer.errors] == [["burn"]]


@pytest.mark.parametrize(
    "line",
    [
        'secret: String @wants(what: "reader")',
        'loudSecret: String @wants(what: "reader")',
        'againSecret: Int @wants(what: "reader")',
        'burn: Boolean @wants(what: "reader") @semanticNonNull(levels: [0])',
    ],
)
def test_the_schema_says_what_a_permission_wants(line: str) -> None:
    assert f"  {line}\n" in SCHEMA.as_str()


def test_the_schema_says_nothing_of_a_permission_that_has_nothing_to_say() -> None:
    assert "  openSecret: String\n" in SCHEMA.as_str()
    assert SCHEMA.as_str().count("@wants") == 4 + 1  # one is its definition


def test_a_row_is_what_the_others_read_from() -> None:
    assert Row(3).title == "Untitled"
