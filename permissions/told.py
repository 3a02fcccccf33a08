"""What the rules of access are told of whoever asks: the values that are bound to every statement."""

from typing import Any

from core.viewer import ApiScope, Role, Viewer
from models.tables import LICENCE
from permissions.access import PRINCIPALS
from permissions.history import SEES_ACTS, SEES_EVENTS
from permissions.people import (
    OWN_ACCOUNT,
    OWN_RELATION,
    SEES_CATEGORIES,
    SEES_FILES,
    SEES_KEYS,
    SEES_LETTERS,
    sees_files,
)
from permissions.scopes import acts_as_staff, counts_as, may_use


def told_of(viewer: Viewer) -> dict[str, Any]:
    """Return by name what the rules know of the viewer.

    What a program has no scope for does not exist for it, wherever a list or an id would lead to it.
    """
    return {
        LICENCE.key: viewer.licence_id,
        PRINCIPALS.key: viewer.principals if may_use(viewer, ApiScope.DOCUMENTS_READ) else (),
        SEES_FILES.key: sees_files(viewer),
        SEES_CATEGORIES.key: acts_as_staff(viewer, ApiScope.DOCUMENTS_READ),
        SEES_KEYS.key: counts_as(viewer, Role.ADMINISTRATOR, None),
        SEES_LETTERS.key: counts_as(viewer, Role.ADMINISTRATOR, None),
        SEES_EVENTS.key: counts_as(viewer, Role.AUDITOR, None),
        SEES_ACTS.key: acts_as_staff(viewer, ApiScope.DOCUMENTS_READ),
        OWN_ACCOUNT.key: viewer.account_id,
        OWN_RELATION.key: viewer.relation_id,
    }
