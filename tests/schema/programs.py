"""Operations that a partner's program asks, with the scopes of its API key."""

from dataclasses import replace
from typing import Any

from core.rights import ALL_RIGHTS
from core.viewer import ApiScope, Role
from schema.context import Context
from tests.api import Api
from tests.journeys.rows import writing


def program(*scopes: ApiScope) -> type[Context]:
    """Return the operations of whoever signs in, as if he were a program with these scopes."""

    class OfProgram(Context):
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "asker" and value is not None:
                value = replace(value, roles=frozenset({Role.SERVICE}), scopes=frozenset(scopes))
            super().__setattr__(name, value)

    return OfProgram


async def install(api: Api) -> None:
    """Add the program's account to the cast, as `robot`, with all rights on the cast's document."""
    async with writing(api) as firm:
        robot = await firm.account("robot@de-linde.example", "SERVICE", display_name="Robot")
        await firm.grant(api.world.document, robot.id, ALL_RIGHTS)
    api.world.accounts["robot"] = robot
