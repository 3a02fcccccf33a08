"""Which relations, dossiers, categories and accounts exist for the viewer.

Staff see all of their licence, and so do programs, as far as their scopes go. A client sees himself, the
dossiers that he is in, and who is in them too.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Uuid, and_, bindparam, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.viewer import ApiScope, Role, Viewer
from models import Account, Dossier, DossierMember, Holding, Relation
from models.tables import LICENCE, AnySelect
from permissions.scopes import acts_as_staff

SEES_FILES = bindparam("sees_files", type_=Boolean())
"""Whether all relations, dossiers, accounts and groups exist for the viewer."""
SEES_CATEGORIES = bindparam("sees_categories", type_=Boolean())
"""Whether all categories do."""
SEES_KEYS = bindparam("sees_keys", type_=Boolean())
"""Whether all API keys do."""
SEES_LETTERS = bindparam("sees_letters", type_=Boolean())
"""Whether all letters do."""
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
    return or_(SEES_FILES, is_member(Dossier.id, OWN_RELATION))


def sees_files(viewer: Viewer) -> bool:
    """Return whether all relations, dossiers, accounts and groups exist for the viewer."""
    return acts_as_staff(viewer, ApiScope.RELATIONS_READ)


def own_dossiers() -> AnySelect:
    """Return the ids of the dossiers that exist for whoever does not see the files: those that he is in."""
    return select(DossierMember.dossier_id).where(
        DossierMember.licence_id == LICENCE, DossierMember.relation_id == OWN_RELATION
    )


def sees_relation() -> ColumnElement[bool]:
    """Say: this relation exists for the viewer."""
    together = exists().where(
        DossierMember.licence_id == LICENCE,
        DossierMember.relation_id == Relation.id,
        is_member(DossierMember.dossier_id, OWN_RELATION),
    )
    return Relation.deleted_at.is_(None) & or_(SEES_FILES, Relation.id == OWN_RELATION, together)


def sees_holding() -> ColumnElement[bool]:
    """Say: this holding exists for the viewer; for a client, those of the dossiers that he is in."""
    return or_(SEES_FILES, is_member(Holding.dossier_id, OWN_RELATION))


def sees_account() -> ColumnElement[bool]:
    """Say: this account can be looked up by the viewer."""
    return or_(SEES_FILES, Account.id == OWN_ACCOUNT)


def sees_group() -> ColumnElement[bool]:
    """Say: this group can be looked up by the viewer; how the firm is organised is its own business."""
    return SEES_FILES.expression


def sees_category_rule() -> ColumnElement[bool]:
    """Say: this rule can be looked up by the viewer; a client sees what was shared with him, not why.

    It leads to a category and to an account or a group: whoever sees it sees these.
    """
    return and_(SEES_FILES, SEES_CATEGORIES)


def sees_api_key() -> ColumnElement[bool]:
    """Say: this API key can be looked up by the viewer, who administers the licence."""
    return SEES_KEYS.expression


def sees_letter() -> ColumnElement[bool]:
    """Say: this letter can be looked up by the viewer, who administers the licence."""
    return SEES_LETTERS.expression


def may_introspect(viewer: Viewer | None) -> bool:
    """Return whether the viewer may read the schema from the server: staff, and partners' programs."""
    return viewer is not None and (viewer.is_staff or Role.SERVICE in viewer.roles)


def keeps_documents(viewer: Viewer) -> bool:
    """Return whether the viewer says of a document what only the firm may: dossier, categories, relations.

    A program that may change documents acts for the firm.
    """
    return acts_as_staff(viewer, ApiScope.DOCUMENTS_WRITE)


def keeps_files(viewer: Viewer) -> bool:
    """Return whether the viewer changes relations, dossiers and holdings: the firm, and its programs."""
    return acts_as_staff(viewer, ApiScope.RELATIONS_WRITE)


def may_upload(viewer: Viewer) -> bool:
    """Return whether the viewer sends documents in: for the firm, or as a client, on himself (S015)."""
    return keeps_documents(viewer) or (viewer.is_client and viewer.relation_id is not None)
