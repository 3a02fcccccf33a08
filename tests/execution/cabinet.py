"""What can be asked of the cabinet of specimens, done to it and heard from it."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLError
from strawberry import ID, UNSET
from strawberry.schema.config import StrawberryConfig

from execution import BreadthFirst, batched, derived, performed, plain
from tests.execution.doors import HasKey
from tests.execution.fates import (
    BrokenError,
    Fate,
    Piece,
    Visit,
    VisitInfo,
    a_piece,
    a_plant,
    a_word,
    alone,
    bottled,
    each,
    fated,
    later,
    several,
)
from tests.execution.oddments import SCALARS, Grams, Kind
from tests.execution.specimen import Animal, Found, Living, Mineral, Mouse, Plant, Specimen


@strawberry.input(description="How something is filed.")
class Filing:
    number: int = strawberry.field(description="Under which number.")
    kind: Kind = strawberry.field(default=Kind.PLANT, description="As what.")
    words: list[str] | None = strawberry.field(default=UNSET, description="With which words.")
    grid: list[list[int | None]] | None = strawberry.field(default=None, description="Where.")
    weight: Grams | None = strawberry.field(default=None, description="How heavy.")
    under: "Filing | None" = strawberry.field(default=None, description="Under what.")


Roots = Sequence[Any]


def specimens(roots: Roots, visit: Visit, *, number: int = 1, fate: Fate = Fate.FINE) -> list[Any]:
    visit.calls.append(("specimen", []))
    if fate is Fate.LOST:
        message = "the key to the cabinet is lost"
        raise BrokenError(message)
    return [fated(Piece(number), fate, number) for _ in roots]


def echo_plainly(  # noqa: PLR0917  one argument of each kind
    root: Any,
    text: str | None = "default",
    number: int | None = None,
    ratio: float | None = None,
    flag: bool = False,  # noqa: FBT001, FBT002
    id_: Annotated[ID | None, strawberry.argument(name="id")] = None,
    kind: Kind | None = Kind.ANIMAL,
    weight: Grams | None = None,
    numbers: list[int] | None = None,
    filing: Filing | None = None,
    filings: list[Filing] | None = None,
) -> str:
    """Return what is not null of what was given, as Python shows it."""
    return repr({name: it for name, it in locals().items() if it is not None})


def echoes(
    roots: Roots,
    visit: Visit,
    *,
    filing: Filing,
    numbers: list[int | None],
    flag: bool = True,
) -> list[str]:
    visit.calls.append(("echo", []))
    return [f"{filing} {numbers} {flag}" for _ in roots]


@strawberry.type(description="What can be asked for.")
class Query:
    specimen: Specimen | None = batched(specimens, description="One of them.")
    must_specimen: Specimen = batched(specimens, description="One of them, which must be there.")
    kin: list[Specimen | None] | None = batched(several("kin", a_piece), description="[Specimen]")
    found: list[Found | None] | None = batched(several("found", bottled), description="[Found]")
    living: Living | None = batched(each("living", a_plant), description="A plant.")
    plants: list[Plant] | None = batched(several("plants", a_plant), description="[Plant!]")
    words: list[str] | None = batched(several("words", a_word), description="[String!]")
    word: str | None = batched(each("word", a_word), description="A word.")
    must_word: str = batched(each("mustWord", a_word), description="A word, which must be there.")
    spoken: str | None = strawberry.field(resolver=alone(each("spoken", a_word)))
    vault: Specimen | None = batched(specimens, description="Locked.", permission_classes=[HasKey])
    must_vault: Specimen = batched(specimens, description="Locked.", permission_classes=[HasKey])
    echo: str | None = batched(echoes, description="What was given.")
    plain_echo: str | None = strawberry.field(resolver=echo_plainly)
    later_kin: list[Specimen] | None = batched(later(several("laterKin", a_piece)), description="Later.")
    later_must: Specimen = batched(later(specimens), description="Later, which must be there.")


@dataclass(frozen=True)
class Done:
    """What was done to a specimen, and all that had been done before."""

    piece: Piece
    done: list[str]
    word: str | None


@strawberry.type(description="What something that was done came to.")
class Receipt:
    specimen: Specimen | None = derived(lambda it: it.piece, description="To what it was done.")
    done: list[str] = plain(description="All that was done so far.")
    must_word: str = derived(lambda it: it.word, description="Or not.")


def put_label(info: VisitInfo, number: int = 1, fate: Fate = Fate.FINE) -> Any:
    """Label a specimen: the mark stays, whatever becomes of the answer."""
    info.context.done.append(f"label {number}")
    if fate is Fate.LOST:
        message = f"the pen for {number} is lost"
        raise BrokenError(message)
    word = None if fate is Fate.ODD_BROKEN else f"word {number}"
    return fated(Done(Piece(number), [*info.context.done], word), fate, number + 1)


def put_two_labels(info: VisitInfo, fate: Fate = Fate.FINE) -> Any:
    return [put_label(info, 1), put_label(info, 2, fate)]


async def put_label_later(info: VisitInfo, number: int = 1, fate: Fate = Fate.FINE) -> Any:
    return put_label(info, number, fate)


@strawberry.type(description="What can be done.")
class Mutation:
    label: Receipt | None = performed(put_label, description="Label it.")
    must_label: Receipt = performed(put_label, description="Label it, and tell of it in any case.")
    labels: list[Receipt] | None = performed(put_two_labels, description="Label two.")
    locked_label: Receipt | None = performed(put_label, description="Locked.", permission_classes=[HasKey])
    later_label: Receipt | None = performed(put_label_later, description="Label it later.")


async def arrive(count: int = 2, fate: Fate = Fate.FINE) -> AsyncGenerator[Specimen | None]:
    for number in range(count):
        if fate is Fate.LOST and number:
            message = "the crate is lost"
            raise BrokenError(message)
        yield fated(Piece(number), fate, number)


async def must_arrive(count: int = 2, fate: Fate = Fate.FINE) -> AsyncGenerator[Specimen]:
    async for it in arrive(count, fate):
        yield cast("Specimen", it)


@strawberry.type(description="What can be heard.")
class Subscription:
    arrivals = strawberry.subscription(resolver=arrive, description="What comes in.")
    must_arrivals = strawberry.subscription(resolver=must_arrive, description="What must come in.")


class Quiet(strawberry.Schema):
    """Strawberry's, but that it does not tell the log of errors; here they are meant."""

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Log nothing."""


SCHEMA = Quiet(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Plant, Animal, Mineral, Mouse],
    execution_context_class=BreadthFirst,
    config=StrawberryConfig(scalar_map=dict(SCALARS)),
)
