"""Which events exist for whom: for who audits the licence all, for others some of the documents they read.

Whoever may read a document is told what was done with it: the firm of all, a client of what is done with its
content, by the firm's own people, by himself, and by who is in a dossier with him. Whom else it was shared
with, and who else opens it, is not his to know.
"""

from typing import Final

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, and_, any_, bindparam, exists, or_
from sqlalchemy.orm import aliased

from models import Account, DossierMember, Event
from models.tables import LICENCE
from permissions.people import OWN_ACCOUNT, OWN_RELATION, is_member

SEES_EVENTS: Final = bindparam("sees_events", type_=Boolean())
"""Whether all events do."""
SEES_ACTS: Final = bindparam("sees_acts", type_=Boolean())
"""Whether all events of a document that he may read do."""
TOLD_TO_CLIENTS: Final = (
    "document.uploaded",
    "document.updated",
    "document.version_added",
    "document.deleted",
    "document.restored",
    "document.viewed",
    "document.opened",
    "document.downloaded",
)


def sees_event() -> ColumnElement[bool]:
    """Say: this event exists for the viewer, who audits or administers the licence."""
    return SEES_EVENTS.expression


def sees_act() -> ColumnElement[bool]:
    """Say: this event of a document that the viewer may read exists for him."""
    told = Event.kind == any_(bindparam("told_to_clients", list(TOLD_TO_CLIENTS), ARRAY(Text())))
    return or_(SEES_ACTS, and_(told, is_done_by_his_own()))


def is_done_by_his_own() -> ColumnElement[bool]:
    """Say: it was done by the viewer, by the firm or its programs, or by who is in a dossier with him."""
    doer, theirs = aliased(Account), aliased(DossierMember)
    together = exists().where(
        theirs.licence_id == LICENCE,
        theirs.relation_id == doer.relation_id,
        is_member(theirs.dossier_id, OWN_RELATION),
    )
    return exists().where(
        doer.licence_id == LICENCE,
        doer.id == Event.account_id,
        or_(doer.id == OWN_ACCOUNT, doer.role == "STAFF", doer.role == "SERVICE", together),
    )
