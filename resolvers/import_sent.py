"""Documents from partners' programs, whose files were sent to uploads before: all rows of a call, or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core.errors import Conflict, Forbidden, NotFound
from models.tables import AnyRow
from permissions.people import keeps_documents
from resolvers import uploads
from resolvers.change import Change
from resolvers.import_documents import write
from resolvers.importing import Outcome, Row, noted, require_once
from resolvers.incoming import Kept
from resolvers.matching_documents import Look, Ready

PLACE = ("uploadId",)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent to an upload of the viewer's."""

    upload: AnyRow
    kept: Kept

    async def digest(self) -> bytes:
        """Return its SHA-256: 32 bytes."""
        return self.kept.stored.sha256


async def import_sent(change: Change, rows: Sequence[Row], later: Collection[str] = ()) -> Outcome:  # noqa: ARG001  documents name no other
    """Write all rows, if none has a problem; return what they came to. Raise Forbidden, Conflict."""
    ready, outcome = await examined(change, rows)
    if outcome.problems:
        return outcome
    files: dict[str, Sent] = {it.row.reference: it.row.said["file"] for it in ready if it.takes_file}
    made = await write(change, ready, {name: it.kept for name, it in files.items()}, outcome)
    for name, key in made.items():
        await uploads.make_of(change, files[name].upload, key)
    return outcome


async def dry_run(change: Change, rows: Sequence[Row], later: Collection[str] = ()) -> Outcome:  # noqa: ARG001  the same
    """Return what rows would come to. Raise Forbidden."""
    ready, outcome = await examined(change, rows)
    for it in ready:
        outcome.of(it.key, is_changed=it.is_changed).append(it.row.reference)
    return outcome


async def examined(change: Change, rows: Sequence[Row]) -> tuple[list[Ready], Outcome]:
    """Return the rows that can be written; what is wrong with others is in the outcome. Raise Forbidden."""
    if not keeps_documents(change.viewer):
        raise Forbidden
    outcome = Outcome()
    ids = [it.said["file"] for it in rows if it.said.get("file")]
    found = {it.id: it for it in await change.rows(uploads.OWN_LOCKED, ids=ids)}
    look = await Look.at(change, rows)
    ready: list[Ready] = []
    seen: set[UUID] = set()
    taken: set[UUID] = set()
    for row in rows:
        with noted(row, outcome.problems):
            document_id = look.known.get(row.reference)
            one = await look.ready(with_sent(change, row, found, taken, document_id))
            require_once(one.key, seen)
            ready.append(one)
    return ready, outcome


def with_sent(
    change: Change, row: Row, found: Mapping[UUID, AnyRow], taken: set[UUID], document_id: UUID | None
) -> Row:
    """Return a row with the file that was sent for it, which no other row takes from here on.

    Without it where the row's document has taken it before: the same call may come again.

    Raise NotFound, Conflict, Expired, Required.
    """
    upload_id = row.said.get("file")
    if upload_id is None:
        return row
    upload = found.get(upload_id)
    if upload is None:
        raise NotFound(path=PLACE)
    if upload.document_id is not None and upload.document_id == document_id:
        return replace(row, said={name: it for name, it in row.said.items() if name != "file"})
    if upload.document_id is not None or upload_id in taken:
        raise Conflict("A document was made of this upload already.", path=PLACE)
    kept = uploads.kept_of(change, upload, path=PLACE)
    taken.add(upload_id)
    return replace(row, said={**row.said, "file": Sent(upload, kept)})
