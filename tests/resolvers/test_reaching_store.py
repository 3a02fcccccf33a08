"""Reaching the store: its troubles are told in words of ours, and nobody else's are mistaken for them."""

import pytest
from obstore.exceptions import GenericError

from core.errors import StoreAway, TooLarge
from resolvers.reaching_store import reaching_store
from storage.files import Damaged
from storage.store import Missing


@pytest.mark.parametrize(
    "trouble",
    [OSError(28, "No space left on device"), GenericError("s3://a-bucket/a-key"), ConnectionError()],
)
def test_a_store_that_is_away_or_full_is_told(trouble: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StoreAway), reaching_store():
        raise trouble
    assert caplog.messages == [f"the store can not be used: {type(trouble).__name__}"]


@pytest.mark.parametrize(
    "other", [TimeoutError(), Missing("a key"), Damaged("a key"), TooLarge(limit=1), ValueError()]
)
def test_what_is_not_the_stores_trouble_goes_on(other: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(type(other)), reaching_store():
        raise other
    assert caplog.messages == []
