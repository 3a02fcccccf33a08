"""Statements changed on their way to the database: those of the driver, and those of SQLAlchemy."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy import event

from models.tables import AnySelect
from resolvers import fetching
from resolvers.database import Database
from resolvers.fetching import Prepared


@contextmanager
def rewriting(database: Database, rewrite: Callable[[str], str]) -> Generator[set[str]]:
    """Change every statement as `rewrite` says; yield those that it changed, as they are sent."""
    changed: set[str] = set()

    def rewritten(statement: str) -> str:
        instead = rewrite(statement)
        if instead != statement:
            changed.add(instead)
        return instead

    def fetched(statement: AnySelect) -> Prepared:
        ready = Prepared(statement)
        ready.text = rewritten(ready.text)
        return ready

    def executed(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        return rewritten(statement), parameters

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", executed, retval=True)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fetching, "prepared", lru_cache(fetched))
            yield changed
    finally:
        event.remove(engine, "before_cursor_execute", executed)
