"""The documents of the bench, in the order in which they came in, with their links and their grants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from bench.firms import Firm, Household
from bench.rows import Ids, Rows
from core.folding import fold
from core.rights import ALL_RIGHTS, Right
from models import Document, DocumentCategory, DocumentGrant, DocumentRelation, DocumentVersion
from resolvers.first_categories import CATEGORIES

# What the first household of each firm gets beside its share: more than a page.
FAVOURED: Final = 80
# Every so many documents are not shared with the clients.
PRIVATE_IN_EVERY: Final = 10
# A prime: neighbours in time belong to households that are far apart.
STRIDE: Final = 7919
SPAN: Final = timedelta(days=730)
SHARED_AFTER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document on its way in."""

    id: UUID
    number: int
    moment: datetime
    firm: Firm
    household: Household

    @property
    def is_shared(self) -> bool:
        """Return whether the clients of the dossier may read it."""
        return self.number % PRIVATE_IN_EVERY != 0

    @property
    def category_ids(self) -> list[UUID]:
        """Return what it is put into."""
        chosen = [self.number % len(CATEGORIES)]
        if self.number % 3 == 0:
            chosen.append((self.number + 4) % len(CATEGORIES))
        founded = self.firm.founded
        return sorted(founded.categories[CATEGORIES[at].key] for at in chosen)

    @property
    def description(self) -> str:
        """Return what is said of it."""
        return f"{CATEGORIES[self.number % len(CATEGORIES)].nl} {self.moment.year}, nr. {self.number}"

    @property
    def business_unit(self) -> UUID:
        """Return the part of the firm that it belongs to."""
        return self.firm.founded.business_unit

    @property
    def maker(self) -> UUID:
        """Return the member of staff who brought it in."""
        return self.firm.staff[self.number % len(self.firm.staff)]


def papers(firms: list[Firm], documents: int, until: datetime, ids: Ids) -> Iterator[Paper]:
    """Yield so many documents, spread over the firms and over the time before `until`."""
    each = documents // len(firms)
    for number in range(each * len(firms)):
        moment = until - SPAN + SPAN * number / documents
        firm = firms[number % len(firms)]
        turn = number // len(firms)
        yield Paper(ids.new(moment), turn, moment, firm, household_of(firm, turn, each))


def household_of(firm: Firm, turn: int, each: int) -> Household:
    """Return whom a firm's document belongs to."""
    if turn % max(1, each // FAVOURED) == 0:
        return firm.households[0]
    return firm.households[turn * STRIDE % len(firm.households)]


def add(rows: Rows, paper: Paper) -> None:
    """Add the rows of a document."""
    add_itself(rows, paper)
    keys = {"licence_id": paper.firm.founded.licence_id, "document_id": paper.id}
    for category in paper.category_ids:
        rows.add(DocumentCategory, category_id=category, **keys)
    for relation in paper.household.relations[: 1 + paper.number % 2]:
        rows.add(DocumentRelation, relation_id=relation, **keys)
    add_grants(rows, paper, keys)


def add_itself(rows: Rows, paper: Paper) -> None:
    """Add a document and its one version."""
    founded = paper.firm.founded
    category = CATEGORIES[paper.number % len(CATEGORIES)]
    digest = sha256(paper.id.bytes).digest()
    rows.add(
        Document,
        licence_id=founded.licence_id,
        id=paper.id,
        description=paper.description,
        description_folded=fold(paper.description),
        document_date=paper.moment.date() if paper.number % 4 else None,
        business_unit_id=paper.business_unit,
        dossier_id=paper.household.dossier,
        category_ids=paper.category_ids,
        created_at=paper.moment,
        created_by=paper.maker,
        updated_at=paper.moment + SHARED_AFTER,
        updated_by=paper.maker,
        content_updated_at=paper.moment,
        content_updated_by=paper.maker,
    )
    rows.add(
        DocumentVersion,
        licence_id=founded.licence_id,
        document_id=paper.id,
        number=1,
        file_name=f"{category.key}-{paper.number}.pdf",
        media_type="application/pdf",
        byte_size=10_000 + paper.number,
        sha256=digest,
        object_key=digest.hex(),
        scan_state="CLEAN",
        created_at=paper.moment,
        created_by=paper.maker,
    )


def add_grants(rows: Rows, paper: Paper, keys: dict[str, UUID]) -> None:
    """Add a document's first rights, as an upload gives them, and the sharing with the clients."""
    founded, moment = paper.firm.founded, paper.moment
    given = [
        (founded.administrators, ALL_RIGHTS, "DEFAULT", moment),
        (founded.users, ALL_RIGHTS, "DEFAULT", moment),
        (paper.maker, ALL_RIGHTS, "CREATOR", moment),
    ]
    if paper.is_shared:
        shared_at = moment + SHARED_AFTER
        given += [(client, Right.READ, "MANUAL", shared_at) for client in paper.household.clients]
    for principal, rights, source, granted_at in given:
        rows.add(
            DocumentGrant,
            principal_id=principal,
            rights=int(rights),
            source=source,
            granted_by=paper.maker,
            granted_at=granted_at,
            **keys,
        )
