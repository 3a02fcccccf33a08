"""Whatever a body holds, the answer is JSON with a status of its own: the bodies that broke others."""

import json
import logging
from collections.abc import AsyncGenerator, Iterable, Mapping

import httpx
import pytest
from starlette.types import Message

from server.app import create_app
from tests.api import UPLOAD, Api
from tests.http.asking import BOUNDARY, IN_JSON, IN_PARTS, parts, send, upload

DEEP = 5000
OPERATION = {"query": UPLOAD, "variables": {"input": {"description": "x", "file": None}}}
FILE = ('name="0"; filename="a.txt"', b"words")
QUERY = b'"query":"{viewer{email}}"'
ASKED = b"{%s}" % QUERY
CHARSETS = (
    *("utf-16", "latin-1", "undefined", "idna", "punycode", "unicode_escape", "utf-7", "none"),
    *("utf-8; charset=undefined", '"undefined"'),
)


def nested(levels: int) -> bytes:
    """Return a body with an object of so many levels in it; its own is the first, variables the second."""
    return b'{%s,"variables":{"a":%s%s}}' % (QUERY, b"[" * (levels - 2), b"]" * (levels - 2))


NO_OPERATION = (
    b"",
    b"1",
    b"null",
    b'"x"',
    b"true",
    b"NaN",
    b"[]",
    b'["a"]',
    b"[%s]" % ASKED,
    b"[%s,%s]" % (ASKED, ASKED),
    b"{}",
    b"\xff",
    ASKED + ASKED,
    ASKED + b"\0",
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"query":' * DEEP + b'"{viewer{email}}"' + b"}" * DEEP,
    nested(65),
    b"{%s,%s}" % (QUERY, b'"variables":{"a":%s}' % (b"9" * DEEP)),
    b'{%s,"variables":{"a":NaN}}' % QUERY,
    b'{%s,"variables":{"a":-Infinity}}' % QUERY,
    b"{%s,}" % QUERY,
    b'{"query":"{viewer{email}}\n"}',
    b'{"query":"query A{viewer{email}}","operationName":"\\ud800"}',
    b"\xef\xbb\xbf" + ASKED,
    ASKED.decode().encode("utf-16"),
    ASKED.decode().encode("utf-16-le"),
    ASKED.decode().encode("utf-32"),
    '{%s,"operationName":"é"}'.encode("latin-1").replace(b"%s", QUERY),
)
WRONG_TYPES = {
    "query": '1 1.5 [] {} true null ""',
    "variables": '1 "x" [] ["a"] true',
    "operationName": "1 [] {} false",
    "extensions": '1 "x" [] true {"persistedQuery":1} {"persistedQuery":{"sha256Hash":1}}',
    "documentId": "1 [] {}",
    "doc_id": "1 [] {}",
}
MAPS: list[object] = [
    [],
    1,
    None,
    "x",
    {"0": "variables.input.file"},
    {"0": {"variables": 1}},
    {"0": 1},
    {"0": None},
    {"0": [1]},
    {"0": [None]},
    {"0": [[]]},
    {"0": [""]},
    {"0": ["."]},
    {"0": ["variables"]},
    {"0": ["variables."]},
    {"0": ["variables.input"]},
    {"0": ["variables.nothing.file"]},
    {"0": ["variables.input.file.0"]},
    {"0": ["variables.input.description"]},
    {"0": ["variables.input.description.0"]},
    {"0": ["variables.input.file", "variables.input.file"]},
    {"0": ["variables.list.x"]},
    {"0": ["variables.list.9"]},
    {"0": [f"variables.list.{'9' * DEEP}"]},
    {"0": ["query"]},
    {"0": ["operationName"]},
    {"0": ["extensions.file"]},
    {"0": [".".join(["variables"] * DEEP)]},
    {"1": ["variables.input.file"]},
    {"map": ["variables.input.file"]},
]


async def taken(
    api: Api, bodies: Iterable[bytes], headers: Mapping[str, str], status: int = 400
) -> list[tuple[int, bytes]]:
    """Return the statuses and the beginnings of what is not refused with the one status that it should be."""
    signed = {**headers, **await api.headers("anna")}
    answers = [(it, await send(api, headers=signed, content=it)) for it in bodies]
    return [
        (answer.status_code, body[:80])
        for body, answer in answers
        if answer.status_code != status or list(answer.json()) != ["errors"]
    ]


async def test_a_body_that_is_no_operation_is_a_bad_request(api: Api) -> None:
    assert await taken(api, NO_OPERATION, IN_JSON) == []


async def test_a_parameter_of_another_type_is_a_bad_request(api: Api) -> None:
    # Of two with one name, the last counts.
    wrong = [f'"{name}":{it}' for name, values in WRONG_TYPES.items() for it in values.split()]
    bodies = [b"{%s,%s}" % (QUERY, it.encode()) for it in wrong]
    assert await taken(api, bodies, IN_JSON) == []


@pytest.mark.parametrize(
    "body",
    [
        ASKED,
        b' \r\n\t{%s,"more":{"of":["it"]}} ' % QUERY,
        b'{%s,"variables":null,"operationName":null,"extensions":null}' % QUERY,
        b'{"query":"{","query":"{viewer{email}}"}',
        nested(64),
    ],
)
async def test_a_body_that_is_unusual_and_right_is_an_operation(api: Api, body: bytes) -> None:
    answer = await send(api, headers=IN_JSON | await api.headers("bert"), content=body)
    assert answer.json() == {"data": {"viewer": {"email": "bert@callewaert.example"}}}


async def test_a_map_of_files_that_leads_nowhere_is_a_bad_request(api: Api) -> None:
    said = json.loads(json.dumps(OPERATION))
    said |= {"operationName": None, "extensions": {"file": None}}
    said["variables"]["list"] = [None]
    bodies = [
        parts(('name="operations"', json.dumps(said).encode()), ('name="map"', json.dumps(it).encode()), FILE)
        for it in MAPS
    ]
    assert await taken(api, bodies, IN_PARTS) == []


SAID = ('name="operations"', json.dumps(OPERATION).encode())
MAP = ('name="map"', b'{"0":["variables.input.file"]}')
FORMS = (
    parts(),
    parts(SAID),
    parts(MAP, FILE),
    parts(SAID, FILE),
    parts(SAID, MAP),
    parts(SAID, MAP, ('name="0"', b"a text and no file")),
    parts(('name="operations"; filename="a.json"', SAID[1]), MAP, FILE),
    parts(SAID, ('name="map"; filename="a.json"', MAP[1]), FILE),
    parts(SAID, MAP, FILE, ("", b"a part without a name")),
    parts(SAID, MAP, FILE, ('filename="a.txt"', b"a file without a name")),
    parts(SAID, MAP, *[(f'name="{it}"; filename="a.txt"', b"words") for it in range(11)]),
    parts(SAID, MAP, FILE, *[(f'name="a{it}"', b"words") for it in range(9)]),
    parts(('name="operations"', b"{" + b" " * (256 << 10) + SAID[1][1:]), MAP, FILE),
    *(parts(('name="operations"', it), MAP, FILE) for it in (b"", b"1", b"null", b'"x"', b"[]", b"\xff")),
    parts(
        ('name="operations"', b"[%s]" % SAID[1]), ('name="map"', b'{"0":["0.variables.input.file"]}'), FILE
    ),
    parts(('name="operations"', b"[" * DEEP), MAP, FILE),
    parts(SAID, ('name="map"', b'{"0":' * DEEP), FILE),
    upload()[:-60],
    upload().replace(b"\r\n", b"\n"),
    upload().replace(BOUNDARY.encode(), b"another"),
    upload().replace(b"form-data; ", b""),
    b"",
    b"\0" * 100,
    ASKED,
)


async def test_a_form_that_is_no_operation_is_a_bad_request(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    assert await taken(api, FORMS, IN_PARTS) == []
    # Whoever sends it is told; nobody fills the log with it.
    assert [it for it in caplog.records if it.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("boundary", ["", "; boundary=", f"; boundary={'-' * 300}"])
async def test_a_form_without_a_boundary_of_its_own_is_a_bad_request(api: Api, boundary: str) -> None:
    assert await taken(api, [upload()], {"Content-Type": f"multipart/form-data{boundary}"}) == []


@pytest.mark.parametrize(
    ("kind", "body"), [("application/json", ASKED), (f"multipart/form-data; boundary={BOUNDARY}", upload())]
)
async def test_there_is_one_character_encoding(api: Api, kind: str, body: bytes) -> None:
    for charset in CHARSETS:
        for spelled in (f"charset={charset}", f" CHARSET ={charset}"):
            assert await taken(api, [body], {"Content-Type": f"{kind};{spelled}"}, 415) == [], spelled


async def test_the_one_character_encoding_may_be_named(api: Api) -> None:
    for charset in ("utf-8", "UTF-8", '"utf-8"', "utf8"):
        kind = {"Content-Type": f"application/json; charset={charset}"}
        answer = await send(api, headers=kind, content=ASKED)
        assert answer.json() == {"data": {"viewer": None}}


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        ";",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/graphql",
        "application/graphql-response+json",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=a-boundary",
        "application/json, multipart/form-data; boundary=a-boundary",
    ],
)
async def test_another_content_type_is_not_read(api: Api, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    bodies = (ASKED, upload(), b"query=%7Bviewer%7Bemail%7D%7D")
    assert await taken(api, bodies, headers, 415) == []


async def test_several_files_find_their_places(api: Api) -> None:
    said = {
        "query": "mutation ($a: UploadDocumentInput!, $b: UploadDocumentInput!) {"
        " a: uploadDocument(input: $a) { document { fileName } }"
        " b: uploadDocument(input: $b) { document { fileName } } }",
        "variables": {"a": {"description": "a", "file": None}, "b": {"description": "b", "file": None}},
    }
    body = parts(
        ('name="operations"', json.dumps(said).encode()),
        ('name="map"', b'{"0":["variables.a.file"],"1":["variables.b.file"]}'),
        FILE,
        ('name="1"; filename="b.txt"', b"others"),
    )
    answer = await send(api, headers=IN_PARTS | await api.headers("anna"), content=body)
    assert answer.json() == {
        "data": {"a": {"document": {"fileName": "a.txt"}}, "b": {"document": {"fileName": "b.txt"}}}
    }


async def test_an_operation_in_parts_needs_no_file(api: Api) -> None:
    body = parts(('name="operations"', ASKED), ('name="map"', b"{}"))
    answer = await send(api, headers=IN_PARTS | await api.headers("bert"), content=body)
    assert answer.json() == {"data": {"viewer": {"email": "bert@callewaert.example"}}}


@pytest.mark.parametrize("headers", [IN_JSON, IN_PARTS])
async def test_a_client_that_goes_away_while_it_sends_is_answered_by_nothing(
    api: Api, headers: dict[str, str]
) -> None:
    async def received() -> AsyncGenerator[Message]:
        yield {"type": "http.request", "body": upload()[:400], "more_body": True}
        yield {"type": "http.disconnect"}

    async def sent(message: Message) -> None:
        pytest.fail(f"it is answered: {message}")

    signed = httpx.Headers({**headers, **await api.headers("anna")})
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in signed.raw],
    }
    await create_app(api.ports)(scope, aiter(received()).__anext__, sent)
