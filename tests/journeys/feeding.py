"""Copies of what somebody may see, kept up to date by the feed of changes alone."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from models.feed import ChangeKind
from resolvers.entering import acting, steward
from resolvers.feed import number
from tests.api import Api

SEEN: Final = """
fragment Seen on Document {
  id description revision updatedAt viewerCan fileName scanState categories { id } dossier { id }
}
"""
CHANGES: Final = f"""query ($after: String, $first: Int) {{
  changes(after: $after, first: $first) {{
    headCursor
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    nodes {{ kind nodeId nodeType occurredAt node {{ __typename id ...Seen }} }}
  }}
}}
{SEEN}"""
LISTS: Final = f"""{{
  changes(first: 1) {{ headCursor }}
  documents(first: 100) {{ nodes {{ __typename ...Seen }} }}
}}
{SEEN}"""
HEAD: Final = "{ changes(first: 1) { headCursor } }"
EXPIRED: Final = [("EXPIRED", ["after"])]
Told = tuple[str, str]
"""The kind of a change, and the id of what was changed."""


async def give_numbers(api: Api) -> int:
    """Do what the server does beside its answers, for both firms; return how many entries got a number."""
    return sum([await number(api.ports.database, it) for it in await api.ports.database.licence_ids()])


async def page(api: Api, who: str, after: str | None = None, first: int | None = None) -> dict[str, Any]:
    """Return a page of the feed, once all that is committed has its number."""
    await give_numbers(api)
    return (await api.gets(who, CHANGES, after=after, first=first))["changes"]


async def head(api: Api, who: str) -> str:
    """Return the place of the newest change."""
    await give_numbers(api)
    return (await api.gets(who, HEAD))["changes"]["headCursor"]


async def told(api: Api, who: str, after: str | None = None) -> list[Told]:
    """Return all that somebody is told after a cursor."""
    found: list[Told] = []
    while True:
        got = await page(api, who, after, first=100)
        found += [(it["kind"], it["nodeId"]) for it in got["nodes"]]
        after = got["pageInfo"]["endCursor"]
        if not got["pageInfo"]["hasNextPage"]:
            return found


def paper(api: Api) -> str:
    """Return the id of the cast's document."""
    return api.id("Document", api.world.document.id)


async def enter(
    api: Api, kind: ChangeKind, subject: str, *keys: UUID, principals: Sequence[UUID] = ()
) -> None:
    """Enter changes of these in the feed, as the verbs for them do."""
    async with acting(api.ports, steward(api.world.firm.licence_id, api.ports.clock.now())) as change:
        await change.note_each(kind, subject, [(key, principals) for key in keys])


class Copy:
    """What a program, or a person's device, keeps of the documents that its owner may see."""

    def __init__(self, api: Api, who: str) -> None:
        self.api = api
        self.who = who
        self.documents: dict[str, Any] = {}
        self.ever_seen: set[str] = set()
        self.told: list[Told] = []
        self.begun = 0
        self.after = ""

    async def begin(self) -> None:
        """Read the lists, and go on from there."""
        listed = await self.api.gets(self.who, LISTS)
        self.after = listed["changes"]["headCursor"]
        self.documents = {it["id"]: it for it in listed["documents"]["nodes"]}
        self.begun += 1

    async def listed(self) -> dict[str, Any]:
        """Return what the list shows now."""
        listed = await self.api.gets(self.who, LISTS)
        documents = {it["id"]: it for it in listed["documents"]["nodes"]}
        self.ever_seen |= documents.keys()
        return documents

    async def read_on(self, first: int) -> None:
        """Take in all that has a number; begin anew where the feed says so."""
        more = True
        while more:
            answer = await self.api.ask(self.who, CHANGES, after=self.after, first=first)
            if "errors" in answer:
                assert [it["extensions"]["code"] for it in answer["errors"]] == ["EXPIRED"], answer
                await self.begin()
                continue
            got = answer["data"]["changes"]
            assert got["pageInfo"]["endCursor"] != self.after or not got["pageInfo"]["hasNextPage"]
            for change in got["nodes"]:
                self.take_in(change)
            self.after, more = got["pageInfo"]["endCursor"], got["pageInfo"]["hasNextPage"]

    def take_in(self, change: dict[str, Any]) -> None:
        if change["nodeType"] != "Document":
            return
        self.told.append((change["kind"], change["nodeId"]))
        if change["kind"] == "DELETED":
            assert change["node"] is None
            self.documents.pop(change["nodeId"], None)
        else:
            assert change["node"]["id"] == change["nodeId"]
            self.documents[change["nodeId"]] = change["node"]
