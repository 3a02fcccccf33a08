"""Requests that are nearly right: bodies cut, mixed up and mistyped, drawn by Hypothesis."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.api import UPLOAD
from tests.http.asking import BOUNDARY, IN_JSON, IN_PARTS, JSON, WHAT_TYPE, WHO, parts

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp037")
KINDS = (
    *(
        JSON,
        f"{JSON}; charset=utf-16",
        f"{JSON};charset=UTF-8",
        "application/graphql",
        "text/plain",
        "",
        "\t",
    ),
    *("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary="),
    *(f"multipart/form-data; boundary={it}" for it in (BOUNDARY, f'"{BOUNDARY}"', "a b", "-" * 71, "\\")),
    *(f"multipart/form-data; boundary={BOUNDARY}; charset={it}" for it in ("utf-16", "rot13", "undefined")),
    *(f"multipart/{it}; boundary={BOUNDARY}" for it in ("mixed", "related", "form-data-", "*")),
)
NAMES = ("query", "variables", "operationName", "extensions", "documentId", "doc_id", "persistedQuery")
TEXTS = (
    "\0",
    "\ud800",
    "\udfff",
    "\ufeff",
    "\u2028",
    "é",
    "{",
    WHO,
    WHAT_TYPE,
    UPLOAD,
    "variables.input.file",
)
PATHS = ("variables", "input", "file", "list", "0", "-1", "9" * 5000, "", "query", "٣")
Value = Any


class Mangled(NamedTuple):
    """One request."""

    headers: dict[str, str]
    body: bytes


def values() -> SearchStrategy[Value]:
    """Draw JSON values with everything that a parser could stumble over."""
    texts = st.sampled_from(TEXTS) | st.text(max_size=8)
    numbers = st.sampled_from([0, -1, 1 << 31, 1 << 63, 1 << 64, 10**400, 1e308, float("inf"), float("nan")])
    leaves = st.none() | st.booleans() | st.integers() | numbers | texts
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | texts, inner, max_size=4)
        ),
        max_leaves=12,
    )


def operations() -> SearchStrategy[Value]:
    """Draw what stands in for an operation: often right, and often but for one member."""
    variables = st.fixed_dictionaries({"input": st.just({"description": "x", "file": None})})
    right = st.fixed_dictionaries(
        {"query": st.sampled_from([WHO, WHAT_TYPE, UPLOAD])}, optional={"variables": variables}
    )
    odd = st.dictionaries(st.sampled_from(NAMES), values(), max_size=3)
    nearly = st.tuples(right, odd).map(lambda it: {**it[0], **it[1]})
    return right | nearly | values() | st.lists(right, max_size=2)


@st.composite
def spelled(draw: DrawFn) -> bytes:
    """Draw the JSON text of an operation, in some encoding, perhaps with a name that stands twice."""
    text = json.dumps(draw(operations()), ensure_ascii=draw(st.booleans()))
    if text.endswith("}") and draw(st.sampled_from([False, False, True])):
        more = f"{json.dumps(draw(st.sampled_from(NAMES)))}:{json.dumps(draw(values()))}"
        text = f"{text[:-1]}{',' if len(text) > 2 else ''}{more}}}"
    depth = draw(st.sampled_from([0, 0, 0, 0, 0, 64, 5000]))
    text = '{"variables":' * depth + text + "}" * depth
    return text.encode(draw(st.just("utf-8") | st.sampled_from(ENCODINGS)), "replace")


def cut(body: bytes, at: int) -> bytes:
    return body[:at]


def without(body: bytes, at: int) -> bytes:
    return body[:at] + body[at + 7 :]


def twice(body: bytes, at: int) -> bytes:
    return body[:at] + body[max(0, at - 40) :]


def disturbed(body: bytes, at: int) -> bytes:
    return body[:at] + b"\0\xff" + body[at:]


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes(255 - it for it in body[at : at + 1]) + body[at + 1 :]


def bare(body: bytes, at: int) -> bytes:
    return body[:at].replace(b"\r\n", b"\n") + body[at:]


WAYS: tuple[Callable[[bytes, int], bytes], ...] = (cut, without, twice, disturbed, flipped, bare)


@st.composite
def mauled(draw: DrawFn, bodies: SearchStrategy[bytes]) -> bytes:
    """Draw a body with up to two accidents."""
    body = draw(bodies)
    for way in draw(st.lists(st.sampled_from(WAYS), max_size=2)):
        body = way(body, draw(st.integers(0, len(body))))
    return body


@st.composite
def maps(draw: DrawFn) -> bytes:
    """Draw where the files go: paths that are nearly right, and several files for one place."""
    path = st.just("variables.input.file") | st.lists(st.sampled_from(PATHS), max_size=5).map(".".join)
    paths = st.lists(path | values(), max_size=3)
    places = st.dictionaries(st.sampled_from(["0", "1", "map", "\0"]), paths | values(), max_size=3)
    return json.dumps(draw(places | values())).encode()


@st.composite
def forms(draw: DrawFn) -> bytes:
    """Draw a multipart body: parts that are missing, doubled, in another order, and under other names."""
    dispositions = st.sampled_from(
        [
            *('name="operations"', 'name="map"', "name=map", 'name="map"; filename="map.json"', ""),
            *('name="0"; filename="a.txt"', 'name="1"; filename="../é"', 'name="0"', 'filename="a.txt"'),
            *('name="operations"\r\nContent-Type: application/json; charset=utf-16', 'name="\ud800"'),
        ]
    )
    first = st.tuples(st.just('name="operations"'), mauled(spelled()) | spelled())
    second = st.tuples(st.just('name="map"'), maps())
    third = st.tuples(st.sampled_from(['name="0"; filename="a.txt"', 'name="1"; filename=""']), st.binary())
    odd = st.tuples(dispositions, spelled() | maps() | st.binary(max_size=20))
    right = st.tuples(first, second, third).map(list)
    any_order = st.lists(first | second | third | odd, max_size=5)
    both = st.tuples(right, any_order).map(lambda it: [*it[0], *it[1]])
    return parts(*draw(right | any_order | both))


def requests() -> SearchStrategy[Mangled]:
    """Draw requests: in JSON, in parts, and in what they say to be and are not."""
    in_json = st.builds(Mangled, st.just(IN_JSON), spelled() | mauled(spelled()))
    in_parts = st.builds(Mangled, st.just(IN_PARTS), forms() | mauled(forms()))
    kinds = st.sampled_from(KINDS).map(lambda it: {"Content-Type": it})
    misnamed = st.builds(Mangled, kinds, mauled(spelled() | forms()))
    return in_json | in_parts | misnamed
