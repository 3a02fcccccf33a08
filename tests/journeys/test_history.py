"""The history of a document: the firm sees all of it, a client what his own have done with the content."""

from typing import Any, Final
from uuid import UUID

from core.rights import Right
from models import Document
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.auditing import names
from tests.journeys.filing import add_file, gives, key_of, paper_of, set_rights, url_of
from tests.journeys.people import add_client
from tests.journeys.programs import lets_in
from tests.journeys.rows import writing
from tests.resolvers.chains import happen

HISTORY: Final = """query ($id: ID!, $first: Int, $after: String) { document(id: $id) {
  history(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { kind occurredAt version account { displayName } }
  } } }"""


async def history(api: Api, who: str, document: str, **asked: Any) -> dict[str, Any]:
    """Return one page of the history as one of the cast sees it."""
    return (await api.gets(who, HISTORY, id=document, **asked))["document"]["history"]


def acts(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return what was done by whom, the oldest first."""
    kinds = [it["kind"].removeprefix("document.") for it in found["nodes"]]
    return [*zip(kinds, names(found["nodes"]), strict=True)][::-1]


async def shared(api: Api) -> str:
    """Return a document of Anna's that Bert, Carla of his dossier and Dirk of another one may read."""
    paper = await paper_of(api, "anna")
    await share(api, paper, *(api.world.accounts[who].id for who in ("bert", "carla", "dirk")))
    return paper


async def share(api: Api, paper: str, *principals: UUID) -> None:
    """Let these read a document, whatever they have to do with it."""
    async with writing(api) as firm:
        key = (api.world.firm.licence_id, key_of(api, paper))
        document = await firm.session.get_one(Document, key)
        for it in principals:
            await firm.grant(document, it, Right.READ)


async def test_the_firm_sees_all_and_a_client_what_his_own_did(api: Api) -> None:
    # given
    paper = await shared(api)
    for who in ("bert", "carla", "dirk", "anna"):
        await gives(api, await url_of(api, who, paper))
    await set_rights(api, paper, "anna", "READ")
    await add_file(api, "anna", paper, b"Words")
    # then
    downloads = [("downloaded", it) for it in ("Bert Callewaert", "Carla Verlinden")]
    dirks, annas = ("downloaded", "Dirk Schyns"), ("downloaded", "Anna Lindeman")
    uploaded, version = ("uploaded", "Anna Lindeman"), ("version_added", "Anna Lindeman")
    for who in ("bert", "carla"):
        assert acts(await history(api, who, paper)) == [uploaded, *downloads, annas, version]
    assert acts(await history(api, "dirk", paper)) == [uploaded, dirks, annas, version]
    rights = ("rights_set", "Arthur Maes")
    for who in ("anna", "arthur"):
        everything = [uploaded, *downloads, dirks, annas, rights, version]
        assert acts(await history(api, who, paper)) == everything
    found = await history(api, "bert", paper)
    assert found["totalCount"] == 5
    assert [it["version"] for it in found["nodes"]] == [2, 1, 1, 1, None]


async def test_a_program_sees_all_and_clients_what_it_did(api: Api) -> None:
    paper = await shared(api)
    program = await lets_in(api, "crm", "DOCUMENTS_READ")
    await share(api, paper, program)
    await gives(api, await url_of(api, "crm", paper))
    await gives(api, await url_of(api, "dirk", paper))
    assert acts(await history(api, "bert", paper))[1:] == [("downloaded", "crm")]
    assert acts(await history(api, "crm", paper))[1:] == [
        ("downloaded", "crm"),
        ("downloaded", "Dirk Schyns"),
    ]


async def test_what_the_server_did_is_told_to_the_firm_alone(api: Api) -> None:
    paper = await shared(api)
    await happen(api, "document.damaged", document_id=key_of(api, paper))
    assert acts(await history(api, "anna", paper))[1:] == [("damaged", None)]
    assert acts(await history(api, "bert", paper))[1:] == []


async def test_who_comes_into_the_dossier_sees_and_is_seen(api: Api) -> None:
    paper = await shared(api)
    await gives(api, await url_of(api, "bert", paper))
    await add_client(api, "karel", "OTHER")
    await share(api, paper, api.world.accounts["karel"].id)
    await gives(api, await url_of(api, "karel", paper))
    both = [("downloaded", "Bert Callewaert"), ("downloaded", "Karel Peeters")]
    for who in ("bert", "karel"):
        assert acts(await history(api, who, paper))[1:] == both


async def test_a_long_history_is_read_page_by_page(api: Api, clock: SetClock) -> None:
    paper = await shared(api)
    for _ in range(3):
        await gives(api, await url_of(api, "bert", paper))
    first = await history(api, "bert", paper, first=3)
    rest = await history(api, "bert", paper, first=3, after=first["pageInfo"]["endCursor"])
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert len(first["nodes"]) + len(rest["nodes"]) == 4
    assert {it["occurredAt"] for it in first["nodes"]} == {clock.now().isoformat()}
