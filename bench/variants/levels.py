"""What each operation reads, level by level: the resolvers' own functions, called by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.tables import AnyRow
from resolvers import accounts, categories, document_lists, document_rows, dossiers, grants, relations
from resolvers.document_lists import DocumentPage, DocumentsAsked
from resolvers.document_sets import Scope
from resolvers.paging import PageAsked
from resolvers.reading import Reading

Lists = Sequence[Sequence[AnyRow]]
Ones = Sequence[AnyRow | None]


@dataclass(frozen=True, slots=True)
class HomePage:
    """A page of documents and what each hangs on."""

    page: DocumentPage
    dossiers: Ones
    categories: Lists
    relations: Lists


@dataclass(frozen=True, slots=True)
class DossierPage:
    """A dossier with its members and a page of its documents."""

    dossier: AnyRow
    members: Sequence[AnyRow]
    relations: Ones
    page: DocumentPage
    categories: Lists
    makers: Ones


@dataclass(frozen=True, slots=True)
class RightsTab:
    """A document with its grants, and whom each names."""

    document: AnyRow
    grants: Sequence[AnyRow]
    principals: Sequence[AnyRow]
    granters: Ones


async def home_page(request: Reading) -> HomePage:
    """Read the home page."""
    return await hung(request, await document_lists.documents(request, DocumentsAsked(PageAsked(first=50))))


async def hung(request: Reading, page: DocumentPage) -> HomePage:
    """Read what the documents of a page hang on."""
    rows = page.edges.rows
    return HomePage(
        page,
        await dossiers.named_by(request, rows, "dossier_id"),
        await categories.of_documents(request, rows),
        await relations.of_documents(request, rows),
    )


async def dossier_page(request: Reading, id_: str) -> DossierPage | None:
    """Read the page of a dossier, None where there is none."""
    (dossier,) = await dossiers.by_ids(request, [key_of(request, id_)])
    if dossier is None:
        return None
    (members,) = await dossiers.members(request, [dossier])
    of_members = await relations.named_by(request, members, "relation_id")
    asked = DocumentsAsked(PageAsked(first=25))
    (page,) = await document_lists.documents_of(request, Scope.DOSSIER, [dossier.id], asked)
    rows = page.edges.rows
    found = await categories.of_documents(request, rows)
    makers = await accounts.named_by(request, rows, "created_by")
    return DossierPage(dossier, members, of_members, page, found, makers)


async def rights_tab(request: Reading, id_: str) -> RightsTab | None:
    """Read the rights tab of a document, None where there is no document."""
    (document,) = await document_rows.by_ids(request, [key_of(request, id_)])
    if document is None:
        return None
    (rows,) = await grants.of_documents(request, [document])
    named = await grants.principals(request, rows)
    return RightsTab(document, rows, named, await accounts.named_by(request, rows, "granted_by"))


def key_of(request: Reading, id_: str) -> UUID:
    """Return the key that an id stands for."""
    found = request.ports.ids.read(id_)
    assert found
    return found[1]
