"""What mutations of the firm's files answer with: relations, dossiers, holdings, categories, the licence."""

from collections.abc import Callable, Sequence
from typing import Any

import strawberry
from strawberry.scalars import ID

from execution import batched
from models.tables import AnyRow
from resolvers import categories, dossiers, holdings, licences, relations
from resolvers.reading import Reading
from schema.category import Category
from schema.connections import DossierWord, Edge, PlacedRow, RelationWord
from schema.dossier import Dossier
from schema.holding import Holding
from schema.payloads import Key, deleted, named_by
from schema.people import BusinessUnit, Licence
from schema.relation import Relation
from schema.user_errors import UserError, no_errors


def edges_by(attribute: str, listed: Any, look_up: Any) -> Callable[..., Any]:
    """Return what loads a changed thing with its cursor, as its list by name has it."""

    async def load(payloads: Sequence[Any], request: Reading) -> list[PlacedRow | None]:
        rows = await named_by(attribute, look_up)(payloads, request)
        return [PlacedRow(it, listed(request, it)) if it else None for it in rows]

    return load


@strawberry.type(description="What the change of a relation came to.")
class RelationPayload:
    relation_id: Key = None
    relation: Relation | None = batched(
        named_by("relation_id", relations.by_ids), description="The relation as it is now."
    )
    relation_edge: Edge[RelationWord] | None = batched(
        edges_by("relation_id", relations.cursor_of, relations.by_ids),
        description="The relation and its place in the list by name.",
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a dossier came to.")
class DossierPayload:
    dossier_id: Key = None
    dossier: Dossier | None = batched(
        named_by("dossier_id", dossiers.by_ids), description="The dossier as it is now."
    )
    dossier_edge: Edge[DossierWord] | None = batched(
        edges_by("dossier_id", dossiers.cursor_of, dossiers.by_ids),
        description="The dossier and its place in the list by name.",
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a holding came to.")
class HoldingPayload:
    holding_id: Key = None
    holding: Holding | None = batched(
        named_by("holding_id", holdings.by_ids), description="The holding as it is now."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a category came to.")
class CategoryPayload:
    category_id: Key = None
    category: Category | None = batched(
        named_by("category_id", categories.by_ids), description="The category as it is now."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of a business unit came to.")
class BusinessUnitPayload:
    unit_id: Key = None
    business_unit: BusinessUnit | None = batched(
        named_by("unit_id", licences.units_by_ids), description="The business unit as it is now."
    )
    user_errors: list[UserError] = no_errors()


async def licences_of(payloads: Sequence[Any], request: Reading) -> list[AnyRow | None]:
    licence = await licences.own(request)
    return [licence if it.is_changed else None for it in payloads]


@strawberry.type(description="What the change of the licence came to.")
class LicencePayload:
    is_changed: strawberry.Private[bool] = False
    licence: Licence | None = batched(licences_of, description="The licence as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the deletion of a relation came to.")
class DeleteRelationPayload:
    key: Key = None
    deleted_relation_id: ID | None = batched(deleted("Relation"), description="Of the relation that is gone.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the deletion of a dossier came to.")
class DeleteDossierPayload:
    key: Key = None
    deleted_dossier_id: ID | None = batched(deleted("Dossier"), description="Of the dossier that is gone.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the deletion of a holding came to.")
class DeleteHoldingPayload:
    key: Key = None
    deleted_holding_id: ID | None = batched(deleted("Holding"), description="Of the holding that is gone.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the deletion of a business unit came to.")
class DeleteBusinessUnitPayload:
    key: Key = None
    deleted_business_unit_id: ID | None = batched(
        deleted("BusinessUnit"), description="Of the business unit that is gone."
    )
    user_errors: list[UserError] = no_errors()
