"""The limit: an endpoint that reads the same rows and writes the same answers, without GraphQL.

It knows four operations by their text. What a permission class would ask is not asked.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from bench.operations import DOSSIER_PAGE, HOME_PAGE, RIGHTS_TAB, VIEWER
from bench.variants import levels
from core.tokens import Token
from core.viewer import Language
from models.tables import AnyRow
from resolvers import categories, profiles
from resolvers.document_lists import DocumentPage
from resolvers.ports import Ports
from resolvers.request import Request
from schema.words import RIGHTS

Json = dict[str, Any]
Named = dict[Any, Json | None]
Answer = Callable[[Request, Json], Awaitable[Json]]
NAMES_OF_RIGHTS: Final = [[right.name for right in rights] for rights in RIGHTS]


def create_app(ports: Ports) -> Starlette:
    """Return the application: one address, as the product's."""

    async def answer(http: HttpRequest) -> Response:
        asked = orjson.loads(await http.body())
        request = Request(ports, Token.parse(http.headers["authorization"].removeprefix("Bearer ")))
        try:
            await request.open()
            said = await ANSWERS[asked["query"]](request, asked["variables"])
        finally:
            await request.close()
        return Response(orjson.dumps({"data": said}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


async def viewer(request: Request, _: Json) -> Json:
    """Return the viewer."""
    row = await profiles.own_account(request)
    assert row
    (id_,) = request.ports.ids.write("Account", [row.id])
    return {"viewer": {"language": row.language, "account": {"id": id_, "displayName": row.display_name}}}


async def home_page(request: Request, _: Json) -> Json:
    """Return the home page."""
    read = await levels.home_page(request)
    dossiers = distinct(request, "Dossier", "name", read.dossiers)
    named = relations(request, read.relations)
    kinds = categories_of(request, read.categories)
    rows = read.page.edges.rows
    ids = request.ports.ids.write("Document", [row.id for row in rows])
    nodes: list[Json] = [
        {
            "id": id_,
            "description": row.description,
            "documentDate": row.document_date,
            "fileName": row.file_name,
            "mediaType": row.media_type,
            "byteSize": row.byte_size,
            "scanState": row.scan_state,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
            "viewerCan": NAMES_OF_RIGHTS[row.rights],
            "dossier": dossiers[row.dossier_id],
            "categories": kinds[at],
            "relations": named[at],
        }
        for at, (id_, row) in enumerate(zip(ids, rows, strict=True))
    ]
    return {"documents": {"pageInfo": page_info(read.page), "nodes": nodes}}


async def dossier_page(request: Request, variables: Json) -> Json:
    """Return the page of a dossier."""
    read = await levels.dossier_page(request, variables["id"])
    assert read
    write = request.ports.ids.write
    people = distinct(request, "Relation", "display_name", read.relations)
    makers = distinct(request, "Account", "display_name", read.makers)
    kinds = categories_of(request, read.categories)
    rows = read.page.edges.rows
    nodes: list[Json] = [
        {
            "id": id_,
            "description": row.description,
            "documentDate": row.document_date,
            "fileName": row.file_name,
            "updatedAt": row.updated_at,
            "categories": kinds[at],
            "createdBy": makers[row.created_by],
        }
        for at, (id_, row) in enumerate(zip(write("Document", [it.id for it in rows]), rows, strict=True))
    ]
    members = [{"role": it.role, "relation": people[it.relation_id]} for it in read.members]
    (id_,) = write("Dossier", [read.dossier.id])
    documents = {"pageInfo": page_info(read.page), "nodes": nodes}
    return {"dossier": {"id": id_, "name": read.dossier.name, "members": members, "documents": documents}}


async def rights_tab(request: Request, variables: Json) -> Json:
    """Return the rights tab of a document."""
    read = await levels.rights_tab(request, variables["id"])
    assert read
    write = request.ports.ids.write
    grants: list[Json] = [
        {
            "principal": principal_of(request, row.principal_kind, principal),
            "rights": NAMES_OF_RIGHTS[row.rights],
            "source": row.source,
            "grantedBy": {"displayName": granter.display_name} if granter else None,
            "grantedAt": row.granted_at,
        }
        for row, principal, granter in zip(read.grants, read.principals, read.granters, strict=True)
    ]
    (id_,) = write("Document", [read.document.id])
    return {"document": {"id": id_, "description": read.document.description, "grants": grants}}


def principal_of(request: Request, kind: str, row: AnyRow) -> Json:
    """Return whom a grant names."""
    if kind == "GROUP":
        (id_,) = request.ports.ids.write("Group", [row.id])
        return {"id": id_, "name": row.name}
    (id_,) = request.ports.ids.write("Account", [row.id])
    return {"id": id_, "displayName": row.display_name}


def page_info(page: DocumentPage) -> Json:
    """Return where a page stands."""
    rows = page.edges.rows
    last = page.cursors.write(rows[-1]) if rows else None
    return {"hasNextPage": page.edges.has_next, "endCursor": last}


def distinct(request: Request, type_name: str, attribute: str, rows: Iterable[AnyRow | None]) -> Named:
    """Return rows that many parents name as id and name, by their key; None for None."""
    found = {row.id: row for row in rows if row is not None}
    key = "name" if attribute == "name" else "displayName"
    ids = request.ports.ids.write(type_name, list(found))
    pairs = zip(ids, found.values(), strict=True)
    named: Named = {row.id: {"id": id_, key: getattr(row, attribute)} for id_, row in pairs}
    named[None] = None
    return named


def relations(request: Request, lists: Sequence[Sequence[AnyRow]]) -> list[list[Json]]:
    """Return the relations of each document."""
    ids = iter(request.ports.ids.write("Relation", [row.id for rows in lists for row in rows]))
    return [[{"id": next(ids), "displayName": row.display_name} for row in rows] for rows in lists]


def categories_of(request: Request, lists: Sequence[Sequence[AnyRow]]) -> list[list[Json]]:
    """Return the categories of each document."""
    language: Language = request.viewer.language
    ids = iter(request.ports.ids.write("Category", [row.id for rows in lists for row in rows]))
    return [[{"id": next(ids), "name": categories.name_in(row, language)} for row in rows] for rows in lists]


ANSWERS: Final[dict[str, Answer]] = {
    VIEWER: viewer,
    HOME_PAGE: home_page,
    DOSSIER_PAGE: dossier_page,
    RIGHTS_TAB: rights_tab,
}
