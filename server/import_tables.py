"""The columns of the files that are imported and exported."""

from typing import Final

from server.csv_tables import Table, day, number, references, text, tick, word_of

RELATIONS: Final = Table(
    {
        "kind": word_of("PERSON", "COMPANY"),
        "given_name": text,
        "family_name": text,
        "company_name": text,
        "title": text,
        "email": text,
        "language": word_of("NL", "FR", "DE", "EN"),
        "business_unit": text,
        "internal_manager": text,
        "street": text,
        "postal_code": text,
        "municipality": text,
        "phone": text,
        "second_phone": text,
        "mobile": text,
        "fax": text,
        "delivery_method": word_of("PAPER", "EMAIL", "PORTAL"),
        "birth_date": day,
        "birth_place": text,
        "national_register_number": text,
        "professional_category": text,
        "nace_code": text,
        "profession": text,
        "retirement_age": number,
        "retirement_year": number,
        "activity_end_age": number,
        "activity_end_year": number,
        "life_expectancy_year": number,
        "is_deceased": tick,
        "is_disabled": tick,
        "identity_card_number": text,
        "identity_card_valid_until": day,
        "accountant": text,
    }
)
DOSSIERS: Final = Table(
    {
        "name": text,
        "business_unit": text,
        "manager": text,
        "main_person": text,
        "partner": text,
        "children": references,
        "others": references,
    }
)
# The columns that name the members of a dossier, and what these are in it.
MEMBERS: Final = {"main_person": "MAIN_PERSON", "partner": "PARTNER", "children": "CHILD", "others": "OTHER"}
DOCUMENTS: Final = Table(
    {
        "file": text,
        "description": text,
        "document_date": day,
        "dossier": text,
        "categories": references,
        "relations": references,
        "holdings": references,
        "business_unit": text,
    }
)
