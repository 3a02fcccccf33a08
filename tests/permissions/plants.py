"""What faults put in the place of functions of the product."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, text

from core.errors import Conflict
from core.rights import ALL_RIGHTS, Right
from core.viewer import Viewer
from models import Account, Document
from models.tables import LICENCE
from permissions.fields import MayChangeSecurity
from permissions.requires import Requires
from permissions.told import told_of
from resolvers import (
    account_care,
    accounts,
    category_rules,
    classifying,
    content,
    explanations,
    gate,
    groups,
    reading,
    sharing,
    stamping,
)
from resolvers.change import Change
from tests.permissions.planting import Planting

Plant = Callable[[Planting], None]


def told(change: Callable[[Viewer], Viewer], **values: Any) -> Plant:
    """Return what has the statements told of another viewer than who asks."""

    def told_otherwise(viewer: Viewer) -> dict[str, Any]:
        return told_of(change(viewer)) | values

    return lambda it: it.replace(reading, "told_of", told_otherwise)


def without_groups(viewer: Viewer) -> Viewer:
    return replace(viewer, principals=viewer.principals[:1])


def without_himself(viewer: Viewer) -> Viewer:
    return replace(viewer, principals=viewer.principals[1:])


def rules_fire_at_every_change(planted: Planting) -> None:
    async def again(change: Any, document: Any, _changes: Any) -> None:
        found = await change.rows(classifying.CATEGORY_IDS, document=document.id)
        await stamping.stamp_on_entering(change, document.id, {row.category_id for row in found})

    planted.after(classifying, "classify", again)


def rules_fire_without_a_dossier(planted: Planting) -> None:
    planted.rewrite(r"document\.dossier_id IS NOT NULL", "true", "portal_user")
    rules_fire_at_every_change(planted)


def nothing_enters_anew(planted: Planting) -> None:
    classify = classifying.classify

    async def moved(change: Any, document: Any, changes: Any) -> None:
        document.dossier_id = changes.get("dossier_id", document.dossier_id)
        await classify(change, document, changes)

    planted.replace(classifying, "classify", moved)


def a_rule_that_goes_takes_back(planted: Planting) -> None:
    taken = text("DELETE FROM document_grant WHERE licence_id = :licence AND category_rule_id IS NOT NULL")

    async def take_back(change: Any, _category: Any, _grantee: Any, rights: Right) -> None:
        if not rights:
            await change.session.execute(taken, {"licence": change.viewer.licence_id})

    planted.after(category_rules, "set_category_rule", take_back)


def the_count_is_not_compared(planted: Planting) -> None:
    apply = category_rules.apply_category_rule

    async def applied(change: Any, rule_id: Any, expected: int) -> int:
        try:
            return await apply(change, rule_id, expected)
        except Conflict as error:
            return await apply(change, rule_id, int(str(error.values["count"])))

    planted.replace(category_rules, "apply_category_rule", applied)


def gate_of(name: str, right: Right) -> Plant:
    """Return what makes a gate ask for another right than it is told to."""
    original = getattr(gate, name)

    async def opened(change: Any, document_id: Any, _right: Right, **named: Any) -> Any:
        return await original(change, document_id, right, **named)

    return lambda it: it.replace(gate, name, opened)


def all_is_held(planted: Planting) -> None:
    original: Any = sharing.grantable

    async def grantable(change: Any, document: Any, *given: Any) -> Any:
        return await original(change, SimpleNamespace(id=document.id, rights=int(ALL_RIGHTS)), *given)

    planted.replace(sharing, "grantable", grantable)


def advisors_manage_everybody(planted: Planting) -> None:
    """Let the staff do with each other's accounts what they do with those of clients."""

    async def managed(change: Change, account_id: UUID) -> Account:
        gate.staff(change)
        await gate.one(change, accounts.look_up, account_id, path=account_care.PLACE)
        return await change.session.get_one(Account, (change.viewer.licence_id, account_id))

    planted.replace(account_care, "managed", managed)


def nobody_asks(owner: Any, name: str) -> Plant:
    """Return what makes a requirement require nothing."""

    async def nothing(*_given: Any, **_named: Any) -> None:
        pass

    return lambda it: it.replace(owner, name, nothing)


def whoever_reads(owner: Any) -> Plant:
    """Return what makes a module take whoever reads a document for one who may change its security."""
    by_ids = owner.document_rows.by_ids

    async def in_full(request: Any, ids: Any) -> list[Any]:
        found = await by_ids(request, ids)
        return [it and SimpleNamespace(id=it.id, rights=int(ALL_RIGHTS)) for it in found]

    return lambda it: it.replace(owner, "document_rows", SimpleNamespace(by_ids=in_full))


def clients_join(planted: Planting) -> None:
    def nothing(*_: Any) -> None:
        pass

    planted.replace(groups, "require_may_join", nothing)


def content_asks_for_no_right(planted: Planting) -> None:
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    alive = select(Document.id).where(Document.licence_id == LICENCE, Document.id == any_(ids))
    statement = alive.where(Document.deleted_at.is_(None))

    def these(**_named: Any) -> Any:
        return statement

    planted.replace(content, "these", these)


def a_blocked_account_is_explained_as_any(planted: Planting) -> None:
    original = explanations.obstacle_to

    def obstacle_to(_account: Any, *rest: Any) -> Any:
        return original(None, *rest)

    planted.replace(explanations, "obstacle_to", obstacle_to)


def the_tab_is_open_to_readers(planted: Planting) -> None:
    planted.replace(MayChangeSecurity, "directive", Requires(right=Right.READ))
