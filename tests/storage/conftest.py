"""Fixtures of the storage floor: a store on a folder that is thrown away."""

from pathlib import Path

import pytest

from storage.store import Store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(root: Path) -> Store:
    return Store.open(root)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by what they are: some hold the time, and a test's name must not change from run to run."""
    return "bytes" if isinstance(val, bytes) else None
