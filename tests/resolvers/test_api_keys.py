"""A program's operation: its key is read again before anything is changed, and its use is noted after it."""

from datetime import timedelta
from functools import partial

import pytest

from core.errors import Forbidden, Unauthenticated
from core.viewer import ApiScope
from models import ApiKey
from resolvers.api_keys import NewApiKey, create_api_key, revoke_api_key
from resolvers.request import Request
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.rows import row, rows, set_values
from tests.schema.programs import give_key, install

HERE = "192.0.2.1"


@pytest.fixture
async def request_of_robot(api: Api) -> Request:
    await install(api)
    token = await give_key(api, networks=[HERE])
    request = Request(api.ports, token, address=HERE)
    await request.open()
    assert request.viewer.is_program
    return request


async def test_a_key_that_is_revoked_meanwhile_changes_nothing(api: Api, request_of_robot: Request) -> None:
    key = request_of_robot.viewer.session_id
    await set_values(api, ApiKey, key, revoked_at=api.ports.clock.now())
    with pytest.raises(Unauthenticated):
        async with request_of_robot.change():
            pytest.fail("a change with a key that is dead")
    await request_of_robot.close()
    assert (await row(api, ApiKey, id=key)).last_used_at is None


async def test_a_key_changes_something_from_its_addresses_alone(request_of_robot: Request) -> None:
    async with request_of_robot.change() as change:
        assert change.viewer.is_program
    request_of_robot.address = "192.0.2.2"
    with pytest.raises(Unauthenticated):
        async with request_of_robot.change():
            pytest.fail("a change from elsewhere")
    await request_of_robot.close()


async def test_the_use_of_a_key_is_noted_when_the_operation_ends(
    api: Api, clock: SetClock, request_of_robot: Request
) -> None:
    key = request_of_robot.viewer.session_id
    assert (await row(api, ApiKey, id=key)).last_used_at is None
    clock.advance(timedelta(seconds=5))
    await request_of_robot.close()
    assert (await row(api, ApiKey, id=key)).last_used_at == START


@pytest.mark.parametrize("who", ["anna", "bert", "robot"])
async def test_only_administrators_make_and_revoke_keys(api: Api, who: str) -> None:
    await install(api)
    await give_key(api, *ApiScope)
    (key, *_) = await rows(api, ApiKey)
    request = Request(api.ports, await api.token(who), address=HERE)
    for verb in (
        partial(create_api_key, said=NewApiKey("CRM", [ApiScope.DOCUMENTS_READ]), idempotency_key=None),
        partial(revoke_api_key, api_key_id=key.id),
    ):
        with pytest.raises(Forbidden):
            async with request.change() as change:
                await verb(change)
    assert [it.revoked_at for it in await rows(api, ApiKey)] == [None, None]
