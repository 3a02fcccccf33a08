"""How the policy is asked for: what somebody is shown, and what becomes of what he tries, over HTTP."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from tests.journeys.answers import send_file
from tests.permissions.policy_world import Stage

Question = Callable[[Stage, str], Awaitable[str]]
"""Returns the verdict for one of the cast."""

SEES: Final = "SEES"
NOT_THERE: Final = "NOT_THERE"
ALLOWED: Final = "ALLOWED"
NONE: Final = "NONE"
"""An empty list."""
SIGN_IN: Final = "UNAUTHENTICATED"
"""Of every other verdict the product has a code of its own."""

NO_FOREIGN_PAGE: Final = {"X-Kluis-Request": "1"}
IN_LIST: Final = "{ documents { nodes { id } } }"


@dataclass(frozen=True)
class The:
    """A thing of the world in the place of its id."""

    name: str


def filled(said: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    """Return what is said with ids in the place of names."""
    return {name: with_ids(it, stage) for name, it in said.items()}


def with_ids(said: Any, stage: Stage) -> Any:
    """Return a part of it, of whatever kind."""
    if isinstance(said, The):
        return stage.ids[said.name]
    if isinstance(said, list):
        return [with_ids(it, stage) for it in cast("list[Any]", said)]
    return filled(cast("dict[str, Any]", said), stage) if isinstance(said, dict) else said


def refusal(answer: dict[str, Any]) -> str | None:
    """Return the code of the first error at the top of an answer."""
    for error in answer.get("errors", []):
        return error["extensions"]["code"]
    return None


def shown(name: str, query: str, **said: Any) -> Question:
    """Ask whether a thing is anywhere in the answer to a query that selects ids."""

    async def ask(stage: Stage, who: str) -> str:
        answer = await stage.api.ask(who, query, **filled(said, stage))
        there = json.dumps(stage.ids[name]) in json.dumps(answer)
        return refusal(answer) or (SEES if there else NOT_THERE)

    return ask


def document(name: str) -> Question:
    """Ask whether a document is there."""
    return shown(name, "query ($id: ID!) { document(id: $id) { id } }", id=The(name))


def node(name: str) -> Question:
    """Ask whether a thing is there by its id."""
    return shown(name, "query ($id: ID!) { node(id: $id) { id } }", id=The(name))


def value(field: str, name: str, fields: str, *path: str | int) -> Question:
    """Ask for what a field shows of a thing: whether there is something, and of a list of words the words."""
    query = f"query ($id: ID!) {{ it: {field}(id: $id) {{ {fields} }} }}"

    async def ask(stage: Stage, who: str) -> str:
        answer = await stage.api.ask(who, query, id=stage.ids[name])
        return refusal(answer) or in_words(at_path(answer["data"]["it"], *path))

    return ask


def at_path(found: Any, *path: str | int) -> Any:
    """Return what stands at a path, None where it ends early."""
    for step in path:
        if not found:
            return None
        found = found[step]
    return found


def in_words(found: Any) -> str:
    """Return what was found as a verdict."""
    if found is None:
        return NOT_THERE
    if found == []:
        return NONE
    words = cast("list[Any]", found) if isinstance(found, list) else [found]
    return " ".join(words) if isinstance(found, list) and isinstance(words[0], str) else SEES


def number(query: str, *path: str, **said: Any) -> Question:
    """Ask for a number in an answer."""

    async def ask(stage: Stage, who: str) -> str:
        answer = await stage.api.ask(who, query, **filled(said, stage))
        found = at_path(answer["data"], *path)
        return refusal(answer) or (NOT_THERE if found is None else str(found))

    return ask


def does(verb: str, **said: Any) -> Question:
    """Ask what becomes of a change."""
    kind = f"{verb[0].upper()}{verb[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {verb}(input: $input) {{ userErrors {{ code }} }} }}"

    async def ask(stage: Stage, who: str) -> str:
        answer = await stage.api.ask(who, query, input=filled(said, stage))
        return refusal(answer) or told(answer["data"][verb]["userErrors"])

    return ask


def told(mistakes: list[dict[str, Any]]) -> str:
    """Return the code of the first mistake, or that there was none."""
    return mistakes[0]["code"] if mistakes else ALLOWED


def shares(name: str, with_: str, *rights: str) -> Question:
    """Ask whether somebody may set a row of a document's rights tab."""
    return does("setDocumentRights", documentId=The(name), principalId=The(with_), rights=list(rights))


def changes(name: str, **said: Any) -> Question:
    """Ask whether somebody may change what is said of a document."""
    return does("updateDocument", documentId=The(name), **said)


def uploads(**said: Any) -> Question:
    """Ask whether somebody may send a document in."""

    async def ask(stage: Stage, who: str) -> str:
        sent = {"description": "A paper", **filled(said, stage)}
        answer = (await send_file(stage.api, who, b"words", sent, headers=NO_FOREIGN_PAGE)).json()
        return refusal(answer) or told(answer["data"]["uploadDocument"]["userErrors"])

    return ask


def rule(**said: Any) -> Question:
    """Ask whether somebody may set a rule, of deeds and for the portal users where nothing else is said."""
    usual = {"categoryId": The("deeds"), "grantee": {"portalUsersOfDossier": True}, "rights": ["READ"]}
    return does("setCategoryRule", **(usual | said))
