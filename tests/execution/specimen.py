"""A cabinet of specimens: types that have all that the GraphQL specification speaks of."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import ID
from strawberry.extensions import FieldExtension

from execution import batched, derived, plain
from tests.execution.doors import HasKey, HasKeyNow, NotHaunted, NotOdd, WantsFine, silent
from tests.execution.fates import (
    BrokenError,
    Fate,
    Piece,
    a_piece,
    a_plant,
    a_word,
    alone,
    alone_later,
    beyond,
    bottled,
    each,
    later,
    rows,
    several,
)
from tests.execution.oddments import (
    Grams,
    Kind,
    Loud,
    bag_of,
    bags,
    claimants,
    claimed,
    kinds,
    rows_of_claimants,
    undefined,
    weights,
)

strawberry.enum(Fate)


def also(field: Any, extension: FieldExtension) -> Any:
    """Return a field with one more extension."""
    field.extensions.append(extension)
    return field


def place_of(info: strawberry.Info[Any, Any]) -> str:
    """Return what a resolver is told of its place."""
    return f"{info.path.as_list()} {info.path.typename} {info.field_name} {len(info.selected_fields)}"


def code_of(it: Piece) -> object:
    """Return what can be an ID or not. For 8 raise what would end an iteration."""
    return next(iter([] if it.number == 8 else [it.number if it.number % 5 else 1.5]))


def rarity(it: Piece) -> object:
    return (False, True, "maybe")[it.number % 3]


@strawberry.interface(description="Whatever lies in a drawer.")
class Specimen:
    # Read from the specimen itself; some have something wrong with them.
    number: int = plain(description="Its number.")
    label: str | None = plain(description="3 has none, and that of 4 is torn.")
    must_label: str = plain(description="The same, where there must be one.")
    title: str | None = derived(lambda it: it.label and it.label.upper(), description="Its label, loud.")
    must_title: str = derived(lambda it: it.label, description="Its label, which must be there.")
    code: ID | None = derived(code_of, description="None for fives, and none for 8.")
    length: int | None = derived(lambda it: it.number * 400_000_000, description="Too long from 6 on.")
    ratio: float | None = derived(lambda it: 6 / it.number, description="Nothing for 0.")
    is_rare: bool | None = derived(rarity, description="Or not, or nobody knows.")
    kind: Kind | None = batched(kinds, description="What it is, as far as that is a kind.")
    must_kind: Kind = batched(kinds, description="The same, where there must be one.")
    weight: Grams | None = batched(weights, description="Zero is none, and less cannot be.")
    must_weight: Grams = batched(weights, description="The same, where there must be one.")

    # Given for the whole level, as it is fated.
    word: str | None = batched(each("word", a_word), description="A word.")
    must_word: str = batched(each("mustWord", a_word), description="A word, which must be there.")
    words: list[str | None] | None = batched(several("words", a_word), description="[String]")
    all_words: list[str] | None = batched(several("allWords", a_word), description="[String!]")
    must_words: list[str | None] = batched(several("mustWords", a_word), description="[String]!")
    must_all_words: list[str] = batched(several("mustAllWords", a_word), description="[String!]!")
    page: list[list[str | None] | None] | None = batched(rows("page", a_word), description="[[String]]")
    full_page: list[list[str] | None] = batched(rows("fullPage", a_word), description="[[String!]]!")
    must_page: list[list[str]] | None = batched(rows("mustPage", a_word), description="[[String!]!]")

    next: "Specimen | None" = batched(each("next", beyond), description="Another one.")
    must_next: "Specimen" = batched(each("mustNext", beyond), description="Another one, which must be there.")
    kin: "list[Specimen | None] | None" = batched(several("kin", a_piece), description="[Specimen]")
    all_kin: "list[Specimen] | None" = batched(several("allKin", a_piece), description="[Specimen!]")
    must_kin: "list[Specimen | None]" = batched(several("mustKin", a_piece), description="[Specimen]!")
    must_all_kin: "list[Specimen]" = batched(several("mustAllKin", a_piece), description="[Specimen!]!")
    tray: "list[list[Specimen] | None] | None" = batched(rows("tray", a_piece), description="[[Specimen!]]")
    must_tray: "list[list[Specimen | None]]" = batched(
        rows("mustTray", a_piece), description="[[Specimen]!]!"
    )
    found: "list[Found | None] | None" = batched(several("found", bottled), description="[Found]")
    all_found: "list[Found]" = batched(several("allFound", bottled), description="[Found!]!")
    plant: "Plant | None" = batched(each("plant", a_plant), description="A plant.")
    must_plant: "Plant" = batched(each("mustPlant", a_plant), description="A plant, which must be there.")
    oddity: "Specimen | None" = batched(claimants, description="What says that it is something else.")
    must_oddity: "Specimen" = batched(claimants, description="The same, where there must be one.")
    oddities: "list[list[Specimen | None]] | None" = batched(
        rows_of_claimants, description="The same, listed."
    )
    odd_find: "Found | None" = batched(claimants, description="The same, as a union.")
    nowhere: str | None = batched(undefined, description="Not even null.")
    must_nowhere: str = batched(undefined, description="Not even null, where there must be one.")
    bag: list[int | None] | None = batched(bags, description="What is hardly a list.")

    # Behind doors.
    locked: str | None = plain(description="For who has the key.", permission_classes=[HasKey])
    must_locked: str = batched(
        each("mustLocked", a_word), description="For who has the key.", permission_classes=[HasKey]
    )
    locked_kin: "list[Specimen | None] | None" = batched(
        several("lockedKin", a_piece), description="For who has the key.", permission_classes=[HasKey]
    )
    even: str | None = derived(lambda it: it.label, description="No odd one.", permission_classes=[NotOdd])
    even_kin: "list[Specimen] | None" = batched(
        several("evenKin", a_piece), description="No odd one.", permission_classes=[NotOdd]
    )
    must_even: str = batched(each("mustEven", a_word), description="No odd one.", permission_classes=[NotOdd])
    spooked: str | None = plain(description="Some are haunted.", permission_classes=[NotHaunted])
    twice_locked: str | None = batched(
        each("twiceLocked", a_word), description="Two doors.", permission_classes=[HasKey, NotOdd]
    )
    fine: str | None = batched(
        each("fine", a_word), description="Only if fine.", permission_classes=[WantsFine]
    )
    hidden: str | None = also(plain(description="Or nothing."), silent(NotOdd()))
    locked_hidden: str | None = also(
        derived(lambda it: it.label, description="Or nothing.", permission_classes=[HasKey]), silent(NotOdd())
    )
    hidden_kin: "list[Specimen]" = also(
        batched(several("hiddenKin", a_piece), description="Or none."), silent(NotOdd())
    )

    # Resolved one by one.
    spoken: str | None = strawberry.field(resolver=alone(each("spoken", a_word)))
    must_spoken: str = strawberry.field(resolver=alone(each("mustSpoken", a_word)))
    friend: "Specimen | None" = strawberry.field(resolver=alone(each("friend", beyond)))
    even_spoken: str | None = strawberry.field(
        resolver=alone(each("evenSpoken", a_word)), permission_classes=[NotOdd]
    )
    loud: str | None = also(
        batched(each("loud", a_word), description="Shouted.", permission_classes=[HasKey]), Loud()
    )
    one_bag: list[int | None] | None = strawberry.field(resolver=bag_of)
    must_bag: list[int] = strawberry.field(resolver=bag_of)
    whereabouts: str = strawberry.field(resolver=place_of)

    # Somebody has to wait for these.
    later_word: str | None = batched(later(each("laterWord", a_word)), description="A word, later.")
    later_must_word: str = batched(later(each("laterMustWord", a_word)), description="A word, later.")
    later_kin: "list[Specimen] | None" = batched(later(several("laterKin", a_piece)), description="Later.")
    later_spoken: str | None = strawberry.field(resolver=alone_later(each("laterSpoken", a_word)))
    later_friend: "Specimen | None" = strawberry.field(resolver=alone_later(each("laterFriend", beyond)))
    later_locked: str | None = batched(
        each("laterLocked", a_word), description="Who has the key.", permission_classes=[HasKeyNow]
    )
    later_even: str | None = batched(
        later(each("laterEven", a_word)), description="No odd one.", permission_classes=[NotOdd]
    )
    later_shy: "Shy | None" = batched(each("laterShy", a_piece), description="Says later what it is.")

    @classmethod
    def resolve_type(cls, value: Any, info: Any, *_: Any) -> Any:
        return claimed(value, info)

    @classmethod
    def is_type_of(cls, value: Any, *_: Any) -> bool:
        return value.typename == cls.__name__


@strawberry.interface(description="Whatever grows.")
class Living(Specimen):
    age: int = derived(lambda it: it.number * 10, description="In years.")
    offspring: "list[Living]" = batched(several("offspring", a_plant), description="Plants, all of them.")


@strawberry.type(description="A plant.")
class Plant(Living):
    leaves: list[int] | None = batched(several("leaves", int), description="How many, on each twig.")
    size: int | None = derived(lambda it: it.number, description="In metres.")


@strawberry.type(description="An animal.")
class Animal(Living):
    legs: int = derived(lambda it: it.number, description="How many.")
    size: str | None = derived(lambda it: f"{it.number} feet", description="In feet.")


@strawberry.type(description="A mineral.")
class Mineral(Specimen):
    hardness: float | None = derived(lambda it: it.number / 2, description="After Mohs.")


Found: TypeAlias = Annotated[
    Plant | Animal | Mineral, strawberry.union("Found", description="What a search finds.")
]


@strawberry.interface(description="Whatever takes its time to say what it is.")
class Shy:
    number: int = plain(description="Its number.")

    @classmethod
    async def resolve_type(cls, value: Piece, *_: Any) -> str:
        if value.number % 5 == 0:
            message = f"{value.number} hides"
            raise BrokenError(message)
        return "Mouse"


@strawberry.type(description="A mouse.")
class Mouse(Shy):
    squeak: str = derived(lambda it: "i" * it.number, description="What it says.")

    @classmethod
    def is_type_of(cls, value: Any, *_: Any) -> bool:
        return isinstance(value, Piece)
