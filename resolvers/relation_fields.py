"""What can be said of a relation, field by field, and how each is kept: S026, S027."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from core.errors import Correctable, Problems, Required
from core.viewer import Language
from mail.addresses import address_for
from models.relations import Contact, Particulars
from resolvers.formats import (
    Keep,
    as_it_is,
    born_until,
    identity_card,
    nace_code,
    postal_code,
    register_number,
    telephone,
    text,
    whole,
)

NAME: Final = text(100)
LINE: Final = text(200)
REFERENCE: Final = text(100)
AGE: Final = whole(0, 130)
YEAR: Final = whole(1900, 2200)
FIELDS: Final[Mapping[str, Keep]] = {
    "given_name": NAME,
    "family_name": NAME,
    "company_name": LINE,
    "title": text(50),
    "email": address_for,
    "language": Language,
    "external_reference": REFERENCE,
    "business_unit_id": as_it_is,
    "internal_manager_id": as_it_is,
    "street": LINE,
    "postal_code": postal_code,
    "municipality": NAME,
    "phone": telephone,
    "second_phone": telephone,
    "mobile": telephone,
    "fax": telephone,
    "delivery_method": as_it_is,
    "birth_place": NAME,
    "national_register_number": register_number,
    "professional_category": NAME,
    "nace_code": nace_code,
    "profession": NAME,
    "retirement_age": AGE,
    "retirement_year": YEAR,
    "activity_end_age": AGE,
    "activity_end_year": YEAR,
    "life_expectancy_year": YEAR,
    "identity_card_number": identity_card,
    "identity_card_valid_until": as_it_is,
    "accountant_id": as_it_is,
}
# A tick that is left empty is no.
TICKS: Final = frozenset({"is_deceased", "is_disabled"})
CONTACT: Final = frozenset(Contact.__annotations__)
DETAILS: Final = frozenset(Particulars.__annotations__)


def kept(said: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return what is said of a relation as it is kept: null and blanks alone empty a field.

    Raise Problems with all that is wrong, each with its place behind `input`, such as `contact.phone`.
    """
    return kept_by(said, {**FIELDS, "birth_date": born_until(today), **dict.fromkeys(TICKS, bool)})


def kept_texts(said: Mapping[str, Any], texts: Mapping[str, Keep]) -> dict[str, Any]:
    """Return what is said of another thing: its texts kept so, all else as it is. Raise Problems."""
    return kept_by(said, {**dict.fromkeys(said, as_it_is), **texts})


def kept_by(
    said: Mapping[str, Any], fields: Mapping[str, Keep], places: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """Return what each field is kept as; `places` says where some stand in the input. Raise Problems."""
    columns: dict[str, Any] = {}
    wrong: list[Correctable] = []
    for name, value in said.items():
        try:
            columns[name] = one(fields[name], value, name)
        except Correctable as error:
            wrong.append(error.at("input", *((places or {}).get(name) or place_of(name))))
    if wrong:
        raise Problems(wrong)
    return columns


def one(keep: Keep, value: Any, name: str) -> Any:
    """Return what one field is kept as. Raise what `keep` raises."""
    is_empty = value is None or (isinstance(value, str) and not value.strip())
    return None if is_empty and name not in TICKS else keep(value)


def place_of(name: str) -> Sequence[str]:
    """Return where in the input a field stands."""
    tab = "contact" if name in CONTACT else "details" if name in DETAILS else None
    return (camel(name),) if tab is None else (tab, camel(name))


def camel(name: str) -> str:
    """Return what a field is called outside."""
    first, *others = name.split("_")
    return first + "".join(it.title() for it in others)


def displayed(kind: str, named: Mapping[str, Any]) -> str:
    """Return the name that lists show. Raise Required for a company or a person without one."""
    if kind == "COMPANY":
        name, place = named["company_name"], "companyName"
    else:
        name = " ".join(filter(None, (named["given_name"], named["family_name"])))
        place = "familyName"
    if not name:
        raise Required(path=("input", place))
    return name
