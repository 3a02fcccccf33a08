"""Fixtures of the storage floor: a store on a folder that is thrown away, and one on a real S3 server."""

from pathlib import Path
from uuid import uuid4

import pytest
from obstore.store import LocalStore, S3Store

from storage.files import Files
from storage.store import Store
from tests.storage import s3 as server
from tests.storage.s3 import BUCKET, S3
from tests.storage.uploads import Backend, OnDisk, OnS3

s3 = server.s3


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def on_disk(root: Path) -> OnDisk:
    return OnDisk(Store.open(root), LocalStore(root), root.as_uri(), root)


@pytest.fixture
def on_s3(s3: S3, monkeypatch: pytest.MonkeyPatch) -> OnS3:
    """A part of the bucket that no other test uses."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    prefix = uuid4().hex
    address = f"s3://{BUCKET}/{prefix}"
    return OnS3(Store.open(address), S3Store.from_url(address), address, s3, prefix)


@pytest.fixture(params=["on_disk", "on_s3"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """The one and the other: a test that asks for it, or for what stands on it, is two."""
    found: Backend = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(backend: Backend) -> Store:
    return backend.store


@pytest.fixture
def files(store: Store) -> Files:
    return Files(store)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by what they are: some hold the time, and a test's name must not change from run to run."""
    return "bytes" if isinstance(val, bytes) else None
