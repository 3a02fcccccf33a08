"""Documents that the operator vouches for: known by their ids, of any size, and perhaps the only ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from execution import hash_of
from schema.operation import CHARACTERS_A_POINT
from server import trusted_documents
from server.trusted_documents import BadDocuments, Mode
from tests.api import Api
from tests.http.asking import GRAPHQL, IN_JSON, JSON, WHAT_TYPE, WHO, behind, codes, send

BERT = {"data": {"viewer": {"email": "bert@callewaert.example"}}}
NAME = "query Name { viewer { givenName } }"
LARGE = "query Large { " + " ".join(f"a{number}: __typename" for number in range(50)) + " }" + " " * 20_000
DEAR = "{ documents(first: 60) { nodes { categories { documents(first: 20) { nodes { id } } } } } }"
DEAREST = "{ documents(first: 100) { nodes { categories { documents(first: 100) { nodes { id } } } } } }"
TEXTS = {"who": WHO, "large": LARGE, "dear": DEAR, "dearest": DEAREST}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "name", "name": "Name", "type": "query", "body": NAME}],
}
NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
NOT_SUPPORTED = {
    "message": "PersistedQueryNotSupported",
    "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"},
}
WAYS: dict[str, Callable[[str], dict[str, Any]]] = {
    "GraphQL over HTTP": lambda id_: {"documentId": id_},
    "Relay": lambda id_: {"doc_id": id_},
    "Apollo": lambda id_: {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": id_}}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A manifest of Relay's and one of Apollo's, and something else."""
    place = tmp_path / "documents"
    place.mkdir()
    (place / "relay.json").write_text(json.dumps(TEXTS))
    (place / "apollo.json").write_text(json.dumps(APOLLO))
    (place / "README.md").write_text("no manifest")
    return place


async def asks(api: Api, place: Path | None, mode: Mode, who: str = "bert", **said: Any) -> httpx.Response:
    """Return the answer of a server with these documents, to somebody who reads the new media type."""
    headers = IN_JSON | {"Accept": GRAPHQL} | await api.headers(who)
    async with behind(api, documents=trusted_documents.read(place, mode)) as known:
        return await send(known, headers=headers, content=json.dumps(said))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", [Mode.PREFER, Mode.ONLY])
async def test_a_known_document_is_asked_by_its_id_in_three_ways(
    api: Api, folder: Path, way: str, mode: Mode
) -> None:
    for id_ in ("who", hash_of(WHO)):
        assert (await asks(api, folder, mode, **WAYS[way](id_))).json() == BERT
    answer = await asks(api, folder, mode, **WAYS[way]("name"))
    assert answer.json() == {"data": {"viewer": {"givenName": "Bert"}}}


async def test_a_manifest_stands_alone_or_with_others_in_a_folder(api: Api, folder: Path) -> None:
    for file, known, unknown in (("relay.json", "who", "name"), ("apollo.json", "name", "who")):
        assert (await asks(api, folder / file, Mode.PREFER, documentId=known)).status_code == 200
        assert codes(await asks(api, folder / file, Mode.PREFER, documentId=unknown)) == [
            "PERSISTED_QUERY_NOT_FOUND"
        ]


@pytest.mark.parametrize("way", WAYS)
async def test_an_id_that_is_not_known_is_told_as_apollo_tells_it(api: Api, folder: Path, way: str) -> None:
    for mode in (Mode.PREFER, Mode.ONLY):
        answer = await asks(api, folder, mode, **WAYS[way](hash_of(WHAT_TYPE)))
        assert (answer.status_code, answer.json()) == (400, {"errors": [NOT_FOUND]})


@pytest.mark.parametrize("way", WAYS)
async def test_where_no_document_is_known_by_its_id_that_is_told_as_apollo_tells_it(
    api: Api, folder: Path, way: str
) -> None:
    for place, mode in ((folder, Mode.OFF), (None, Mode.OFF), (None, Mode.PREFER)):
        answer = await asks(api, place, mode, **WAYS[way]("who"))
        assert (answer.status_code, answer.json()) == (400, {"errors": [NOT_SUPPORTED]})


async def test_clients_of_apollos_read_both_answers_as_200_in_plain_json(api: Api, folder: Path) -> None:
    for mode, error in ((Mode.OFF, NOT_SUPPORTED), (Mode.ONLY, NOT_FOUND)):
        async with behind(api, documents=trusted_documents.read(folder, mode)) as known:
            body = json.dumps(WAYS["Apollo"](hash_of(WHAT_TYPE)))
            answer = await send(known, headers=IN_JSON | {"Accept": JSON}, content=body)
            assert (answer.status_code, answer.json()) == (200, {"errors": [error]})


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.PREFER])
async def test_other_documents_are_executed_unless_only_known_ones_are(
    api: Api, folder: Path, mode: Mode
) -> None:
    for said in ({}, {"documentId": hash_of(WHAT_TYPE)}):
        answer = await asks(api, folder, mode, query=WHAT_TYPE, **said)
        assert answer.json() == {"data": {"__typename": "Query"}}


async def test_where_only_known_documents_are_executed_their_texts_may_come_too(
    api: Api, folder: Path
) -> None:
    assert (await asks(api, folder, Mode.ONLY, query=WHO)).json() == BERT
    for said in ({}, {"documentId": hash_of(WHAT_TYPE)}):
        answer = await asks(api, folder, Mode.ONLY, query=WHAT_TYPE, **said)
        assert (answer.status_code, codes(answer)) == (400, ["DOCUMENT_NOT_TRUSTED"])
        assert "data" not in answer.json()


async def test_an_id_that_is_known_means_its_own_document_whatever_text_comes_with_it(
    api: Api, folder: Path
) -> None:
    assert (await asks(api, folder, Mode.PREFER, documentId="who", query=WHAT_TYPE)).json() == BERT


async def test_a_trusted_document_may_be_larger_and_dearer_than_others(api: Api, folder: Path) -> None:
    for id_, text, code in (("large", LARGE, "GRAPHQL_PARSE_FAILED"), ("dear", DEAR, "TOO_EXPENSIVE")):
        assert codes(await asks(api, folder, Mode.OFF, "anna", query=text)) == [code]
        assert (await asks(api, folder, Mode.PREFER, "anna", documentId=id_)).status_code == 200
        assert (await asks(api, folder, Mode.PREFER, "anna", query=text)).status_code == 200


async def test_a_trusted_document_costs_nobody_anything_to_read(api: Api, folder: Path) -> None:
    assert len(LARGE) // CHARACTERS_A_POINT > 200
    assert (await asks(api, folder, Mode.PREFER, "nobody", documentId="large")).status_code == 200


async def test_a_trusted_document_may_cost_no_more_than_there_are_points(api: Api, folder: Path) -> None:
    answer = await asks(api, folder, Mode.PREFER, "anna", documentId="dearest")
    assert (answer.status_code, codes(answer)) == (400, ["TOO_EXPENSIVE"])


async def test_whoever_vouches_for_a_document_vouches_for_no_rights(api: Api, folder: Path) -> None:
    answer = await asks(api, folder, Mode.ONLY, "nobody", documentId="dear")
    assert codes(answer) == ["TOO_EXPENSIVE"]
    answer = await asks(api, folder, Mode.ONLY, "nobody", documentId="who")
    assert answer.json() == {"data": {"viewer": None}}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "can not be read: "),
        ("{", "can not be read: "),
        ("[" * 100_000, "can not be read: "),
        (b"\xff", "can not be read: "),
        ("[]", "holds no object of documents"),
        ('"x"', "holds no object of documents"),
        ("null", "holds no object of documents"),
        ('{"a": 1}', "a document is no text"),
        ('{"a": null}', "a document is no text"),
        ('{"operations": 1}', "an operation has no id or no body"),
        ('{"operations": [1]}', "an operation has no id or no body"),
        ('{"operations": ["a"]}', "an operation has no id or no body"),
        ('{"operations": [{"id": "a"}]}', "an operation has no id or no body"),
        ('{"operations": [{"body": "a"}]}', "an operation has no id or no body"),
        ('{"operations": [{"id": [], "body": "a"}]}', "an operation has no id or no body"),
        ('{"operations": [{"id": "a", "body": 1}]}', "a document is no text"),
    ],
)
def test_a_manifest_that_can_not_be_used_is_told_in_one_line(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    file = tmp_path / "documents.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    for place in (file, tmp_path):
        with pytest.raises(BadDocuments) as caught:
            trusted_documents.read(place, Mode.PREFER)
        assert str(caught.value).startswith(str(file))
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < len(str(file)) + 200


def test_a_manifest_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    for mode in Mode:
        with pytest.raises(BadDocuments, match=r"can not be read: .+No such file"):
            trusted_documents.read(tmp_path / "nothing.json", mode)


def test_only_known_documents_must_be_some(tmp_path: Path) -> None:
    for place in (None, tmp_path):
        with pytest.raises(BadDocuments, match="none are given"):
            trusted_documents.read(place, Mode.ONLY)
    assert trusted_documents.read(tmp_path, Mode.PREFER).texts == {}
