"""What can be said of a relation: every column has its rule, and each mistake its place."""

from datetime import date
from typing import Any, Final

import pytest

from core.errors import Problems, Required
from models import Relation
from models.relations import Contact, Particulars
from resolvers import relation_fields

TODAY: Final = date(2026, 1, 30)
# What the product says of a relation itself.
OURS: Final = {
    "licence_id",
    "id",
    "kind",
    "display_name",
    "display_name_folded",
    "created_at",
    "updated_at",
    "revision",
    "deleted_at",
}


def test_every_column_that_people_fill_has_a_rule() -> None:
    ruled = relation_fields.FIELDS.keys() | relation_fields.TICKS | {"birth_date"}
    assert ruled == {it.name for it in Relation.__table__.columns} - OURS


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("email", ("email",)),
        ("external_reference", ("externalReference",)),
        *((it, ("contact", relation_fields.camel(it))) for it in Contact.__annotations__),
        *((it, ("details", relation_fields.camel(it))) for it in Particulars.__annotations__),
    ],
)
def test_a_field_stands_in_its_tab(name: str, place: tuple[str, ...]) -> None:
    assert relation_fields.place_of(name) == place


def test_all_mistakes_are_told_in_the_order_of_what_was_said() -> None:
    said: dict[str, Any] = {"phone": "x", "title": "mevrouw", "nace_code": "x", "email": "x"}
    with pytest.raises(Problems) as told:
        relation_fields.kept(said, TODAY)
    assert [it.path for it in told.value.errors] == [
        ("input", "contact", "phone"),
        ("input", "details", "naceCode"),
        ("input", "email"),
    ]


@pytest.mark.parametrize("empty", [None, "", " \u00a0"])
def test_nothing_and_blanks_empty_a_field_and_no_tick(empty: str | None) -> None:
    said = {"phone": empty, "title": empty, "is_disabled": None}
    assert relation_fields.kept(said, TODAY) == {"phone": None, "title": None, "is_disabled": False}


@pytest.mark.parametrize(
    ("kind", "named", "place"),
    [
        ("COMPANY", {"company_name": None, "given_name": "x", "family_name": "y"}, "companyName"),
        ("PERSON", {"company_name": "x", "given_name": None, "family_name": None}, "familyName"),
    ],
)
def test_whoever_is_called_nothing_is_told_what_is_needed(
    kind: str, named: dict[str, Any], place: str
) -> None:
    with pytest.raises(Required) as told:
        relation_fields.displayed(kind, named)
    assert told.value.path == ("input", place)
