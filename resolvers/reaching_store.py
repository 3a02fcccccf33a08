"""The store may be away, or have no room left: told to whoever asked in words of ours, and in the log."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from core.errors import StoreAway
from storage.store import TROUBLES

log = logging.getLogger("kluis.files")


@contextmanager
def reaching_store() -> Generator[None]:
    """Let the block use the store. Raise StoreAway where it can not."""
    try:
        yield
    except TimeoutError:
        # Of a sender who fell silent.
        raise
    except TROUBLES as trouble:
        # The kind alone: a store's error can quote keys.
        log.error("the store can not be used: %s", type(trouble).__name__)  # noqa: TRY400
        raise StoreAway from None
