"""Where a changed document stands: its cursor, in the payload of every change, goes on in the list."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import WORDS, asks_with_file, complete, key_of, paper_of, sent, set_rights
from tests.journeys.rows import delete_document

EDGE = "documentEdge { cursor node { id description } } document { id } userErrors { code }"
UPLOAD = f"mutation ($input: UploadDocumentInput!) {{ changed: uploadDocument(input: $input) {{ {EDGE} }} }}"
BY_VERB = {
    "completeUpload": "CompleteUploadInput",
    "addDocumentVersion": "AddDocumentVersionInput",
    "updateDocument": "UpdateDocumentInput",
    "restoreDocument": "RestoreDocumentInput",
}
LIST = """
query ($first: Int, $after: String, $last: Int, $before: String) {
  documents(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { id } } }
}
"""


def verb(name: str) -> str:
    return f"mutation ($input: {BY_VERB[name]}!) {{ changed: {name}(input: $input) {{ {EDGE} }} }}"


async def changed_by(api: Api, who: str, name: str, id_: str) -> dict[str, Any]:
    """Return what the payload of a change answers; `id_` is what it changes, where it makes nothing new."""
    if name == "uploadDocument":
        return (await asks_with_file(api, who, UPLOAD, {"description": "New"}, WORDS, "a.txt"))["changed"]
    if name == "restoreDocument":
        await delete_document(api, key_of(api, id_))
    said = {
        "completeUpload": {"description": "New"},
        "addDocumentVersion": {"documentId": id_},
        "updateDocument": {"documentId": id_, "description": "New"},
        "restoreDocument": {"documentId": id_},
    }[name]
    if name in {"completeUpload", "addDocumentVersion"}:
        said |= {"uploadId": await sent(api, who)}
    return (await api.gets(who, verb(name), input=said))["changed"]


@pytest.mark.parametrize("who", ["bert", "anna"])
@pytest.mark.parametrize("name", ["uploadDocument", *BY_VERB])
async def test_the_cursor_of_a_change_goes_on_in_the_list(
    api: Api, clock: SetClock, who: str, name: str
) -> None:
    ids: list[str] = []
    for _ in range(5):
        clock.advance(timedelta(minutes=1))
        ids.append(await paper_of(api, "bert"))
        await set_rights(api, ids[-1], "bert", "READ", "UPDATE", "DELETE")
    # For staff the sharing above is the last change; a client saw the document itself last.
    clock.advance(timedelta(minutes=1))
    payload = await changed_by(api, who, name, ids[2])
    assert payload["userErrors"] == []
    assert payload["documentEdge"]["node"]["id"] == payload["document"]["id"]
    for it in range(2):
        clock.advance(timedelta(minutes=1))
        ids.append(await paper_of(api, "bert", WORDS, f"{it}.txt"))
    cursor = payload["documentEdge"]["cursor"]
    everything = (await api.gets(who, LIST, first=50))["documents"]["edges"]
    after = (await api.gets(who, LIST, first=50, after=cursor))["documents"]["edges"]
    before = (await api.gets(who, LIST, last=50, before=cursor))["documents"]["edges"]
    it = {"cursor": cursor, "node": {"id": payload["document"]["id"]}}
    assert [*before, it, *after] == everything
    assert len(before) >= 2
    assert len(after) >= 2


async def test_what_was_refused_stands_nowhere(api: Api) -> None:
    id_ = await paper_of(api, "bert")
    said = {"documentId": id_, "description": "x"}
    payload = (await api.gets("bert", verb("updateDocument"), input=said))["changed"]
    assert payload == {"documentEdge": None, "document": None, "userErrors": [{"code": "FORBIDDEN"}]}


async def test_who_sees_nothing_of_what_was_made_is_told_no_place(api: Api) -> None:
    upload_id = await sent(api, "bert")
    id_ = (await complete(api, "bert", upload_id))["document"]["id"]
    await set_rights(api, id_, "bert")
    said = {"uploadId": upload_id, "description": "New"}
    payload = (await api.gets("bert", verb("completeUpload"), input=said))["changed"]
    assert payload == {"documentEdge": None, "document": None, "userErrors": []}
