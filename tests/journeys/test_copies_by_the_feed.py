"""Whoever replays the feed of changes has what the lists show, whatever is done meanwhile."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest

from core.rights import Right
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.feeding import Copy, give_numbers
from tests.journeys.people import account, add_advisor, add_group
from tests.journeys.programs import lets_in
from tests.journeys.rules import APPLY, PREVIEW, SET_RIGHTS, SET_RULE, UPDATE, category, standing_rule

DELETE: Final = (
    "mutation ($input: DeleteDocumentInput!) { deleteDocument(input: $input) { deletedDocumentId } }"
)
RESTORE: Final = (
    "mutation ($input: RestoreDocumentInput!) { restoreDocument(input: $input) { document { id } } }"
)
MEMBERS: Final = """mutation ($input: SetGroupMembersInput!) {
  setGroupMembers(input: $input) { userErrors { code } }
}"""
READERS: Final = ("CRM", "bert", "carla", "anna", "otto")
RIGHTS: Final[tuple[list[str], ...]] = (["READ"], ["READ", "UPDATE"], ["UPDATE"], [])
STEPS: Final = 32


class Office:
    """What is done in the cast's firm, drawn by chance."""

    def __init__(self, api: Api, chance: Random) -> None:
        self.api = api
        self.chance = chance
        self.papers = [api.id("Document", api.world.document.id)]
        self.deleted: list[str] = []
        self.grantees: dict[str, str] = {}
        self.group = ""
        self.rule = ""

    async def open(self) -> None:
        """Let a program and an advisor join who see what is shared with them, and a group of theirs."""
        await lets_in(self.api, "CRM", "DOCUMENTS_READ")
        program = (await self.api.gets("CRM", "{ viewer { account { id } } }"))["viewer"]["account"]["id"]
        await add_advisor(self.api, "otto", Right.READ)
        self.group = self.api.id("Group", await add_group(self.api, "Partners", "otto"))
        self.grantees = {it: account(self.api, it) for it in ("bert", "carla", "otto")}
        self.grantees |= {"CRM": program, "Partners": self.group}
        self.rule = self.api.id("CategoryRule", (await standing_rule(self.api, Right.READ, "contracts")).id)

    async def step(self) -> str:
        """Do something; return what."""
        seldom = [self.upload, self.send_in, self.change, self.delete, self.restore]
        doing: Callable[[], Awaitable[Any]] = self.chance.choice(
            [*seldom, *[self.share] * 6, self.classify, self.set_rule, self.apply, self.move_people]
        )
        await doing()
        return doing.__name__

    async def does(self, who: str, mutation: str, **said: Any) -> None:
        await self.api.gets(who, mutation, input=said)

    async def upload(self) -> None:
        dossier = self.api.id("Dossier", self.api.world.dossier.id)
        made = await self.api.upload(
            "anna", "deed.txt", self.chance.randbytes(9).hex().encode(), dossierId=dossier
        )
        self.papers.append(made["document"]["id"])

    async def send_in(self) -> None:
        made = await self.api.upload("bert", "paper.txt", self.chance.randbytes(9).hex().encode())
        self.papers.append(made["document"]["id"])

    async def change(self) -> None:
        said = {"documentId": self.paper(), "description": f"Nr {self.chance.random()}"}
        await self.does("anna", UPDATE, **said)

    async def classify(self) -> None:
        keys = self.chance.choice([["contracts"], ["wills"], ["contracts", "wills"], []])
        said = {"documentId": self.paper(), "categoryIds": [category(self.api, it) for it in keys]}
        await self.does("anna", UPDATE, **said)

    async def share(self) -> None:
        name, rights = self.chance.choice(sorted(self.grantees)), self.chance.choice(RIGHTS)
        said = {"documentId": self.paper(), "principalId": self.grantees[name], "rights": rights}
        await self.does("anna", SET_RIGHTS, **said)

    async def delete(self) -> None:
        paper = self.paper()
        await self.does("anna", DELETE, documentId=paper)
        self.deleted.append(paper)

    async def restore(self) -> None:
        if self.deleted:
            await self.does("anna", RESTORE, documentId=self.chance.choice(self.deleted))

    async def set_rule(self) -> None:
        said = {"categoryId": category(self.api, "wills"), "rights": self.chance.choice([["READ"], []])}
        await self.does("anna", SET_RULE, **said, grantee={"groupId": self.group})

    async def apply(self) -> None:
        found = (await self.api.gets("anna", PREVIEW, rule=self.rule))["previewCategoryRule"]
        await self.does("anna", APPLY, ruleId=self.rule, expectedCount=found["totalCount"])

    async def move_people(self) -> None:
        members = self.chance.choice([["otto"], ["CRM"], ["CRM", "otto"], []])
        said = {"groupId": self.group, "accountIds": [self.grantees[it] for it in members]}
        await self.does("arthur", MEMBERS, **said)

    def paper(self) -> str:
        return self.chance.choice(self.papers)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_copy_that_replays_the_feed_is_what_the_lists_show(
    api: Api, clock: SetClock, seed: int
) -> None:
    # given
    office = Office(api, Random(seed))  # noqa: S311  the same steps in every run
    await office.open()
    copies = [Copy(api, who) for who in READERS]
    for copy in copies:
        await copy.begin()
    done = Counter[str]()
    # when
    for _ in range(STEPS):
        clock.advance(timedelta(seconds=30))
        done[await office.step()] += 1
        shown = {copy.who: await copy.listed() for copy in copies}
        if office.chance.random() < 0.5:
            continue
        await give_numbers(api)
        # then
        for copy in copies:
            await copy.read_on(first=office.chance.choice([1, 2, 100]))
            assert copy.documents == shown[copy.who], copy.who
    # Nobody heard of what he never saw.
    assert [(it.who, key) for it in copies for _, key in it.told if key not in it.ever_seen] == []
    # It was the feed that kept them, and not beginning anew.
    assert {copy.who for copy in copies if copy.begun > 1} <= {"CRM", "otto"}
    assert {kind for copy in copies for kind, _ in copy.told} == {"CREATED", "CHANGED", "DELETED"}
    assert len(done) == 10, done
