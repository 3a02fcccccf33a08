"""Documents that were deleted long ago: gone for good, the keys first, whatever is cut off in between."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from obstore.exceptions import GenericError
from sqlalchemy import select

from auth.passwords import CHEAPEST
from core.rights import Right
from demo.firm import File, Firm
from models import (
    DescriptionWord,
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentHolding,
    DocumentRelation,
    DocumentVersion,
    Event,
    Holding,
    IdempotencyKey,
    Preview,
    Upload,
)
from resolvers.file_rows import Place
from resolvers.founding import Founded
from resolvers.previews import in_one
from resolvers.purging import AT_ONCE, MARGIN, purge
from storage import store
from storage.files import Stored
from storage.store import Missing
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes
from tests.journeys.filing import (
    add_file,
    complete,
    gives,
    key_of,
    kinds_of_events,
    objects,
    over,
    paper_of,
    preview_of,
    sent,
    url_of,
    version_of,
)
from tests.journeys.rows import rows
from tests.storage.real_files import png

A_SECOND: Final = timedelta(seconds=1)
KEPT_FOR: Final = timedelta(days=30)
OVER: Final = KEPT_FOR + MARGIN
DELETE: Final = """mutation ($input: DeleteDocumentInput!) {
  it: deleteDocument(input: $input) { userErrors { code path } } }"""
RESTORE: Final = """mutation ($input: RestoreDocumentInput!) {
  it: restoreDocument(input: $input) { document { id } userErrors { code path } } }"""
HANGING_ON_IT: Final = (
    DescriptionWord,
    DocumentVersion,
    Preview,
    DocumentCategory,
    DocumentRelation,
    DocumentHolding,
    DocumentGrant,
)
NOT_FOUND: Final = [("NOT_FOUND", ["input", "documentId"])]
NODE: Final = "query ($id: ID!) { node(id: $id) { id } }"


async def purged(api: Api, founded: Founded | None = None) -> int:
    return await purge(api.ports, (founded or api.world.firm).licence_id, api.ports.clock.now())


def pass_by(api: Api, clock: SetClock, time: timedelta) -> None:
    """Let time pass by, after which everybody signs in anew."""
    clock.advance(time)
    api.tokens.clear()


async def delete(api: Api, *ids: str) -> None:
    for id_ in ids:
        assert (await api.gets("arthur", DELETE, input={"documentId": id_}))["it"]["userErrors"] == []


async def restore(api: Api, id_: str) -> dict[str, Any]:
    return (await api.gets("arthur", RESTORE, input={"documentId": id_}))["it"]


async def hanging_on(api: Api, id_: str) -> dict[str, int]:
    """Return how many rows of each table hang on a document."""
    found = {it.__tablename__: await rows(api, it, document_id=key_of(api, id_)) for it in HANGING_ON_IT}
    return {name: len(its) for name, its in found.items()}


async def tie(api: Api, id_: str) -> None:
    """Tie a document to one of everything there is, and give somebody rights on it."""
    key, licence = key_of(api, id_), api.world.firm
    of = {"licence_id": licence.licence_id, "document_id": key}
    async with api.ports.database.change(licence.licence_id) as session:
        holding = Holding(licence_id=licence.licence_id, kind="POLICY", name="Polis", name_folded="polis")
        session.add(holding)
        await session.flush()
        session.add_all(
            [
                DocumentCategory(**of, category_id=licence.categories["contracts"]),
                DocumentRelation(**of, relation_id=api.world.relations["femke"].id),
                DocumentHolding(**of, holding_id=holding.id),
                DocumentGrant(
                    **of,
                    principal_id=api.world.accounts["carla"].id,
                    rights=int(Right.READ),
                    source="MANUAL",
                    granted_at=api.ports.clock.now(),
                ),
            ]
        )


async def test_a_document_is_gone_to_the_second_a_month_and_a_margin_after_it_was_deleted(
    api: Api, clock: SetClock
) -> None:
    id_ = await paper_of(api, "bert")
    await delete(api, id_)
    pass_by(api, clock, OVER - A_SECOND)
    assert await purged(api) == 0
    assert (await version_of(api, id_)).sealed_key
    assert len(await objects(api)) == 1
    pass_by(api, clock, A_SECOND)
    assert await purged(api) == 1
    assert await rows(api, Document, id=key_of(api, id_)) == []
    assert await objects(api) == set()
    assert await purged(api) == 0


async def test_all_that_hangs_on_it_goes_with_it_and_what_happened_stays(
    api: Api, clock: SetClock, tmp_path: Path
) -> None:
    id_, _ = await two_versions_and_a_picture(api, tmp_path)
    await tie(api, id_)
    before = await hanging_on(api, id_)
    assert all(before.values())
    assert (before["document_version"], before["preview"], len(await objects(api))) == (2, 1, 3)
    events = {it.id: it.kind for it in await rows(api, Event)}
    await delete(api, id_)
    pass_by(api, clock, OVER)
    assert await purged(api) == 1
    assert set((await hanging_on(api, id_)).values()) == {0}
    assert await objects(api) == set()
    (told,) = await rows(api, Event, kind="document.purged")
    assert (told.document_id, told.occurred_at, told.account_id) == (key_of(api, id_), clock.now(), None)
    after = {it.id: it.kind for it in await rows(api, Event)}
    assert after.items() >= events.items()
    assert len(after) == len(events) + 2
    assert await api.gets("arthur", NODE, id=id_) == {"node": None}


async def test_what_nobody_deleted_stays_for_ever(api: Api, clock: SetClock) -> None:
    ids = [await paper_of(api, "bert", b"words", "a.txt") for _ in range(3)]
    await delete(api, ids[0], ids[1])
    await restore(api, ids[1])
    pass_by(api, clock, timedelta(days=10_000))
    assert await purged(api) == 1
    for id_ in ids[1:]:
        assert (await gives(api, await url_of(api, "bert", id_))).content == b"words"


async def test_a_licence_without_documents_to_purge_is_told_nothing(api: Api) -> None:
    assert await purged(api) == 0
    assert await kinds_of_events(api, "document.purged") == []


# bringing back ----------------------------------------------------------------------------------------------


async def test_a_document_can_be_brought_back_until_its_month_is_over(api: Api, clock: SetClock) -> None:
    id_ = await paper_of(api, "bert", b"words", "a.txt")
    await delete(api, id_)
    pass_by(api, clock, KEPT_FOR - A_SECOND)
    assert await purged(api) == 0
    assert mistakes(await restore(api, id_)) == []
    assert (await gives(api, await url_of(api, "bert", id_))).content == b"words"


@pytest.mark.parametrize("after", [KEPT_FOR, OVER - A_SECOND, OVER])
@pytest.mark.parametrize("comes_by", [True, False])
async def test_a_document_whose_month_is_over_exists_no_more_whether_the_purge_came_or_not(
    api: Api, clock: SetClock, after: timedelta, *, comes_by: bool
) -> None:
    id_ = await paper_of(api, "bert")
    await delete(api, id_)
    pass_by(api, clock, after)
    if comes_by:
        await purged(api)
    assert mistakes(await restore(api, id_)) == NOT_FOUND
    assert await kinds_of_events(api, "document.restored") == []


# cut off ----------------------------------------------------------------------------------------------------


async def is_shredded(api: Api, id_: str, copies: dict[str, bytes], folder: Path) -> None:
    """Require that nothing opens the files of a document any more, not from a copy of the store either."""
    for name, content in copies.items():
        (folder / name).write_bytes(content)
    for version in await rows(api, DocumentVersion, document_id=key_of(api, id_)):
        assert version.sealed_key is None
        place = Place.of_version(version.licence_id, version.document_id, version.number)
        row: Any = version
        with pytest.raises(Missing):
            place.stored(api.ports.keys, row)
    assert [it.sealed_key for it in await rows(api, Preview, document_id=key_of(api, id_))] == [None]
    assert mistakes(await restore(api, id_)) == NOT_FOUND


def failing_once(method: Callable[..., Any], at: int, error: Exception) -> Callable[..., Any]:
    """Return a method that fails when it is called for the `at`th time."""
    calls: list[int] = []

    def called(*said: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == at:
            raise error
        return method(*said, **named)

    return called


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_store_that_fails_between_keeps_nothing_readable_and_the_next_round_ends_it(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: int
) -> None:
    id_, copies = await two_versions_and_a_picture(api, tmp_path)
    await delete(api, id_)
    pass_by(api, clock, OVER)
    with monkeypatch.context() as patch:
        failing = failing_once(api.ports.files.delete, at, GenericError("away"))
        patch.setattr(api.ports.files, "delete", failing)
        with pytest.raises(GenericError):
            await purged(api)
    assert len(await objects(api)) == 4 - at
    await is_shredded(api, id_, copies, tmp_path / "files")
    assert await kinds_of_events(api, "document.purged") == []
    assert await purged(api) == 1
    assert await objects(api) == set()
    assert await kinds_of_events(api, "document.purged") == ["document.purged"]
    assert set((await hanging_on(api, id_)).values()) == {0}


async def test_a_database_that_fails_between_keeps_nothing_readable_and_the_next_round_ends_it(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    id_, copies = await two_versions_and_a_picture(api, tmp_path)
    await delete(api, id_)
    pass_by(api, clock, OVER)
    with monkeypatch.context() as patch:
        change = failing_once(api.ports.database.change, 2, ConnectionResetError())
        patch.setattr(api.ports.database, "change", change)
        with pytest.raises(ConnectionResetError):
            await purged(api)
    assert await objects(api) == set()
    assert len(await rows(api, Document, id=key_of(api, id_))) == 1
    await is_shredded(api, id_, copies, tmp_path / "files")
    assert await purged(api) == 1
    assert await objects(api) == set()
    assert await kinds_of_events(api, "document.purged") == ["document.purged"]


async def two_versions_and_a_picture(api: Api, folder: Path) -> tuple[str, dict[str, bytes]]:
    """Return a document with three objects, and a copy of them."""
    id_ = await paper_of(api, "bert", png(), "a.png")
    assert (await gives(api, await preview_of(api, "bert", id_))).status_code == 200
    await add_file(api, "arthur", id_, b"words", "b.txt")
    copies = {it: (folder / "files" / it).read_bytes() for it in await objects(api)}
    assert len(copies) == 3
    return id_, copies


async def test_the_key_is_gone_before_the_first_object_is(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await paper_of(api, "bert")
    await delete(api, id_)
    pass_by(api, clock, OVER)
    seen: list[bytes | None] = []

    async def look(object_key: str) -> None:
        version = await version_of(api, id_)
        assert version.object_key == object_key
        seen.append(version.sealed_key)

    monkeypatch.setattr(api.ports.files, "delete", look)
    assert await purged(api) == 1
    assert seen == [None]


# many, and others -------------------------------------------------------------------------------------------


async def add_deleted(api: Api, founded: Founded, who: str, how_many: int) -> None:
    """Add documents that are deleted already."""
    now, hashed = api.ports.clock.now(), CHEAPEST.hash("x")
    async with api.ports.database.change(founded.licence_id) as session:
        firm = Firm(session, founded, now=now, password_hash=hashed, keys=api.ports.keys)
        for number in range(how_many):
            stored = Stored(store.new_key(founded.licence_id), b"secret", 1, bytes(32))
            file = File(f"{number}.txt", "text/plain", stored)
            await firm.document(f"{number}", api.world.accounts[who], file=file, deleted_at=now)


async def test_many_go_in_parts(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_deleted(api, api.world.firm, "anna", 250)
    pass_by(api, clock, OVER)
    begun: list[UUID] = []
    change = api.ports.database.change

    def counted(licence_id: UUID) -> AbstractAsyncContextManager[Any]:
        begun.append(licence_id)
        return change(licence_id)

    with monkeypatch.context() as patch:
        patch.setattr(api.ports.database, "change", counted)
        assert await purged(api) == 250
    assert (AT_ONCE, len(begun)) == (100, 3 * 2 + 1)
    assert len(await rows(api, Document)) == 1
    assert len(await rows(api, Event, kind="document.purged")) == 250


@pytest.mark.parametrize("left_to_the_first", [0, 10])
async def test_two_who_purge_at_once_tell_of_each_document_once(
    api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch, left_to_the_first: int
) -> None:
    await add_deleted(api, api.world.firm, "anna", 30)
    pass_by(api, clock, OVER)
    licence_id = api.world.firm.licence_id
    held = select(Document.id).where(Document.licence_id == licence_id, Document.deleted_at.is_not(None))
    overtaken: list[int] = []

    async def be_overtaken(_: str) -> None:
        if overtaken:
            return
        overtaken.append(0)
        async with api.ports.database.change(licence_id) as session:
            await session.execute(held.limit(left_to_the_first).with_for_update())
            overtaken.append(await purged(api))

    monkeypatch.setattr(api.ports.files, "delete", be_overtaken)
    assert await purged(api) == left_to_the_first
    assert overtaken == [0, 30 - left_to_the_first]
    assert len(await rows(api, Event, kind="document.purged")) == 30


async def test_a_document_that_somebody_holds_is_left_until_the_next_round(api: Api, clock: SetClock) -> None:
    await add_deleted(api, api.world.firm, "anna", 2)
    pass_by(api, clock, OVER)
    licence_id = api.world.firm.licence_id
    held = select(Document.id).where(Document.licence_id == licence_id, Document.deleted_at.is_not(None))
    async with api.ports.database.change(licence_id) as session:
        await session.execute(held.limit(1).with_for_update())
        assert await purged(api) == 1
    assert await purged(api) == 1


async def test_another_licence_is_left_as_it_is(api: Api, clock: SetClock) -> None:
    await add_deleted(api, api.world.firm, "anna", 2)
    await add_deleted(api, api.world.other_firm, "eva", 3)
    await api.ports.files.put(api.world.other_firm.licence_id, in_one(b"theirs"), limit=6)
    pass_by(api, clock, OVER)
    assert await purged(api) == 2
    theirs = [it async for it in api.ports.files.store.listed(api.world.other_firm.licence_id)]
    assert [len(it) for it in theirs] == [1]
    assert await purged(api) == 0
    assert await purged(api, api.world.other_firm) == 3


async def test_keys_of_calls_and_uploads_that_name_it_do_no_harm(api: Api, clock: SetClock) -> None:
    async with over(api, purge_after=-MARGIN) as hasty:
        said = {"idempotencyKey": "once"}
        made = (await hasty.upload("bert", "a.txt", b"words", **said))["document"]["id"]
        again = (await hasty.upload("bert", "a.txt", b"words", **said))["document"]["id"]
        assert made == again
        sent_in_steps = (await complete(hasty, "bert", await sent(hasty, "bert")))["document"]["id"]
        await delete(hasty, made, sent_in_steps)
        assert await purge(hasty.ports, hasty.world.firm.licence_id, clock.now()) == 2
        assert len(await rows(hasty, IdempotencyKey)) == 1
        assert [it.document_id for it in await rows(hasty, Upload)] == [key_of(hasty, sent_in_steps)]
        replayed = await hasty.upload("bert", "a.txt", b"words", **said)
        assert (replayed["document"], mistakes(replayed)) == (None, [])
        fresh = (await hasty.upload("bert", "a.txt", b"words", idempotencyKey="twice"))["document"]["id"]
        assert (await gives(hasty, await url_of(hasty, "bert", fresh))).content == b"words"
        assert len(await objects(hasty)) == 1
