"""A document whose bytes lie on a real S3 server: in by parts, out whole, in parts, drawn, zipped; gone."""

import io
import zipfile
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from resolvers.orphans import sweep_orphans
from resolvers.purging import MARGIN, purge
from resolvers.verifying import Compared, compare
from storage.files import Files
from storage.store import Store
from tests.api import Api
from tests.conftest import LARGE_UPLOAD_LIMIT, SetClock
from tests.journeys.filing import (
    archive_of,
    complete,
    gives,
    key_of,
    over,
    paper_of,
    preview_of,
    put,
    ticket_of,
    url_of,
)
from tests.journeys.rows import delete_document
from tests.storage import real_files
from tests.storage import s3 as server
from tests.storage.s3 import BUCKET, S3

s3 = server.s3


@pytest.fixture
async def far(api: Api, s3: S3, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Api]:
    """The API of a server whose store is a part of the bucket that nobody else uses."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    store = Store.open(f"s3://{BUCKET}/{uuid4().hex}")
    async with over(api, files=Files(store)) as other:
        yield other


async def compared(api: Api) -> Compared:
    return await compare(api.ports, api.world.firm.licence_id, lambda _: None)


async def test_a_document_on_s3_comes_in_goes_out_and_is_gone(far: Api, clock: SetClock) -> None:
    # in, at once and in steps
    pdf = real_files.pdf()
    small = await paper_of(far, "bert", pdf)
    words = (b"The deed was passed in Ghent.\n" * 140_000)[:LARGE_UPLOAD_LIMIT]
    ticket = await ticket_of(far, "bert", words)
    assert (await put(far, ticket, words)).status_code == 204
    assert (await put(far, ticket, words)).status_code == 204
    large = (await complete(far, "bert", ticket["id"]))["document"]["id"]
    # out, whole and in parts
    assert (await gives(far, await url_of(far, "bert", small))).content == pdf
    assert (await gives(far, await url_of(far, "bert", large))).content == words
    part = await gives(far, await url_of(far, "bert", large), range="bytes=1048500-2097200")
    assert (part.status_code, part.content) == (206, words[1048500:2097201])
    assert (await gives(far, await preview_of(far, "bert", small))).content.startswith(b"RIFF")
    zipped = await gives(far, await archive_of(far, "bert", large, small))
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        assert [archive.read(it) for it in archive.namelist()] == [words, pdf]
    assert (await compared(far)).agrees
    # gone, and its bytes with it
    for id_ in (small, large):
        await delete_document(far, key_of(far, id_))
    licence_id, later = far.world.firm.licence_id, clock.now() + far.ports.purge_after + MARGIN
    assert await purge(far.ports, licence_id, later + timedelta(seconds=1)) == 2
    assert (await compared(far)).objects == 0
    assert await sweep_orphans(far.ports, licence_id, datetime.now(UTC) + timedelta(hours=25)) == 0
