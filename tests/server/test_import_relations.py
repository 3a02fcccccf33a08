"""`import relations`: what a table says is in the files, and each problem is told with its line."""

from pathlib import Path
from typing import Final

import pytest

from models import Event, Relation
from tests.api import Api
from tests.journeys.rows import rows
from tests.server.commands import Types
from tests.server.tables import ANNA, imports, people, table

COLUMNS: Final = (
    "external_reference",
    "kind",
    "given_name",
    "family_name",
    "company_name",
    "title",
    "email",
    "language",
    "business_unit",
    "internal_manager",
    "street",
    "postal_code",
    "municipality",
    "phone",
    "second_phone",
    "mobile",
    "fax",
    "delivery_method",
    "birth_date",
    "birth_place",
    "national_register_number",
    "professional_category",
    "nace_code",
    "profession",
    "retirement_age",
    "retirement_year",
    "activity_end_age",
    "activity_end_year",
    "life_expectancy_year",
    "is_deceased",
    "is_disabled",
    "identity_card_number",
    "identity_card_valid_until",
    "accountant",
)
WHOLE: Final = (
    "crm-1",
    "person",
    "Zoë",
    "Maes",
    "",
    "mevrouw",
    "zoe@maes.example.com",
    "fr",
    "MAIN",
    ANNA,
    "Kouterdreef 18",
    "9000",
    "Gent",
    "09 223 45 67",
    "+31 20 123 4567",
    "0475/12.34.56",
    "",
    "portal",
    "1985-07-30",
    "Gent",
    "85.07.30-033.28",
    "Bediende",
    "6920",
    "Boekhouder",
    "67",
    "2052",
    "65",
    "2050",
    "2075",
    "no",
    "yes",
    "591-2345678-29",
    "2030-01-31",
    "crm-2",
)
FEW: Final = ("external_reference", "family_name", "email", "phone")
MANY: Final = 10_000


def few(number: int) -> list[str]:
    """Return the row of somebody."""
    return [f"crm-{number}", f"Maes {number}", f"maes{number}@example.com", "09 223 45 67"]


async def test_every_column_is_taken(api: Api, types: Types, tmp_path: Path) -> None:
    company = ["crm-2", "company", "", "", "Boekhouding NV", *[""] * 29]
    file = table(tmp_path / "relations.csv", COLUMNS, [WHOLE, company])
    assert await imports(types, "relations", file) == [
        "2 new, 0 changed, 0 as they were; 0 lines with problems."
    ]
    found = await people(api)
    assert found["crm-2"]["displayName"] == "Boekhouding NV"
    assert found["crm-1"] == {
        "externalReference": "crm-1",
        "kind": "PERSON",
        "displayName": "Zoë Maes",
        "givenName": "Zoë",
        "familyName": "Maes",
        "companyName": None,
        "title": "mevrouw",
        "email": "zoe@maes.example.com",
        "language": "FR",
        "revision": 2,
        "businessUnit": {"name": "MAIN"},
        "internalManager": {"username": ANNA},
        "contact": {
            "street": "Kouterdreef 18",
            "postalCode": "9000",
            "municipality": "Gent",
            "phone": "+32 9 223 45 67",
            "secondPhone": "+31 20 123 4567",
            "mobile": "+32 475 12 34 56",
            "fax": None,
            "deliveryMethod": "PORTAL",
        },
        "details": {
            "birthDate": "1985-07-30",
            "birthPlace": "Gent",
            "nationalRegisterNumber": "85073003328",
            "professionalCategory": "Bediende",
            "naceCode": "69.20",
            "profession": "Boekhouder",
            "retirementAge": 67,
            "retirementYear": 2052,
            "activityEndAge": 65,
            "activityEndYear": 2050,
            "lifeExpectancyYear": 2075,
            "isDeceased": False,
            "isDisabled": True,
            "identityCardNumber": "591234567829",
            "identityCardValidUntil": "2030-01-31",
            "accountant": {"displayName": "Boekhouding NV"},
        },
    }


async def test_the_same_rows_come_again_and_change_nothing(api: Api, types: Types, tmp_path: Path) -> None:
    file = table(tmp_path / "relations.csv", FEW, map(few, range(20)))
    await imports(types, "relations", file)
    events = {it.id for it in await rows(api, Event)}
    before = await people(api)
    assert await imports(types, "relations", file) == [
        "0 new, 0 changed, 20 as they were; 0 lines with problems."
    ]
    assert await people(api) == before
    # That the command was run is remembered, and nothing else.
    assert [it.kind for it in await rows(api, Event) if it.id not in events] == ["command.run"]


async def test_an_empty_cell_empties_and_a_column_that_is_left_out_stays(
    api: Api, types: Types, tmp_path: Path
) -> None:
    await imports(types, "relations", table(tmp_path / "one.csv", FEW, [few(1)]))
    file = table(tmp_path / "two.csv", FEW[:3], [["crm-1", "Peeters", ""]], separator=";")
    assert await imports(types, "relations", file) == [
        "0 new, 1 changed, 0 as they were; 0 lines with problems."
    ]
    found = (await people(api))["crm-1"]
    assert (found["familyName"], found["email"], found["revision"]) == ("Peeters", None, 2)
    assert found["contact"]["phone"] == "+32 9 223 45 67"


async def test_an_id_of_ours_will_do_as_a_reference(api: Api, types: Types, tmp_path: Path) -> None:
    bert = api.id("Relation", api.world.relations["bert"].id)
    rows_ = [[bert, "Callewaert-Maes", "crm-1"], ["crm-1", "Maes", ""]]
    file = table(tmp_path / "one.csv", ["external_reference", "family_name", "accountant"], rows_)
    assert await imports(types, "relations", file) == [
        "1 new, 1 changed, 0 as they were; 0 lines with problems."
    ]
    found = (await people(api))["Bert Callewaert-Maes"]
    assert found["externalReference"] is None
    assert found["details"]["accountant"]["displayName"] == "Maes"


MISTAKES: Final = {
    "family_name": ("", "This is needed."),
    "email": ("nobody", "This is not an e-mail address."),
    "language": ("XX", "This is none of NL, FR, DE, EN."),
    "business_unit": ("ELSEWHERE", "There is nothing here with this name."),
    "internal_manager": ("bert@callewaert.example", "There is nothing here with this name."),
    "postal_code": ("?", "This is not a postal code."),
    "phone": ("1", "This is not a telephone number."),
    "birth_date": ("30/07/1985", "This is not a date, such as 1985-07-30."),
    "national_register_number": ("85.07.30-033.29", "This is not a national register number"),
    "nace_code": ("99999", "This code is not in the list of NACE codes."),
    "retirement_age": ("many", "This is not a whole number."),
    "retirement_year": ("1", "This must be a number from 1900 to 2200."),
    "is_deceased": ("perhaps", "This is neither yes nor no."),
    "identity_card_number": ("591-2345678-12", "This is not the number of an identity card."),
    "street": ("x" * 201, "This is longer than 200 characters."),
    "title": ("a\0b", "This is not a valid value."),
    "accountant": ("crm-none", "There is nothing here with this name."),
}


PLANTED: Final = 22


def planted(good: list[list[str]], columns: list[str]) -> tuple[list[list[str]], list[str]]:
    """Return the rows with every kind of mistake in them, and how the line that tells of each begins."""
    rows_ = [list(it) for it in good]
    expected: list[str] = []
    for at, (name, (cell, message)) in enumerate(MISTAKES.items()):
        rows_[at * 500 + 7][columns.index(name)] = cell
        expected.append(f"line {at * 500 + 9}: {name}: {message}")
    # Whoever names a row with a problem has one too, and so has whoever names him.
    accountant = columns.index("accountant")
    rows_[9_500][accountant], rows_[9_600][accountant] = "crm-7", "crm-9500"
    rows_[9_700][0], rows_[9_800][0] = "crm-9701", ""
    rows_[9_900] = ["crm-9900", "Maes"]
    expected += [
        "line 9502: accountant: The row that this one names has a problem.",
        "line 9602: accountant: The row that this one names has a problem.",
        "line 9703: external_reference: Another row has this reference too.",
        "line 9802: external_reference: This is needed.",
        f"line 9902: There are 2 cells, and {len(columns)} columns.",
    ]
    return rows_, expected


async def references(api: Api) -> set[str]:
    """Return what other programs call the firm's relations."""
    return {it.external_reference for it in await rows(api, Relation) if it.external_reference}


async def test_ten_thousand_rows_with_every_kind_of_mistake(api: Api, types: Types, tmp_path: Path) -> None:
    columns = ["external_reference", *MISTAKES]
    good = [[f"crm-{it}", f"Maes {it}", *[""] * (len(MISTAKES) - 1)] for it in range(MANY)]
    bad, expected = planted(good, columns)
    file = table(tmp_path / "relations.csv", columns, bad)
    summary = f"{MANY - PLANTED} new, 0 changed, 0 as they were; {PLANTED} lines with problems."

    tried = await imports(types, "relations", "--dry-run", file, status=1)
    assert tried[-1] == f"{summary} Nothing was written."
    assert await references(api) == set()
    said = await imports(types, "relations", file, status=1)
    assert said == [*tried[:-1], summary]
    told = zip(said, expected, strict=False)
    assert [it for it, start in told if not it.startswith(start)] == []
    wrong = {good[int(it.split(":")[0].removeprefix("line ")) - 2][0] for it in expected}
    # The row that has another's reference came in under it, and the other did not.
    assert await references(api) == {it[0] for it in good} - wrong - {"crm-9700"} | {"crm-9701"}

    mended = table(tmp_path / "mended.csv", columns, good)
    assert await imports(types, "relations", mended) == [
        f"{PLANTED} new, 1 changed, {MANY - PLANTED - 1} as they were; 0 lines with problems."
    ]
    assert await references(api) == {it[0] for it in good}


async def test_the_address_of_somebody_with_access_is_changed_on_his_sheet(
    api: Api, types: Types, tmp_path: Path
) -> None:
    bert = api.id("Relation", api.world.relations["bert"].id)
    file = table(tmp_path / "one.csv", ["external_reference", "email"], [[bert, "new@example.com"]])
    (problem, said) = await imports(types, "relations", file, status=1)
    assert problem.startswith("line 2: email: This relation signs in with its e-mail address")
    assert said == "0 new, 0 changed, 0 as they were; 1 lines with problems."
    assert (await people(api))["Bert Callewaert"]["email"] == "bert@callewaert.example"


async def test_a_person_becomes_no_company(api: Api, types: Types, tmp_path: Path) -> None:
    bert = api.id("Relation", api.world.relations["bert"].id)
    file = table(tmp_path / "one.csv", ["external_reference", "kind"], [[bert, "COMPANY"]])
    (problem, _) = await imports(types, "relations", file, status=1)
    assert problem == "line 2: kind: A person cannot become a company, nor a company a person."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"family_name\nMaes\n", "the first line names each column once, and external_reference among them."),
        (b"external_reference,shoe_size\n1,42\n", "nobody knows a column 'shoe_size'"),
        (b"external_reference,email,email\n1,a,b\n", "the first line names each column once"),
        (b"external_reference,title\n1,\xff\n", "can't decode byte 0xff"),
        (b'external_reference,title\n1,"open\n', "unexpected end of data"),
        (b"", "the first line names each column once"),
    ],
)
@pytest.mark.usefixtures("world")
async def test_what_is_no_such_table_is_told_in_one_line(
    types: Types, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "relations.csv"
    file.write_bytes(content)
    result = await types("import", "relations", "de-linde", str(file), "--as", ANNA)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"kluis: {file}: ")
    assert said in result.stderr


@pytest.mark.parametrize("actor", ["bert@callewaert.example", "nobody@de-linde.example"])
@pytest.mark.usefixtures("world")
async def test_nobody_but_the_staff_imports(types: Types, tmp_path: Path, actor: str) -> None:
    file = table(tmp_path / "one.csv", FEW, [few(1)])
    result = await types("import", "relations", "de-linde", str(file), "--as", actor)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "kluis: Nobody with this user name works for the firm.\n"
