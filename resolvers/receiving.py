"""The bytes of an upload as they are sent to its address: PUT, and again after a broken connection."""

from collections.abc import AsyncIterable
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, update

from auth.links import Purpose
from core.errors import Conflict, DatabaseAway, Invalid, KluisError, NotFound
from models import Upload
from models.tables import LICENCE, AnyRow
from permissions.people import OWN_ACCOUNT, may_upload
from resolvers import licences
from resolvers.file_rows import Place
from resolvers.incoming import IncomingFile, Kept, Rules, keep, remove
from resolvers.opening import asking
from resolvers.ports import Ports
from resolvers.uploads import OWN, OWN_LOCKED

RECEIVED: Final = (
    update(Upload)
    .where(
        Upload.licence_id == LICENCE,
        Upload.account_id == OWN_ACCOUNT,
        Upload.id == bindparam("upload", type_=Uuid()),
    )
    .values(
        object_key=bindparam("object_key"),
        sealed_key=bindparam("sealed_key"),
        sha256=bindparam("sha256"),
        scan_state=bindparam("scan_state"),
    )
)


async def receive(
    ports: Ports, text: str, chunks: AsyncIterable[bytes], *, length: int | None, come_from: str
) -> None:
    """Keep the bytes that are sent to an upload's address; those that were sent before are replaced.

    `length` is how many the sender says there are. Raise NotFound for an address that does not count any
    more, Conflict for an upload of which a document was made, Invalid for another size or digest than were
    announced, and what `keep` raises; then what was sent before stays.
    """
    async with asking(ports, Purpose.UPLOAD, text, come_from) as who:
        found = await who.found(OWN, ids=[UUID(bytes=who.said)])
        (licence,) = await who.found(licences.OWN)
    if not found or not may_upload(who.viewer):
        raise NotFound
    (upload,) = found
    if upload.document_id is not None:
        raise Conflict("A document was made of this upload already.")
    if length not in {None, upload.byte_size}:
        raise other_size(upload)
    rules = Rules(upload.byte_size, licence.accepts_active_files)
    kept = await keep(ports, who.viewer.licence_id, IncomingFile(upload.file_name, chunks), rules)
    try:
        require_announced(upload, kept)
        replaced = await note_received(ports, who.viewer.licence_id, who.viewer.account_id, upload.id, kept)
    except DatabaseAway:
        # The commit may have happened: the object stays, and is swept if no row names it.
        raise
    except KluisError:
        await remove(ports, kept.stored.object_key)
        raise
    if replaced:
        await remove(ports, replaced)


def require_announced(upload: AnyRow, kept: Kept) -> None:
    """Require that a file is the one that was announced. Raise Invalid."""
    if kept.stored.byte_size != upload.byte_size:
        raise other_size(upload)
    if upload.announced_sha256 not in {None, kept.stored.sha256}:
        raise Invalid("The bytes have another SHA-256 than was announced.")


def other_size(upload: AnyRow) -> Invalid:
    """Return the refusal of a file of another size than was announced."""
    return Invalid("{size} bytes were announced for this upload.", size=upload.byte_size)


async def note_received(
    ports: Ports, licence_id: UUID, account_id: UUID, upload_id: UUID, kept: Kept
) -> str | None:
    """Let an upload have these bytes; return the object that it had before. Raise NotFound, Conflict."""
    own = {"licence": licence_id, OWN_ACCOUNT.key: account_id}
    columns = Place.of_upload(licence_id, upload_id).columns(ports.keys, kept.stored)
    async with ports.database.change(licence_id) as session:
        upload = (await session.execute(OWN_LOCKED, {**own, "ids": [upload_id]})).first()
        if upload is None:
            raise NotFound
        if upload.document_id is not None:
            raise Conflict("A document was made of this upload already.")
        said = {**columns, "scan_state": kept.scan_state, "upload": upload_id}
        await session.execute(RECEIVED, own | {it: said[it] for it in said if it != "byte_size"})
        return upload.object_key
