"""What has ended by itself is taken away to the second, and nothing else is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from auth.sessions import IDLE_FOR
from models import Challenge, Entity, IdempotencyKey, KnownNetwork, Session, Throttle, TotpDevice
from resolvers import sweeping
from resolvers.sweeping import KNOWN_FOR, sweep
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.rows import writing
from tests.journeys.two_firms import filling

A_SECOND: Final = timedelta(seconds=1)
SOON: Final = timedelta(hours=1)
A_DAY: Final = timedelta(hours=24)
TEN_MINUTES: Final = timedelta(minutes=10)
DIGEST: Final = {"digest": b"digest"}
ENDS: Final[Mapping[str, tuple[type[Entity], dict[str, Any], timedelta]]] = {
    "a session that is over": (
        Session,
        DIGEST | {"created_at": START, "last_seen_at": START + SOON, "expires_at": START + SOON},
        SOON,
    ),
    "a session that nobody used": (
        Session,
        DIGEST | {"created_at": START, "last_seen_at": START, "expires_at": START + A_DAY},
        IDLE_FOR,
    ),
    "a challenge": (
        Challenge,
        DIGEST | {"step": "TWO_FACTOR", "created_at": START, "expires_at": START + SOON},
        SOON,
    ),
    "what counted as a try": (Throttle, {"key": "name:x", "allowed_at": START + SOON}, SOON),
    "the key of a call": (
        IdempotencyKey,
        {"key": "one", "verb": "createGroup", "input_digest": b"", "made": {}, "created_at": START},
        A_DAY,
    ),
    "an app that never showed a code": (
        TotpDevice,
        {"sealed_secret": b"sealed", "created_at": START},
        TEN_MINUTES,
    ),
    "a network where nobody came from any more": (
        KnownNetwork,
        {"network": "192.0.2.1", "signed_in_at": START},
        KNOWN_FOR,
    ),
}
STAYS: Final[Mapping[str, tuple[type[Entity], dict[str, Any]]]] = {
    "an app that showed a code": (
        TotpDevice,
        {"sealed_secret": b"sealed", "created_at": START, "confirmed_at": START},
    ),
}


async def add(api: Api, kind: type[Entity], values: dict[str, Any], how_many: int = 1) -> None:
    """Add rows of a kind to the firm; of Bert, where they are somebody's."""
    bert = api.world.accounts["bert"]
    own = {} if kind is Throttle else {"account_id": bert.id}
    async with writing(api) as firm:
        for number in range(how_many):
            # So that each has a key of its own.
            apart = {name: f"{values[name]} {number}" for name in ("key",) if name in values}
            await firm.keep(kind(licence_id=bert.licence_id, **own, **(values | apart)))


async def count(api: Api, kind: Any) -> int:
    licence_id = api.world.firm.licence_id
    async with api.ports.database.snapshot(licence_id) as connection:
        counted = select(func.count()).select_from(kind).where(kind.licence_id == licence_id)
        return (await connection.execute(counted)).scalar_one()


async def swept(api: Api) -> int:
    return await sweep(api.ports.database, api.world.firm.licence_id, api.ports.clock.now())


@pytest.mark.parametrize("name", ENDS)
async def test_what_has_ended_is_taken_away_to_the_second(api: Api, clock: SetClock, name: str) -> None:
    kind, values, lasts_for = ENDS[name]
    await add(api, kind, values)
    clock.advance(lasts_for - A_SECOND)
    assert (await swept(api), await count(api, kind)) == (0, 1)
    clock.advance(A_SECOND)
    assert (await swept(api), await count(api, kind)) == (1, 0)


@pytest.mark.parametrize("name", STAYS)
async def test_what_has_not_stays_for_ever(api: Api, clock: SetClock, name: str) -> None:
    kind, values = STAYS[name]
    await add(api, kind, values)
    clock.advance(timedelta(days=10_000))
    assert (await swept(api), await count(api, kind)) == (0, 1)


async def test_many_go_in_parts(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, values, lasts_for = ENDS["what counted as a try"]
    await add(api, kind, values, how_many=sweeping.AT_ONCE + 1)
    clock.advance(lasts_for)
    begun: list[object] = []
    change = api.ports.database.change

    def counted(licence_id: Any) -> Any:
        begun.append(licence_id)
        return change(licence_id)

    monkeypatch.setattr(api.ports.database, "change", counted)
    assert await swept(api) == sweeping.AT_ONCE + 1
    assert len(begun) == len(sweeping.ENDED) + 1


async def test_what_somebody_holds_is_left_to_him(api: Api, clock: SetClock) -> None:
    kind, values, lasts_for = ENDS["the key of a call"]
    await add(api, kind, values, how_many=2)
    clock.advance(lasts_for)
    held = select(IdempotencyKey).filter_by(licence_id=api.world.firm.licence_id, key="one 0")
    async with api.ports.database.change(api.world.firm.licence_id) as change:
        await change.execute(held.with_for_update())
        assert await swept(api) == 1
    assert await swept(api) == 1


async def test_what_is_anothers_is_left_to_them(api: Api, clock: SetClock) -> None:
    kind, values, lasts_for = ENDS["what counted as a try"]
    async with filling(api, api.world.other_firm) as firm:
        await firm.keep(kind(licence_id=api.world.other_firm.licence_id, **values))
    clock.advance(lasts_for)
    assert await swept(api) == 0
