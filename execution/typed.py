"""Values that say which GraphQL type they are: what an interface or a union holds."""

from typing import Any, Final


class Typed:
    """A value together with the name of its GraphQL type; it reads like the value."""

    __slots__ = ("typename", "value")

    def __init__(self, typename: str, value: object) -> None:
        self.typename: Final = typename
        self.value: Final = value

    def __getattr__(self, name: str) -> Any:
        return getattr(self.value, name)


def typed(typename: str, value: object | None) -> Typed | None:
    """Return the value with its type's name, None for None."""
    return None if value is None else Typed(typename, value)
