"""Documents from other programs, with their files: added, or changed where a row says something else."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final
from uuid import UUID

from core.errors import Correctable, Forbidden, Required, TooLarge
from core.viewer import Viewer
from models.tables import AnyRow
from permissions.people import keeps_documents
from resolvers import (
    documents,
    licences,
    new_documents,
    versions,
)
from resolvers.batches import WentOn
from resolvers.change import Change
from resolvers.entering import acting
from resolvers.importing import (
    Outcome,
    Problem,
    Row,
    noted,
    require_once,
)
from resolvers.incoming import IncomingFile, Kept, Rules, keep, kept_only_if_used
from resolvers.matching_documents import Look, Ready
from resolvers.new_documents import NewDocument
from resolvers.ports import Ports
from storage.inspecting import inspect
from storage.local_files import LocalFile
from storage.media_types import HEAD_SIZE, recognise

TABLES: Final = (
    "document",
    "document_version",
    "document_grant",
    "document_category",
    "document_relation",
    "document_holding",
    "description_word",
    "word_suffix",
    "event",
    "feed_entry",
)
BATCH: Final = 100
AT_ONCE: Final = 8


async def dry_run(ports: Ports, viewer: Viewer, rows: Sequence[Row], went_on: WentOn) -> Outcome:
    """Return what rows would come to; their files are looked at, but for malware. Raise Forbidden."""
    outcome = Outcome()
    for at in range(0, len(rows), BATCH):
        ready = await examined(ports, viewer, rows[at : at + BATCH], outcome)
        licence = await own_licence(ports, viewer)
        for it in ready:
            with noted(it.row, outcome.problems):
                if it.takes_file:
                    await inspected(it.row.said["file"], Rules.of(licence, ports.large_upload_limit))
                outcome.of(it.key, is_changed=it.is_changed).append(it.row.reference)
        went_on(len(rows[at : at + BATCH]))
    return outcome


async def import_documents(ports: Ports, viewer: Viewer, rows: Sequence[Row], went_on: WentOn) -> Outcome:
    """Write all rows that have no problem, so many in one transaction; return what they came to.

    Files are durable before their rows are there. Raise Forbidden, and Conflict when somebody else adds the
    same now: what was written before stays, and is left as it is when the rows come again.
    """
    outcome = Outcome()
    for at in range(0, len(rows), BATCH):
        ready = await examined(ports, viewer, rows[at : at + BATCH], outcome)
        files = await kept_files(ports, viewer, ready, outcome)
        async with AsyncExitStack() as stack:
            for file in files.values():
                await stack.enter_async_context(kept_only_if_used(ports, file))
            async with acting(ports, viewer) as change:
                await write(change, ready, files, outcome)
        went_on(len(rows[at : at + BATCH]))
    return outcome


async def kept_files(
    ports: Ports, viewer: Viewer, ready: Sequence[Ready], outcome: Outcome
) -> dict[str, Kept]:
    """Return the files of rows by what these are called, once they are durable. Raise StoreAway."""
    rules = Rules.of(await own_licence(ports, viewer), ports.large_upload_limit)
    turns = asyncio.Semaphore(AT_ONCE)
    files: dict[str, Kept] = {}

    async def keep_one(row: Row) -> None:
        file: LocalFile = row.said["file"]
        async with turns:
            try:
                incoming = IncomingFile(file.name, file.chunks())
                files[row.reference] = await keep(ports, viewer.licence_id, incoming, rules)
            except Correctable as error:
                outcome.problems.append(Problem(row.place, error.at("file")))

    try:
        async with asyncio.TaskGroup() as group:
            for it in ready:
                if it.takes_file:
                    group.create_task(keep_one(it.row))
    except ExceptionGroup as several:
        # Where one finds no store, the others find none either.
        raise several.exceptions[0] from several
    return files


async def write(
    change: Change, ready: Sequence[Ready], files: Mapping[str, Kept], outcome: Outcome
) -> dict[str, UUID]:
    """Write the rows whose files were kept; return the keys of the documents that took one.

    Raise Conflict when somebody else adds the same now.
    """
    there = [it for it in ready if not it.takes_file or it.row.reference in files]
    # In an order that all keep: each waits for what the other adds, and not both at once.
    new = sorted((it for it in there if it.key is None), key=lambda it: it.row.reference)
    added = [
        NewDocument(files[it.row.reference], external_reference=it.row.reference, **it.changes) for it in new
    ]
    keys = await new_documents.add_documents(change, added) if added else []
    for it in there:
        if it.key is not None:
            await change_one(change, it.key, it, files)
        outcome.of(it.key, is_changed=it.is_changed).append(it.row.reference)
    taken = {it.row.reference: it.key for it in there if it.key is not None and it.takes_file}
    return taken | {it.row.reference: key for it, key in zip(new, keys, strict=True)}


async def change_one(change: Change, key: UUID, it: Ready, files: Mapping[str, Kept]) -> None:
    """Change a document that is there already, as its row says."""
    if it.changes:
        await documents.update_document(change, key, it.changes, None)
    if it.takes_file:
        await versions.add(change, key, files[it.row.reference], None)


async def own_licence(ports: Ports, viewer: Viewer) -> AnyRow:
    """Return the viewer's licence."""
    async with acting(ports, viewer) as change:
        return await licences.own(change)


async def inspected(file: LocalFile, rules: Rules) -> None:
    """Require that a file would be taken, as far as it can be told without the store. Raise as `keep`."""
    try:
        if file.byte_size > rules.limit:
            raise TooLarge(limit=rules.limit)
        head = await file.read_at(0, HEAD_SIZE)
        if not head:
            raise Required("The file is empty.")
        media_type = recognise(head, file.name, accepts_active=rules.accepts_active)
        await inspect(media_type, file.byte_size, file.read_at)
    except Correctable as error:
        raise error.at("file") from None


async def examined(ports: Ports, viewer: Viewer, rows: Sequence[Row], outcome: Outcome) -> list[Ready]:
    """Return the rows that can be written; what is wrong with others is noted. Raise Forbidden."""
    if not keeps_documents(viewer):
        raise Forbidden
    async with acting(ports, viewer) as change:
        look = await Look.at(change, rows)
    ready: list[Ready] = []
    seen: set[UUID] = set()
    for row in rows:
        with noted(row, outcome.problems):
            one = await look.ready(row)
            require_once(one.key, seen)
            ready.append(one)
    return ready
