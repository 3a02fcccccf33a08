"""Operations that try an id in one place, made of the schema, and their answers byte for byte."""

import json
from functools import cache
from typing import Any, Final, cast

from tests.api import Api
from tests.http.hearing import begun
from tests.journeys.answers import answer_to
from tests.journeys.id_entries import ARGUMENTS, MEANT, A
from tests.journeys.id_places import Place, arguments_of, fields_of, the_schema, type_in
from tests.journeys.selections import asks, written
from tests.journeys.two_firms import TwoFirms, type_of

ROOTS: Final = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}
LEVELS: Final = 1
# A document that asked as much of every type at once would be too large.
LEVELS_OF_EVERY_TYPE: Final = 0
Field = tuple[str, str]
"""A type, and the name of one of its fields."""


def types_in(place: Place) -> set[str]:
    """Return the types that are meant in a place."""
    return {type_of(name) for name in MEANT[str(place)]}


async def answer(firms: TwoFirms, who: str, place: Place, id_: Any, of: str = "") -> bytes:
    """Return the answer to an id, or a list of ids, in a place; `of` is the id of what has the field.

    Without it the field is asked of something that whoever asks has.
    """
    variables = place.holding(given(firms, who, ARGUMENTS.get(place.coordinate, {})), id_)
    if place.owner not in ROOTS:
        variables["of"] = of or given(firms, who, A(place.owner))
    return await answer_of(firms.api, who, place.at, variables)


def given(firms: TwoFirms, who: str, value: Any) -> Any:
    """Return arguments with the ids of things that whoever asks has."""
    if isinstance(value, A):
        return firms.id(value.name, firms.own[who][value.name])
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return {name: given(firms, who, it) for name, it in named.items()}
    if isinstance(value, list):
        return [given(firms, who, it) for it in cast("list[Any]", value)]
    return value


async def answer_of(api: Api, who: str, field: Field, variables: dict[str, Any]) -> bytes:
    """Return the answer of a field."""
    query = question(*field)
    if field[0] == "Subscription":
        return await begun(api, who, query, variables)
    if "file" in variables.get("input", {}):
        return await answer_in_parts(api, who, query, variables)
    return await answer_to(api, who, query, **variables)


@cache
def question(owner: str, name: str) -> str:
    """Return the operation that asks a field of a type, with all its arguments as variables."""
    variables = ", ".join(f"${name}: {written(it)}" for name, it in arguments_of(owner, name).items())
    told = type_in(fields_of(the_schema().type_map[owner])[name]).name
    asked = asks(owner, name, LEVELS_OF_EVERY_TYPE if told == "Node" else LEVELS)
    if root := ROOTS.get(owner):
        return f"{root} ({variables}) {{ {asked} }}"
    return f"query ($of: ID!, {variables}) {{ node(id: $of) {{ ... on {owner} {{ {asked} }} }} }}"


async def answer_in_parts(api: Api, who: str, query: str, variables: dict[str, Any]) -> bytes:
    """Return the answer to a multipart request with a small file."""
    parts = {
        "operations": json.dumps({"query": query, "variables": variables}),
        "map": json.dumps({"file": ["variables.input.file"]}),
    }
    files = {"file": ("a.txt", b"words")}
    return (await api.http.post("/graphql", data=parts, files=files, headers=await api.headers(who))).content


def mistakes_in(body: bytes) -> list[tuple[str, list[str | int] | None]]:
    """Return code and path of all that went wrong, at the top of an answer and in its payload."""
    said: dict[str, Any] = json.loads(body)
    told = [(it["extensions"]["code"], it.get("path")) for it in said.get("errors", ())]
    data: dict[str, Any] = said.get("data") or {}
    payloads = [it for it in data.values() if it and "userErrors" in it]
    return told + [(it["code"], it["path"]) for payload in payloads for it in payload["userErrors"]]
