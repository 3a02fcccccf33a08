"""Answers as they arrive: every byte of them, and what they say went wrong."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from tests.api import UPLOAD, Api


async def answer_to(api: Api, who: str, query: str, **variables: Any) -> bytes:
    """Return the body of an answer, byte for byte; what is asked is sent in ASCII, half characters too."""
    headers = {"Content-Type": "application/json"} | await api.headers(who)
    body = json.dumps({"query": query, "variables": variables})
    return (await api.http.post("/graphql", content=body, headers=headers)).content


async def errors_in(api: Api, who: str, query: str, **variables: Any) -> list[dict[str, Any]]:
    """Return the errors at the top of an answer."""
    return json.loads(await answer_to(api, who, query, **variables)).get("errors", [])


async def refusals(api: Api, who: str, query: str, **variables: Any) -> list[tuple[str, list[str] | None]]:
    """Return code and argument of each error at the top of an answer."""
    said = [error.get("extensions", {}) for error in await errors_in(api, who, query, **variables)]
    return [(it.get("code"), it.get("argument")) for it in said]


async def refused_fields(
    api: Api, who: str, query: str, **variables: Any
) -> list[tuple[str, list[str | int]]]:
    """Return code and path of each error at the top of an answer."""
    errors = await errors_in(api, who, query, **variables)
    return [(error["extensions"]["code"], error["path"]) for error in errors]


def mistakes(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    """Return code and path of each of a payload's `userErrors`."""
    return [(it["code"], it["path"]) for it in payload["userErrors"]]


async def send_file(
    api: Api,
    who: str,
    content: bytes,
    said: dict[str, Any],
    name: str = "a.txt",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Return the whole answer to one multipart request."""
    parts = {
        "operations": json.dumps({"query": UPLOAD, "variables": {"input": {**said, "file": None}}}),
        "map": json.dumps({"file": ["variables.input.file"]}),
    }
    sent = {**(headers or {}), **await api.headers(who)}
    return await api.http.post("/graphql", data=parts, files={"file": (name, content)}, headers=sent)
