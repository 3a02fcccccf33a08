"""Whom nobody can block: the last administrator, and who alone may change the security of a document."""

import asyncio
from typing import Final
from uuid import UUID

import pytest

from core.rights import Right
from models import Account, DocumentGrant
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.caring import PLACE, account_of, does, events, is_somebody, joins, mutation
from tests.journeys.rows import rows, writing

READS_ONLY: Final = Right.READ
SECURES: Final = Right.CHANGE_SECURITY
FULL: Final = Right.READ | Right.CHANGE_SECURITY


async def test_the_last_administrator_is_not_blocked(api: Api) -> None:
    payload = await does(api, "arthur", "blockAccount", "arthur")
    assert mistakes(payload) == [("INVALID", PLACE)]
    assert "moet een beheerder houden" in payload["userErrors"][0]["message"]
    assert await is_somebody(api, "arthur")
    assert (await account_of(api, "arthur")).blocked_at is None
    assert await events(api) == []


async def test_one_of_two_administrators_can_be_blocked(api: Api) -> None:
    await joins(api, "greet", administrator=True)
    assert mistakes(await does(api, "greet", "blockAccount", "arthur")) == []
    assert mistakes(await does(api, "greet", "blockAccount", "greet")) == [("INVALID", PLACE)]


async def test_two_administrators_who_block_each_other_at_once_leave_one(api: Api) -> None:
    await joins(api, "greet", administrator=True)
    both = ("arthur", "greet")
    for who in both:
        await api.token(who)
    said = [{"accountId": api.id("Account", api.world.accounts[who].id)} for who in both]
    await asyncio.gather(
        api.ask("arthur", mutation("blockAccount"), input=said[1]),
        api.ask("greet", mutation("blockAccount"), input=said[0]),
    )
    assert len([who for who in both if (await account_of(api, who)).blocked_at is None]) == 1


async def rights_are(api: Api, rights: dict[UUID, Right]) -> None:
    """Let these alone have anything on Bert's document."""
    document = api.world.document
    async with writing(api) as firm:
        for it in await rows(api, DocumentGrant, document_id=document.id):
            await firm.session.delete(await firm.session.merge(it))
        await firm.session.flush()
        for principal, right in rights.items():
            await firm.grant(document, principal, right)


@pytest.mark.parametrize(
    ("own", "of_group", "of_users", "kept"),
    [
        (FULL, None, None, False),
        (None, FULL, None, False),
        (READS_ONLY, SECURES, None, False),
        (SECURES, READS_ONLY, None, False),
        (FULL, None, READS_ONLY, False),
        (FULL, READS_ONLY, SECURES, False),
        (FULL, None, FULL, True),
        (None, FULL, FULL, True),
    ],
)
async def test_no_document_is_left_without_a_keeper(
    api: Api,
    own: Right | None,
    of_group: Right | None,
    of_users: Right | None,
    *,
    kept: bool,
) -> None:
    greet = await joins(api, "greet")
    group = await group_of(api, greet)
    given = {greet.id: own, group: of_group, api.world.firm.users: of_users}
    await rights_are(api, {key: right for key, right in given.items() if right is not None})
    payload = await does(api, "arthur", "blockAccount", "greet")
    assert mistakes(payload) == ([] if kept else [("INVALID", PLACE)])
    assert await is_somebody(api, "greet") is not kept
    assert await events(api) == (["account.blocked"] if kept else [])


async def group_of(api: Api, *members: Account) -> UUID:
    """Return a new group of these."""
    made = await api.gets(
        "arthur",
        'mutation { createGroup(input: {name: "Juristen"}) { group { id } } }',
    )
    read = api.ports.ids.read(made["createGroup"]["group"]["id"])
    assert read
    async with writing(api) as firm:
        for it in members:
            await firm.join(read[1], it)
    return read[1]


async def test_a_document_that_others_of_the_group_keep_keeps_nobody_in(api: Api) -> None:
    greet = await joins(api, "greet")
    await rights_are(api, {greet.id: FULL, await group_of(api, greet, api.world.accounts["anna"]): FULL})
    assert mistakes(await does(api, "arthur", "blockAccount", "greet")) == []
    assert mistakes(await does(api, "arthur", "blockAccount", "anna")) == [("INVALID", PLACE)]


async def test_somebody_with_part_of_it_here_and_part_there_keeps_a_document(api: Api) -> None:
    greet = await joins(api, "greet")
    anna = api.world.accounts["anna"]
    group = await group_of(api, anna)
    await rights_are(api, {greet.id: FULL, anna.id: SECURES, group: READS_ONLY})
    assert mistakes(await does(api, "arthur", "blockAccount", "greet")) == []


async def test_what_was_nobodys_to_keep_keeps_nobody_in(api: Api) -> None:
    await joins(api, "greet")
    await rights_are(api, {api.world.accounts["bert"].id: FULL})
    assert mistakes(await does(api, "arthur", "blockAccount", "greet")) == []
