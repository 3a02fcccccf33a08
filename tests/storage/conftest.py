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
