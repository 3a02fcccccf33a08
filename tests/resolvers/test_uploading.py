"""Uploading below HTTP: bytes in any pieces, and accounts that send no documents."""

from collections.abc import AsyncGenerator
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from core.errors import Forbidden
from models import Account, Document, DocumentVersion
from resolvers.documents import Said, upload_document
from resolvers.file_rows import Place
from resolvers.incoming import IncomingFile
from resolvers.request import Request
from storage.files import Files
from storage.media_types import HEAD_SIZE
from tests.api import Api

PDF = b"%PDF-1.7\n" + b"a page of numbers\n" * 3000 + b"%%EOF\n"


async def in_pieces(size: int) -> AsyncGenerator[bytes]:
    for at in range(0, len(PDF), size):
        yield PDF[at : at + size]


@pytest.mark.parametrize("size", [1000, HEAD_SIZE - 1, HEAD_SIZE, HEAD_SIZE + 1, len(PDF)])
async def test_a_file_is_kept_whole_in_whatever_pieces_it_comes(api: Api, size: int) -> None:
    assert len(PDF) > HEAD_SIZE
    request = Request(api.ports, await api.token("bert"))
    await request.open()
    document_id = await upload_document(request, IncomingFile("plan.pdf", in_pieces(size)), Said("Plan"))
    await request.close()
    version = select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    async with api.ports.database.snapshot(api.world.firm.licence_id) as connection:
        kept = (await connection.execute(version)).one()
    place = Place.of_version(api.world.firm.licence_id, document_id, 1)
    pieces = await api.ports.files.get(place.stored(api.ports.keys, kept))
    assert b"".join([it async for it in pieces]) == PDF
    assert (kept.byte_size, kept.sha256, kept.media_type) == (
        len(PDF),
        sha256(PDF).digest(),
        "application/pdf",
    )


async def test_an_auditor_sends_no_documents(api: Api) -> None:
    carla = api.world.accounts["carla"]
    token = await api.token("carla")
    async with api.ports.database.change(carla.licence_id) as session:
        await session.execute(
            update(Account).where(Account.id == carla.id).values(role="AUDITOR", relation_id=None)
        )
    request = Request(api.ports, token)
    await request.open()
    with pytest.raises(Forbidden):
        await upload_document(request, IncomingFile("plan.pdf", in_pieces(1000)), Said("Plan"))
    await request.close()
    async with api.ports.database.snapshot(carla.licence_id) as connection:
        assert len((await connection.execute(select(Document.id))).all()) == 1


async def test_a_refusal_is_told_though_the_file_can_not_be_removed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(Files, "delete", away)
    nowhere = api.id("Dossier", api.world.document.id)
    payload = await api.upload("anna", "a.txt", b"words", dossierId=nowhere)
    assert [it["code"] for it in payload["userErrors"]] == ["NOT_FOUND"]
