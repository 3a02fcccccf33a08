"""Challenges: for one step of one account, for five minutes, and once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import select, update

from auth import challenges
from core.tokens import Token
from models import Account, Challenge
from resolvers.fetching import reads
from resolvers.ports import Ports
from tests.conftest import START
from tests.world import World

STEPS: Final = [
    challenges.TWO_FACTOR,
    challenges.PASSWORD_CHANGE,
    challenges.FIRST_PASSWORD,
    challenges.PASSKEY_ENROLMENT,
]
FIVE_MINUTES: Final = timedelta(minutes=5)
SECOND: Final = timedelta(seconds=1)


class Desk:
    """Where challenges of Bert's are handed out and shown."""

    def __init__(self, ports: Ports, world: World) -> None:
        self.ports = ports
        self.bert = world.accounts["bert"]
        self.licence_id = world.firm.licence_id
        self.other_licence_id = world.other_firm.licence_id

    async def hand_out(self, step: str = challenges.TWO_FACTOR, who: UUID | None = None) -> Token:
        token = Token.new(self.licence_id)
        async with self.ports.database.change(self.licence_id) as session:
            challenges.hand_out(session, who or self.bert.id, step, token, START)
        return token

    async def found(self, token: Token, steps: list[str] | None = None, now: datetime = START) -> UUID | None:
        async with self.ports.database.snapshot(token.licence_id) as connection:
            row = await challenges.standing(reads(connection), token, steps or STEPS, now)
            return row.id if row else None

    async def use(self, challenge_id: UUID) -> bool:
        async with self.ports.database.change(self.licence_id) as session:
            return await challenges.use(session, self.licence_id, challenge_id)


@pytest.fixture
def desk(ports: Ports, world: World) -> Desk:
    return Desk(ports, world)


@pytest.mark.parametrize("step", STEPS)
async def test_a_challenge_stands_for_its_own_step_alone(desk: Desk, step: str) -> None:
    token = await desk.hand_out(step)
    assert [it for it in STEPS if await desk.found(token, [it])] == [step]


async def test_a_challenge_tells_its_account_and_its_step_and_is_not_kept_itself(desk: Desk) -> None:
    token = await desk.hand_out()
    async with desk.ports.database.snapshot(desk.licence_id) as connection:
        row = await challenges.standing(reads(connection), token, STEPS, START)
        (kept,) = (await connection.execute(select(Challenge.digest))).scalars()
    assert row
    assert (row.account_id, row.step, row.nonce) == (desk.bert.id, challenges.TWO_FACTOR, None)
    assert kept == token.digest != token.secret


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        (timedelta(), True),
        (FIVE_MINUTES - SECOND, True),
        (FIVE_MINUTES, False),
        (FIVE_MINUTES + SECOND, False),
    ],
)
async def test_a_challenge_stands_for_five_minutes(
    desk: Desk,
    after: timedelta,
    stands: bool,  # noqa: FBT001
) -> None:
    token = await desk.hand_out()
    assert bool(await desk.found(token, now=START + after)) == stands


async def test_no_other_token_stands_for_it(desk: Desk) -> None:
    token = await desk.hand_out()
    for other in (Token.new(token.licence_id), replace(token, licence_id=desk.other_licence_id)):
        assert await desk.found(other) is None


async def test_the_challenge_of_a_blocked_account_does_not_stand(desk: Desk) -> None:
    token = await desk.hand_out()
    async with desk.ports.database.change(desk.licence_id) as session:
        await session.execute(update(Account).where(Account.id == desk.bert.id).values(blocked_at=START))
    assert await desk.found(token) is None


async def test_a_challenge_is_used_once_of_thirty_at_once(desk: Desk) -> None:
    token, other = await desk.hand_out(), await desk.hand_out()
    key = await desk.found(token)
    assert key
    assert sum(await asyncio.gather(*(desk.use(key) for _ in range(30)))) == 1
    assert await desk.found(token) is None
    assert await desk.found(other)


async def test_all_challenges_of_an_account_end_together_and_of_no_other(desk: Desk, world: World) -> None:
    ours = [await desk.hand_out(step) for step in STEPS]
    carla = await desk.hand_out(who=world.accounts["carla"].id)
    async with desk.ports.database.change(desk.licence_id) as session:
        await challenges.void(session, desk.licence_id, desk.bert.id)
    assert [await desk.found(it) for it in ours] == [None] * 4
    assert await desk.found(carla)
