"""Backing up: a dump of one snapshot of the database, a copy of each object in it, the manifest last."""

from datetime import datetime
from typing import Final, NamedTuple

from server import backups, dumps
from server.backups import Backup, Backups, Manifest
from server.copying import Copying
from server.dumps import Place
from server.running import CannotRun
from server.snapshots import Frozen, frozen, named_now, patient
from server.terminal import progress
from storage.store import TROUBLES, Store

CONSISTENCY: Final = (
    "The dump is one snapshot of the database. The objects are those that its rows name: they were found in "
    "the same snapshot, and copied after it. An object is durable before a row names it, never changes, and "
    "is taken away only after the row that opened it; those that were taken away while they were copied are "
    "listed as removed, and their rows are closed when the database is restored."
)


class Source(NamedTuple):
    """What is backed up."""

    url: str
    place: Place
    """The same database, for PostgreSQL's programs."""
    store: Store
    installation: str
    """The mark of its keys."""


class Made(NamedTuple):
    """A backup, and how many objects its folder had not yet."""

    backup: Backup
    manifest: Manifest
    new: int


async def back_up(source: Source, folder: Backups, moment: datetime) -> Made:
    """Make a backup of all that was acknowledged before this moment, while whoever writes goes on.

    Raise CannotRun, NotStarted; then there is no backup, and what was copied serves the next one.
    """
    try:
        return await backed_up(source, folder, moment)
    except TROUBLES as trouble:
        raise CannotRun(f"The backup could not be made: {str(trouble).splitlines()[0]}") from trouble


async def backed_up(source: Source, folder: Backups, moment: datetime) -> Made:
    """Make it. Raise TROUBLES too."""
    known = folder.known()
    backup = folder.begin(moment)
    async with patient(source.url) as engine:
        async with frozen(engine) as found:
            with progress("Dumping tables", found.tables) as went_on:
                await dumps.dump(source.place, found.snapshot, backup.folder / backups.DUMP, went_on)
        copying = Copying(source.store, folder.store, found.named, known)
        with progress("Copying files", len(found.named)) as went_on:
            await copying.run(moment, went_on)
        missing = await named_now(engine, copying.absent)
    manifest = manifest_of(source, found, copying, backup, moment)
    manifest = manifest.model_copy(
        update={"missing": sorted(missing), "removed": sorted(set(copying.absent) - missing)}
    )
    backup.finish(manifest)
    return Made(backup, manifest, copying.new)


def manifest_of(
    source: Source, found: Frozen, copying: Copying, backup: Backup, moment: datetime
) -> Manifest:
    """Return what a backup is whose files are all there."""
    return Manifest(
        made_at=moment,
        revision=found.revision,
        tables=found.tables,
        dump=backups.found_at(backup.folder / backups.DUMP),
        object_list=backup.write_objects(copying.digests),
        objects=len(copying.digests),
        object_bytes=sum(found.named[it] for it in copying.digests),
        installation=source.installation,
        needed_keys=sorted(found.needed_keys),
        consistency=CONSISTENCY,
    )
