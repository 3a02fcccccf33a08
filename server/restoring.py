"""Restoring: keys first, then files, and the database last, in one transaction that ends what must end."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from resolvers.fetching import driver_of
from server import backups, dumps
from server.backups import Backup, Backups, BadBackup, Manifest
from server.dumps import Place
from server.running import CannotRun
from server.snapshots import reaching_database
from server.terminal import progress
from storage.copies import Altered, copy, side_by_side
from storage.store import TROUBLES, Missing, Store

IS_EMPTY: Final = text("SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")
RESTORED: Final = text("SELECT obj_description(to_regclass('public.alembic_version'))")
IS_RECOVERING: Final = text("SELECT pg_is_in_recovery()")
# In seconds.
A_MOMENT: Final = 0.1
RECOVERED_IN: Final = 3_600
SEES_ALL: Final = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
# The numbers between are those of changes that were told after the backup: none is given a second time, so
# that whoever has read further than the backup does not take new changes for those that he knows.
LEAP: Final = 1 << 32
ENDED: Final = f"""
DELETE FROM public.session;
DELETE FROM public.challenge WHERE step <> 'FIRST_PASSWORD';
DELETE FROM public.feed_entry;
UPDATE public.feed SET numbered_up_to = numbered_up_to + {LEAP}, removed_up_to = numbered_up_to + {LEAP};
INSERT INTO public.feed (licence_id, numbered_up_to, removed_up_to)
  SELECT id, {LEAP}, {LEAP} FROM public.licence
  WHERE id NOT IN (SELECT licence_id FROM public.feed);
"""  # noqa: S608  a number of ours
SET_ASIDE: Final = """
UPDATE public.letter SET state = 'FAILED', bundle = NULL,
    last_error = 'It waited when the backup was made that was restored, and may have been sent since.'
  WHERE state = 'QUEUED';
"""


class Chosen(NamedTuple):
    """A backup, and what it is."""

    backup: Backup
    manifest: Manifest

    @property
    def mark(self) -> str:
        """Return what tells this backup from all others."""
        return f"{self.backup.name} {self.manifest.dump.sha256}"


class Target(NamedTuple):
    """Where a backup goes."""

    url: str
    place: Place
    """The same database, for PostgreSQL's programs."""
    store: Store


def choose(folder: Backups, name: str | None) -> Chosen:
    """Return a backup, or the newest one. Raise BadBackup."""
    backup = folder.chosen(name)
    return Chosen(backup, backup.manifest())


def read_through(folder: Backups, chosen: Chosen) -> dict[str, str]:
    """Return the digests of a backup's objects, having read all of it. Raise BadBackup."""
    with progress("Reading the backup", chosen.manifest.objects) as went_on:
        return folder.require_whole(chosen.backup, chosen.manifest, went_on)


async def restore(
    chosen: Chosen, digests: Mapping[str, str], folder: Backups, target: Target, *, sends_letters: bool
) -> None:
    """Bring the objects of a backup into a store, and then its database. Raise CannotRun, BadBackup.

    The database is there as a whole or not at all; what of the objects was copied serves the next try.
    """
    if not await is_wanting(target.url, chosen):
        return
    try:
        await copy_objects(Store.open(folder.store), target.store, digests)
    except TROUBLES as trouble:
        raise CannotRun(f"The backup could not be restored: {str(trouble).splitlines()[0]}") from trouble
    file, closing = chosen.backup.folder / backups.DUMP, statements(chosen, sends_letters=sends_letters)
    with progress("Restoring tables", chosen.manifest.tables) as went_on:
        await dumps.bring_back(target.place, file, closing, went_on)


async def recovered(connection: AsyncConnection) -> None:
    """Return when the database has come to the moment that it is brought back to. Raise CannotRun."""
    until = time.monotonic() + RECOVERED_IN
    while (await connection.execute(IS_RECOVERING)).scalar_one():
        if time.monotonic() > until:
            raise CannotRun("The database is still being recovered: see its log, and come again.")
        await asyncio.sleep(A_MOMENT)


async def is_wanting(url: str, chosen: Chosen) -> bool:
    """Return whether the database has still to be restored. Raise CannotRun when something else is in it."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        with reaching_database():
            async with engine.connect() as connection:
                if (await connection.execute(IS_EMPTY)).scalar_one():
                    return True
                if (await connection.execute(RESTORED)).scalar_one() == chosen.mark:
                    return False
    finally:
        await engine.dispose()
    raise CannotRun("The database is not empty: a backup is restored into an empty one.")


async def copy_objects(source: Store, target: Store, digests: Mapping[str, str]) -> None:
    """Copy the objects that the target has not. Raise BadBackup, TROUBLES."""
    with progress("Copying files", len(digests)) as went_on:

        async def carry(key: str) -> None:
            try:
                await bring(source, target, key, digests[key])
            except (Altered, Missing):
                raise BadBackup(f"{backups.OBJECTS}/{key} is damaged.") from None
            went_on(1)

        await side_by_side(carry, digests)


async def bring(source: Store, target: Store, key: str, digest: str) -> None:
    """Copy an object that the target has not, or not as long. Raise Altered, Missing."""
    wanted = await source.size(key)
    try:
        found = await target.size(key)
    except Missing:
        found = None
    if found != wanted:
        await copy(source, target, key, wanted=digest)


def statements(chosen: Chosen, *, sends_letters: bool) -> str:
    """Return what is done in the transaction that restores, before any policy or key stands."""
    mark = f"COMMENT ON TABLE public.alembic_version IS {literal(chosen.mark)};\n"
    return closed(chosen.manifest.removed) + settling(chosen.backup.name, sends_letters=sends_letters) + mark


def settling(come_from: str, *, sends_letters: bool) -> str:
    """Return the statements that end what must not go on in a database that is as it was at another time."""
    told = literal(json.dumps({"come_from": come_from}))
    event = (
        "INSERT INTO public.event (licence_id, kind, occurred_at, details) "  # noqa: S608  literals of ours
        f"SELECT id, 'licence.restored', now(), {told}::jsonb FROM public.licence;\n"
    )
    return ENDED + ("" if sends_letters else SET_ASIDE) + event


async def settle(url: str, *, sends_letters: bool) -> None:
    """End the same in a database that was brought back by other means than ours. Raise CannotRun."""
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with reaching_database():
            async with engine.connect() as connection:
                await recovered(connection)
                if not (await connection.execute(SEES_ALL)).scalar_one():
                    raise CannotRun("The database's user does not pass row level security.")
                # Several statements at once are one transaction.
                await driver_of(connection).execute(settling("elsewhere", sends_letters=sends_letters))
    finally:
        await engine.dispose()


def closed(removed: Sequence[str]) -> str:
    """Return the statements that close the rows whose objects were taken away while they were copied."""
    if not removed:
        return ""
    which = f"object_key IN ({', '.join(map(literal, removed))})"
    return (
        f"UPDATE public.document_version SET sealed_key = NULL WHERE {which};\n"  # noqa: S608  literals
        f"UPDATE public.preview SET sealed_key = NULL WHERE {which};\n"
        f"DELETE FROM public.upload WHERE {which};\n"
    )


def literal(value: str) -> str:
    """Return a text as PostgreSQL reads it."""
    return "'" + value.replace("'", "''") + "'"
