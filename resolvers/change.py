"""One transaction as a verb sees it: what it changes, records and tells."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Executable,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.viewer import Viewer
from models import Account, Entity, Event, FeedEntry, Letter, Relation
from models.feed import FEED_CHANNEL, ChangeKind
from models.letters import LETTERS_CHANNEL
from models.tables import LICENCE, AnyRow
from resolvers.ports import Ports
from resolvers.reading import Reading

# How a letter addresses somebody; the title is known of a client alone, from his relation (S032).
ADDRESSEE: Final = (
    select(
        Account.id,
        Account.email,
        Account.language,
        Account.given_name,
        Account.family_name,
        Relation.title,
    )
    .outerjoin(Relation, and_(Relation.licence_id == LICENCE, Relation.id == Account.relation_id))
    .where(Account.licence_id == LICENCE, Account.id == bindparam("account"))
)
# As the index says it: PostgreSQL finds no index by a value that is bound, once it plans for any value.
UNTOUCHED: Final = and_(Letter.state == literal_column("'QUEUED'"), Letter.attempts == literal_column("0"))
# Workers hear of it when this transaction is committed, and not before.
TOLD: Final = func.pg_notify(LETTERS_CHANNEL, bindparam("heard", type_=Text()))
WRITE: Final = insert(Letter).values(
    licence_id=LICENCE,
    kind=bindparam("kind"),
    account_id=bindparam("account"),
    recipient=bindparam("recipient"),
    language=bindparam("language"),
    details=bindparam("details"),
    bundle=bindparam("bundle"),
    queued_at=bindparam("now"),
    due_at=bindparam("due"),
)
# A letter that nobody has begun to send tells of one thing more; who comes at the same time waits for it.
NEWS: Final = WRITE.on_conflict_do_update(
    index_elements=[Letter.licence_id, Letter.account_id, Letter.bundle],
    index_where=UNTOUCHED,
    set_={"news": Letter.news + 1},
).returning(Letter.id, TOLD)
SEAL: Final = (
    update(Letter)
    .where(Letter.licence_id == LICENCE, Letter.id == bindparam("letter", type_=Uuid()))
    .values(sealed=bindparam("sealed"))
)
RECORD: Final = insert(Event).values(
    licence_id=LICENCE,
    kind=bindparam("kind"),
    occurred_at=bindparam("now"),
    account_id=bindparam("own_account"),
    document_id=bindparam("document_id"),
    relation_id=bindparam("relation_id"),
    details=bindparam("details"),
)
# One row for each subject, in their order; an array of arrays would need them all of one length.
NOTED: Final = (
    func.unnest(
        bindparam("subject_ids", type_=ARRAY(Uuid())), bindparam("principal_lists", type_=ARRAY(Text()))
    )
    .table_valued(column("subject_id", Uuid()), column("principals", Text()), name="noted")
    .render_derived()
)
NOTE: Final = (
    insert(FeedEntry)
    .from_select(
        ["licence_id", "kind", "subject", "subject_id", "principals", "occurred_at"],
        select(
            LICENCE,
            bindparam("kind", type_=Text()),
            bindparam("subject", type_=Text()),
            NOTED.c.subject_id,
            cast(NOTED.c.principals, ARRAY(Uuid())),
            bindparam("now", type_=DateTime(timezone=True)),
        ),
    )
    .returning(func.pg_notify(FEED_CHANNEL, bindparam("heard", type_=Text())))
)
Added = TypeVar("Added", bound=Entity)
Noted = tuple[UUID, Collection[UUID]]
"""What changed, and which principals alone it concerns; none: whoever sees it."""


class Change(Reading):
    """All of it is committed when the verb ends, or none."""

    def __init__(self, ports: Ports, viewer: Viewer, session: AsyncSession) -> None:
        super().__init__(ports, viewer)
        self.session = session

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Return what a statement finds, what this transaction has changed included."""
        await self.session.flush()
        connection = await self.session.connection()
        found = await connection.execute(statement, self.bound(values))
        return found.all() if found.returns_rows else ()

    async def execute_many(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Carry out a statement once for each of these values."""
        if not rows:
            return
        await self.session.flush()
        connection = await self.session.connection()
        known = self.bound({"now": self.now})
        await connection.execute(statement, [{**known, **row} for row in rows])

    def add(self, entity: type[Added], /, **values: Any) -> Added:
        """Add a row of the viewer's licence, and return it."""
        row = entity(licence_id=self.viewer.licence_id, **values)
        self.session.add(row)
        return row

    def record(
        self,
        kind: str,
        *,
        document_id: UUID | None = None,
        relation_id: UUID | None = None,
        **details: Any,
    ) -> None:
        """Remember who did what to what, such as `document.rights_set`."""
        self.add(
            Event,
            kind=kind,
            occurred_at=self.now,
            account_id=self.viewer.account_id,
            document_id=document_id,
            relation_id=relation_id,
            details=details,
        )

    async def record_each(self, kind: str, of: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
        """Remember the same of several documents, each with its details, at once."""
        rows = [{"document_id": key, "relation_id": None, "details": details} for key, details in of]
        await self.execute_many(RECORD, [{"kind": kind, **row} for row in rows])

    async def record_relations(self, kind: str, of: Sequence[UUID]) -> None:
        """Remember the same of several relations at once."""
        row: dict[str, Any] = {"kind": kind, "document_id": None, "details": {}}
        await self.execute_many(RECORD, [{**row, "relation_id": key} for key in of])

    async def note(
        self, kind: ChangeKind, subject: str, subject_id: UUID, principals: Collection[UUID] = ()
    ) -> None:
        """Enter a change in the feed: of what, by its type's name, and whom alone it concerns.

        CREATED with principals: they see it from now on; DELETED: they do not any more. Whoever sees it
        besides is told that it changed, if he works for the firm.
        """
        await self.note_each(kind, subject, [(subject_id, principals)])

    async def note_each(self, kind: ChangeKind, subject: str, of: Iterable[Noted]) -> None:
        """Enter the same change of several things in the feed, at once."""
        noted = list(of)
        if noted:
            await self.rows(
                NOTE,
                kind=kind.value,
                subject=subject,
                subject_ids=[key for key, _ in noted],
                principal_lists=[array_of(principals) for _, principals in noted],
                now=self.now,
                heard=str(self.viewer.licence_id),
            )

    async def note_seen_anew(self, account_ids: Iterable[UUID]) -> None:
        """Enter in the feed that these accounts see other things than before: they begin it anew."""
        await self.note_each(ChangeKind.CHANGED, "Account", [(it, [it]) for it in account_ids])

    async def tell(self, kind: str, account_id: UUID, *, secret: str | None = None, **details: Any) -> None:
        """Write a letter to an account, in its language; it leaves after the commit.

        Whoever has no e-mail address is told nothing.
        """
        letter_id = await self._write(kind, account_id, details, wait=timedelta(), bundle=None)
        if letter_id and secret is not None:
            bound_to = letter_seal(self.viewer.licence_id, letter_id)
            await self.rows(
                SEAL, letter=letter_id, sealed=self.ports.keys.seal(secret.encode(), bound_to=bound_to)
            )

    async def tell_news(self, kind: str, account_id: UUID, *, about: str = "", **details: Any) -> None:
        """Write such a letter, or let one that has not left yet tell of one thing more of the same kind.

        It leaves when the first of them has waited as long as the installation says. What is told `about` one
        thing is not told together with another.
        """
        wait = self.ports.news_wait
        # What leaves at once waits for nothing.
        bundle = f"{kind} {about}".strip() if wait else None
        await self._write(kind, account_id, details, wait=wait, bundle=bundle)

    async def _write(
        self, kind: str, account_id: UUID, details: Mapping[str, Any], *, wait: timedelta, bundle: str | None
    ) -> UUID | None:
        """Return the letter's id; None where there is nobody to write to."""
        (to,) = await self.rows(ADDRESSEE, account=account_id)
        if not to.email:
            return None
        (letter,) = await self.rows(
            NEWS,
            kind=kind,
            account=account_id,
            bundle=bundle,
            now=self.now,
            due=self.now + wait,
            heard=f"{self.viewer.licence_id} {wait.total_seconds():.0f}",
            **addressed(to, details),
        )
        return letter.id


def array_of(keys: Collection[UUID]) -> str | None:
    """Return keys as PostgreSQL writes an array, None for none."""
    return f"{{{','.join(map(str, keys))}}}" if keys else None


def addressed(to: AnyRow, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a letter holds of whom it goes to, and of what it tells."""
    names = {"title": to.title, "given_name": to.given_name, "family_name": to.family_name}
    return {"recipient": to.email, "language": to.language, "details": {**names, **details}}


def letter_seal(licence_id: UUID, letter_id: UUID) -> bytes:
    """Return what a letter's secret is bound to, so that it opens in no other letter."""
    return b"letter" + licence_id.bytes + letter_id.bytes
