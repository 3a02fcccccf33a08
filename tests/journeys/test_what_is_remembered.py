"""Each kind of act leaves exactly its event: every mutation, every sign-in, and every way to a file."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from auth.api_keys import KeyToken
from models import Account, ApiKey, Event
from resolvers import now_and_then
from resolvers.now_and_then import NowAndThen
from server.app import create_app
from tests import databases
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import archive_of, gives, key_of, paper_of, preview_of, url_of
from tests.journeys.id_places import fields_of, the_schema
from tests.journeys.passkeys import Journey
from tests.journeys.programs import lets_in, revokes
from tests.journeys.rows import delete_document, rows, set_values
from tests.journeys.steps import NEW, chooses, hand_first_password, shows, signs_in
from tests.journeys.two_firms import TwoFirms, two_firms
from tests.models.catalogue import asked
from tests.models.test_wall_alone import OF_CLIENTS, OF_SESSIONS, do, mutations
from tests.storage.real_files import pdf

# What each mutation leaves, in the order in which it is written.
KINDS: Final = {
    "addDocumentVersion": "document.version_added",
    "applyCategoryRule": "document.rights_stamped category.rule_applied",
    "blockAccount": "account.blocked",
    "changePassword": "account.password_set",
    "completeUpload": "",
    "confirmTwoFactorEnrolment": "two_factor.enabled",
    "createAccount": "account.created",
    "createApiKey": "api_key.created",
    "createBusinessUnit": "business_unit.created",
    "createCategory": "category.created",
    "createDossier": "dossier.created",
    "createGroup": "group.created",
    "createHolding": "holding.created",
    "createRelation": "relation.created",
    "createUpload": "",
    "deleteBusinessUnit": "business_unit.deleted",
    "deleteDocument": "document.deleted",
    "deleteDossier": "dossier.deleted",
    "deleteHolding": "holding.deleted",
    "deleteRelation": "relation.deleted",
    "disableTwoFactor": "two_factor.disabled",
    "grantPortalAccess": "account.access_granted",
    "importDocuments": "document.updated",
    "importDossiers": "dossier.imported",
    "importRelations": "relation.imported",
    "regenerateRecoveryCodes": "two_factor.codes_made",
    "removePasskey": "passkey.removed",
    "resetPassword": "account.password_reset",
    "resetTwoFactor": "account.two_factor_reset",
    "restoreDocument": "document.restored",
    "retryLetter": "letter.retried",
    "revokeApiKey": "api_key.revoked",
    "revokeSession": "session.revoked",
    "setCategoryRule": "category.rule_set",
    "setDocumentRights": "document.rights_set",
    "setGroupMembers": "group.members_set",
    "startPasskeyEnrolment": "passkey.started",
    "startPasskeyProof": "",
    "startTwoFactorEnrolment": "two_factor.started",
    "unblockAccount": "account.unblocked",
    "updateBusinessUnit": "business_unit.updated",
    "updateCategory": "category.updated",
    "updateContactDetails": "relation.contact_updated access.refused",
    "updateDocument": "document.updated",
    "updateDossier": "dossier.updated",
    "updateHolding": "holding.updated",
    "updateLicence": "licence.updated",
    "updateProfile": "account.profile_updated",
    "updateRelation": "relation.updated",
    "uploadDocument": "document.uploaded",
}
KINDS_OF: Final = "SELECT kind FROM event WHERE licence_id = :licence ORDER BY id"


async def kinds(firms: TwoFirms) -> list[str]:
    """Return the kinds of the events of Eva's firm, in the order in which they were written."""
    licence: UUID = firms.theirs["Licence"]
    return list((await firms.owner.execute(text(KINDS_OF), {"licence": licence})).scalars())


async def test_each_mutation_leaves_its_event(tmp_path: Path) -> None:
    left: dict[str, list[str]] = {}
    async with databases.fresh() as url, two_firms(url, tmp_path / "files") as firms:
        for name in [OF_CLIENTS, *mutations()]:
            before = await kinds(firms)
            await do(firms, "gaston" if name == OF_CLIENTS else "eva", name)
            left[name] = (await kinds(firms))[len(before) :]
    assert {name: " ".join(it) for name, it in left.items()} == KINDS


def test_the_table_speaks_of_every_mutation() -> None:
    assert KINDS.keys() == fields_of(the_schema().mutation_type).keys() - OF_SESSIONS


# signing in -------------------------------------------------------------------------------------------------

SIGN_OUT: Final = "mutation { signOut { userErrors { code } } }"


@pytest.fixture
def journey(api: Api, clock: SetClock) -> Journey:
    return Journey(api, clock)


async def told(api: Api) -> list[tuple[str, dict[str, Any], str | None]]:
    """Return the events of the cast's firm with what they say, and whose doing they are."""
    found = [*await rows(api, Event), *[it for kind in REFUSED for it in await rows(api, Event, kind=kind)]]
    names = {it.id: name for name, it in api.world.accounts.items()}
    in_order = sorted(found, key=lambda it: it.id)
    return [(it.kind, it.details, names.get(it.account_id) if it.account_id else None) for it in in_order]


REFUSED: Final = ("access.refused", "session.refused", "two_factor.refused", "api_key.refused")
HERE: Final = {"network": "127.0.0.1"}


async def test_a_sign_in_and_a_sign_out_are_remembered(journey: Journey) -> None:
    done = await signs_in(journey)
    assert await told(journey.api) == [("session.opened", HERE, "bert")]
    said = {"Authorization": f"Bearer {done['token']}"}
    await journey.api.http.post("/graphql", json={"query": SIGN_OUT}, headers=said)
    assert [it[0] for it in await told(journey.api)] == ["session.opened", "session.closed"]


async def blocked(api: Api) -> None:
    await set_values(api, Account, api.world.accounts["bert"].id, blocked_at=api.ports.clock.now())


async def expired(api: Api) -> None:
    now = api.ports.clock.now()
    await set_values(api, Account, api.world.accounts["bert"].id, initial_password_expires_at=now)


@pytest.mark.parametrize(
    ("prepare", "given", "reason", "whose"),
    [
        (None, {"password": "regenjas"}, "PASSWORD", "bert"),
        (None, {"username": "nobody@x.example"}, "NO_ACCOUNT", None),
        (blocked, {}, "BLOCKED", "bert"),
        (expired, {}, "EXPIRED", "bert"),
    ],
)
async def test_a_sign_in_that_is_refused_is_remembered_with_the_reason_and_without_what_was_typed(
    journey: Journey, prepare: Any, given: dict[str, str], reason: str, whose: str | None
) -> None:
    if prepare:
        await prepare(journey.api)
    refused = await signs_in(journey, **given)
    assert [it["code"] for it in refused["userErrors"]] == ["WRONG_CREDENTIALS"]
    assert await told(journey.api) == [("session.refused", {"reason": reason, **HERE}, whose)]


async def test_tries_that_are_too_many_are_remembered_once_a_minute(
    journey: Journey, clock: SetClock
) -> None:
    for _ in range(13):
        await signs_in(journey, password="regenjas")
    reasons = [said["reason"] for _, said, _ in await told(journey.api)]
    assert reasons == ["PASSWORD"] * 10 + ["RATE_LIMITED"]
    clock.advance(timedelta(seconds=61))
    for _ in range(3):
        await signs_in(journey, password="regenjas")
    reasons = [said["reason"] for _, said, _ in await told(journey.api)]
    assert reasons[11:] == ["PASSWORD", "RATE_LIMITED"]


async def test_a_second_factor_that_is_right_or_wrong_or_shown_too_often_is_remembered(
    journey: Journey,
) -> None:
    app, _ = await journey.adds_app("bert")
    before = len(await told(journey.api))
    asked = await signs_in(journey)
    assert len(await told(journey.api)) == before
    await shows(journey, asked, code="000000")
    await shows(journey, asked, code=app.at(journey.clock.now()))
    for _ in range(6):
        await shows(journey, await signs_in(journey), code="000000")
    found = [(kind, said.get("reason"), whose) for kind, said, whose in (await told(journey.api))[before:]]
    refused, opened = ("two_factor.refused", None, "bert"), ("session.opened", None, "bert")
    assert found[:2] == [refused, opened]
    assert found[2:].count(refused) == 3
    assert found[2:].count(("session.refused", "RATE_LIMITED", "bert")) == 1


async def test_a_first_password_of_ones_own_is_remembered(journey: Journey) -> None:
    await hand_first_password(journey)
    asked = await signs_in(journey)
    await chooses(journey, asked["challenge"], NEW)
    assert [it[0] for it in await told(journey.api)] == ["account.password_set", "session.opened"]


PART: Final = {"Range": "bytes=0-3"}

# files ------------------------------------------------------------------------------------------------------


async def test_every_way_to_a_file_is_remembered_before_its_bytes_go_out(api: Api) -> None:
    paper = await paper_of(api, "bert", pdf())
    ways = {
        "document.downloaded": await url_of(api, "bert", paper),
        "document.opened": await url_of(api, "bert", paper, disposition="INLINE"),
        "document.viewed": await preview_of(api, "bert", paper),
    }
    for kind, url in ways.items():
        assert (await gives(api, url)).status_code == 200
        assert (await told(api))[-1] == (kind, {"version": 1}, "bert")
    await gives(api, await archive_of(api, "bert", paper))
    assert [it[0] for it in await told(api)] == ["document.uploaded", *ways, "document.downloaded"]


async def test_what_can_not_be_remembered_is_not_sent(api: Api, database_url: str) -> None:
    # given
    paper = await paper_of(api, "bert", pdf())
    urls = [
        await url_of(api, "bert", paper),
        await url_of(api, "bert", paper, disposition="INLINE"),
        await preview_of(api, "bert", paper),
    ]
    archive = await archive_of(api, "bert", paper)
    transport = httpx.ASGITransport(create_app(api.ports), raise_app_exceptions=False)
    # when
    await asked(database_url, "REVOKE INSERT ON event FROM kluis_app")
    try:
        async with httpx.AsyncClient(transport=transport, base_url=api.ports.public_url) as http:
            answers = [await http.get(it or "", headers=part) for it in urls for part in ({}, PART, PART)]
            sent = await http.get(archive or "")
    finally:
        await asked(database_url, "GRANT INSERT ON event TO kluis_app")
    # then
    assert [(it.status_code, it.text) for it in answers] == [(500, "Internal Server Error")] * len(answers)
    # The name of its first file goes ahead of an archive's bytes.
    assert len(sent.content) < 100 < len(pdf())
    assert [it for it, _, _ in await told(api)] == ["document.uploaded"]


async def test_who_may_not_read_a_file_any_more_is_remembered_when_he_comes_for_it(
    api: Api, clock: SetClock
) -> None:
    paper = await paper_of(api, "anna", pdf())
    urls = {
        "content": await url_of(api, "anna", paper),
        "preview": await preview_of(api, "anna", paper),
        "archive": await archive_of(api, "anna", paper),
    }
    await delete_document(api, key_of(api, paper))
    for door, url in urls.items():
        clock.advance(timedelta(seconds=15))
        for _ in range(2):
            assert (await gives(api, url)).status_code == 404
        refused = await rows(api, Event, kind="access.refused")
        assert {it.document_id for it in refused} == {key_of(api, paper)}
        assert refused[0].details == {"fields": ["content"]}, door
    # Once a minute, however he comes.
    assert len(await rows(api, Event, kind="access.refused")) == 1


# refusals ---------------------------------------------------------------------------------------------------

GUARDED: Final = """query ($document: ID!) {
  first: letters { totalCount } second: letters { totalCount } apiKeys { name }
  document(id: $document) { secret: grants { id } }
}"""
DELETE: Final = """mutation ($input: DeleteDocumentInput!) {
  told: deleteDocument(input: $input) { userErrors { code } }
}"""


async def test_what_an_operation_is_refused_is_remembered_without_its_arguments(api: Api) -> None:
    document = api.id("Document", api.world.document.id)
    assert set(await api.codes("bert", GUARDED, document=document)) == {"FORBIDDEN"}
    assert await told(api) == [
        ("access.refused", {"code": "FORBIDDEN", "fields": ["apiKeys", "grants", "letters"]}, "bert")
    ]


@pytest.mark.parametrize(("of", "code"), [("document", "FORBIDDEN"), ("foreign_document", "NOT_FOUND")])
async def test_what_a_mutation_is_refused_is_remembered(api: Api, of: str, code: str) -> None:
    key = getattr(api.world, of).id
    payload = await api.gets("bert", DELETE, input={"documentId": api.id("Document", key)})
    assert payload["told"]["userErrors"] == [{"code": code}]
    said = {"code": code, "fields": ["deleteDocument"]}
    assert await told(api) == [("access.refused", said, "bert")]


WAYS: Final = {
    "document": "query ($id: ID!) { told: document(id: $id) { id } }",
    "node": "query ($id: ID!) { told: node(id: $id) { id } }",
    "nodes": "query ($id: ID!) { told: nodes(ids: [$id]) { id } }",
    "archiveUrl": "query ($id: ID!) { told: archiveUrl(documentIds: [$id]) }",
}


async def test_a_document_that_is_there_and_not_shown_is_remembered_once_a_minute(
    api: Api, clock: SetClock
) -> None:
    paper = await paper_of(api, "anna")
    key = key_of(api, paper)
    for field, query in WAYS.items():
        answers = [await api.gets("bert", query, id=it) for it in (paper, paper, api.id("Document", uuid4()))]
        assert answers[0] == answers[1] == answers[2]
        (event,) = [
            it for it in await rows(api, Event, kind="access.refused") if field in it.details["fields"]
        ]
        assert (event.document_id, event.account_id) == (key, api.world.accounts["bert"].id)
        assert event.details == {"code": "NOT_FOUND", "fields": [field]}
        clock.advance(timedelta(seconds=61))
    assert len(await rows(api, Event, kind="access.refused")) == len(WAYS)


async def test_what_is_shown_and_what_never_was_is_no_refusal(api: Api) -> None:
    document = api.id("Document", api.world.document.id)
    for query in WAYS.values():
        for it in (document, api.id("Document", uuid4()), api.id("Document", api.world.foreign_document.id)):
            await api.gets("bert", query, id=it)
    assert await told(api) == []
    assert await rows(api, Event, kind="access.refused") == []


async def test_what_nobody_is_refused_is_not_remembered(api: Api) -> None:
    assert await api.codes("nobody", "{ letters { totalCount } }") == ["UNAUTHENTICATED"]
    assert await api.codes("bert", "{ documents(first: 0) { totalCount } }") == ["INVALID"]
    assert await told(api) == []


async def test_a_key_that_opens_nothing_any_more_is_remembered_once_a_minute(
    api: Api, clock: SetClock
) -> None:
    account = await lets_in(api, "crm", "DOCUMENTS_READ")
    (key,) = await rows(api, ApiKey)
    await revokes(api, key.id)
    for _ in range(2):
        assert await api.codes("crm", "{ documents { totalCount } }") == ["UNAUTHENTICATED"]
    refused = await rows(api, Event, kind="api_key.refused")
    assert [(it.account_id, it.details) for it in refused] == [(account, {"api_key": str(key.id), **HERE})]
    clock.advance(timedelta(seconds=61))
    api.tokens["stranger"] = KeyToken.new(api.world.firm.licence_id)
    for who in ("crm", "stranger"):
        assert await api.codes(who, "{ documents { totalCount } }") == ["UNAUTHENTICATED"]
    assert len(await rows(api, Event, kind="api_key.refused")) == 2


def test_of_many_keys_those_that_came_last_are_known(
    clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now_and_then, "MOST_KEPT", 2)
    known = NowAndThen()
    assert [known.is_due(it, clock.now()) for it in (1, 2, 1, 3, 1)] == [True, True, False, True, True]
