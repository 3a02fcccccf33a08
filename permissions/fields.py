"""The permission classes of fields: what each says in its directive is what is checked.

They look at what was read already, so that they cost no statement.
"""

from typing import Any, ClassVar, Protocol

from strawberry import Info
from strawberry.permission import BasePermission

from core.errors import Forbidden, Unauthenticated
from core.rights import Right
from core.viewer import ApiScope, Role, Viewer
from permissions.requires import Requires
from permissions.scopes import counts_as, may_use


class Asked(Protocol):
    """The operation's context, as far as a permission looks at it."""

    asker: Viewer | None


class FieldPermission(BasePermission):
    """Refuses with a code: UNAUTHENTICATED for nobody, FORBIDDEN for whoever lacks something."""

    directive: ClassVar[Requires | None] = None
    """What is needed; a class that does not say it refuses everybody."""

    @property
    def needs_source(self) -> bool:
        """Return whether the answer depends on the object; where not, it is asked once for all of a level."""
        needed = self.directive
        return needed is not None and bool(needed.right or needed.or_own)

    def has_permission(self, source: Any, info: Info[Asked, Any], **arguments: Any) -> bool:
        """Return whether the viewer may have this field of `source`. Raise Unauthenticated, Forbidden."""
        return self.admits(info.context.asker, source)

    def admits(self, viewer: Viewer | None, source: Any) -> bool:
        """Return whether this viewer may have this field of `source`.

        Raise Unauthenticated, and Forbidden for whoever must add a second factor first.
        """
        if viewer is None:
            raise Unauthenticated
        if viewer.needs_second_factor and not (self.directive and self.directive.person):
            raise Forbidden("Your office asks for a second factor. Add one in your profile first.")
        return self.allows(viewer, source)

    def allows(self, viewer: Viewer, source: Any) -> bool:
        """Return whether this viewer may have this field of `source`."""
        return self.directive is not None and meets(self.directive, viewer, source)

    def on_unauthorized(self) -> None:
        """Raise Forbidden."""
        raise Forbidden

    @property
    def schema_directive(self) -> object:
        """Return what the exported schema says of it."""
        return self.directive


def meets(needed: Requires, viewer: Viewer, source: Any) -> bool:
    """Return whether the viewer has all that is needed; to need nothing is to be refused."""
    held: list[bool] = []
    if needed.right:
        held.append(needed.right in Right(source.rights))
    if needed.role:
        own = bool(needed.or_own) and is_own(viewer, source)
        held.append(own or counts_as(viewer, needed.role, needed.scope))
    if needed.person:
        held.append(not viewer.is_program)
    if needed.scope:
        held.append(may_use(viewer, needed.scope))
    return bool(held) and all(held)


def is_own(viewer: Viewer, source: Any) -> bool:
    """Return whether a relation or an account is that of the person who asks; a program has none."""
    own = {viewer.account_id, viewer.relation_id} - {None}
    return not viewer.is_program and source.id in own


class SignedIn(FieldPermission):
    """Whoever is signed in, and every program: the one permission that needs nothing more."""

    def allows(self, viewer: Viewer, source: Any) -> bool:
        return True


class IsPerson(FieldPermission):
    """Whoever signed in himself; no program, which has no session, no password and no profile."""

    directive = Requires(person=True)


class IsStaff(FieldPermission):
    """Whoever works for the firm; no program."""

    directive = Requires(role=Role.STAFF)


class IsAdministrator(FieldPermission):
    """Whoever administers the licence; no program."""

    directive = Requires(role=Role.ADMINISTRATOR)


class IsAuditor(FieldPermission):
    """Whoever audits the licence, or administers it; no program."""

    directive = Requires(role=Role.AUDITOR)


class IsStaffOrOwn(FieldPermission):
    """Whoever works for the firm, and whoever's account it is; no program."""

    directive = Requires(role=Role.STAFF, or_own=True)


class MayRead(FieldPermission):
    """Whoever may read this document."""

    directive = Requires(right=Right.READ)


class MayChangeSecurity(FieldPermission):
    """Whoever may change who has which right on this document."""

    directive = Requires(right=Right.CHANGE_SECURITY)


class ReadsDocuments(FieldPermission):
    """Every person, and programs that may read documents."""

    directive = Requires(scope=ApiScope.DOCUMENTS_READ)


class WritesDocuments(FieldPermission):
    """Every person, and programs that may change documents."""

    directive = Requires(scope=ApiScope.DOCUMENTS_WRITE)


class ReadsRelations(FieldPermission):
    """Every person, and programs that may read relations."""

    directive = Requires(scope=ApiScope.RELATIONS_READ)


class StaffReadsDocuments(FieldPermission):
    """Whoever works for the firm, and programs that may read documents."""

    directive = Requires(role=Role.STAFF, scope=ApiScope.DOCUMENTS_READ)


class StaffReadsRelations(FieldPermission):
    """Whoever works for the firm, and programs that may read relations."""

    directive = Requires(role=Role.STAFF, scope=ApiScope.RELATIONS_READ)


class StaffReadsRelationsOrOwn(FieldPermission):
    """The same, and whoever's relation it is."""

    directive = Requires(role=Role.STAFF, or_own=True, scope=ApiScope.RELATIONS_READ)


class StaffWritesRelations(FieldPermission):
    """Whoever works for the firm, and programs that may change relations."""

    directive = Requires(role=Role.STAFF, scope=ApiScope.RELATIONS_WRITE)
