"""What mutations answer with: the changed thing, read afterwards through the same readers as any other."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import ID

from core.rights import Right
from execution import batched
from models.tables import AnyRow
from resolvers import (
    categories,
    category_rules,
    document_lists,
    document_rows,
    grants,
    groups,
)
from resolvers.gate import LookUp
from resolvers.reading import Reading
from schema.category import Category
from schema.category_rule import CategoryRule
from schema.connections import DocumentWord, Edge, PlacedRow
from schema.document import Document, Grant
from schema.people import Group
from schema.prices import about
from schema.user_errors import UserError, no_errors

Key = strawberry.Private[UUID | None]


def named_by(attribute: str, look_up: LookUp) -> Callable[..., Awaitable[list[AnyRow | None]]]:
    """Return what loads the thing whose key a payload keeps in `attribute`."""

    async def load(payloads: Sequence[Any], request: Reading) -> list[AnyRow | None]:
        keys = [getattr(it, attribute) for it in payloads]
        found = await look_up(request, [key for key in keys if key]) if any(keys) else []
        rows = {row.id: row for row in found if row}
        return [rows.get(key) for key in keys]

    return load


async def grants_of(payloads: Sequence[Any], request: Reading) -> list[list[AnyRow] | None]:
    """Return the rights tab after a change, as far as the viewer may still see it."""
    keys = [it.document_id for it in payloads if it.document_id]
    found = await document_rows.by_ids(request, keys) if keys else []
    seen = [row for row in found if row and Right.CHANGE_SECURITY in Right(row.rights)]
    rows = dict(zip((row.id for row in seen), await grants.of_documents(request, seen), strict=True))
    return [rows.get(it.document_id) for it in payloads]


async def edges_of(payloads: Sequence[Any], request: Reading) -> list[PlacedRow | None]:
    """Return the changed document with its cursor, as `documents` has it without an order."""
    rows = await named_by("document_id", document_rows.by_ids)(payloads, request)
    return [PlacedRow(it, document_lists.cursor_of(request, it)) if it else None for it in rows]


@strawberry.type(description="What the change of a document came to.")
class DocumentPayload:
    document_id: Key = None
    document: Document | None = batched(
        named_by("document_id", document_rows.by_ids), description="The document as it is now."
    )
    document_edge: Edge[DocumentWord] | None = batched(
        edges_of, description="The document and its place in the list of the newest change first."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a document's rights came to.")
class SetDocumentRightsPayload:
    document_id: Key = None
    document: Document | None = batched(
        named_by("document_id", document_rows.by_ids), description="The document as it is now."
    )
    grants: list[Grant] | None = batched(
        grants_of, description="The rights tab as it is now.", directives=[about(6)]
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a group came to.")
class GroupPayload:
    group_id: Key = None
    group: Group | None = batched(named_by("group_id", groups.look_up), description="The group as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a category's rule came to.")
class SetCategoryRulePayload:
    category_id: Key = None
    rule_id: Key = None
    category: Category | None = batched(
        named_by("category_id", categories.by_ids), description="The category with its rules as they are now."
    )
    rule: CategoryRule | None = batched(
        named_by("rule_id", category_rules.by_ids), description="The rule; null when it was removed."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the sharing of today's documents by a rule came to.")
class ApplyCategoryRulePayload:
    granted_count: int | None = strawberry.field(
        default=None, description="How many rows of rights tabs it made: one for each document and grantee."
    )
    user_errors: list[UserError] = no_errors()


def deleted(type_name: str) -> Callable[..., list[str | None]]:
    """Return what writes the id of a thing that was deleted, whose key a payload keeps."""

    def write(payloads: Sequence[Any], request: Reading) -> list[str | None]:
        keys = [it.key for it in payloads]
        return [request.ports.ids.write(type_name, [key])[0] if key else None for key in keys]

    return write


@strawberry.type(description="What the deletion of a document came to.")
class DeleteDocumentPayload:
    key: Key = None
    deleted_document_id: ID | None = batched(deleted("Document"), description="Of the document that is gone.")
    user_errors: list[UserError] = no_errors()
