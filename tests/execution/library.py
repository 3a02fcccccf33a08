"""A small schema for the tests of execution: a shelf of books, each with a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import strawberry
from strawberry.permission import BasePermission
from strawberry.schema_directive import Location

from execution import BreadthFirst, Typed, batched, derived, performed, plain, typed


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], description="Who may have it.")
class Wants:
    what: str


class Reader(BasePermission):
    """Whoever can read."""

    message = "Learn to read first."
    directive: ClassVar[object] = Wants(what="reader")

    def has_permission(self, source: Any, info: strawberry.Info["Desk", Any], **_: Any) -> bool:  # noqa: ARG002
        return info.context.reads

    @property
    def schema_directive(self) -> object:
        return self.directive


class Anybody(Reader):
    """Everybody, which the schema need not say."""

    directive = None

    def has_permission(self, source: Any, info: strawberry.Info["Desk", Any], **_: Any) -> bool:  # noqa: ARG002
        return True


@dataclass
class Desk:
    """What every field is given; remembers each call of a function."""

    reads: bool = True
    calls: list[tuple[str, list[int], dict[str, Any]]] = field(default_factory=list)

    def note(self, name: str, parents: Sequence["Row"], **given: Any) -> None:
        self.calls.append((name, [it.number for it in parents], given))


@dataclass(frozen=True)
class Row:
    """A book as it stands in a table."""

    number: int
    title: str = "Untitled"


def numbers_of(parents: Sequence[Row], desk: Desk) -> list[int]:
    desk.note("numbers", parents)
    return [it.number for it in parents]


Times = Annotated[int, strawberry.argument(description="How often.")]


async def repeated(
    parents: Sequence[Row], desk: Desk, *, times: Times = 1, word: str | None = None
) -> list[str]:
    desk.note("repeated", parents, times=times, word=word)
    return [(word or it.title) * times for it in parents]


async def neighbours_of(parents: Sequence[Row], desk: Desk) -> list[list[Row]]:
    desk.note("neighbours", parents)
    return [[Row(it.number - 1), Row(it.number + 1)] for it in parents]


async def all_broken(parents: Sequence[Row], desk: Desk) -> list[str]:
    desk.note("all_broken", parents)
    message = "the shelf fell over"
    raise ValueError(message)


def odd_ones_broken(parents: Sequence[Row], desk: Desk) -> list[str | Exception]:
    desk.note("odd_ones_broken", parents)
    return [ValueError(f"{it.number} is torn") if it.number % 2 else it.title for it in parents]


def one_too_few(parents: Sequence[Row], desk: Desk) -> list[str]:
    desk.note("one_too_few", parents)
    return [it.title for it in parents[1:]]


def shout(row: Row) -> str:
    return row.title.upper()


@strawberry.interface(description="What stands on a shelf.")
class Thing:
    number: int = plain(description="Its number.")

    @classmethod
    def resolve_type(cls, value: Typed, *_: Any) -> str:
        return value.typename

    @classmethod
    def is_type_of(cls, value: Any, _: Any) -> bool:
        return getattr(value, "typename", cls.__name__) == cls.__name__


@strawberry.type(description="A book.")
class Book(Thing):
    title: str = plain(description="As it is printed.")
    secret: str | None = plain(description="For readers.", permission_classes=[Reader])
    open_secret: str | None = plain(description="For all.", permission_classes=[Anybody])
    loud: str = derived(shout, description="The title, loud.")
    loud_secret: str | None = derived(shout, description="For readers.", permission_classes=[Reader])
    again: int = batched(numbers_of, description="Its number, once more.")
    again_secret: int | None = batched(numbers_of, description="For readers.", permission_classes=[Reader])
    repeated: str | None = batched(repeated, description="The title, so often.")
    neighbours: list["Book"] = batched(neighbours_of, description="Before and after it.")
    all_broken: str | None = batched(all_broken, description="Never there.")
    odd_ones_broken: str | None = batched(odd_ones_broken, description="There for even numbers.")
    one_too_few: str | None = batched(one_too_few, description="Never there.")


@strawberry.type(description="A map.")
class Map(Thing):
    scale: int = derived(lambda _: 50_000, description="One to this.")
    repeated: str | None = batched(repeated, description="The title, so often.")


Found = Annotated[Book | Map, strawberry.union("Found", description="What a search finds.")]


def mixed(_: Sequence[None], desk: Desk) -> list[list[Typed | None]]:  # noqa: ARG001
    return [[typed("Book", Row(1)), typed("Map", Row(2)), typed("Book", None)]]


def books(_: Sequence[None], desk: Desk, *, count: int) -> list[list[Row]]:  # noqa: ARG001
    return [[Row(it) for it in range(count)]]


@strawberry.type(description="What can be asked for.")
class Query:
    books: list[Book] = batched(books, description="So many.")
    things: list[Thing | None] = batched(mixed, description="A book, a map and a gap.")
    found: list[Found | None] = batched(mixed, description="The same, as a union.")


def burn() -> bool:
    return True


@strawberry.type(description="What can be done.")
class Mutation:
    burn: bool | None = performed(burn, description="All of it.", permission_classes=[Reader])


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, types=[Map], execution_context_class=BreadthFirst)


async def ask(query: str, desk: Desk | None = None) -> Any:
    """Return the whole answer to an operation."""
    return await SCHEMA.execute(query, context_value=desk or Desk())
