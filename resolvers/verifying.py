"""Rows and objects compared, after a restore: what each side has and the other has not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import Text, bindparam, func, literal, select, union_all

from models import DocumentVersion, Preview, Upload
from models.tables import LICENCE
from resolvers.ports import Ports
from storage.sealing import sealed_size

AT_ONCE: Final = 5_000
WITH_OBJECTS: Final = (DocumentVersion, Upload, Preview)
AFTER: Final = bindparam("after", type_=Text())
ROWS: Final = union_all(
    *(
        select(it.object_key, it.byte_size, literal(it.__tablename__, Text()).label("kind")).where(
            it.licence_id == LICENCE, it.object_key > AFTER, it.sealed_key.is_not(None)
        )
        for it in WITH_OBJECTS
    )
).subquery()
COUNT: Final = select(func.count()).select_from(ROWS)
PAGE: Final = select(ROWS).order_by(ROWS.c.object_key).limit(AT_ONCE)


@dataclass(slots=True)
class Compared:
    """How the rows of a licence and its objects agree."""

    rows: int = 0
    objects: int = 0
    missing: list[str] = field(default_factory=list)
    """Keys of objects that a row names and the store has not."""
    other_size: list[str] = field(default_factory=list)
    unknown: int = 0
    """Objects that no row names: they are swept in time."""

    @property
    def agrees(self) -> bool:
        """Return whether every row has its object."""
        return not self.missing and not self.other_size


async def compare(ports: Ports, licence_id: UUID, went_on: Callable[[int], object]) -> Compared:
    """Return how the rows of a licence and its objects agree; `went_on` is told of each part of the rows."""
    sizes: dict[str, int] = {}
    async for some in ports.files.store.listed(licence_id):
        sizes |= {it.key: it.byte_size for it in some}
    compared = Compared(objects=len(sizes))
    after = ""
    while True:
        async with ports.database.snapshot(licence_id) as connection:
            page = (await connection.execute(PAGE, {"licence": licence_id, "after": after})).all()
        for row in page:
            compare_one(compared, row.object_key, sealed_size(row.byte_size), sizes.pop(row.object_key, None))
        went_on(len(page))
        if len(page) < AT_ONCE:
            compared.unknown = len(sizes)
            return compared
        after = page[-1].object_key


def compare_one(compared: Compared, object_key: str, wanted: int, found: int | None) -> None:
    """Count one row, and note what is wrong with its object."""
    compared.rows += 1
    if found is None:
        compared.missing.append(object_key)
    elif found != wanted:
        compared.other_size.append(object_key)


async def count_rows(ports: Ports, licence_id: UUID) -> int:
    """Return how many rows of a licence name an object."""
    async with ports.database.snapshot(licence_id) as connection:
        return (await connection.execute(COUNT, {"licence": licence_id, "after": ""})).scalar_one()
