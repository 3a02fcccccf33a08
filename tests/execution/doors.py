"""Who may see what in the cabinet of specimens."""

from typing import Any

from strawberry.permission import BasePermission, PermissionExtension

from tests.execution.fates import BrokenError, VisitInfo


class Door(BasePermission):
    """Notes that it was asked, and for which field."""

    def note(self, info: VisitInfo) -> None:
        info.context.asked.append(f"{type(self).__name__} {info.path.key}")


class HasKey(Door):
    """Whoever has the key; which specimen it is about does not matter."""

    message = "You have no key."
    needs_source = False

    def has_permission(self, source: Any, info: VisitInfo, **_: Any) -> bool:  # noqa: ARG002
        self.note(info)
        return info.context.has_key


class HasKeyNow(HasKey):
    """The same, but that it has to be waited for."""

    async def has_permission(self, source: Any, info: VisitInfo, **_: Any) -> bool:  # type: ignore[override]  # noqa: ARG002
        self.note(info)
        return info.context.has_key


class NotOdd(Door):
    """Nobody may see the odd ones."""

    message = "This one is odd."
    error_extensions = {"code": "ODD"}  # noqa: RUF012  so Strawberry wants it

    def has_permission(self, source: Any, info: VisitInfo, **_: Any) -> bool:
        self.note(info)
        return source.number % 2 == 0


class NotHaunted(Door):
    """What cannot even be asked of every fourth specimen."""

    def has_permission(self, source: Any, info: VisitInfo, **_: Any) -> bool:
        self.note(info)
        if source.number % 4 == 2:
            message = f"{source.number} is haunted"
            raise BrokenError(message)
        return True


class WantsFine(Door):
    """Looks at the arguments: only what is asked for as fine may be had."""

    message = "Only the fine ones."

    def has_permission(self, source: Any, info: VisitInfo, **given: Any) -> bool:  # noqa: ARG002
        self.note(info)
        return given["fate"].name == "FINE"


def silent(*permissions: BasePermission) -> PermissionExtension:
    """Return what refuses without an error: null, or an empty list."""
    return PermissionExtension([*permissions], fail_silently=True, use_directives=False)
