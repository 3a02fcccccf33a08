"""The list of documents, as each of the cast sees it: narrowed, sorted, and page by page."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.folding import fold
from core.rights import Right
from core.tokens import pack
from demo.firm import Firm
from models import Document
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import refusals
from tests.journeys.rows import delete_document, rows, writing
from tests.world import World

LIST = "{ documents { totalCount nodes { description } } }"
PAGE = """
query (
  $first: Int, $after: String, $last: Int, $before: String
  $filter: DocumentFilter, $orderBy: DocumentOrder
) {
  documents(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    totalCount
    edges { cursor node { id } }
    nodes { id description updatedAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
DAY = timedelta(days=1)
WORLDS_OWN = "Huwelijkscontract"
FIELDS = ["UPDATED_AT", "CREATED_AT", "DOCUMENT_DATE", "DESCRIPTION"]
DIRECTIONS = ["ASC", "DESC"]


class Paper(NamedTuple):
    """One document more: what it says, how old it is in days, the date on it, and its categories."""

    description: str
    age: int
    document_date: date | None
    categories: tuple[str, ...]


# Two of each sort value stand side by side, so that only the id tells them apart.
PAPERS = (
    Paper("Akte van de Élan", 5, date(2020, 1, 2), ("deeds",)),
    Paper("100% zeker", 4, None, ()),
    Paper("akte van de elan", 4, date(2020, 1, 2), ("deeds", "wills")),
    Paper("Plan_B \\ C", 3, date(1999, 12, 31), ("wills",)),
    Paper("Straße", 2, None, ("contracts",)),
)


async def fill(firm: Firm, world: World) -> None:
    """Add the papers, which Bert may read: the first two hang on him, one is in Dirk's dossier."""
    relations, accounts = world.relations, world.accounts
    links: dict[int, dict[str, Any]] = {
        0: {"relations": [relations["bert"]]},
        1: {"relations": [relations["bert"], relations["noor"]]},
        2: {"dossier": world.dossier},
        3: {"relations": [relations["dirk"]]},
    }
    for number, paper in enumerate(PAPERS):
        maker = accounts["arthur"] if number == 0 else accounts["anna"]
        document = await firm.document(
            paper.description,
            maker,
            document_date=paper.document_date,
            categories=paper.categories,
            at=START - paper.age * DAY,
            **links.get(number, {}),
        )
        await firm.grant(document, accounts["bert"].id, Right.READ, granted_at=START - paper.age * DAY - DAY)


@pytest.fixture
async def papers(api: Api) -> Api:
    """Five documents beside the world's own."""
    async with writing(api) as firm:
        await fill(firm, api.world)
    return api


async def described(api: Api, who: str, **arguments: Any) -> list[str]:
    page = (await api.gets(who, PAGE, **arguments))["documents"]
    assert page["totalCount"] == len(page["nodes"])
    return [it["description"] for it in page["nodes"]]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("bert", [WORLDS_OWN]),
        ("carla", []),
        ("dirk", []),
        ("anna", [WORLDS_OWN]),
        ("arthur", [WORLDS_OWN]),
        ("eva", ["Geheim van een ander"]),
    ],
)
async def test_each_sees_what_was_shared_with_him(api: Api, who: str, seen: list[str]) -> None:
    nodes = [{"description": it} for it in seen]
    assert await api.gets(who, LIST) == {"documents": {"totalCount": len(seen), "nodes": nodes}}


async def test_nobody_is_asked_to_sign_in_first(api: Api) -> None:
    answer = await api.ask("nobody", LIST)
    assert answer["data"] == {"documents": None}
    assert [it["extensions"] for it in answer["errors"]] == [{"code": "UNAUTHENTICATED"}]


async def test_a_deleted_document_is_in_no_list_and_no_count(papers: Api) -> None:
    await delete_document(papers, papers.world.document.id)
    for who in ("bert", "anna"):
        assert WORLDS_OWN not in await described(papers, who)


async def test_a_right_to_change_without_the_right_to_read_shows_nothing(api: Api) -> None:
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["carla"].id, Right.UPDATE | Right.DELETE)
    assert await described(api, "carla") == []


Narrowing = Callable[[Api], dict[str, Any]]
FIRST, SURE, SECOND, PLAN, STREET = (it.description for it in PAPERS)
EVERYTHING = {FIRST, SURE, SECOND, PLAN, STREET, WORLDS_OWN}


def category(api: Api, key: str) -> str:
    return api.id("Category", api.world.firm.categories[key])


FILTERS: dict[str, tuple[Narrowing, set[str]]] = {
    "nothing": (lambda _: {}, EVERYTHING),
    "only nulls": (lambda _: {"categoryIds": None, "dossierId": None, "updatedAfter": None}, EVERYTHING),
    "one category": (lambda api: {"categoryIds": [category(api, "deeds")]}, {FIRST, SECOND}),
    "either category": (
        lambda api: {"categoryIds": [category(api, "deeds"), category(api, "wills")]},
        {FIRST, SECOND, PLAN},
    ),
    "the same category twice": (lambda api: {"categoryIds": [category(api, "wills")] * 2}, {SECOND, PLAN}),
    "no category at all": (lambda _: {"categoryIds": []}, set()),
    "a category that never was": (lambda api: {"categoryIds": [api.id("Category", uuid4())]}, set()),
    "uncategorised": (lambda _: {"uncategorised": True}, {SURE}),
    "not only uncategorised": (lambda _: {"uncategorised": False}, EVERYTHING),
    "text": (lambda _: {"descriptionContains": "CONTRACT"}, {WORLDS_OWN}),
    "text with accents": (lambda _: {"descriptionContains": "élan"}, {FIRST, SECOND}),
    "text without accents": (lambda _: {"descriptionContains": "ELAN"}, {FIRST, SECOND}),
    "a sharp s": (lambda _: {"descriptionContains": "STRASSE"}, {STREET}),
    "a percent sign": (lambda _: {"descriptionContains": "%"}, {SURE}),
    "an underscore": (lambda _: {"descriptionContains": "_"}, {PLAN}),
    "a backslash": (lambda _: {"descriptionContains": "\\"}, {PLAN}),
    "a backslash before a wildcard": (lambda _: {"descriptionContains": "\\%"}, set()),
    "blanks": (lambda _: {"descriptionContains": "  van   DE "}, {FIRST, SECOND}),
    "no text": (lambda _: {"descriptionContains": ""}, EVERYTHING),
    "200 letters": (lambda _: {"descriptionContains": "x" * 200}, set()),
    "a quote": (lambda _: {"descriptionContains": "'; DROP TABLE document; --"}, set()),
    "dossier and its members": (
        lambda api: {"dossierId": api.id("Dossier", api.world.dossier.id)},
        {FIRST, SURE, SECOND, WORLDS_OWN},
    ),
    "relation": (
        lambda api: {"relationId": api.id("Relation", api.world.relations["bert"].id)},
        {FIRST, SURE, WORLDS_OWN},
    ),
    "business unit": (
        lambda api: {"businessUnitId": api.id("BusinessUnit", api.world.firm.business_unit)},
        EVERYTHING,
    ),
    "maker": (lambda api: {"createdById": api.id("Account", api.world.accounts["arthur"].id)}, {FIRST}),
    "changed after": (lambda _: {"updatedAfter": "2026-01-27T09:00:00Z"}, {STREET, WORLDS_OWN}),
    "changed after, elsewhere on earth": (
        lambda _: {"updatedAfter": "2026-01-27T08:59:59-00:00"},
        {PLAN, STREET, WORLDS_OWN},
    ),
    "changed before": (lambda _: {"updatedBefore": "2026-01-26T10:00:00+01:00"}, {FIRST}),
    "changed between": (
        lambda _: {"updatedAfter": "2026-01-25T09:00:00Z", "updatedBefore": "2026-01-27T09:00:00Z"},
        {SURE, SECOND},
    ),
    "category and text": (
        lambda api: {"categoryIds": [category(api, "deeds")], "descriptionContains": "É"},
        {FIRST, SECOND},
    ),
    "category and uncategorised": (
        lambda api: {"categoryIds": [category(api, "deeds")], "uncategorised": True},
        set(),
    ),
    "everything at once": (
        lambda api: {
            "categoryIds": [category(api, "deeds")],
            "uncategorised": False,
            "descriptionContains": "akte",
            "dossierId": api.id("Dossier", api.world.dossier.id),
            "relationId": api.id("Relation", api.world.relations["bert"].id),
            "businessUnitId": api.id("BusinessUnit", api.world.firm.business_unit),
            "createdById": api.id("Account", api.world.accounts["arthur"].id),
            "updatedAfter": "2026-01-01T00:00:00Z",
            "updatedBefore": "2026-02-01T00:00:00Z",
        },
        {FIRST},
    ),
    "an id of another type": (lambda api: {"relationId": api.id("Dossier", api.world.dossier.id)}, set()),
    "an id of another licence": (
        lambda api: {"createdById": api.id("Account", api.world.accounts["eva"].id)},
        set(),
    ),
}


@pytest.mark.parametrize("who", ["anna", "bert"])
async def test_every_filter_narrows_the_list_and_its_count(papers: Api, who: str) -> None:
    for name, (narrowing, seen) in FILTERS.items():
        found = await described(papers, who, filter=narrowing(papers))
        assert (name, set(found), len(found)) == (name, seen, len(seen))


async def test_a_filter_by_a_dossier_lists_what_its_members_sent(api: Api) -> None:
    await api.upload("carla", "a.txt", b"from Carla", description="Van Carla")
    dossier = {"dossierId": api.id("Dossier", api.world.dossier.id)}
    assert await described(api, "anna", filter=dossier) == ["Van Carla", WORLDS_OWN]


@pytest.mark.parametrize("who", ["anna", "bert"])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("field", FIELDS)
async def test_the_list_is_sorted_by_every_field_in_both_directions(
    papers: Api, who: str, field: str, direction: str
) -> None:
    # given what the rows say
    undated = date(1, 1, 1)
    keys: dict[str, Callable[[Document], Any]] = {
        "UPDATED_AT": lambda it: it.updated_at,
        "CREATED_AT": lambda it: it.created_at,
        "DOCUMENT_DATE": lambda it: it.document_date or undated,
        "DESCRIPTION": lambda it: fold(it.description),
    }
    expected = sorted(
        await rows(papers, Document), key=lambda it: (keys[field](it), it.id), reverse=direction == "DESC"
    )
    # when
    found = await described(papers, who, orderBy={"field": field, "direction": direction})
    # then
    assert found == [it.description for it in expected]


async def test_the_newest_comes_first_when_nothing_is_said(papers: Api) -> None:
    assert await described(papers, "anna") == await described(
        papers, "anna", orderBy={"field": "UPDATED_AT", "direction": "DESC"}
    )


@pytest.mark.parametrize("who", ["anna", "bert"])
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize(
    ("count", "cursor", "forward"), [("first", "after", True), ("last", "before", False)]
)
async def test_walking_by_pages_meets_every_document_once_in_order(
    papers: Api, *, who: str, size: int, count: str, cursor: str, forward: bool
) -> None:
    for field in FIELDS:
        order = {"field": field, "direction": "ASC"}
        whole = [it["id"] for it in (await page_of(papers, who, orderBy=order))["nodes"]]
        met: list[str] = []
        at: str | None = None
        more = True
        while more and len(met) <= len(whole):
            page = await page_of(papers, who, **{count: size, cursor: at, "orderBy": order})
            found = [it["id"] for it in page["nodes"]]
            met = met + found if forward else found + met
            at = page["pageInfo"]["endCursor" if forward else "startCursor"]
            more = page["pageInfo"]["hasNextPage" if forward else "hasPreviousPage"]
            assert len(found) == size or not more
            assert page["totalCount"] == len(EVERYTHING)
        assert met == whole


async def page_of(api: Api, who: str, **arguments: Any) -> dict[str, Any]:
    return (await api.gets(who, PAGE, **arguments))["documents"]


edges = st.none() | st.integers(0, len(PAPERS))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.sampled_from(["anna", "bert"]),
    field=st.sampled_from(FIELDS),
    direction=st.sampled_from(DIRECTIONS),
    size=st.integers(1, 7),
    after=edges,
    before=edges,
    backwards=st.booleans(),
)
async def test_a_page_is_a_slice_of_the_whole_list(
    papers: Api,
    *,
    who: str,
    field: str,
    direction: str,
    size: int,
    after: int | None,
    before: int | None,
    backwards: bool,
) -> None:
    # given
    order = {"field": field, "direction": direction}
    whole = (await page_of(papers, who, orderBy=order))["edges"]
    cursors = {
        "after": None if after is None else whole[after]["cursor"],
        "before": None if before is None else whole[before]["cursor"],
    }
    # when
    page = await page_of(papers, who, orderBy=order, **{"last" if backwards else "first": size}, **cursors)
    # then
    between = whole[0 if after is None else after + 1 : before]
    assert page["edges"] == (between[-size:] if backwards else between[:size])
    information = page["pageInfo"]
    more = information["hasPreviousPage" if backwards else "hasNextPage"]
    assert more == (len(between) > size)
    ends = [it["cursor"] for it in page["edges"]] or [None]
    assert (information["startCursor"], information["endCursor"]) == (ends[0], ends[-1])


async def test_a_document_that_came_in_meanwhile_moves_no_page(papers: Api) -> None:
    first = await page_of(papers, "anna", first=2, orderBy={"field": "CREATED_AT"})
    await papers.upload("anna", "a.txt", b"new", description="Nieuw")
    after = first["pageInfo"]["endCursor"]
    second = await page_of(papers, "anna", first=100, after=after, orderBy={"field": "CREATED_AT"})
    assert {it["description"] for it in (*first["nodes"], *second["nodes"])} == EVERYTHING


async def test_a_cursor_holds_when_its_document_is_gone(papers: Api) -> None:
    whole = await page_of(papers, "anna")
    document = next(it for it in await rows(papers, Document) if it.description == STREET)
    await delete_document(papers, document.id)
    at = [it["description"] for it in whole["nodes"]].index(STREET)
    rest = await page_of(papers, "anna", after=whole["edges"][at]["cursor"])
    assert rest["nodes"] == whole["nodes"][at + 1 :]


async def test_25_documents_make_a_page_when_nothing_is_said(api: Api) -> None:
    async with writing(api) as firm:
        for number in range(26):
            await firm.document(f"Nr {number}", api.world.accounts["anna"])
    page = await page_of(api, "anna")
    assert (len(page["nodes"]), page["totalCount"], page["pageInfo"]["hasNextPage"]) == (25, 27, True)


def crafted(tag: bytes) -> str:
    return pack(uuid4().bytes + tag)


DATED = {"field": "UPDATED_AT"}
BY_TEXT = {"field": "DESCRIPTION"}
STALE = ("INVALID", ["after"])


@pytest.mark.parametrize("who", ["anna", "bert"])
@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"first": 0}, ("INVALID", ["first"])),
        ({"first": -1}, ("INVALID", ["first"])),
        ({"first": 101}, ("INVALID", ["first"])),
        ({"first": 1000}, ("INVALID", ["first"])),
        ({"first": 2**31 - 1}, ("INVALID", ["first"])),
        ({"first": -(2**31)}, ("INVALID", ["first"])),
        ({"last": 0}, ("INVALID", ["last"])),
        ({"last": 101}, ("INVALID", ["last"])),
        ({"first": 1, "last": 1}, ("INVALID", ["last"])),
        ({"after": ""}, STALE),
        ({"after": "garbage"}, STALE),
        ({"after": "é"}, STALE),
        ({"after": crafted(b"")}, STALE),
        ({"before": crafted(b"UPDATED_AT+2026-01-01T00:00:00+00:00")}, ("INVALID", ["before"])),
        ({"after": crafted(b"DESCRIPTION-akte")}, STALE),
        ({"after": crafted(b"UPDATED_AT-today")}, STALE),
        ({"after": crafted(b"UPDATED_AT-2026-01-01T00:00:00"), "orderBy": DATED}, STALE),
        ({"after": crafted(b"UPDATED_AT-0001-01-01T00:00:00+14:00"), "orderBy": DATED}, STALE),
        ({"after": crafted(b"UPDATED_AT-9999-12-31T23:59:59-14:00"), "orderBy": DATED}, STALE),
        ({"after": crafted(b"DESCRIPTION-\0"), "orderBy": BY_TEXT}, STALE),
        ({"after": crafted(b"DOCUMENT_DATE-0000-01-01"), "orderBy": {"field": "DOCUMENT_DATE"}}, STALE),
        ({"filter": {"updatedAfter": "2026-01-27T09:00:00"}}, ("INVALID", ["filter"])),
        ({"filter": {"updatedBefore": "2026-01-27T09:00:00"}}, ("INVALID", ["filter"])),
        ({"filter": {"updatedAfter": "0001-01-01T00:00:00+14:00"}}, ("INVALID", ["filter"])),
        ({"filter": {"updatedBefore": "9999-12-31T23:59:59-14:00"}}, ("INVALID", ["filter"])),
        ({"filter": {"descriptionContains": "x" * 201}}, ("TOO_LONG", ["filter", "descriptionContains"])),
        ({"filter": {"categoryIds": ["x"]}}, ("INVALID", ["filter", "categoryIds"])),
        ({"filter": {"dossierId": ""}}, ("INVALID", ["filter", "dossierId"])),
        ({"filter": {"relationId": "Ré"}}, ("INVALID", ["filter", "relationId"])),
        ({"filter": {"businessUnitId": "B"}}, ("INVALID", ["filter", "businessUnitId"])),
        ({"filter": {"createdById": str(uuid4())}}, ("INVALID", ["filter", "createdById"])),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    api: Api, who: str, arguments: dict[str, Any], refusal: tuple[str, list[str]]
) -> None:
    assert await refusals(api, who, PAGE, **arguments) == [refusal]


async def test_a_cursor_belongs_to_one_order(papers: Api) -> None:
    for field in FIELDS:
        for direction in DIRECTIONS:
            order = {"field": field, "direction": direction}
            cursor = (await page_of(papers, "anna", orderBy=order))["pageInfo"]["startCursor"]
            answers = {
                (one, way): await refusals(
                    papers, "anna", PAGE, after=cursor, orderBy={"field": one, "direction": way}
                )
                for one in FIELDS
                for way in DIRECTIONS
            }
            assert answers.pop((field, direction)) == []
            assert list(answers.values()) == [[STALE]] * 7


async def test_a_hundred_ids_are_the_most_that_a_filter_takes(api: Api) -> None:
    contracts = category(api, "contracts")
    assert await described(api, "anna", filter={"categoryIds": [contracts] * 100}) == [WORLDS_OWN]
    assert await refusals(api, "anna", PAGE, filter={"categoryIds": [contracts] * 101}) == [
        ("INVALID", ["filter", "categoryIds"])
    ]


@pytest.mark.parametrize(
    ("text", "in_a_document"),
    [
        ("a\0b", "INVALID"),
        # GraphQL itself has no half characters (section 2.9.4).
        (chr(0xD800), "GRAPHQL_PARSE_FAILED"),
        (chr(0xDFFF), "GRAPHQL_PARSE_FAILED"),
        ("a\udc00\ud800", "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_a_text_that_no_database_can_keep_is_refused(api: Api, text: str, in_a_document: str) -> None:
    assert await refusals(api, "anna", PAGE, filter={"descriptionContains": text}) == [("INVALID", None)]
    spelled = text.encode("ascii", "backslashreplace").decode().replace("\0", "\\u0000")
    written = f'{{ documents(filter: {{descriptionContains: "{spelled}"}}) {{ totalCount }} }}'
    assert await refusals(api, "anna", written) == [(in_a_document, None)]


SHARE = (
    "mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) { userErrors { code } } }"
)
UPDATE = "mutation ($input: UpdateDocumentInput!) { updateDocument(input: $input) { userErrors { code } } }"
EARLY = "2026-01-30T09:00:00+00:00"
LATER = "2026-01-30T09:05:00+00:00"
LATEST = "2026-01-30T09:10:00+00:00"


async def dates(api: Api, who: str) -> dict[str, str]:
    return {it["description"]: it["updatedAt"] for it in (await page_of(api, who))["nodes"]}


async def share_with_carla(api: Api) -> None:
    said = {
        "documentId": api.id("Document", api.world.document.id),
        "principalId": api.id("Account", api.world.accounts["carla"].id),
        "rights": ["READ"],
    }
    answer = await api.gets("anna", SHARE, input=said)
    assert answer["setDocumentRights"]["userErrors"] == []


async def test_sharing_with_one_client_does_not_move_the_date_of_another(api: Api, clock: SetClock) -> None:
    clock.moment = datetime.fromisoformat(LATER)
    await share_with_carla(api)
    assert await dates(api, "bert") == {WORLDS_OWN: EARLY}
    assert await dates(api, "carla") == {WORLDS_OWN: LATER}
    assert await dates(api, "anna") == {WORLDS_OWN: LATER}


async def test_classifying_moves_the_date_that_every_reader_sees(api: Api, clock: SetClock) -> None:
    clock.moment = datetime.fromisoformat(LATER)
    await share_with_carla(api)
    clock.moment = datetime.fromisoformat(LATEST)
    said: dict[str, Any] = {"documentId": api.id("Document", api.world.document.id), "categoryIds": []}
    await api.gets("anna", UPDATE, input=said)
    for who in ("bert", "carla", "anna"):
        assert await dates(api, who) == {WORLDS_OWN: LATEST}


async def test_a_clients_list_is_sorted_by_his_own_dates(api: Api, clock: SetClock) -> None:
    # given a newer document, and then the older one shared with Carla
    clock.moment = datetime.fromisoformat(LATER)
    async with writing(api) as firm:
        newer = await firm.document("Nieuwer", api.world.accounts["anna"])
        for name in ("bert", "carla"):
            await firm.grant(newer, api.world.accounts[name].id, Right.READ)
    clock.moment = datetime.fromisoformat(LATEST)
    await share_with_carla(api)
    # then
    assert list(await dates(api, "bert")) == ["Nieuwer", WORLDS_OWN]
    assert list(await dates(api, "carla")) == [WORLDS_OWN, "Nieuwer"]
    after = {"updatedAfter": LATER}
    assert await described(api, "bert", filter=after) == []
    assert await described(api, "carla", filter=after) == [WORLDS_OWN]
    assert await described(api, "anna", filter=after) == [WORLDS_OWN]
