"""What a category rule would share if it were applied to the documents of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from models import Document
from models.tables import AnySelect
from permissions.access import Plan
from resolvers import category_rules
from resolvers.document_lists import OrderField, moment
from resolvers.document_rows import select_documents
from resolvers.paging import Cursors, Cut, Edges, PageAsked, Sorting
from resolvers.reading import Reading
from resolvers.stamping import STANDING

NEWEST_FIRST: Final = Sorting(OrderField.CREATED_AT.value, moment, descending=True)
# Found once, whatever PostgreSQL expects: of a firm that has just begun it has not counted the rows yet, and
# would find all of these anew for each document.
DUE_IDS: Final = (
    select(STANDING.subquery("standing").c.document_id).distinct().cte("due").prefix_with("MATERIALIZED")
)
TOTAL: Final = select(func.count().label("total")).select_from(DUE_IDS)


@dataclass(frozen=True, slots=True)
class RulePreview:
    """A page of the documents on which somebody would be given more than he has."""

    rule_id: UUID
    edges: Edges
    cursors: Cursors


@cache
def documents_due() -> AnySelect:
    """Return the documents that applying a rule would share."""
    statement, _ = select_documents(Plan.WALKING, for_staff=True)
    return statement.join(DUE_IDS, DUE_IDS.c.document_id == Document.id)


@lru_cache(maxsize=4)
def page_statement(cut: Cut) -> AnySelect:
    """Return the statement of one page, the newest first."""
    statement = documents_due().add_columns(Document.created_at.label("sort_key"))
    return cut.apply(statement, Document.created_at.expression, Document.id.expression)


async def preview(request: Reading, rule_id: UUID, asked: PageAsked) -> RulePreview | None:
    """Return what a rule would share, None where there is no rule in force that the viewer may see.

    Only documents that the viewer may share by hand. Raise Invalid.
    """
    cursors = Cursors(request.ports.ids, NEWEST_FIRST)
    window = asked.window(cursors)
    (rule,) = await category_rules.in_force(request, [rule_id])
    if rule is None:
        return None
    found = await request.rows(page_statement(window.cut), rule=rule_id, **window.values)
    return RulePreview(rule_id, window.page(found), cursors)


async def totals(request: Reading, previews: Sequence[RulePreview]) -> list[int]:
    """Return how many documents each of these rules would share."""
    return [(await request.rows(TOTAL, rule=it.rule_id))[0].total for it in previews]
