"""The permission classes of fields: bit tests on what was read already, so that they cost no statement."""

from typing import Any, ClassVar, Protocol

from strawberry import Info
from strawberry.permission import BasePermission

from core.errors import Forbidden, Unauthenticated
from core.rights import Right
from core.viewer import Role, Viewer
from permissions.requires import Requires


class Asked(Protocol):
    """The operation's context, as far as a permission looks at it."""

    asker: Viewer | None


class FieldPermission(BasePermission):
    """Refuses with a code: UNAUTHENTICATED for nobody, FORBIDDEN for whoever lacks something."""

    directive: ClassVar[Requires | None] = None
    needs_source: ClassVar[bool] = False
    """Whether the answer depends on the object; where it does not, it is asked once for all of a level."""

    def has_permission(self, source: Any, info: Info[Asked, Any], **arguments: Any) -> bool:
        """Return whether the viewer may have this field of `source`."""
        viewer = info.context.asker
        if viewer is None:
            raise Unauthenticated
        return self.allows(viewer, source)

    def allows(self, viewer: Viewer, source: Any) -> bool:
        """Return whether this viewer may have this field of `source`; a default is a refusal."""
        return False

    def on_unauthorized(self) -> None:
        """Raise Forbidden."""
        raise Forbidden

    @property
    def schema_directive(self) -> object:
        """Return what the exported schema says of it."""
        return self.directive


class SignedIn(FieldPermission):
    """Whoever is signed in."""

    def allows(self, viewer: Viewer, source: Any) -> bool:
        return True


class IsStaff(FieldPermission):
    """Whoever works for the firm."""

    directive = Requires(role=Role.STAFF)

    def allows(self, viewer: Viewer, source: Any) -> bool:
        return viewer.is_staff


class MayRead(FieldPermission):
    """Whoever may read this document."""

    directive = Requires(right=Right.READ)
    needs_source = True

    def allows(self, viewer: Viewer, source: Any) -> bool:
        return Right.READ in Right(source.rights)


class MayChangeSecurity(FieldPermission):
    """Whoever may change who has which right on this document."""

    directive = Requires(right=Right.CHANGE_SECURITY)
    needs_source = True

    def allows(self, viewer: Viewer, source: Any) -> bool:
        return Right.CHANGE_SECURITY in Right(source.rights)
