"""Live events: whoever listens hears of a document the moment it concerns him, and of nothing else."""

from collections.abc import AsyncGenerator
from typing import Final

import pytest

from core.rights import Right
from models import Account, DossierMember
from tests.api import Api
from tests.http.hearing import EVENTS, listening, stream
from tests.journeys.feeding import paper
from tests.journeys.filing import key_of
from tests.journeys.lively import added, alive, changed, gone, share
from tests.journeys.people import add_advisor, add_group
from tests.journeys.programs import lets_in
from tests.journeys.rows import writing
from tests.journeys.rules import change_document
from tests.journeys.test_copies_by_the_feed import DELETE, MEMBERS, RESTORE

NOT_ANY_MORE: Final = "BEGIN_ANEW"


@pytest.fixture
async def url(api: Api) -> AsyncGenerator[str]:
    async with alive(api.ports) as address:
        yield address


async def test_a_client_hears_of_a_document_when_it_is_shared_with_him_and_when_not_any_more(
    api: Api, url: str
) -> None:
    async with listening(url, api, "carla") as carla, listening(url, api, "dirk") as dirk:
        await share(api, "carla", "READ")
        assert await carla.event() == added(api)
        await share(api, "carla")
        assert await carla.event() == gone(api)
        await dirk.nothing_more()


async def test_the_same_is_heard_over_server_sent_events(api: Api, url: str) -> None:
    async with stream(url, headers=await api.headers("carla")) as carla:
        assert carla.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        await share(api, "carla", "READ")
        assert await carla.event() == added(api)
        await share(api, "carla")
        assert await carla.event() == gone(api)


async def test_whoever_reads_a_document_hears_that_it_was_changed_deleted_and_brought_back(
    api: Api, url: str
) -> None:
    async with (
        listening(url, api, "bert") as bert,
        listening(url, api, "arthur") as arthur,
        listening(url, api, "carla") as carla,
        listening(url, api, "eva") as eva,
    ):
        await change_document(api, "anna", description="In other words")
        for reader in (bert, arthur):
            assert await reader.event() == changed(api, "In other words")
        await api.gets("anna", DELETE, input={"documentId": paper(api)})
        for reader in (bert, arthur):
            assert await reader.event() == gone(api)
        await api.gets("anna", RESTORE, input={"documentId": paper(api)})
        for reader in (bert, arthur):
            assert await reader.event() == added(api, "In other words")
        for stranger in (carla, eva):
            await stranger.nothing_more()


async def test_the_rights_of_others_are_told_to_the_firm_and_to_no_client(api: Api, url: str) -> None:
    async with listening(url, api, "bert") as bert, listening(url, api, "arthur") as arthur:
        await share(api, "carla", "READ")
        assert await arthur.event() == changed(api)
        await share(api, "carla")
        assert await arthur.event() == changed(api)
        await bert.nothing_more()


async def test_several_changes_of_one_document_are_told_as_it_is_now(api: Api, url: str) -> None:
    async with listening(url, api, "carla") as carla:
        await share(api, "carla", "READ")
        await change_document(api, "anna", description="Changed")
        heard = [await carla.event()]
        while heard[-1]["document"]["description"] != "Changed":
            heard.append(await carla.event())
        assert heard[0]["__typename"] == "DocumentAdded"
        # The first may have shown already what the second is of; then the second shows it once more.
        rest = await carla.rest()
        assert [it["document"]["description"] for it in rest] == ["Changed"] * len(rest)
        assert len(heard + rest) <= 2


async def test_only_what_is_in_the_list_of_a_dossier_is_heard_where_one_is_named(api: Api, url: str) -> None:
    dossier = api.id("Dossier", api.world.dossier.id)
    elsewhere = (await api.upload("anna", "a.txt", b"words"))["document"]["id"]
    async with (
        listening(url, api, "arthur", dossier=dossier) as arthur,
        listening(url, api, "arthur") as everywhere,
    ):
        await change_document(api, "anna", key_of(api, elsewhere), description="Elsewhere")
        assert (await everywhere.event())["document"]["id"] == elsewhere
        await arthur.nothing_more()
        # Through one of its members.
        sent = (await api.upload("bert", "a.txt", b"more words"))["document"]["id"]
        assert (await arthur.event())["document"]["id"] == sent
        await api.gets("anna", DELETE, input={"documentId": sent})
        assert (await arthur.event()) == {"__typename": "DocumentGone", "documentId": sent}
        await change_document(api, "anna", description="By itself")
        assert await arthur.event() == changed(api, "By itself")


async def test_a_client_who_left_the_dossier_that_he_listens_to_hears_nothing_of_it(
    api: Api, url: str
) -> None:
    await share(api, "carla", "READ")
    dossier = api.id("Dossier", api.world.dossier.id)
    async with listening(url, api, "carla", dossier=dossier) as carla:
        await change_document(api, "anna", description="While he is in it")
        assert await carla.event() == changed(api, "While he is in it")
        async with writing(api) as firm:
            member = await firm.session.get_one(
                DossierMember,
                (firm.founded.licence_id, api.world.dossier.id, api.world.relations["carla"].id),
            )
            await firm.session.delete(member)
        await change_document(api, "anna", description="When he is not")
        await carla.nothing_more()


async def test_a_dossier_that_is_not_there_for_somebody_is_not_found(api: Api, url: str) -> None:
    dossier = api.id("Dossier", api.world.dossier.id)
    for who in ("dirk", "eva"):
        async with stream(url, EVENTS, variables={"dossier": dossier}, headers=await api.headers(who)) as it:
            assert b"NOT_FOUND" in await it.answer.aread()


async def test_a_program_hears_what_was_shared_with_it_if_it_may_read_documents(api: Api, url: str) -> None:
    api.world.accounts["CRM"] = Account(id=await lets_in(api, "CRM", "DOCUMENTS_READ"))
    async with listening(url, api, "CRM") as program:
        await share(api, "CRM", "READ")
        assert await program.event() == added(api)
    await lets_in(api, "no reader", "RELATIONS_READ")
    async with stream(url, headers=await api.headers("no reader")) as it:
        assert b"FORBIDDEN" in await it.answer.aread()


async def test_whoever_is_put_into_a_group_begins_anew(api: Api, url: str) -> None:
    await add_advisor(api, "otto", Right.READ)
    group = api.id("Group", await add_group(api, "Partners"))
    otto = api.id("Account", api.world.accounts["otto"].id)
    async with listening(url, api, "otto") as listener, listening(url, api, "arthur") as arthur:
        await api.gets("arthur", MEMBERS, input={"groupId": group, "accountIds": [otto]})
        said = await listener.hear()
        assert (said["type"], said["id"]) == ("error", "1")
        assert [it["extensions"]["code"] for it in said["payload"]] == [NOT_ANY_MORE]
        # The conversation goes on, and so does that of others.
        await listener.subscribe("2")
        await change_document(api, "anna", description="Changed")
        assert await listener.event("2") == changed(api, "Changed")
        assert await arthur.event() == changed(api, "Changed")


async def test_what_was_done_before_somebody_listened_is_not_told(api: Api, url: str) -> None:
    await share(api, "carla", "READ")
    async with listening(url, api, "bert"):
        await change_document(api, "anna", description="Before")
        async with listening(url, api, "carla") as carla:
            await change_document(api, "anna", description="After")
            heard = await carla.event()
            while heard["document"]["description"] != "After":
                heard = await carla.event()
            # The first change may have been told as it is after the second; then that is told once more.
            assert [it["document"]["description"] for it in await carla.rest()] in ([], ["After"])
