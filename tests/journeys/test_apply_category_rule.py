"""A rule applied to the documents of today: first looked at, then done only if it is still the same (A4)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.rights import ALL_RIGHTS, Right
from models import CategoryRule, Document, DocumentGrant, Event, Letter
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, mistakes, refusals, refused_fields
from tests.journeys.people import add_account, add_advisor, add_client, add_group
from tests.journeys.rows import delete_document, row, rows, set_values, writing
from tests.journeys.rules import (
    APPLY,
    PREVIEW,
    can,
    change_document,
    events,
    put_into,
    set_rule,
    stamped,
    standing_rule,
    told,
)

READ, UPDATE, DELETE = Right.READ, Right.UPDATE, Right.DELETE
NUMBERS = ("Nr 1", "Nr 2", "Nr 3")


@pytest.fixture
async def papers(api: Api) -> list[Document]:
    """Three wills in the dossier, the newest last, which no client was given."""
    async with writing(api) as firm:
        anna, dossier = api.world.accounts["anna"], api.world.dossier
        return [
            await firm.document(
                name,
                anna,
                dossier=dossier,
                categories=["wills"],
                at=START - timedelta(days=9) + timedelta(minutes=number),
            )
            for number, name in enumerate(NUMBERS)
        ]


def written(api: Api, rule: CategoryRule) -> str:
    return api.id("CategoryRule", rule.id)


async def preview(api: Api, who: str, rule: CategoryRule, **page: Any) -> dict[str, Any]:
    return (await api.gets(who, PREVIEW, rule=written(api, rule), **page))["previewCategoryRule"]


async def would_share(api: Api, who: str, rule: CategoryRule) -> tuple[int, list[str]]:
    """Return how many documents a rule would share, and which."""
    page = await preview(api, who, rule)
    return page["totalCount"], [it["description"] for it in page["documents"]]


async def apply(api: Api, who: str, rule: CategoryRule, count: int) -> dict[str, Any]:
    said = {"ruleId": written(api, rule), "expectedCount": count}
    return (await api.gets(who, APPLY, input=said))["applyCategoryRule"]


async def done(api: Api, who: str, rule: CategoryRule, count: int) -> int:
    """Return how many grants it made, when all went well."""
    payload = await apply(api, who, rule, count)
    assert payload["userErrors"] == []
    return payload["grantedCount"]


async def stands(api: Api) -> tuple[list[int], list[int]]:
    """Return how many grants, events and letters there are, and each document's revision."""
    counts = [len(await rows(api, kind)) for kind in (DocumentGrant, Event, Letter)]
    return counts, [it.revision for it in await rows(api, Document)]


async def test_a_rule_can_be_applied_to_what_stands_already(api: Api, papers: Sequence[Document]) -> None:
    rule = await standing_rule(api, READ)
    assert await would_share(api, "anna", rule) == (3, list(reversed(NUMBERS)))
    assert await done(api, "anna", rule, 3) == 6
    for paper in papers:
        assert await stamped(api, paper.id) == {"bert": READ, "carla": READ}
        assert await can(api, "carla", paper.id) == ["READ"]
    assert await can(api, "dirk", papers[0].id) is None
    # and there is nothing left to do
    assert await would_share(api, "anna", rule) == (0, [])
    assert await done(api, "anna", rule, 0) == 0


@pytest.mark.usefixtures("papers")
async def test_each_client_is_told_once_of_all_that_he_can_read_now(api: Api) -> None:
    await done(api, "anna", await standing_rule(api, READ | UPDATE), 3)
    assert await told(api) == ["bert", "carla"]


async def test_who_could_read_it_already_is_told_nothing(api: Api, papers: Sequence[Document]) -> None:
    async with writing(api) as firm:
        for paper in papers:
            await firm.grant(paper, api.world.accounts["bert"].id, READ)
    rule = await standing_rule(api, READ | UPDATE)
    await done(api, "anna", rule, 3)
    assert await told(api) == ["carla"]
    assert await can(api, "bert", papers[0].id) == ["READ", "UPDATE"]


async def test_where_everybody_has_it_by_name_there_is_nothing_to_share(
    api: Api, papers: Sequence[Document]
) -> None:
    rule = await standing_rule(api, READ)
    async with writing(api) as firm:
        for who in ("bert", "carla"):
            await firm.grant(papers[0], api.world.accounts[who].id, READ | DELETE)
        await firm.grant(papers[1], api.world.accounts["carla"].id, UPDATE)
    assert await would_share(api, "anna", rule) == (2, ["Nr 3", "Nr 2"])
    assert await done(api, "anna", rule, 2) == 4
    assert await stamped(api, papers[0].id) == {}


async def test_what_a_group_has_does_not_count_for_who_is_in_it(api: Api, papers: Sequence[Document]) -> None:
    rule = await standing_rule(api, ALL_RIGHTS, principal_id=api.world.accounts["arthur"].id)
    assert await done(api, "anna", rule, 3) == 3
    assert await stamped(api, papers[0].id) == {"arthur": ALL_RIGHTS}
    of_users = await standing_rule(api, ALL_RIGHTS, principal_id=api.world.firm.users)
    assert await would_share(api, "anna", of_users) == (0, [])


async def test_who_came_into_the_dossier_later_is_given_it_by_applying(api: Api) -> None:
    rule = await standing_rule(api, READ)
    await put_into(api, "wills")
    await add_client(api, "nele", "OTHER")
    assert await can(api, "nele") is None
    assert await would_share(api, "anna", rule) == (1, ["Huwelijkscontract"])
    assert await done(api, "anna", rule, 1) == 1
    assert await can(api, "nele") == ["READ"]
    assert await told(api) == ["carla", "nele"]


async def test_what_was_taken_away_by_hand_is_shared_again_by_applying(api: Api) -> None:
    rule = await standing_rule(api, READ)
    await put_into(api, "wills")
    for it in await rows(api, DocumentGrant, source="CATEGORY_RULE"):
        await set_values(api, DocumentGrant, it.id, rights=int(UPDATE))
    assert await done(api, "anna", rule, 1) == 1
    assert await stamped(api) == {"bert": UPDATE, "carla": READ | UPDATE}


async def test_only_what_the_viewer_may_share_by_hand_is_shared(api: Api, papers: Sequence[Document]) -> None:
    rule = await standing_rule(api, READ | DELETE)
    await add_advisor(api, "nina", READ | UPDATE, papers)
    await add_advisor(api, "nora", READ | Right.CHANGE_SECURITY, papers[:1])
    await add_advisor(api, "nele", Right.CHANGE_SECURITY, papers)
    assert await would_share(api, "nina", rule) == (0, [])
    assert await would_share(api, "nele", rule) == (0, [])
    assert mistakes(await apply(api, "nina", rule, 3)) == [("CONFLICT", ["input", "expectedCount"])]
    assert await would_share(api, "nora", rule) == (1, ["Nr 1"])
    assert await done(api, "nora", rule, 1) == 2
    # and no more than the viewer has
    assert await stamped(api, papers[0].id) == {"bert": READ, "carla": READ}
    assert await would_share(api, "anna", rule) == (3, list(reversed(NUMBERS)))


async def test_what_is_deleted_or_in_no_dossier_or_in_another_category_is_left_alone(
    api: Api, papers: Sequence[Document]
) -> None:
    by_name = api.world.accounts["arthur"].id
    rules = [await standing_rule(api, READ), await standing_rule(api, READ, principal_id=by_name)]
    await delete_document(api, papers[0].id)
    await change_document(api, "anna", papers[1].id, dossierId=None)
    await put_into(api, "deeds", document=papers[2].id)
    for rule in rules:
        assert await would_share(api, "anna", rule) == (0, [])
        assert await done(api, "anna", rule, 0) == 0
    for paper in papers:
        assert await stamped(api, paper.id) == {}


@pytest.mark.parametrize("count", [-1, 0, 2, 4, 2**31 - 1])
@pytest.mark.usefixtures("papers")
async def test_what_is_not_as_it_was_seen_is_not_done(api: Api, count: int) -> None:
    rule = await standing_rule(api, READ)
    before = await stands(api)
    assert await apply(api, "anna", rule, count) == {
        "grantedCount": None,
        "userErrors": [
            {
                "__typename": "InputError",
                "code": "CONFLICT",
                "message": "By now the count is 3. Look at the documents again before you go on.",
                "path": ["input", "expectedCount"],
            }
        ],
    }
    assert await stands(api) == before


async def test_it_counts_as_an_update_that_other_clients_do_not_see(
    api: Api, papers: Sequence[Document], clock: SetClock
) -> None:
    rule = await standing_rule(api, READ)
    async with writing(api) as firm:
        await firm.grant(papers[0], api.world.accounts["bert"].id, READ, granted_at=START)
        await firm.grant(papers[0], api.world.accounts["dirk"].id, READ, granted_at=START)
    clock.advance(timedelta(minutes=5))
    await done(api, "arthur", rule, 3)
    query = "query ($id: ID!) { document(id: $id) { revision updatedAt updatedBy { displayName } } }"
    seen = {
        who: (await api.gets(who, query, id=api.id("Document", papers[0].id)))["document"]
        for who in ("anna", "dirk", "bert", "carla")
    }
    shared = (START + timedelta(minutes=5)).isoformat()
    anna = {"displayName": "Anna Lindeman"}
    assert seen == {
        "anna": {"revision": 2, "updatedAt": shared, "updatedBy": {"displayName": "Arthur Maes"}},
        "dirk": {"revision": 1, "updatedAt": START.isoformat(), "updatedBy": anna},
        # he had it by hand, and nothing new is given to him
        "bert": {"revision": 1, "updatedAt": START.isoformat(), "updatedBy": anna},
        "carla": {"revision": 1, "updatedAt": shared, "updatedBy": anna},
    }


async def test_it_is_remembered_as_a_whole_and_stamp_by_stamp(api: Api, papers: Sequence[Document]) -> None:
    rule = await standing_rule(api, READ)
    await done(api, "anna", rule, 3)
    assert await events(api, "category.rule_applied") == [{"rule": str(rule.id), "documents": 3, "grants": 6}]
    stamps = await rows(api, Event, kind="document.rights_stamped")
    assert sorted(it.document_id for it in stamps if it.document_id) == sorted(
        it.id for it in papers for _ in range(2)
    )


async def test_a_rule_for_a_group_is_applied_like_any_other(api: Api, papers: Sequence[Document]) -> None:
    group = await add_group(api, "Notarissen", "arthur")
    rule = await standing_rule(api, ALL_RIGHTS, principal_id=group)
    assert await done(api, "anna", rule, 3) == 3
    found = await row(api, DocumentGrant, principal_id=group, document_id=papers[0].id)
    assert (found.rights, found.source, found.category_rule_id) == (ALL_RIGHTS, "CATEGORY_RULE", rule.id)
    assert await told(api) == []


@pytest.mark.usefixtures("papers")
async def test_a_preview_is_read_page_by_page(api: Api) -> None:
    rule = await standing_rule(api, READ)
    first = await preview(api, "anna", rule, first=2)
    assert first["totalCount"] == 3
    assert [it["description"] for it in first["documents"]] == ["Nr 3", "Nr 2"]
    assert first["pageInfo"]["hasNextPage"] is True
    second = await preview(api, "anna", rule, first=2, after=first["pageInfo"]["endCursor"])
    assert second["totalCount"] == 3
    assert [it["description"] for it in second["documents"]] == ["Nr 1"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)


@pytest.mark.parametrize(
    ("page", "argument"),
    [({"first": 0}, "first"), ({"first": 101}, "first"), ({"after": "x"}, "after")],
)
async def test_a_page_that_cannot_be_is_refused(api: Api, page: dict[str, Any], argument: str) -> None:
    rule = await standing_rule(api, READ)
    assert await refusals(api, "anna", PREVIEW, rule=written(api, rule), **page) == [("INVALID", [argument])]


@pytest.mark.usefixtures("papers")
async def test_a_rule_that_is_gone_or_replaced_is_not_there(api: Api) -> None:
    rule = await standing_rule(api, READ)
    await set_rule(api, "anna", ["READ", "UPDATE"])
    never = CategoryRule(id=uuid4())
    for it in (rule, never):
        assert await preview(api, "anna", it) is None
        assert mistakes(await apply(api, "anna", it, 3)) == [("NOT_FOUND", ["input", "ruleId"])]
    # and to another firm ours is not there either
    ours = written(api, await row(api, CategoryRule, removed_at=None))
    for query in (PREVIEW, APPLY):
        answers = {
            await answer_to(api, "eva", query, rule=it, input={"ruleId": it, "expectedCount": 3})
            for it in (ours, written(api, never))
        }
        assert len(answers) == 1


@pytest.mark.parametrize("id_", ["", "x", "é"])
async def test_a_malformed_id_is_invalid(api: Api, id_: str) -> None:
    assert await refusals(api, "anna", PREVIEW, rule=id_) == [("INVALID", ["ruleId"])]
    answer = await api.gets("anna", APPLY, input={"ruleId": id_, "expectedCount": 0})
    assert mistakes(answer["applyCategoryRule"]) == [("INVALID", ["input", "ruleId"])]


@pytest.mark.usefixtures("papers")
async def test_only_staff_look_and_apply(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    rule = await standing_rule(api, READ)
    said = {"ruleId": written(api, rule), "expectedCount": 3}
    for who, code in {"bert": "FORBIDDEN", "olga": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}.items():
        assert await refused_fields(api, who, PREVIEW, rule=written(api, rule)) == [
            (code, ["previewCategoryRule"])
        ]
        assert await refused_fields(api, who, APPLY, input=said) == [(code, ["applyCategoryRule"])]
    assert await rows(api, Event) == []


@pytest.mark.usefixtures("papers")
async def test_of_several_who_apply_a_rule_at_the_same_moment_one_does(api: Api) -> None:
    rule = await standing_rule(api, READ)
    for who in ("anna", "arthur"):
        await api.token(who)
    answers = await asyncio.gather(*(apply(api, who, rule, 3) for who in ("anna", "arthur") * 2))
    counts = [it["grantedCount"] for it in answers]
    assert sorted(counts, key=str) == [6, None, None, None]
    assert await told(api) == ["bert", "carla"]
    assert len(await events(api, "document.rights_stamped")) == 6


async def test_who_applies_a_rule_while_a_document_enters_the_category_tells_nobody_twice(
    api: Api, papers: Sequence[Document]
) -> None:
    rule = await standing_rule(api, READ)
    await put_into(api, document=papers[0].id)
    for who in ("anna", "arthur"):
        await api.token(who)
    await asyncio.gather(
        put_into(api, "wills", who="arthur", document=papers[0].id),
        apply(api, "anna", rule, 2),
        apply(api, "anna", rule, 3),
    )
    left, _ = await would_share(api, "anna", rule)
    await apply(api, "anna", rule, left)
    grants = await rows(api, DocumentGrant, source="CATEGORY_RULE")
    assert len(grants) == len(await events(api, "document.rights_stamped")) == 6
