"""The feed of changes as somebody reads it: what became of all that he may see, from a place on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Integer, bindparam, func, literal_column, select

from auth.opaque_ids import BLOCK
from core.errors import Expired
from core.tokens import pack, unpack
from models import Feed, FeedEntry
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow
from permissions.feed import told_as
from permissions.people import OWN_ACCOUNT
from resolvers import categories, document_rows, dossiers, holdings, licences, relations
from resolvers.gate import LookUp
from resolvers.paging import PageAsked, sized, stale
from resolvers.reading import Reading

# How many entries a page looks at, of which the viewer may be told few or none.
LOOKED_AT: Final = 200
# What has no look-up is told to nobody.
LOOK_UPS: Final[dict[str, LookUp]] = {
    "BusinessUnit": licences.units_by_ids,
    "Category": categories.by_ids,
    "Document": document_rows.by_ids,
    "Dossier": dossiers.by_ids,
    "Holding": holdings.by_ids,
    "Relation": relations.by_ids,
}
NOT_YET: Final = 2**62
# From where on the viewer sees as he does now: he was put into a group, or taken out of one, or made. The
# subject stands there as in the index, which is not found by a value that is bound.
BEGAN: Final = (
    select(func.coalesce(func.max(func.coalesce(FeedEntry.number, NOT_YET)), 0))
    .where(
        FeedEntry.licence_id == LICENCE,
        FeedEntry.subject == literal_column("'Account'"),
        FeedEntry.subject_id == OWN_ACCOUNT,
    )
    .scalar_subquery()
)
REACH: Final = select(
    func.coalesce(func.max(Feed.numbered_up_to), 0).label("numbered_up_to"),
    func.coalesce(func.max(Feed.removed_up_to), 0).label("removed_up_to"),
    BEGAN.label("began_at"),
).where(Feed.licence_id == LICENCE)
ENTRIES: Final = (
    select(
        FeedEntry.number,
        FeedEntry.kind,
        FeedEntry.subject,
        FeedEntry.subject_id,
        FeedEntry.principals,
        FeedEntry.occurred_at,
    )
    .where(
        FeedEntry.licence_id == LICENCE,
        FeedEntry.number > bindparam("after_number", type_=BigInteger()),
    )
    .order_by(FeedEntry.number)
    .limit(bindparam("at_most", type_=Integer()))
)
TAG: Final = b"CHANGES+"


@dataclass(frozen=True, slots=True)
class Places:
    """Writes and reads places in the feed of a licence; how far apart two are is not to be seen."""

    request: Reading

    def write(self, number: int) -> str:
        """Return the cursor of a place."""
        block = UUID(bytes=self.licence + number.to_bytes(BLOCK - len(self.licence)))
        (hidden,) = self.request.ports.ids.hide([block])
        return pack(hidden + TAG)

    def read(self, text: str) -> int:
        """Return the place of a cursor. Raise Invalid for another licence's, another list's, or none."""
        raw = unpack(text) or b""
        if raw[BLOCK:] != TAG:
            raise stale("after")
        block = self.request.ports.ids.reveal(raw[:BLOCK]).bytes
        if not block.startswith(self.licence):
            raise stale("after")
        return int.from_bytes(block.removeprefix(self.licence))

    @property
    def licence(self) -> bytes:
        """Return what tells the feeds of two licences apart: the half of the id that is made by chance."""
        return self.request.viewer.licence_id.bytes[BLOCK // 2 :]


@dataclass(frozen=True, slots=True)
class Told:
    """A change as the viewer is told of it."""

    number: int
    kind: ChangeKind
    subject: str
    subject_id: UUID
    row: AnyRow | None
    """The subject as it is now; None: it does not exist for the viewer any more."""
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ChangePage:
    """What the viewer is told, and how far the page has looked."""

    changes: list[Told]
    places: Places
    reached: int
    head: int
    has_next: bool
    has_previous: bool


async def page(request: Reading, asked: PageAsked) -> ChangePage:
    """Return one page of what the viewer is told. Raise Invalid, Expired."""
    size, places = sized(asked.first, "first"), Places(request)
    head, after = await bounds(request, None if asked.after is None else places.read(asked.after))
    found = await request.rows(ENTRIES, after_number=after, at_most=LOOKED_AT + 1)
    looked = found[:LOOKED_AT]
    changes = (await told(request, looked))[:size]
    reached = looked[-1].number if looked else after
    if len(changes) == size:
        reached = changes[-1].number
    return ChangePage(
        changes,
        places,
        reached,
        head,
        has_next=bool(found) and reached < found[-1].number,
        has_previous=asked.after is not None,
    )


async def told(request: Reading, entries: Sequence[AnyRow]) -> list[Told]:
    """Return what the viewer is told of entries, in their order."""
    seen = await seen_now(request, entries)
    changes: list[Told] = []
    for it in entries:
        row = seen.get((it.subject, it.subject_id))
        kind = told_as(request.viewer, it, is_seen=row is not None) if it.subject in LOOK_UPS else None
        if kind:
            changes.append(Told(it.number, kind, it.subject, it.subject_id, row, it.occurred_at))
    return changes


async def bounds(request: Reading, after: int | None) -> tuple[int, int]:
    """Return the place of the newest change, and after which one the page begins. Raise Expired.

    Without `after` it begins with the oldest that is kept, and not before the viewer sees as he does now. A
    place beyond the newest is one of before the database was restored from a copy.
    """
    (reach,) = await request.rows(REACH)
    head = reach.numbered_up_to
    oldest = max(reach.removed_up_to, min(reach.began_at, head))
    if after is None:
        return head, oldest
    if not oldest <= after <= head:
        message = "Changes after this cursor are no longer kept. Begin anew with the lists."
        raise Expired(message, path=("after",))
    return head, after


async def seen_now(request: Reading, entries: Sequence[AnyRow]) -> dict[tuple[str, UUID], Any]:
    """Return what the viewer sees now of the subjects of these entries: one statement for each type."""
    wanted: defaultdict[str, dict[UUID, None]] = defaultdict(dict)
    for entry in entries:
        wanted[entry.subject][entry.subject_id] = None
    seen: dict[tuple[str, UUID], Any] = {}
    for subject in wanted.keys() & LOOK_UPS.keys():
        keys = list(wanted[subject])
        rows = await LOOK_UPS[subject](request, keys)
        seen |= {(subject, key): row for key, row in zip(keys, rows, strict=True) if row is not None}
    return seen
