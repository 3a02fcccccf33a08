"""What everything with an id has in common, and how one is found by it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import strawberry
from strawberry.scalars import ID

from execution import Typed, typed
from resolvers import (
    accounts,
    api_keys,
    categories,
    category_rules,
    document_rows,
    dossiers,
    grants,
    groups,
    holdings,
    letters,
    licences,
    relations,
    versions,
)
from resolvers.gate import LookUp
from resolvers.reading import Reading
from schema import ids


@strawberry.interface(description="Whatever has an id.")
class Node:
    id: ID = ids.identity("Node")

    @classmethod
    def resolve_type(cls, value: Typed, *_: Any) -> str:
        """Return the name of the type of a value that stands where a node is expected."""
        return value.typename

    @classmethod
    def is_type_of(cls, value: Any, _: Any) -> bool:
        """Return whether a value is of this type; a row without a name stands where no other could."""
        return getattr(value, "typename", cls.__name__) == cls.__name__


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are more items after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there are more items before this page.")
    start_cursor: str | None = strawberry.field(description="Of the first item.")
    end_cursor: str | None = strawberry.field(description="Of the last item.")


LOOK_UPS: Final[dict[str, LookUp]] = {
    "Account": accounts.look_up,
    "ApiKey": api_keys.look_up,
    "BusinessUnit": licences.units_by_ids,
    "Category": categories.by_ids,
    "CategoryRule": category_rules.by_ids,
    "Document": document_rows.by_ids,
    "DocumentVersion": versions.look_up,
    "Dossier": dossiers.by_ids,
    "Grant": grants.look_up,
    "Group": groups.look_up,
    "Holding": holdings.by_ids,
    "Letter": letters.look_up,
    "Licence": licences.own_by_ids,
    "Relation": relations.by_ids,
}


async def find(request: Reading, field: str, wanted: Sequence[ID], argument: str) -> list[Typed | None]:
    """Return the thing of each id, None in the place of what the viewer may not see. Raise Invalid."""
    keys = [ids.read_typed(request, id_, argument) for id_ in wanted]
    found = await named(request, keys)
    documents = [(key, it) for (of, key), it in zip(keys, found, strict=True) if of == "Document"]
    request.miss(field, [key for key, _ in documents], [it for _, it in documents])
    return found


async def named(request: Reading, keys: Sequence[tuple[str, UUID]]) -> list[Typed | None]:
    """Return the thing of each type and key, None in the place of what the viewer may not see."""
    found: list[Typed | None] = [None] * len(keys)
    for type_name in {name for name, _ in keys} & LOOK_UPS.keys():
        places = [at for at, (name, _) in enumerate(keys) if name == type_name]
        rows = await LOOK_UPS[type_name](request, [keys[at][1] for at in places])
        for at, row in zip(places, rows, strict=True):
            found[at] = typed(type_name, row)
    return found
