"""The root of all queries: what can be asked for."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import strawberry
from strawberry.scalars import ID

from core.errors import Invalid
from execution import NEVER_NULL, Typed, batched
from models.tables import AnyRow
from permissions.fields import (
    IsAdministrator,
    IsAuditor,
    IsStaff,
    ReadsDocuments,
    ReadsRelations,
    SignedIn,
    StaffReadsRelations,
)
from resolvers import (
    accounts,
    archives,
    categories,
    document_lists,
    document_rows,
    dossiers,
    groups,
    profiles,
    relations,
)
from resolvers.document_lists import DocumentPage
from resolvers.gate import MOST_IDS, LookUp
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema import ids
from schema.api_key import ApiKey, newest_first
from schema.audit import AuditEventConnection
from schema.audit import newest_first as events_newest_first
from schema.category import Category
from schema.category_rules import PREVIEW, RulePreview, preview_category_rule
from schema.changes import ChangeConnection, changes_after
from schema.connections import (
    AccountConnection,
    After,
    Before,
    DocumentConnection,
    DossierConnection,
    Filter,
    First,
    Last,
    Order,
    RelationConnection,
    Search,
    asked,
)
from schema.document import Document
from schema.dossier import Dossier
from schema.explanations import AccessExplanation, explain_access
from schema.holding import HoldingConnection, holdings_by_name
from schema.letter import LetterConnection
from schema.letter import newest_first as letters_newest_first
from schema.nodes import Node, find
from schema.people import Group, Viewer
from schema.prices import ARCHIVE, AS_MANY_AS_IDS, LOOKED_THROUGH, PAGE, PAGE_FORWARDS, about
from schema.rate_limit import RateLimit, rate_limits
from schema.relation import Relation
from schema.routing import RoutingStep, explain_upload_routing
from schema.scalars import URL

Id = Annotated[ID, strawberry.argument(description="Whose id it is.")]
Ids = Annotated[list[ID], strawberry.argument(description="Whose ids they are: at most 100.")]
Roots = Sequence[None]


def by_id(type_name: str, look_up: LookUp) -> Callable[..., Awaitable[list[AnyRow | None]]]:
    """Return what loads the one thing of a type with an id that the viewer may see."""

    async def load(roots: Roots, request: Reading, *, id: Id) -> list[AnyRow | None]:
        return await look_up(request, [ids.read(request, type_name, id, "id")])

    return load


async def document(roots: Roots, request: Reading, *, id: Id) -> list[AnyRow | None]:
    keys = [ids.read(request, "Document", id, "id")]
    found = await document_rows.by_ids(request, keys)
    request.miss("document", keys, found)
    return found


async def node(roots: Roots, request: Reading, *, id: Id) -> list[Typed | None]:
    return await find(request, "node", [id], "id")


async def nodes(roots: Roots, request: Reading, *, ids: Ids) -> list[list[Typed | None]]:
    if len(ids) > MOST_IDS:
        raise Invalid("At most {most} ids.", path=("ids",), most=MOST_IDS)
    return [await find(request, "nodes", ids, "ids")]


async def viewer(roots: Roots, request: Reading) -> list[AnyRow | None]:
    return [await profiles.own_account(request)]


async def documents(  # noqa: PLR0913  the contract's arguments
    roots: Roots,
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    filter: Filter = None,
    order_by: Order = None,
) -> list[DocumentPage]:
    wanted = asked(request, PageAsked(first, after, last, before), filter, order_by)
    return [await document_lists.documents(request, wanted)]


async def archive_url(
    roots: Roots,
    request: Reading,
    *,
    document_ids: Annotated[
        list[ID], strawberry.argument(description="Of documents that the viewer may read.")
    ],
) -> list[str | None]:
    return [await archives.url(request, ids.read_all(request, "Document", document_ids, "documentIds"))]


async def categories_to_choose(roots: Roots, request: Reading) -> list[Sequence[AnyRow]]:
    return [await categories.to_choose(request)]


def by_name(
    find_page: Callable[[Reading, PageAsked, str | None], Awaitable[NamedPage]],
) -> Callable[..., Awaitable[list[NamedPage]]]:
    """Return what loads one page of a list that is sorted by name, or searched."""

    async def load(  # noqa: PLR0913  the contract's arguments
        roots: Roots,
        request: Reading,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        search: Search = None,
    ) -> list[NamedPage]:
        return [await find_page(request, PageAsked(first, after, last, before), search)]

    return load


async def groups_by_name(roots: Roots, request: Reading) -> list[Sequence[AnyRow]]:
    return [await groups.by_name(request)]


@strawberry.type(description="What can be asked for.")
class Query:
    node: Node | None = batched(
        node,
        description="Null where there is nothing the viewer may see: missing and forbidden look the same.",
        permission_classes=[SignedIn],
    )
    nodes: list[Node | None] = batched(
        nodes,
        description="The same for several ids at once.",
        permission_classes=[SignedIn],
        directives=[AS_MANY_AS_IDS],
    )
    viewer: Viewer | None = batched(viewer, description="Null when nobody is signed in.")
    document: Document | None = batched(
        document,
        description="A document that the viewer may read.",
        permission_classes=[ReadsDocuments],
    )
    documents: DocumentConnection | None = batched(
        documents,
        description="All documents that the viewer may read (Documenten).",
        permission_classes=[ReadsDocuments],
        directives=[NEVER_NULL, PAGE],
    )
    archive_url: URL | None = batched(
        archive_url,
        description="These documents as one ZIP, at most 1,000: an address like that of `contentUrl`; null "
        "where one of them can not be read or opened.",
        permission_classes=[ReadsDocuments],
        directives=[ARCHIVE],
    )
    categories: list[Category] | None = batched(
        categories_to_choose,
        description="The categories the viewer can filter by: for a client, those of documents he may read.",
        permission_classes=[ReadsDocuments],
        directives=[NEVER_NULL, about(20)],
    )
    relation: Relation | None = batched(
        by_id("Relation", relations.by_ids),
        description="A relation that the viewer may see: for a client, himself and who is in his dossiers.",
        permission_classes=[ReadsRelations],
    )
    relations: RelationConnection | None = batched(
        by_name(relations.search),
        description="The firm's relations, by name (Relaties); searched by their names, e-mail address and "
        "national register number.",
        permission_classes=[StaffReadsRelations],
        directives=[NEVER_NULL, PAGE],
    )
    dossier: Dossier | None = batched(
        by_id("Dossier", dossiers.by_ids),
        description="A dossier that the viewer may see: for a client, one that he is in.",
        permission_classes=[ReadsRelations],
    )
    dossiers: DossierConnection | None = batched(
        by_name(dossiers.search),
        description="The dossiers that the viewer may see, by name (Dossiers): for a client, those he is in; "
        "searched by their names and those of their members.",
        permission_classes=[ReadsRelations],
        directives=[NEVER_NULL, PAGE],
    )
    holdings: HoldingConnection | None = batched(
        holdings_by_name,
        description="The firm's assets, liabilities and policies, by name; searched by name and reference.",
        permission_classes=[StaffReadsRelations],
        directives=[NEVER_NULL, PAGE],
    )
    accounts: AccountConnection | None = batched(
        by_name(accounts.search),
        description="Who can sign in, by name; searched by name and user name.",
        permission_classes=[StaffReadsRelations],
        directives=[NEVER_NULL, PAGE],
    )
    groups: list[Group] | None = batched(
        groups_by_name,
        description="The groups: the built-in ones, then the firm's own by name.",
        permission_classes=[StaffReadsRelations],
        directives=[NEVER_NULL, about(10)],
    )
    api_keys: list[ApiKey] | None = batched(
        newest_first,
        description="The API keys of partners' programs, the newest first; the dead ones too.",
        permission_classes=[IsAdministrator],
        directives=[NEVER_NULL, about(10)],
    )
    letters: LetterConnection | None = batched(
        letters_newest_first,
        description="The letters of the licence, the newest first; with `FAILED` those that were set aside.",
        permission_classes=[IsAdministrator],
        directives=[NEVER_NULL, PAGE],
    )
    audit_events: AuditEventConnection | None = batched(
        events_newest_first,
        description="What happened in the licence, the newest first: sign-ins, refusals, what was opened, "
        "changes of rights, accounts and files, exports, and what the operator did.",
        permission_classes=[IsAuditor],
        directives=[NEVER_NULL, PAGE],
    )
    changes: ChangeConnection | None = batched(
        changes_after,
        description="What was made, changed and deleted of all that the viewer may see, in the order in "
        "which it was committed; without `after` from the oldest that is kept. EXPIRED where `after` is "
        "older, or the viewer was put into a group or taken out of one since: begin anew with the lists.",
        permission_classes=[SignedIn],
        directives=[NEVER_NULL, PAGE_FORWARDS, LOOKED_THROUGH],
    )
    explain_access: AccessExplanation | None = batched(
        explain_access,
        description="Why an account or a group can or cannot reach a document; for whoever may change the "
        "document's security.",
        permission_classes=[IsStaff],
    )
    explain_upload_routing: list[RoutingStep] | None = batched(
        explain_upload_routing,
        description="Who would be told if this client sent a document now, step by step, and why.",
        permission_classes=[IsStaff],
        directives=[about(4)],
    )
    preview_category_rule: RulePreview | None = batched(
        preview_category_rule,
        description="What a category rule would share if it were applied to the documents of today: those "
        "that the viewer may share by hand.",
        permission_classes=[IsStaff],
        directives=[PREVIEW],
    )
    rate_limit: RateLimit | None = batched(
        rate_limits,
        description="What this operation costs, and what the viewer can spend.",
        permission_classes=[SignedIn],
        directives=[NEVER_NULL],
    )
