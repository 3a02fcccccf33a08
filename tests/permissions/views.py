"""What everybody sees of the stage by every path, and that it is what the model says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import Forbidden
from core.rights import Right
from core.viewer import Viewer
from models.tables import AnyRow, AnySelect
from permissions.access import Plan
from resolvers import (
    accounts,
    categories,
    category_rules,
    content,
    document_lists,
    document_rows,
    dossiers,
    explanations,
    grants,
    groups,
    relations,
    rule_previews,
)
from resolvers.document_lists import DocumentsAsked, OrderField, Shape, page_statement
from resolvers.document_sets import Scope
from resolvers.fetching import fetched
from resolvers.paging import Cut, PageAsked
from resolvers.ports import Ports
from resolvers.reading import Reading
from tests.permissions.model import Key, Rights
from tests.permissions.model_verbs import Model
from tests.permissions.stage import Stage
from tests.permissions.two_firms import CATEGORIES

# The categories that documents are put into.
CALLED: Final = [name for called in CATEGORIES.values() for name in called]
ALL_AT_ONCE: Final = PageAsked(first=100)
# Of dossiers, relations and categories that have more documents each is listed by itself.
LOOKED_UP: Final = 2


class Sight(Reading):
    """What one of the cast reads, in a snapshot that all of his firm share."""

    def __init__(self, ports: Ports, viewer: Viewer, connection: AsyncConnection) -> None:
        super().__init__(ports, viewer)
        self.connection = connection
        self.known: dict[tuple[Executable, str], Sequence[AnyRow]] = {}

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Return what a statement finds; in one snapshot the same question has the same answer."""
        asked = statement, str(values)
        if asked not in self.known:
            bound = self.bound({"looked_up": LOOKED_UP} | values)
            self.known[asked] = await fetched(self.connection, cast("AnySelect", statement), bound)
        return self.known[asked]


def ticked(rights: int) -> Rights:
    """Return rights as the model has them."""
    return frozenset(it.name for it in Right(rights) if it.name)


def row_of(grant: AnyRow) -> tuple[UUID, UUID, str, UUID | None]:
    """Return what a row of a rights tab is to the model: of what, to whom, why, by which rule."""
    return grant.document_id, grant.principal_id, grant.source, grant.category_rule_id


@dataclass(frozen=True)
class Everything:
    """All keys of both firms, and one that is nobody's: what people may ask about."""

    documents: list[UUID]
    dossiers: list[UUID]
    relations: list[UUID]
    categories: list[UUID]
    principals: list[UUID]
    rules: list[UUID]

    @classmethod
    def on(cls, stage: Stage) -> "Everything":
        models = list(stage.world.models.values())
        nothing = stage.key("nothing")

        def of(keys: Callable[[Model], Iterable[Key]]) -> list[UUID]:
            return [nothing, *(cast("UUID", key) for model in models for key in keys(model))]

        return cls(
            of(lambda it: it.documents),
            of(lambda it: it.dossiers),
            of(lambda it: it.relations),
            [nothing, *map(stage.key, CALLED)],
            of(lambda it: [*it.accounts, *it.groups]),
            of(lambda it: it.rules),
        )


@dataclass
class View:
    """One of the cast who looks: what he is to the model, and what he reads with."""

    who: str
    model: Model
    me: UUID
    sight: Sight
    all: Everything
    turn: int

    async def check(self, written: Sequence[AnyRow]) -> None:
        """Look by every path."""
        await self.lists()
        await self.looked_up()
        await self.nested()
        await self.parents()
        await self.tabs(written)
        await self.preview()
        documents, principals = self.all.documents, self.all.principals
        await self.explained(documents[self.turn % len(documents)], principals[self.turn % len(principals)])

    async def lists(self) -> None:
        """The list as planned and by the other plan holds what he may read, in order; so does the count."""
        order, descending = [
            (OrderField.UPDATED_AT, True),
            (OrderField.CREATED_AT, True),
            (OrderField.UPDATED_AT, False),
        ][self.turn % 3]
        asked = DocumentsAsked(ALL_AT_ONCE, order=order, descending=descending)
        page = await document_lists.documents(self.sight, asked)
        expected = self.listed(order, descending=descending)
        assert self.shown(page.edges.rows) == expected
        assert await document_lists.totals(self.sight, [page]) == [len(expected)]
        shape = page.listing.shape
        (other,) = {*Plan} - {shape.plan}
        shape = Shape(other, shape.for_staff, None, frozenset(), order, Cut(descending=descending))
        rows = await self.sight.rows(page_statement(shape), page_size=100)
        assert self.shown(rows) == expected

    def listed(self, order: OrderField, *, descending: bool) -> list[tuple[Key, Rights, Any]]:
        """Return what the model lists: keys, rights, dates."""
        documents = self.model.documents
        found = [(key, held, self.model.dated(self.me, documents[key])) for key, held in self.reach.items()]
        if order is OrderField.CREATED_AT:
            return sorted(found, key=lambda it: (documents[it[0]].made_at, it[0]), reverse=descending)
        return sorted(found, key=lambda it: (it[2], it[0]), reverse=descending)

    @cached_property
    def reach(self) -> dict[Key, Rights]:
        return self.model.reach(self.me)

    def shown(self, rows: Sequence[AnyRow]) -> list[tuple[Key, Rights, Any]]:
        return [(row.id, ticked(row.rights), row.updated_at) for row in rows]

    async def looked_up(self) -> None:
        """What he asks for by its key is there exactly when it exists for him."""
        found = await document_rows.by_ids(self.sight, self.all.documents)
        reach = self.reach
        assert [row and ticked(row.rights) for row in found] == [reach.get(it) for it in self.all.documents]
        urls = await content.urls(self.sight, [it for it in found if it], inline=False, version=None)
        assert all(urls)

    async def nested(self) -> None:
        """The documents of dossiers, relations and categories are those that he may read."""
        model, papers = self.model, {it: self.model.documents[it] for it in self.reach}
        in_dossiers = {
            it: {key for key, paper in papers.items() if model.is_in_dossier(paper, it)}
            for it in model.dossiers
        }
        await self.nested_in(Scope.DOSSIER, {it: in_dossiers.get(it, set()) for it in self.all.dossiers})
        on_relations = {
            it: {key for key, paper in papers.items() if it in paper.relations} for it in self.all.relations
        }
        await self.nested_in(Scope.RELATION, on_relations)
        in_categories = {
            it: {key for key, paper in papers.items() if it in paper.categories} for it in self.all.categories
        }
        await self.nested_in(Scope.CATEGORY, in_categories)

    async def nested_in(self, scope: Scope, expected: Mapping[UUID, set[Key]]) -> None:
        asked = DocumentsAsked(ALL_AT_ONCE)
        pages = await document_lists.documents_of(self.sight, scope, [*expected], asked)
        assert [{row.id for row in page.edges.rows} for page in pages] == [*expected.values()]
        if [*Scope][self.turn % len(Scope)] is scope:
            totals = await document_lists.totals(self.sight, pages)
            assert totals == [len(it) for it in expected.values()]

    async def parents(self) -> None:
        """Dossiers, relations, categories, rules, accounts and groups are there for whom they exist."""
        for look_up, keys, sees in (
            (dossiers.by_ids, self.all.dossiers, self.model.sees_dossier),
            (relations.by_ids, self.all.relations, self.model.sees_relation),
            (categories.by_ids, self.all.categories, self.model.sees_category),
            (category_rules.in_force, self.all.rules, self.model.sees_in_force),
            (category_rules.by_ids, self.all.rules, self.model.sees_rule),
            (accounts.look_up, self.all.principals, self.model.sees_account),
            (groups.look_up, self.all.principals, self.model.sees_group),
        ):
            found = await look_up(self.sight, keys)
            assert [bool(it) for it in found] == [sees(self.me, it) for it in keys]
        seen = {it for it in self.model.categories if self.model.sees_category(self.me, it)}
        chosen = {row.id for row in await categories.to_choose(self.sight)}
        assert chosen == {it for it in seen if not self.model.categories[it]}

    async def tabs(self, written: Sequence[AnyRow]) -> None:
        """The rows of rights tabs are there for whoever may change the document's security."""
        found = await grants.look_up(self.sight, [row.id for row in written])
        opened = {key for key, held in self.reach.items() if "CHANGE_SECURITY" in held}
        assert [bool(it) for it in found] == [row.document_id in opened for row in written]

    async def written(self) -> Sequence[AnyRow]:
        """Return the rows of all rights tabs, which are those that the model has."""
        rows = [row for rows in await grants.of_ids(self.sight, self.all.documents) for row in rows]
        tabs = {(key, *row): held for key, it in self.model.documents.items() for row, held in it.tab.items()}
        assert {row_of(it): (ticked(it.rights), it.granted_at) for it in rows} == tabs
        linked = await grants.linked(self.sight, rows)
        assert linked == [self.model.could_give(it.document_id, row_of(it)[1:]) for it in rows]
        return rows

    async def preview(self) -> None:
        rule = self.all.rules[self.turn % len(self.all.rules)]
        found = await rule_previews.preview(self.sight, rule, ALL_AT_ONCE)
        if not self.model.sees_in_force(self.me, rule):
            assert found is None
            return
        due = {id(it) for it, *_ in self.model.due_today(self.me, rule)}
        expected = {key for key, it in self.model.documents.items() if id(it) in due}
        assert found
        assert {row.id for row in found.edges.rows} == expected
        assert await rule_previews.totals(self.sight, [found]) == [len(expected)]

    async def explained(self, document: UUID, principal: UUID) -> None:
        """Why somebody can or cannot reach a document is told to whoever may change its security."""
        held = self.reach.get(document)
        try:
            found = await explanations.explain_access(self.sight, document, principal)
        except Forbidden:
            assert held
            assert "CHANGE_SECURITY" not in held
            assert self.model.sees_principal(self.me, principal)
            return
        if not held or not self.model.sees_principal(self.me, principal):
            assert found is None
            return
        assert "CHANGE_SECURITY" in held
        assert found
        rows = {row_of(it)[1:] for it in found.grants}
        via = {it.id for it in found.via_groups}
        told = (ticked(found.rights), rows, via, found.obstacle and found.obstacle.value)
        assert told == self.model.explained(principal, self.model.documents[document])
