"""Whatever a body holds, the answer is JSON with a status of its own."""

import json

import pytest

from tests.api import UPLOAD, Api
from tests.conftest import UPLOAD_LIMIT

BODIES = (
    b"1",
    b"null",
    b'"x"',
    b"[]",
    b'["a"]',
    b"{}",
    b"\xff",
    b"[" * 5000,
    b'{"query":"query A{viewer{email}}","operationName":"\\ud800"}',
    b'{"query":1}',
    b'{"query":"{viewer{email}}","variables":[]}',
)
PLACES = ("[]", "1", "null", '{"file":[1]}', '{"file":["variables.input.file.0"]}')


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_a_body_that_is_no_operation_is_a_bad_request(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"} | await api.headers("anna")
    answer = await api.http.post("/graphql", content=body, headers=headers)
    assert (answer.status_code, list(answer.json())) == (400, ["errors"])


@pytest.mark.parametrize(
    ("operations", "places"),
    [
        *((None, places) for places in PLACES),
        *((operations, '{"file":["variables.input.file"]}') for operations in ("1", "[]", "null", '"x"')),
    ],
)
async def test_a_form_that_is_no_operation_is_a_bad_request(
    api: Api, operations: str | None, places: str
) -> None:
    said = {"query": UPLOAD, "variables": {"input": {"description": "x", "file": None}}}
    parts = {"operations": operations or json.dumps(said), "map": places}
    sent = {"file": ("a.txt", b"words")}
    answer = await api.http.post("/graphql", data=parts, files=sent, headers=await api.headers("anna"))
    assert (answer.status_code, list(answer.json())) == (400, ["errors"])


async def test_a_body_past_the_limit_is_too_large(api: Api) -> None:
    body = b"x" * (UPLOAD_LIMIT + (1 << 20) + 1)
    answer = await api.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, list(answer.json())) == (413, ["errors"])


async def test_a_query_in_the_address_is_not_answered(api: Api) -> None:
    answer = await api.http.get("/graphql", params={"query": "{ viewer { email } }"})
    assert (answer.status_code, list(answer.json())) == (405, ["errors"])
