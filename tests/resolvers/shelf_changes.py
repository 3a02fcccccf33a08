"""Papers that are added, changed and removed while somebody goes through a list."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from core.folding import fold
from demo.firm import Firm
from models import Account, Document
from resolvers.ports import Ports
from tests.resolvers.shelves import START, Paper, Shelf, at, put, seen


class Changing:
    """Changes that are made one at a time; what was there before is noted where it is touched."""

    def __init__(self, ports: Ports, shelf: Shelf, changes: Sequence[tuple[str, Paper, int]]) -> None:
        self.ports = ports
        self.shelf = shelf
        self.left = list(changes)
        self.keys = list(shelf.papers)
        self.touched: set[UUID] = set()

    async def go_on(self) -> None:
        """Make the next change, if there is one."""
        if not self.left:
            return
        kind, paper, place = self.left.pop()
        if kind == "add":
            await self.add(paper)
            return
        key = self.keys[place % len(self.keys)]
        self.touched.add(key)
        await self.write(key, deleted_at=START) if kind == "remove" else await self.change(key, paper)

    async def add(self, paper: Paper) -> None:
        """Add a paper for the same readers."""
        founded = self.shelf.things.founded
        async with self.ports.database.change(founded.licence_id) as session:
            ids = [it.account_id for it in self.shelf.viewers.values()]
            found = await session.execute(
                select(Account).where(Account.licence_id == founded.licence_id, Account.id.in_(ids))
            )
            firm = Firm(session, founded, now=START, password_hash="-")
            await put(firm, self.shelf.things, paper, list(found.scalars()))

    async def change(self, key: UUID, paper: Paper) -> None:
        """Make another paper of one: what it is sorted by, and some of what it is narrowed by."""
        await self.write(
            key,
            description=paper.text,
            description_folded=fold(paper.text),
            created_at=at(paper.created),
            content_updated_at=at(paper.changed),
            updated_at=at(seen(paper, for_staff=True)),
            business_unit_id=None if paper.unit is None else self.shelf.things.units[paper.unit],
        )

    async def write(self, key: UUID, **values: object) -> None:
        """Write columns of a document."""
        licence_id = self.shelf.things.founded.licence_id
        async with self.ports.database.change(licence_id) as session:
            of_key = (Document.licence_id == licence_id, Document.id == key)
            await session.execute(update(Document).where(*of_key).values(**values))
