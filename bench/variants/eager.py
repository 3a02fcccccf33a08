"""Strawberry with everything loaded by the root's resolver: its fields are attributes of what was loaded.

The root's resolvers load what the measured operations ask for, and nothing else.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, Final

from starlette.applications import Starlette
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from bench.variants import levels, stock
from core.viewer import Language
from execution.batched import of_one
from models.tables import AnyRow
from resolvers import categories, profiles
from resolvers.document_lists import DocumentPage
from resolvers.ports import Ports
from resolvers.reading import Reading
from schema.connections import page_info
from schema.words import RIGHTS, DossierRole, GrantSource, ScanState

Roots = Sequence[None]
Found = Awaitable[list[Any]]


def create_app(ports: Ports) -> Starlette:
    """Return the product's application with roots that load everything."""
    return stock.app_of(ports, as_loaded)


def as_loaded(type_name: str, field: StrawberryField) -> StrawberryField | None:
    """Return a field that is an attribute, or a root that loads everything."""
    resolver = None
    if type_name == "Query":
        if field.python_name not in ROOTS:
            return None
        declared = inspect.signature(stock.resolver_of(field)).parameters.values()
        arguments = [it for it in declared if it.name not in ("root", "info")]
        resolver = StrawberryResolver[Any](of_one(ROOTS[field.python_name], arguments))
    return StrawberryField(
        python_name=field.python_name, base_resolver=resolver, permission_classes=field.permission_classes
    )


async def viewer(_: Roots, request: Reading) -> list[Any]:
    """Load the viewer."""
    row = await profiles.own_account(request)
    assert row
    return [SimpleNamespace(language=Language(row.language), account=account(request, row))]


async def documents(_: Roots, request: Reading, **__: Any) -> list[Any]:
    """Load the home page."""
    read = await levels.home_page(request)
    rows = read.page.edges.rows
    nodes = [
        SimpleNamespace(
            id=id_,
            description=row.description,
            document_date=row.document_date,
            file_name=row.file_name,
            media_type=row.media_type,
            byte_size=row.byte_size,
            scan_state=ScanState(row.scan_state),
            created_at=row.created_at,
            updated_at=row.updated_at,
            viewer_can=RIGHTS[row.rights],
            dossier=dossier,
            categories=kinds,
            relations=people,
        )
        for id_, row, dossier, kinds, people in zip(
            request.ports.ids.write("Document", [row.id for row in rows]),
            rows,
            named(request, "Dossier", "name", read.dossiers),
            categories_of(request, read.categories),
            lists_of(request, "Relation", "display_name", read.relations),
            strict=True,
        )
    ]
    return [connection(read.page, nodes)]


async def dossier(_: Roots, request: Reading, *, id: str) -> list[Any]:  # noqa: A002  the contract's name
    """Load the page of a dossier."""
    read = await levels.dossier_page(request, id)
    assert read
    rows = read.page.edges.rows
    nodes = [
        SimpleNamespace(
            id=id_,
            description=row.description,
            document_date=row.document_date,
            file_name=row.file_name,
            updated_at=row.updated_at,
            categories=kinds,
            created_by=maker,
        )
        for id_, row, kinds, maker in zip(
            request.ports.ids.write("Document", [row.id for row in rows]),
            rows,
            categories_of(request, read.categories),
            named(request, "Account", "display_name", read.makers),
            strict=True,
        )
    ]
    people = named(request, "Relation", "display_name", read.relations)
    members = [
        SimpleNamespace(role=DossierRole(row.role), relation=relation)
        for row, relation in zip(read.members, people, strict=True)
    ]
    (id_,) = request.ports.ids.write("Dossier", [read.dossier.id])
    page = connection(read.page, nodes)
    return [SimpleNamespace(id=id_, name=read.dossier.name, members=members, documents=page)]


async def document(_: Roots, request: Reading, *, id: str) -> list[Any]:  # noqa: A002  the contract's name
    """Load the rights tab of a document."""
    read = await levels.rights_tab(request, id)
    assert read
    grants = [
        SimpleNamespace(
            principal=principal(request, row.principal_kind, whom),
            rights=RIGHTS[row.rights],
            source=GrantSource(row.source),
            granted_by=granter,
            granted_at=row.granted_at,
        )
        for row, whom, granter in zip(read.grants, read.principals, read.granters, strict=True)
    ]
    row = read.document
    (id_,) = request.ports.ids.write("Document", [row.id])
    return [SimpleNamespace(id=id_, description=row.description, rights=row.rights, grants=grants)]


def connection(page: DocumentPage, nodes: list[Any]) -> Any:
    """Return a page of loaded documents."""
    return SimpleNamespace(page_info=page_info(page), nodes=nodes)


def principal(request: Reading, kind: str, row: AnyRow) -> Any:
    """Return whom a grant names, with the name of its type."""
    if kind == "ACCOUNT":
        return account(request, row)
    (id_,) = request.ports.ids.write("Group", [row.id])
    return SimpleNamespace(typename="Group", id=id_, name=row.name)


def account(request: Reading, row: AnyRow) -> Any:
    """Return an account."""
    (id_,) = request.ports.ids.write("Account", [row.id])
    return SimpleNamespace(typename="Account", id=id_, display_name=row.display_name)


def named(request: Reading, type_name: str, attribute: str, rows: Iterable[AnyRow | None]) -> list[Any]:
    """Return the id and the name of what each parent names; what several name is made once."""
    kept = list(rows)
    found = {row.id: row for row in kept if row is not None}
    ids = request.ports.ids.write(type_name, list(found))
    made = {
        row.id: SimpleNamespace(id=id_, **{attribute: getattr(row, attribute)})
        for id_, row in zip(ids, found.values(), strict=True)
    }
    return [None if row is None else made[row.id] for row in kept]


def lists_of(
    request: Reading, type_name: str, attribute: str, lists: Sequence[Sequence[AnyRow]]
) -> list[list[Any]]:
    """Return the ids and names of lists."""
    ids = iter(request.ports.ids.write(type_name, [row.id for rows in lists for row in rows]))
    return [
        [SimpleNamespace(id=next(ids), **{attribute: getattr(row, attribute)}) for row in rows]
        for rows in lists
    ]


def categories_of(request: Reading, lists: Sequence[Sequence[AnyRow]]) -> list[list[Any]]:
    """Return the categories of each document."""
    language = request.viewer.language
    ids = iter(request.ports.ids.write("Category", [row.id for rows in lists for row in rows]))
    return [
        [SimpleNamespace(id=next(ids), name=categories.name_in(row, language)) for row in rows]
        for rows in lists
    ]


ROOTS: Final[dict[str, Callable[..., Found]]] = {
    "viewer": viewer,
    "documents": documents,
    "dossier": dossier,
    "document": document,
}
