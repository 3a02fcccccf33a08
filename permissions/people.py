"""Which relations, dossiers, categories and accounts exist for the viewer.

Staff see all of their licence. A client sees himself, the dossiers that he is in, and who is in them too.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Uuid, bindparam, exists, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.viewer import Role, Viewer
from models import Account, Dossier, DossierMember, Relation
from models.tables import LICENCE

IS_STAFF = bindparam("is_staff", type_=Boolean())
OWN_ACCOUNT = bindparam("own_account", type_=Uuid())
OWN_RELATION = bindparam("own_relation", type_=Uuid())


def is_member(dossier: InstrumentedAttribute[Any], member: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: this relation is in this dossier."""
    mine = aliased(DossierMember)
    return exists().where(
        mine.licence_id == LICENCE,
        mine.dossier_id == dossier,
        mine.relation_id == member,
    )


def sees_dossier() -> ColumnElement[bool]:
    """Say: this dossier exists for the viewer."""
    return or_(IS_STAFF, is_member(Dossier.id, OWN_RELATION))


def sees_relation() -> ColumnElement[bool]:
    """Say: this relation exists for the viewer."""
    together = exists().where(
        DossierMember.licence_id == LICENCE,
        DossierMember.relation_id == Relation.id,
        is_member(DossierMember.dossier_id, OWN_RELATION),
    )
    return Relation.deleted_at.is_(None) & or_(IS_STAFF, Relation.id == OWN_RELATION, together)


def sees_account() -> ColumnElement[bool]:
    """Say: this account can be looked up by the viewer."""
    return or_(IS_STAFF, Account.id == OWN_ACCOUNT)


def sees_group() -> ColumnElement[bool]:
    """Say: this group can be looked up by the viewer; how the firm is organised is its own business."""
    return IS_STAFF.expression


def may_introspect(viewer: Viewer | None) -> bool:
    """Return whether the viewer may read the schema from the server: staff, and partners' programs."""
    return viewer is not None and (viewer.is_staff or Role.SERVICE in viewer.roles)


def may_upload(viewer: Viewer) -> bool:
    """Return whether the viewer can send documents in: staff, and clients, on whom they are hung (S015)."""
    return viewer.is_staff or viewer.relation_id is not None
