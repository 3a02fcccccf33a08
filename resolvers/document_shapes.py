"""The shape of a list of documents: all that the text of its statement depends on."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, FromClause, func, literal_column, select

from models.tables import AnySelect
from permissions.access import Plan
from resolvers.document_filters import CONDITIONS
from resolvers.document_rows import of_document, seen_as_updated
from resolvers.document_sets import DATES, Scope
from resolvers.paging import PAGE_SIZE, Cut

# The expression of the index: a document without a date stands before all that have one. The driver reads
# and writes `-infinity` as the first of January of year 1, which is no day of its own to it.
NO_DATE: Final = literal_column("'-infinity'::date", Date())
# What an index of the order of changes begins with; of several the one that leaves the fewest, as a rule.
LEADING: Final = ("created_by_id", "uncategorised", "business_unit_id")


class OrderField(Enum):
    """By what a list of documents can be sorted."""

    UPDATED_AT = "UPDATED_AT"
    CREATED_AT = "CREATED_AT"
    DOCUMENT_DATE = "DOCUMENT_DATE"
    DESCRIPTION = "DESCRIPTION"


@dataclass(frozen=True, slots=True)
class Shape:
    """All that a statement's text depends on; its values are bound."""

    plan: Plan
    for_staff: bool
    scope: Scope | None
    filters: frozenset[str]
    order: OrderField
    cut: Cut
    is_far: bool = False
    """Walking is not given up, however far from the beginning the page's documents stand."""
    begin: frozenset[str] = frozenset()
    """The sets that the page's documents are among, which are read first (resolvers/document_sets.py)."""
    then: frozenset[str] = frozenset()
    """The sets that it begins with when what is tried of those does not fill the page."""

    @property
    def is_whole(self) -> bool:
        """Return whether it is the list of all that the viewer may read."""
        return self.scope is None and not self.filters

    @property
    def is_by_sharing(self) -> bool:
        """Return whether its order depends on the viewer, so that there is no index to read in it."""
        return self.order is OrderField.UPDATED_AT and not self.for_staff

    @property
    def is_walked(self) -> bool:
        """Return whether only so many documents are asked for, in their order."""
        can_be = self.scope is None and not self.is_by_sharing and not self.is_far
        return can_be and self.plan is Plan.WALKING

    @property
    def is_of_dates(self) -> bool:
        """Return whether it is narrowed by what stands in every index: dates, but not a client's."""
        return self.for_staff and bool(self.filters) and self.filters <= DATES

    @property
    def is_by_change(self) -> bool:
        """Return whether its order is that of the last changes, which several indexes have."""
        return self.order is OrderField.UPDATED_AT and self.for_staff

    @property
    def leading(self) -> frozenset[str]:
        """Return the filters that bound an index in the order of the list."""
        if not self.is_by_change:
            return frozenset()
        first = [name for name in LEADING if name in self.filters]
        return frozenset(first[:1]) | (self.filters & DATES)

    def met(
        self, document: FromClause, updated_at: ColumnElement[Any], without: frozenset[str] = frozenset()
    ) -> list[ColumnElement[bool]]:
        """Say: a document's row meets the filters."""
        return [CONDITIONS[name](document, updated_at) for name in sorted(self.filters - without)]

    def key(self, document: FromClause, updated_at: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return what the list is sorted by."""
        return {
            OrderField.UPDATED_AT: updated_at,
            OrderField.CREATED_AT: document.c.created_at,
            OrderField.DOCUMENT_DATE: func.greatest(document.c.document_date, NO_DATE, type_=Date()),
            OrderField.DESCRIPTION: document.c.description_folded,
        }[self.order]

    @property
    def is_down(self) -> bool:
        """Return whether the statement runs from the last document to the first."""
        return self.cut.descending != self.cut.backwards

    def kept(self, rows: AnySelect, key: ColumnElement[Any], id_: ColumnElement[Any]) -> AnySelect:
        """Return the rows of one page, of a list that begins where the page does."""
        return rows.add_columns(key).order_by(*self.cut.order(key, id_)).limit(PAGE_SIZE)

    def rows(self, document: FromClause, access: FromClause) -> tuple[AnySelect, ColumnElement[Any]]:
        """Return the columns of a document's row but for its version's, and the date he sees it under."""
        updated_at = seen_as_updated(document, access.c.shared_at, for_staff=self.for_staff)
        columns = of_document(document, access.c.rights, updated_at, for_staff=self.for_staff)
        return select(*columns), updated_at

    def page(self, rows: AnySelect, key: ColumnElement[Any], id_: ColumnElement[Any]) -> AnySelect:
        """Return the rows of one page."""
        return self.cut.apply(rows.add_columns(key.label("sort_key")), key, id_)
