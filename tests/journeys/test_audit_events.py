"""The audit trail is read by auditors and administrators, narrowed and page by page, and by nobody else."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.auditing import EVENTS, auditor, events, kinds, names, said, seal_all
from tests.journeys.filing import key_of, paper_of
from tests.journeys.people import add_group
from tests.journeys.programs import lets_in, shares
from tests.models.catalogue import asked
from tests.resolvers.chains import happen

A_MINUTE: Final = timedelta(minutes=1)
TREE: Final = "{ auditEvents { edges { cursor node { kind } } nodes { kind } } }"


async def test_auditors_and_administrators_see_what_happened_by_whom(api: Api) -> None:
    # given
    paper = await paper_of(api, "bert")
    await shares(api, key_of(api, paper), api.id("Account", api.world.accounts["bert"].id), "READ", "UPDATE")
    # when
    found = await events(api)
    # then
    assert found == await events(api, await auditor(api))
    shared, uploaded = found["nodes"]
    assert found["totalCount"] == 2
    assert (uploaded["kind"], uploaded["documentId"]) == ("document.uploaded", paper)
    assert uploaded["occurredAt"] == START.isoformat()
    assert (shared["kind"], shared["documentId"], shared["relationId"]) == (
        "document.rights_set",
        paper,
        None,
    )
    assert said(shared) == {
        "principal": api.id("Account", api.world.accounts["bert"].id),
        "rights": "3",
    }
    assert names(found["nodes"]) == ["Anna Lindeman", "Bert Callewaert"]
    assert [it["number"] for it in found["nodes"]] == [None, None]
    await seal_all(api)
    assert [it["number"] for it in (await events(api))["nodes"]] == [2, 1]


@pytest.mark.parametrize("who", ["anna", "bert", "eva", "program"])
async def test_nobody_else_sees_any_of_it(api: Api, who: str) -> None:
    await happen(api, "one")
    if who == "program":
        await lets_in(api, who, "DOCUMENTS_READ", "RELATIONS_READ")
    if who == "eva":
        # Of her own firm she sees what happened there.
        await happen(api, "theirs", licence_id=api.world.other_firm.licence_id)
        assert await kinds(api, "eva") == ["theirs"]
    else:
        assert await api.codes(who, EVENTS) == ["FORBIDDEN"]


async def test_the_auditor_of_another_firm_sees_nothing_of_ours(api: Api) -> None:
    paper = await paper_of(api, "bert")
    narrowed = (
        {"documentId": paper},
        {"accountId": api.id("Account", api.world.accounts["bert"].id)},
        {"kind": "document.uploaded"},
    )
    for it in narrowed:
        assert await kinds(api, **it) == ["document.uploaded"]
        assert await kinds(api, "eva", **it) == []


async def test_the_trail_is_narrowed_by_all_that_is_said(api: Api, clock: SetClock) -> None:
    # given
    paper = await paper_of(api, "bert")
    clock.advance(A_MINUTE)
    await paper_of(api, "anna")
    dirk, moment = api.world.relations["dirk"].id, clock.now().isoformat()
    clock.advance(A_MINUTE)
    change = "mutation ($it: UpdateRelationInput!) { updateRelation(input: $it) { userErrors { code } } }"
    await api.gets("anna", change, it={"relationId": api.id("Relation", dirk), "title": "Dr."})
    anna = api.id("Account", api.world.accounts["anna"].id)
    # then
    assert await kinds(api) == ["relation.updated", "document.uploaded", "document.uploaded"]
    assert await kinds(api, kind="relation.updated") == ["relation.updated"]
    assert await kinds(api, accountId=anna) == ["relation.updated", "document.uploaded"]
    assert await kinds(api, accountId=anna, kind="document.uploaded") == ["document.uploaded"]
    assert await kinds(api, documentId=paper) == ["document.uploaded"]
    assert await kinds(api, relationId=api.id("Relation", dirk)) == ["relation.updated"]
    assert await kinds(api, occurredFrom=moment) == ["relation.updated", "document.uploaded"]
    assert await kinds(api, occurredBefore=moment) == ["document.uploaded"]
    assert await kinds(api, occurredFrom=moment, occurredBefore=moment) == []
    assert await kinds(api, documentId=api.id("Document", dirk)) == []


@pytest.mark.parametrize(
    ("filter_", "place"),
    [({"accountId": "x"}, "accountId"), ({"occurredFrom": "2026-01-30T09:00:00"}, "occurredFrom")],
)
async def test_what_can_not_be_looked_for_is_told(api: Api, filter_: dict[str, Any], place: str) -> None:
    answer = await api.ask("arthur", EVENTS, filter=filter_)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("INVALID", ["filter", place])


async def test_the_trail_is_read_page_by_page(api: Api, clock: SetClock) -> None:
    for at in range(5):
        clock.advance(timedelta(seconds=at % 2))
        await happen(api, f"event.{at}")
    seen: list[str] = []
    after = None
    while True:
        found = await events(api, first=2, after=after)
        seen += [it["kind"] for it in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"event.{at}" for at in reversed(range(5))]
    query = "query ($before: String) { auditEvents(last: 2, before: $before) { nodes { kind } } }"
    back = await api.gets("arthur", query, before=after)
    assert back == {"auditEvents": {"nodes": [{"kind": "event.2"}, {"kind": "event.1"}]}}


async def test_keys_in_what_is_said_are_told_as_the_ids_that_others_know(api: Api) -> None:
    group = await add_group(api, "Coast", "anna")
    rule, bert = api.world.firm.categories["contracts"], api.world.accounts["bert"].id
    await happen(
        api,
        "x",
        principal=str(group),
        category=str(rule),
        joined=[str(bert)],
        left=[],
        changed=["a", "b"],
        nothing=None,
        rights=3,
    )
    await happen(api, "y", principal=str(bert), category=None)
    await happen(api, "z", principal=str(api.world.document.id))
    first, second, third = (await events(api))["nodes"][::-1]
    assert said(first) == {
        "principal": api.id("Group", group),
        "category": api.id("Category", rule),
        "joined": api.id("Account", bert),
        "left": "",
        "changed": '["a", "b"]',
        "rights": "3",
    }
    assert said(second) == {"principal": api.id("Account", bert)}
    # What is neither is no principal: it is told to nobody.
    assert said(third) == {}
    assert names([first]) == [None]


async def test_to_read_the_trail_changes_nothing_and_its_edges_are_its_nodes(
    api: Api, database_url: str
) -> None:
    await happen(api, "one", "two")
    found = (await api.gets("arthur", TREE))["auditEvents"]
    assert [it["node"] for it in found["edges"]] == found["nodes"]
    assert len({it["cursor"] for it in found["edges"]}) == 2
    count = "SELECT count(*) AS events FROM event WHERE licence_id = :licence"
    assert await asked(database_url, count, licence=api.world.firm.licence_id) == [{"events": 2}]
