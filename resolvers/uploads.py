"""Large files come in steps: announced, sent, and made a document of (createUpload, PUT, completeUpload)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, func, select, update

from auth.links import Holder, Link, Purpose
from core.errors import Conflict, Expired, Forbidden, Invalid, NotFound, Required, TooLarge, UnsupportedType
from models import Upload
from models.tables import LICENCE, AnyRow
from permissions.people import OWN_ACCOUNT, may_upload
from resolvers import licences
from resolvers.change import Change
from resolvers.file_rows import Place
from resolvers.idempotency import once
from resolvers.incoming import Kept
from resolvers.levels import looked_up
from resolvers.opening import address
from resolvers.reading import Reading
from storage import file_names, media_types

LASTS_FOR: Final = timedelta(hours=24)
MOST_WAITING: Final = 100
COLUMNS: Final = (
    Upload.id,
    Upload.file_name,
    Upload.media_type,
    Upload.byte_size,
    Upload.announced_sha256,
    Upload.sha256,
    Upload.object_key,
    Upload.sealed_key,
    Upload.scan_state,
    Upload.expires_at,
    Upload.document_id,
)
# Nobody but whoever announced a file sends it or makes something of it (SECURITY 35).
OWN: Final = select(*COLUMNS).where(
    Upload.licence_id == LICENCE,
    Upload.account_id == OWN_ACCOUNT,
    Upload.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
)
OWN_LOCKED: Final = OWN.with_for_update()
WAITING: Final = select(func.count().label("uploads")).where(
    Upload.licence_id == LICENCE,
    Upload.account_id == OWN_ACCOUNT,
    Upload.document_id.is_(None),
    Upload.expires_at > bindparam("now", type_=DateTime(timezone=True)),
)
SET: Final = update(Upload).where(
    Upload.licence_id == LICENCE, Upload.id == bindparam("upload", type_=Uuid())
)
# The object is the document's from now on.
MADE: Final = SET.values(object_key=None, sealed_key=None, document_id=bindparam("document", type_=Uuid()))


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said of a file before it is sent."""

    file_name: str
    media_type: str
    byte_size: int
    sha256: bytes | None = None


async def create_upload(change: Change, said: Announced, idempotency_key: str | None = None) -> UUID:
    """Announce a file; return the id of its upload.

    Raise Forbidden, UnsupportedType, TooLarge, Invalid, Conflict.
    """
    if not may_upload(change.viewer):
        raise Forbidden
    licence = await licences.own(change)
    media_type = media_types.named(said.file_name, accepts_active=licence.accepts_active_files)
    if media_type is None:
        raise UnsupportedType(path=("input", "fileName"))
    if media_type != said.media_type.partition(";")[0].strip().lower():
        raise UnsupportedType("The name does not go with this media type.", path=("input", "mediaType"))
    if said.byte_size > change.ports.large_upload_limit:
        raise TooLarge(limit=change.ports.large_upload_limit, path=("input", "byteSize"))
    if said.byte_size == 0:
        raise Invalid("The file is empty.", path=("input", "byteSize"))

    async def make() -> UUID:
        (waiting,) = await change.rows(WAITING, now=change.now)
        if waiting.uploads >= MOST_WAITING:
            raise Conflict("{most} of your uploads wait already. Complete some first.", most=MOST_WAITING)
        upload = change.add(
            Upload,
            account_id=change.viewer.account_id,
            file_name=file_names.cleaned(said.file_name, fallback=media_types.fallback_name(media_type)),
            media_type=media_type,
            byte_size=said.byte_size,
            announced_sha256=said.sha256,
            created_at=change.now,
            expires_at=change.now + LASTS_FOR,
        )
        await change.session.flush()
        return upload.id

    return (await once(change, idempotency_key, "createUpload", asdict(said), make)).id


async def own_by_ids(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return each upload of the viewer's own, None in the place of every other id."""
    return await looked_up(request, OWN, ids)


def url(request: Reading, upload: AnyRow) -> str:
    """Return the address that takes the bytes of an upload."""
    link = Link(Holder.of(request.viewer), upload.expires_at, upload.id.bytes)
    return address(request.ports, Purpose.UPLOAD, link)


async def taken(change: Change, upload_id: UUID, *, path: tuple[str, ...]) -> AnyRow:
    """Return an upload of the viewer's own, while nobody else makes anything of it. Raise NotFound."""
    upload = await change.row(OWN_LOCKED, ids=[upload_id])
    if upload is None:
        raise NotFound(path=path)
    return upload


def kept_of(change: Change, upload: AnyRow, *, path: tuple[str, ...]) -> Kept:
    """Return the file that was sent to an upload. Raise Expired, Required for one without bytes."""
    if upload.expires_at <= change.now:
        raise Expired(path=path)
    if upload.object_key is None:
        raise Required("Send the bytes to the address of the upload first.", path=path)
    place = Place.of_upload(change.viewer.licence_id, upload.id)
    stored = place.stored(change.ports.keys, upload)
    return Kept(upload.file_name, upload.media_type, stored, upload.scan_state)


async def make_of(change: Change, upload: AnyRow, document_id: UUID) -> None:
    """Remember what was made of an upload, whose object is the document's now."""
    await change.rows(MADE, upload=upload.id, document=document_id)
