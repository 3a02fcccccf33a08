"""What happens to files is told in the feed as well: new versions, and what the search for malware said."""

from collections.abc import AsyncIterable

import pytest

from models import DocumentVersion
from resolvers.searching import search
from storage.malware import Clamd, Connection, Verdict
from tests.api import Api
from tests.journeys.feeding import head, page, told
from tests.journeys.filing import add_file, add_version, complete, paper_of, sent, set_rights, version_of
from tests.journeys.rows import set_values


async def nowhere() -> Connection:
    raise ConnectionRefusedError


class Scanner(Clamd):
    """A scanner that says the same of every file."""

    def __init__(self, says: Verdict) -> None:
        super().__init__(nowhere)
        self.says = says

    async def scan_all(self, pieces: AsyncIterable[bytes], *, within: float) -> Verdict:  # noqa: ARG002
        assert [it async for it in pieces]
        return self.says


async def test_a_document_that_came_in_steps_is_told_once(api: Api) -> None:
    upload_id = await sent(api, "bert")
    made = (await complete(api, "bert", upload_id))["document"]["id"]
    await complete(api, "bert", upload_id)
    for who in ("bert", "anna"):
        assert await told(api, who) == [("CREATED", made)]


@pytest.mark.parametrize("way", ["file", "upload"])
async def test_a_new_version_is_told_to_every_reader_as_a_change(api: Api, way: str) -> None:
    id_ = await paper_of(api, "bert")
    await set_rights(api, id_, "bert", "READ", "UPDATE")
    after = await head(api, "anna")
    if way == "file":
        await add_file(api, "bert", id_, b"other words")
    else:
        await add_version(api, "bert", id_, uploadId=await sent(api, "bert"))
    for who in ("bert", "anna"):
        assert await told(api, who, after) == [("CHANGED", id_)]
    assert await told(api, "dirk") == []


@pytest.mark.parametrize(
    ("verdict", "states"),
    [
        (Verdict.CLEAN, ["CLEAN", "CLEAN"]),
        (Verdict.INFECTED, ["INFECTED", "INFECTED"]),
        (Verdict.UNKNOWN, ["PENDING"]),
    ],
)
async def test_what_the_search_says_of_a_file_is_told_as_a_change(
    api: Api, verdict: Verdict, states: list[str]
) -> None:
    id_ = await paper_of(api, "bert")
    after = await head(api, "bert")
    licence_id = api.world.firm.licence_id
    await search(api.ports, Scanner(verdict), licence_id, api.ports.clock.now())
    # That it waits for the search now, and then what was found.
    got = await page(api, "bert", after)
    papers = [it for it in got["nodes"] if it["nodeId"] == id_]
    assert [(it["kind"], it["node"]["scanState"]) for it in papers] == [("CHANGED", it) for it in states]


async def test_a_file_that_has_waited_already_is_told_of_when_something_was_found(api: Api) -> None:
    id_ = await paper_of(api, "bert")
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, scan_state="PENDING")
    after = await head(api, "bert")
    await search(api.ports, Scanner(Verdict.CLEAN), api.world.firm.licence_id, api.ports.clock.now())
    assert [it for it in await told(api, "bert", after) if it[1] == id_] == [("CHANGED", id_)]
