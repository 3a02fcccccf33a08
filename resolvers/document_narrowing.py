"""How a narrowed list is found: how much was given to the viewer decides, and how much meets each filter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from permissions.access import FEW, SOME, Plan
from resolvers.document_pages import is_left_statement
from resolvers.document_sets import LARGE, LOOKED_UP, MINE, UPDATED, sizes_statement
from resolvers.document_shapes import Shape
from resolvers.reading import Reading

# Up to how many documents of a filter are looked up for somebody who may read some of them only.
FEW_OF_MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much the viewer was given, and how much meets each filter; counted no further than to a bound."""

    mine: int
    sets: dict[str, int]


async def sizes_of(
    request: Reading, shape: Shape, values: Mapping[str, Any], *, most: int, most_of_mine: int
) -> Sizes:
    """Return the sizes, counted to bounds."""
    statement = sizes_statement(shape.filters)
    (found,) = await request.rows(statement, **values, most=most, most_of_mine=most_of_mine)
    sets: dict[str, int] = dict(zip(statement.selected_columns.keys(), found, strict=True))
    return Sizes(sets.pop(MINE), sets)


async def begun(request: Reading, shape: Shape, values: Mapping[str, Any]) -> Shape:
    """Return the shape of a narrowed page: it begins with what is few, or is walked along where nothing is.

    A client's date is not the document's alone, so that nothing begins with the dates for him.
    """
    most_of_mine = 1 + (FEW if shape.for_staff else LOOKED_UP)
    sizes = await sizes_of(request, shape, values, most=1 + LOOKED_UP, most_of_mine=most_of_mine)
    is_of_all = sizes.mine > FEW
    if sizes.mine <= LOOKED_UP:
        return replace(shape, plan=Plan.FROM_GRANTS)
    if is_of_all and shape.filters <= shape.leading:
        return replace(shape, plan=Plan.WALKING)
    sets = {it: size for it, size in sizes.sets.items() if shape.for_staff or it != UPDATED}
    name = min(sets, key=lambda it: sets[it], default=None)
    if name and sets[name] <= (LOOKED_UP if is_of_all else FEW_OF_MANY):
        return replace(shape, plan=Plan.WALKING, begin=frozenset({name}), is_far=True)
    if is_of_all:
        return replace(shape, plan=Plan.WALKING)
    return await far(request, replace(shape, plan=Plan.FROM_GRANTS), values)


async def far(request: Reading, shape: Shape, values: Mapping[str, Any]) -> Shape:
    """Return the shape of a page that begins with all that is not large, the viewer's grants included."""
    sizes = await sizes_of(request, shape, values, most=LARGE, most_of_mine=1 + SOME)
    plan = Plan.WALKING if sizes.mine > SOME and shape.plan is Plan.WALKING else Plan.FROM_GRANTS
    begin, whole = begin_of(sizes.sets, plan)
    return replace(shape, plan=plan, begin=begin, is_far=True, then=whole - begin and whole)


def begin_of(sets: Mapping[str, int], plan: Plan) -> tuple[frozenset[str], frozenset[str]]:
    """Return which sets a page begins with, and which when what these leave has been tried in vain.

    Dates stand in every index, so that a large set of theirs is never read; and to find a text in many words
    is dear. What was given to somebody is tried before any large set, the order of the list has been.
    """
    some = frozenset(name for name, size in sets.items() if size < LARGE)
    whole = some | frozenset(name for name, size in sets.items() if size <= LARGE and name != UPDATED)
    if some or plan is Plan.FROM_GRANTS:
        return some, whole
    begin = whole or frozenset(sets.keys() - {UPDATED})
    return begin, begin


async def more_thorough(request: Reading, shape: Shape, values: Mapping[str, Any]) -> Shape | None:
    """Return the shape of a page that was tried in vain; None where all that there is was tried."""
    ((is_left,),) = await request.rows(is_left_statement(shape), **values)
    return replace(shape, begin=shape.then, then=frozenset()) if is_left else None
