"""Chains of events as tests make them, break them, and have them checked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from models import EventSeal
from resolvers import chain_checks
from resolvers.chain_checks import Break
from resolvers.entering import acting, steward
from resolvers.sealing import seal
from tests.api import Api
from tests.journeys.rows import rows


async def happen(api: Api, *kinds: str, licence_id: UUID | None = None, **details: Any) -> None:
    """Let an event of each of these kinds be written, in a transaction of its own."""
    for kind in kinds:
        of = licence_id or api.world.firm.licence_id
        async with acting(api.ports, steward(of, api.ports.clock.now())) as change:
            change.record(kind, **details)


async def sealed(api: Api) -> int:
    """Seal what is not sealed yet; return how many events it were."""
    return await seal(api.ports.database, api.world.firm.licence_id, api.ports.clock.now())


async def broken(api: Api, heads: dict[int, bytes] | None = None) -> Break | None:
    """Return the first place at which the chain of the cast's firm is broken."""
    licence_id = api.world.firm.licence_id
    return await chain_checks.check(api.ports.database, licence_id, heads or {}, lambda _: None)


async def seals(api: Api) -> Sequence[EventSeal]:
    """Return the seals of the cast's firm in the order of the chain."""
    return sorted(await rows(api, EventSeal), key=lambda it: it.number)
