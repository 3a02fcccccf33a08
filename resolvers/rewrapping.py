"""Secrets sealed again with the newest key, so that the older ones can be given up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import tink
from sqlalchemy import ColumnElement, LargeBinary, Select, Update, bindparam, func, select, update

from auth import totp
from auth.vault import MARK_BYTES
from models import DocumentVersion, Letter, Preview, TotpDevice, Upload
from models.tables import LICENCE, AnyRow
from resolvers.change import letter_seal
from resolvers.file_rows import Place
from resolvers.ports import Ports

AT_ONCE: Final = 500
MARK: Final = bindparam("mark", type_=LargeBinary())


class Unopened(ValueError):
    """No key opens a secret; the text says of which row."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed secrets, and what each of them is bound to."""

    table: Any
    column: str
    bound_to: Callable[[UUID, AnyRow], bytes]

    @property
    def secret(self) -> ColumnElement[Any]:
        """Return the column."""
        return self.table.__table__.c[self.column]

    @property
    def is_old(self) -> tuple[ColumnElement[bool], ...]:
        """Say: another key than the newest has sealed it."""
        licence_id: ColumnElement[Any] = self.table.licence_id
        begins = func.substring(self.secret, 1, func.octet_length(MARK))
        return licence_id == LICENCE, self.secret.is_not(None), begins != MARK

    @property
    def marks(self) -> Select[Any]:
        """Return the statement that finds how they begin, which tells the keys that have sealed them."""
        licence_id: ColumnElement[Any] = self.table.licence_id
        begins = func.substring(self.secret, 1, MARK_BYTES)
        return select(begins).where(licence_id == LICENCE, self.secret.is_not(None)).distinct()

    def key_of(self, row: AnyRow) -> dict[str, Any]:
        """Return the key of a row, by the names of its columns."""
        return {it.name: getattr(row, it.name) for it in self.table.__table__.primary_key}

    def said_of(self, row: AnyRow) -> str:
        """Return what is told of a row that does not open."""
        named = ", ".join(f"{name} {it}" for name, it in self.key_of(row).items())
        return f"No key opens the {self.column} of the {self.table.__tablename__} with {named}."

    def some(self) -> Select[Any]:
        """Return the statement that finds some of the old ones."""
        return select(self.table.__table__).where(*self.is_old).limit(AT_ONCE).with_for_update()

    def again(self) -> Update:
        """Return the statement that replaces one."""
        key = self.table.__table__.primary_key
        return (
            update(self.table.__table__)
            .where(*(it == bindparam(f"of_{it.name}", type_=it.type) for it in key))
            .values({self.column: bindparam("secret")})
        )


SEALED: Final = (
    Sealed(
        DocumentVersion,
        "sealed_key",
        lambda licence, it: Place.of_version(licence, it.document_id, it.number).bound_to,
    ),
    Sealed(
        Preview,
        "sealed_key",
        lambda licence, it: Place.of_preview(licence, it.document_id, it.number, it.width).bound_to,
    ),
    Sealed(Upload, "sealed_key", lambda licence, it: Place.of_upload(licence, it.id).bound_to),
    Sealed(TotpDevice, "sealed_secret", lambda licence, it: totp.bound_to(licence, it.account_id)),
    Sealed(Letter, "sealed", lambda licence, it: letter_seal(licence, it.id)),
)


async def rewrap(ports: Ports, licence_id: UUID, went_on: Callable[[int], object]) -> int:
    """Seal a licence's secrets again with the newest key; return how many. `went_on` is told of each part.

    What is cut off goes on the next time. Raise Unopened.
    """
    return sum([await rewrap_all(ports, licence_id, it, went_on) for it in SEALED])


async def rewrap_all(ports: Ports, licence_id: UUID, sealed: Sealed, went_on: Callable[[int], object]) -> int:
    """Seal the secrets of one column again; return how many."""
    done = 0
    while rows := await rewrap_some(ports, licence_id, sealed):
        done += rows
        went_on(rows)
    return done


async def rewrap_some(ports: Ports, licence_id: UUID, sealed: Sealed) -> int:
    """Seal some secrets of one column again; return how many. Raise Unopened."""
    vault = ports.keys.vault
    values = {"licence": licence_id, "mark": vault.mark}
    async with ports.database.change(licence_id) as session:
        rows = (await session.execute(sealed.some(), values)).all()
        for row in rows:
            bound_to = sealed.bound_to(licence_id, row)
            try:
                secret = vault.open(getattr(row, sealed.column), bound_to=bound_to)
            except tink.TinkError:
                raise Unopened(sealed.said_of(row)) from None
            again = {f"of_{name}": it for name, it in sealed.key_of(row).items()}
            again["secret"] = vault.seal(secret, bound_to=bound_to)
            await session.execute(sealed.again(), again)
        return len(rows)


async def count_old(ports: Ports, licence_id: UUID) -> int:
    """Return how many secrets of a licence another key than the newest has sealed."""
    values = {"licence": licence_id, "mark": ports.keys.vault.mark}
    counts = [select(func.count()).where(*it.is_old) for it in SEALED]
    async with ports.database.snapshot(licence_id) as connection:
        return sum([(await connection.execute(it, values)).scalar_one() for it in counts])
