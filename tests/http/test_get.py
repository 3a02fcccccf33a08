"""Queries in the address: off, unless the operator allows them; and never more than queries."""

import json
from urllib.parse import urlencode

import pytest

from server.context import COOKIE, PREFLIGHT_HEADER
from tests.api import Api
from tests.http.asking import GRAPHQL, JSON, WHO, behind, codes, send

BY_NAME = "query A { __typename } query B($id: ID!) { node(id: $id) { id } }"
BERT = {"data": {"viewer": {"email": "bert@callewaert.example"}}}


def address(**said: object) -> str:
    """Return the address of an operation; what is no text is written as JSON."""
    written = {name: it if isinstance(it, str) else json.dumps(it) for name, it in said.items()}
    return f"/graphql?{urlencode(written)}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
async def test_no_method_but_post_is_answered(api: Api, method: str) -> None:
    answer = await send(api, method, address(query=WHO), headers=await api.headers("bert"))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert method == "HEAD" or answer.json() == {"errors": [{"message": "Send operations by POST."}]}


async def test_a_query_in_the_address_is_answered_where_it_is_allowed(api: Api) -> None:
    async with behind(api, allows_get=True) as open_:
        answer = await send(open_, "GET", address(query=WHO), headers=await api.headers("bert"))
        assert (answer.status_code, answer.json()) == (200, BERT)
        assert answer.headers["cache-control"] == "no-store"


async def test_where_get_is_allowed_no_other_method_is(api: Api) -> None:
    async with behind(api, allows_get=True) as open_:
        for method in ("HEAD", "PUT", "DELETE", "OPTIONS"):
            answer = await send(open_, method, address(query=WHO), headers={})
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_a_mutation_in_the_address_changes_nothing(api: Api, media: str) -> None:
    headers = {"Accept": media} | await api.headers("bert")
    async with behind(api, allows_get=True) as open_:
        for said in (
            {"query": "mutation { signOut { userErrors { code } } }"},
            {
                "query": f"query A {WHO} mutation B {{ signOut {{ userErrors {{ code }} }} }}",
                "operationName": "B",
            },
        ):
            answer = await send(open_, "GET", address(**said), headers=headers)
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
            assert (codes(answer), "data" in answer.json()) == (["METHOD_NOT_ALLOWED"], False)
        answer = await send(open_, "GET", address(query=WHO), headers=headers)
        assert answer.json() == BERT


async def test_the_parameters_in_the_address_are_json(api: Api) -> None:
    id_ = api.id("Document", api.world.document.id)
    headers = await api.headers("bert")
    async with behind(api, allows_get=True) as open_:
        said = {
            "query": BY_NAME,
            "operationName": "B",
            "variables": {"id": id_},
            "extensions": {"cost": True},
        }
        answer = await send(open_, "GET", address(**said), headers=headers)
        assert answer.json()["data"] == {"node": {"id": id_}}
        assert answer.json()["extensions"]["cost"]["cost"] == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"query": ""},
        {"variables": {}},
        {"query": WHO, "variables": "nothing"},
        {"query": WHO, "variables": ""},
        {"query": WHO, "variables": []},
        {"query": WHO, "variables": "[" * 5000},
        {"query": WHO, "extensions": "nothing"},
        {"query": WHO, "extensions": 1},
        {"query": WHO, "extensions": {"persistedQuery": 1}},
    ],
)
async def test_an_address_that_holds_no_operation_is_a_bad_request(api: Api, said: dict[str, object]) -> None:
    async with behind(api, allows_get=True) as open_:
        answer = await send(open_, "GET", address(**said), headers={})
        assert (answer.status_code, list(answer.json())) == (400, ["errors"])


async def test_a_cookie_needs_the_header_by_get_too(api: Api) -> None:
    cookie = {"Cookie": f"{COOKIE}={await api.token('bert')}"}
    async with behind(api, allows_get=True) as open_:
        answer = await send(open_, "GET", address(query=WHO), headers=cookie)
        assert answer.status_code == 403
        answer = await send(open_, "GET", address(query=WHO), headers=cookie | {PREFLIGHT_HEADER: "1"})
        assert answer.json() == BERT
