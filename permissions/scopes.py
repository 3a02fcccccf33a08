"""What the scopes of an API key let a partner's program do; no scope limits a person."""

from core.viewer import ApiScope, Role, Viewer


def may_use(viewer: Viewer, scope: ApiScope) -> bool:
    """Return whether the viewer is a person, or a program with this scope."""
    return viewer.scopes is None or scope in viewer.scopes


def counts_as(viewer: Viewer, role: Role, scope: ApiScope | None) -> bool:
    """Return whether the viewer has a role; a program with this scope counts as staff, and nothing else.

    Who administers the licence audits it too.
    """
    if viewer.scopes is None:
        return role in viewer.roles or (role is Role.AUDITOR and viewer.is_administrator)
    return role is Role.STAFF and scope in viewer.scopes


def acts_as_staff(viewer: Viewer, scope: ApiScope) -> bool:
    """Return whether the viewer works for the firm, or is a program that does so by this scope."""
    return counts_as(viewer, Role.STAFF, scope)
