"""The audit trail as it is read: the events of a licence, those of a document, and what they say."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, Text, Uuid, and_, any_, bindparam, select

from models import Event, EventSeal, Principal
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.history import sees_act, sees_event
from resolvers.document_lists import moment
from resolvers.levels import column
from resolvers.named_lists import NamedList, NamedListing, NamedPage, count_of
from resolvers.paging import Cursors, Cut, PageAsked, Sorting
from resolvers.parents import OF_PARENT
from resolvers.reading import Reading

NEWEST_FIRST: Final = Sorting("OCCURRED_AT", moment, descending=True)
EVENT: Final[AnySelect] = (
    select(
        Event.id,
        Event.kind,
        Event.occurred_at,
        Event.account_id,
        Event.document_id,
        Event.relation_id,
        Event.details,
        EventSeal.number,
    )
    .outerjoin(EventSeal, and_(EventSeal.licence_id == LICENCE, EventSeal.event_id == Event.id))
    .where(Event.licence_id == LICENCE)
)
ALL: Final = EVENT.where(sees_event())
NARROWED: Final[Mapping[str, ColumnElement[bool]]] = {
    "kind": Event.kind == bindparam("kind", type_=Text()),
    "account": Event.account_id == bindparam("account", type_=Uuid()),
    "document": Event.document_id == bindparam("document", type_=Uuid()),
    "relation": Event.relation_id == bindparam("relation", type_=Uuid()),
    "since": Event.occurred_at >= bindparam("since", type_=DateTime(timezone=True)),
    "until": Event.occurred_at < bindparam("until", type_=DateTime(timezone=True)),
}
OF_DOCUMENT: Final = NamedList(
    EVENT.where(Event.document_id == OF_PARENT, sees_act()),
    Event.occurred_at.expression,
    Event.id.expression,
    NEWEST_FIRST,
)
KINDS_OF: Final = select(Principal.id, Principal.kind).where(
    Principal.licence_id == LICENCE, Principal.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)
# What a detail stands for, by its name. A principal is an account or a group.
TYPES: Final = {
    "account": "Account",
    "api_key": "ApiKey",
    "category": "Category",
    "dossier": "Dossier",
    "group": "Group",
    "holding": "Holding",
    "joined": "Account",
    "left": "Account",
    "letter": "Letter",
    "passkey": "Passkey",
    "rule": "CategoryRule",
    "unit": "BusinessUnit",
}
PRINCIPALS: Final = {"ACCOUNT": "Account", "GROUP": "Group"}


async def newest_first(
    request: Reading, asked: PageAsked, narrowed: Mapping[str, UUID | str | datetime]
) -> NamedPage:
    """Return one page of the events that the viewer may see, as far as they are these. Raise Invalid."""
    cursors = Cursors(request.ports.ids, NEWEST_FIRST)
    window, names = asked.window(cursors), frozenset(narrowed)
    found = await request.rows(page_statement(window.cut, names), **narrowed, **window.values)
    return NamedListing(count_of(whole(names)), window, cursors, dict(narrowed)).page(found)


@lru_cache(maxsize=64)
def whole(names: frozenset[str]) -> AnySelect:
    """Return the statement of the whole list, narrowed by these."""
    return ALL.where(*(NARROWED[it] for it in sorted(names)))


@lru_cache(maxsize=512)
def page_statement(cut: Cut, names: frozenset[str]) -> AnySelect:
    """Return the statement of one page."""
    statement = whole(names).add_columns(Event.occurred_at.label("sort_key"))
    return cut.apply(statement, Event.occurred_at.expression, Event.id.expression)


async def of_documents(request: Reading, documents: Sequence[Any], asked: PageAsked) -> list[NamedPage]:
    """Return one page of what was done with each document, the newest first. Raise Invalid."""
    return await OF_DOCUMENT.pages(request, column(documents, "id"), asked)


async def details(request: Reading, events: Sequence[AnyRow]) -> list[dict[str, str]]:
    """Return what each event says besides, as texts: keys of ours as the ids that others know."""
    named = {UUID(it.details["principal"]) for it in events if it.details.get("principal")}
    kinds: dict[str, str] = {}
    if named:
        found = await request.rows(KINDS_OF, ids=sorted(named))
        kinds = {str(it.id): PRINCIPALS[it.kind] for it in found}
    return [spelled(request, it.details, kinds) for it in events]


def spelled(request: Reading, said: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the details of an event as texts; `kinds` are the types of the principals in them."""
    principal = kinds.get(str(said.get("principal")))
    types = {**TYPES, **({"principal": principal} if principal else {})}
    # What is no principal any more has no id that others know.
    known = {name: it for name, it in said.items() if it is not None and (name != "principal" or principal)}

    def text(name: str, value: Any) -> str:
        type_name = types.get(name)
        if type_name is None:
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        keys = cast("list[str]", value if isinstance(value, list) else [value])
        return " ".join(request.ports.ids.write(type_name, [UUID(it) for it in keys]))

    return {name: text(name, value) for name, value in known.items()}
