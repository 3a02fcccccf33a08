"""How a row of the firm's files is written: what is there once is told, and what is ours to mend is not."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from core.errors import AlreadyExists
from models import Holding
from resolvers import editing
from resolvers.request import Request
from tests.api import Api


async def write(api: Api, *holdings: dict[str, Any]) -> None:
    request = Request(api.ports, await api.token("anna"))
    async with request.change() as change:
        for said in holdings:
            change.add(Holding, kind="ASSET", name="x", name_folded="x", **said)
        await editing.write(change)


async def test_what_is_there_once_is_told_with_its_place(api: Api) -> None:
    with pytest.raises(AlreadyExists) as told:
        await write(api, {"external_reference": "7"}, {"external_reference": "7"})
    assert told.value.path == ("input", "externalReference")


async def test_a_row_that_refers_to_nothing_is_ours_to_mend(api: Api) -> None:
    with pytest.raises(IntegrityError):
        await write(api, {"dossier_id": uuid4()})
