"""What a document hangs on: whether that links it to a client, S040, S041, A1, A2."""

from typing import Any, Final

from sqlalchemy import ColumnElement, any_, exists, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from models import Document, DocumentRelation, DossierMember
from models.tables import LICENCE

# By hand a dossier's documents are shared with these alone; a rule shares with everybody in it (A2).
CLOSE: Final = array(["MAIN_PERSON", "PARTNER"])


def hangs_on(document: ColumnElement[Any], relation: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document hangs on this relation."""
    return exists().where(
        DocumentRelation.licence_id == LICENCE,
        DocumentRelation.document_id == document,
        DocumentRelation.relation_id == relation,
    )


def is_in_dossier(
    document: ColumnElement[Any], relation: ColumnElement[Any], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Say: the document is in a dossier in which the relation is, in a way for which the conditions hold."""
    filed = aliased(Document)
    return exists().where(
        filed.licence_id == LICENCE,
        filed.id == document,
        DossierMember.licence_id == LICENCE,
        DossierMember.dossier_id == filed.dossier_id,
        DossierMember.relation_id == relation,
        *conditions,
    )


def is_linked(document: ColumnElement[Any], relation: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document can be shared with this client by hand."""
    close = DossierMember.role == any_(CLOSE)
    return or_(hangs_on(document, relation), is_in_dossier(document, relation, close))
