"""A deleted document can be brought back for a while, and is nobody's any more afterwards."""

from datetime import timedelta

import pytest

from models import Document, Event
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes
from tests.journeys.filing import PDF, gives, key_of, over, paper_of, url_of
from tests.journeys.rows import row, rows

DELETE = "mutation ($input: DeleteDocumentInput!) { deleteDocument(input: $input) { deletedDocumentId } }"
RESTORE = """
mutation ($input: RestoreDocumentInput!) {
  restoreDocument(input: $input) { document { id } userErrors { code path } }
}
"""


async def restored(api: Api, who: str, id_: str) -> list[tuple[str, list[str] | None]]:
    """Return what somebody is told who brings a document back."""
    payload = (await api.gets(who, RESTORE, input={"documentId": id_}))["restoreDocument"]
    errors = mistakes(payload)
    assert payload["document"] == (None if errors else {"id": id_})
    return errors


@pytest.mark.parametrize("days", [30, 3])
@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, True), (1, True)])
async def test_it_comes_back_until_it_is_due_to_be_purged(
    api: Api, clock: SetClock, days: int, seconds: int, *, is_late: bool
) -> None:
    id_ = await paper_of(api, "bert")
    async with over(api, purge_after=timedelta(days=days)) as server:
        assert await server.gets("anna", DELETE, input={"documentId": id_}) == {
            "deleteDocument": {"deletedDocumentId": id_}
        }
        clock.advance(timedelta(days=days, seconds=seconds))
        api.tokens.clear()
        gone = [("NOT_FOUND", ["input", "documentId"])]
        assert await restored(server, "anna", id_) == (gone if is_late else [])
        document = await row(api, Document, id=key_of(api, id_))
        assert (document.deleted_at is not None) == is_late
        assert len(await rows(api, Event, kind="document.restored")) == (0 if is_late else 1)
        if not is_late:
            assert (await gives(server, await url_of(server, "bert", id_))).content == PDF


async def test_what_is_too_late_is_refused_as_what_was_never_deleted(api: Api, clock: SetClock) -> None:
    id_, there = await paper_of(api, "bert"), await paper_of(api, "bert")
    await api.gets("anna", DELETE, input={"documentId": id_})
    clock.advance(timedelta(days=31))
    api.tokens.clear()
    for who in ("anna", "arthur", "bert"):
        assert await restored(api, who, id_) == await restored(api, who, there)
