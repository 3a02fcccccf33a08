"""Rows as another program sends them, and what they came to."""

from collections.abc import Sequence
from typing import Any, Final

from tests.api import Api
from tests.journeys.programs import lets_in

ANSWER: Final = "{ created updated unchanged userErrors { code message path } }"
NAMES: Final = ("importRelations", "importDossiers", "importDocuments")
NOTHING: Final = {"created": None, "updated": None, "unchanged": None}
PEOPLE: Final = """query ($search: String) { relations(first: 100, search: $search) { nodes {
  externalReference displayName email revision contact { phone } details { accountant { displayName } }
} } }"""
Rows = Sequence[dict[str, Any]]


def mutation(name: str) -> str:
    """Return the operation of an import."""
    taken = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {taken}!) {{ {name}(input: $input) {ANSWER} }}"


async def brings(api: Api, who: str, name: str, *rows: dict[str, Any], **said: Any) -> dict[str, Any]:
    """Return what an import answers."""
    return (await api.gets(who, mutation(name), input={"rows": rows, **said}))[name]


async def brings_well(api: Api, who: str, name: str, *rows: dict[str, Any], **said: Any) -> list[int]:
    """Return how many are new, were otherwise, and were so already; nothing was wrong."""
    payload = await brings(api, who, name, *rows, **said)
    assert payload.pop("userErrors") == []
    return list(payload.values())


def person(number: int | str, **said: Any) -> dict[str, Any]:
    """Return the row of somebody."""
    return {"externalReference": f"crm-{number}", "familyName": f"Maes {number}", **said}


async def people(api: Api, search: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the firm's relations by what other programs call them, those of the cast by name."""
    nodes = (await api.gets("anna", PEOPLE, search=search))["relations"]["nodes"]
    return {it.pop("externalReference") or it["displayName"]: it for it in nodes}


def place(number: int, *more: str) -> list[str]:
    """Return where a row, or a field of it, stands."""
    return ["input", "rows", str(number), *more]


async def let_programs_in(api: Api) -> None:
    """Let programs join the cast whose names say what they may do."""
    for name, *scopes in (
        ("writes relations", "RELATIONS_WRITE"),
        ("keeps relations", "RELATIONS_READ", "RELATIONS_WRITE"),
        ("writes documents", "DOCUMENTS_WRITE"),
        ("keeps documents", "DOCUMENTS_READ", "DOCUMENTS_WRITE"),
        ("keeps all", "RELATIONS_READ", "RELATIONS_WRITE", "DOCUMENTS_READ", "DOCUMENTS_WRITE"),
        ("reads all", "RELATIONS_READ", "DOCUMENTS_READ"),
    ):
        await lets_in(api, name, *scopes)
