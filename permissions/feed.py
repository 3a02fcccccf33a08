"""What is told of a change to whom: of what he sees now, and that something is gone that he could see.

A right on a document concerns whoever was given it or lost it. That others were is told to the firm's own
people alone, as something that changed: no client's date moves by it either.
"""

from typing import Any, Final

from core.viewer import Viewer
from models.feed import ChangeKind
from models.tables import AnyRow
from permissions.access import PRINCIPALS
from permissions.people import SEES_CATEGORIES, SEES_FILES
from permissions.told import told_of

# Whoever sees all of a kind sees that one of them is gone; every business unit exists for all of a licence.
SEES_ALL: Final = {
    "Category": SEES_CATEGORIES.key,
    "Dossier": SEES_FILES.key,
    "Holding": SEES_FILES.key,
    "Relation": SEES_FILES.key,
}
SEEN_BY_ALL: Final = frozenset({"BusinessUnit"})


def told_as(viewer: Viewer, entry: AnyRow, *, is_seen: bool) -> ChangeKind | None:
    """Return what an entry of the feed is to the viewer, who sees its subject now or not; None: nothing."""
    kind, told = ChangeKind(entry.kind), told_of(viewer)
    is_among = not set(entry.principals or ()).isdisjoint(told[PRINCIPALS.key])
    if not is_seen:
        could_see = is_among or sees_all(told, entry.subject)
        return kind if kind is ChangeKind.DELETED and could_see else None
    if kind is not ChangeKind.DELETED and (is_among or entry.principals is None):
        return kind
    return None if viewer.is_client or entry.principals is None else ChangeKind.CHANGED


def may_be_told(viewer: Viewer, entry: AnyRow) -> bool:
    """Return whether an entry could be anything to the viewer, whether he sees its subject or not."""
    return any(told_as(viewer, entry, is_seen=it) for it in (True, False))


def sees_all(told: dict[str, Any], subject: str) -> bool:
    """Return whether everything of this kind exists for whoever the rules were told of."""
    return subject in SEEN_BY_ALL or bool(told.get(SEES_ALL.get(subject, "")))
