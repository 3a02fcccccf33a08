"""The desk: operations below HTTP, over the cast's world."""

import pytest

from tests.api import Api
from tests.schema.asking import Desk


@pytest.fixture
def desk(api: Api) -> Desk:
    return Desk(api)
