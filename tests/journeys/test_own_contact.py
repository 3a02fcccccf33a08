"""A client's own sheet: he corrects how he is reached, and whoever looks after him is told."""

from typing import Any, Final

import pytest

from models import Event, Letter, Relation
from tests.api import Api
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.keeping import does, let_programs_in, mutation, relation, tries
from tests.journeys.people import add_account
from tests.journeys.rows import row, rows, set_values
from tests.journeys.test_relations import KEPT, PERSON

SHEET: Final = "query ($id: ID!) { relation(id: $id) { contact { street phone } revision } }"
CONTACT: Final[dict[str, Any]] = PERSON["contact"]


async def own(api: Api, who: str = "bert") -> Relation:
    return await row(api, Relation, id=api.world.relations[who].id)


async def letters(api: Api) -> list[tuple[str, str, Any]]:
    found = await rows(api, Letter)
    return sorted((it.kind, it.recipient, it.details.get("client_name")) for it in found)


async def test_all_of_the_contact_tab_is_his_to_correct(api: Api) -> None:
    changed = await does(api, "bert", "updateContactDetails", contact=CONTACT)
    contact = CONTACT | KEPT["contact"]
    assert changed == {"displayName": "Bert Callewaert", "revision": 2, "contact": contact}
    (event,) = await rows(api, Event)
    bert = api.world.accounts["bert"]
    assert (event.kind, event.account_id, event.relation_id) == (
        "relation.contact_updated",
        bert.id,
        bert.relation_id,
    )
    assert event.details["changed"] == sorted(event.details["changed"])
    assert len(event.details["changed"]) == 8
    seen = await api.gets("anna", SHEET, id=relation(api, "bert"))
    assert seen["relation"]["contact"] == {"street": "Lindelaan 1 bus 2", "phone": "+32 9 223 45 67"}


async def test_what_is_left_out_stays_and_null_empties(api: Api) -> None:
    await does(api, "bert", "updateContactDetails", contact=CONTACT)
    changed = await does(api, "bert", "updateContactDetails", contact={"street": " ", "fax": None})
    assert changed["contact"] == CONTACT | KEPT["contact"] | {"street": None, "fax": None}


async def test_whoever_looks_after_him_is_told(api: Api) -> None:
    await does(api, "bert", "updateContactDetails", contact={"street": "Laan 1"})
    assert await letters(api) == [("contact_changed", "anna@de-linde.example", "Bert Callewaert")]
    # nobody manages the dossier of Dirk
    await does(api, "dirk", "updateContactDetails", contact={"street": "Laan 1"})
    assert (await letters(api))[1:] == [("contact_changed", "arthur@de-linde.example", "Dirk Schyns")]


@pytest.mark.parametrize("contact", [{}, {"street": None}, {"phone": "09/223.45.67"}])
async def test_what_stands_already_is_told_to_nobody(api: Api, contact: dict[str, Any]) -> None:
    await set_values(api, Relation, api.world.relations["bert"].id, phone="+32 9 223 45 67")
    assert (await does(api, "bert", "updateContactDetails", contact=contact))["revision"] == 1
    assert await rows(api, Event) == []
    assert await letters(api) == []


async def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    said = {"street": "x" * 201, "postalCode": "Gent", "mobile": "1", "municipality": "Gent"}
    payload = await tries(api, "bert", "updateContactDetails", contact=said)
    assert (payload["relation"], mistakes(payload)) == (
        None,
        [
            ("TOO_LONG", ["input", "contact", "street"]),
            ("INVALID", ["input", "contact", "postalCode"]),
            ("INVALID", ["input", "contact", "mobile"]),
        ],
    )
    assert (await own(api)).municipality is None
    assert await letters(api) == []


async def test_what_the_firm_changed_meanwhile_is_not_overwritten(api: Api) -> None:
    await does(api, "anna", "updateRelation", relationId=relation(api, "bert"), title="dr.")
    said: dict[str, Any] = {"contact": {"street": "Laan 1"}}
    payload = await tries(api, "bert", "updateContactDetails", **said, ifRevision=1)
    assert mistakes(payload) == [("CONFLICT", ["input", "ifRevision"])]
    assert payload["userErrors"][0]["currentRevision"] == 2
    assert (await does(api, "bert", "updateContactDetails", **said, ifRevision=2))["revision"] == 3


async def test_only_a_client_has_a_sheet_of_his_own(api: Api) -> None:
    await let_programs_in(api)
    await add_account(api, "olga", "AUDITOR")
    said = {"contact": {"street": "Laan 1"}}
    for who in ("anna", "arthur", "olga"):
        payload = await tries(api, who, "updateContactDetails", **said)
        assert mistakes(payload) == [("FORBIDDEN", None)]
    for who, code in {"crm": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}.items():
        refused = await refused_fields(api, who, mutation("updateContactDetails"), input=said)
        assert refused == [(code, ["updateContactDetails"])]
    assert await rows(api, Event, kind="relation.contact_updated") == []


async def test_the_rest_of_his_sheet_is_not_his_to_change_or_to_see(api: Api) -> None:
    said = {"relationId": relation(api, "bert"), "title": "graaf"}
    refused = await refused_fields(api, "bert", mutation("updateRelation"), input=said)
    assert refused == [("FORBIDDEN", ["updateRelation"])]
    query = "query ($id: ID!) { relation(id: $id) { details { profession } externalReference } }"
    assert await refused_fields(api, "bert", query, id=relation(api, "bert")) == [
        ("FORBIDDEN", ["relation", "details"]),
        ("FORBIDDEN", ["relation", "externalReference"]),
    ]
    partner = "query ($id: ID!) { relation(id: $id) { contact { phone } } }"
    refused = await refused_fields(api, "bert", partner, id=relation(api, "carla"))
    assert refused == [("FORBIDDEN", ["relation", "contact"])]
