"""What rows keep of files: where each is, and what opens it, sealed for that row alone."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import tink

from auth.keys import Keys
from models import DocumentVersion, Preview, Upload
from models.tables import AnyRow
from storage.files import Damaged, Stored
from storage.store import Missing


@dataclass(frozen=True, slots=True)
class Place:
    """The row that a file belongs to; what opens the file opens in no other row."""

    table: str
    licence_id: UUID
    key: tuple[UUID | int, ...]

    @property
    def bound_to(self) -> bytes:
        """Return what the file's secret is sealed for."""
        parts = (it.bytes if isinstance(it, UUID) else it.to_bytes(4, "big") for it in self.key)
        return b"".join([self.table.encode(), self.licence_id.bytes, *parts])

    @classmethod
    def of_version(cls, licence_id: UUID, document_id: UUID, number: int) -> "Place":
        """Return the place of a version of a document."""
        return cls(DocumentVersion.__tablename__, licence_id, (document_id, number))

    @classmethod
    def of_upload(cls, licence_id: UUID, upload_id: UUID) -> "Place":
        """Return the place of a file of which no document has been made yet."""
        return cls(Upload.__tablename__, licence_id, (upload_id,))

    @classmethod
    def of_preview(cls, licence_id: UUID, document_id: UUID, number: int, width: int) -> "Place":
        """Return the place of a picture of a version."""
        return cls(Preview.__tablename__, licence_id, (document_id, number, width))

    def columns(self, keys: Keys, stored: Stored) -> dict[str, Any]:
        """Return what the row keeps of its file."""
        return {
            "object_key": stored.object_key,
            "sealed_key": keys.seal(stored.secret, bound_to=self.bound_to),
            "byte_size": stored.byte_size,
            "sha256": stored.sha256,
        }

    def stored(self, keys: Keys, row: AnyRow) -> Stored:
        """Return the file of a row. Raise Missing for one that was given up, Damaged for one of elsewhere."""
        if row.sealed_key is None:
            raise Missing(row.object_key)
        try:
            secret = keys.open(row.sealed_key, bound_to=self.bound_to)
        except tink.TinkError:
            raise Damaged(row.object_key) from None
        return Stored(row.object_key, secret, row.byte_size, row.sha256)


OF_FILE: Final = ("object_key", "sealed_key", "byte_size", "sha256")
"""The columns that `stored` reads."""
