"""A partner's program, which is called `robot`, and the API keys that it asks with."""

from typing import Any

from auth.api_keys import KeyToken
from core.rights import ALL_RIGHTS
from core.viewer import ApiScope
from models import ApiKey
from tests.api import Api
from tests.journeys.rows import writing


async def install(api: Api) -> None:
    """Add the program to the cast, with all rights on the cast's document, and a key without scopes."""
    async with writing(api) as firm:
        robot = await firm.account(
            "robot@de-linde.example", "SERVICE", display_name="Robot", password_hash=None, email=None
        )
        await firm.grant(api.world.document, robot.id, ALL_RIGHTS)
    api.world.accounts["robot"] = robot
    await give_key(api)


async def give_key(api: Api, *scopes: ApiScope, **values: Any) -> KeyToken:
    """Return a new key of the program with these scopes, with which it asks from now on."""
    robot = api.world.accounts["robot"]
    token = KeyToken.new(robot.licence_id)
    said = {"name": "CRM", "prefix": token.prefix, "created_at": api.ports.clock.now(), **values}
    async with writing(api) as firm:
        key = ApiKey(
            licence_id=robot.licence_id,
            account_id=robot.id,
            digest=token.digest,
            scopes=[it.value for it in scopes],
            **said,
        )
        await firm.keep(key)
    api.tokens["robot"] = token
    return token
