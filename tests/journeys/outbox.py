"""The cast's firm's outbox: letters in it, workers on mail servers of all tempers, and another try."""

from typing import Any, Final
from uuid import UUID

from models import Event, Letter
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.rows import row, rows
from tests.mail.correspondents import queue
from tests.mail.servers import Office, serving
from tests.schema.belongings import values_of
from tests.server.desks import worker_of

RETRY: Final = """mutation ($input: RetryLetterInput!) {
  retryLetter(input: $input) {
    letter { id state attempts lastError } userErrors { code message path }
  }
}"""
PLACE: Final = ["input", "letterId"]


async def write(api: Api, recipient: str, state: str = "QUEUED", **columns: Any) -> UUID:
    """Put a letter into the cast's firm's outbox, as of now; return its id."""
    now = api.ports.clock.now()
    said = {"recipient": recipient, "state": state, "queued_at": now, "due_at": now}
    return await queue(api.ports.database, api.world.firm.licence_id, **(said | columns))


async def retries(api: Api, letter_id: UUID, who: str = "arthur") -> dict[str, Any]:
    said = {"letterId": api.id("Letter", letter_id)}
    return (await api.gets(who, RETRY, input=said))["retryLetter"]


async def refusal(api: Api, letter_id: UUID) -> str:
    """Return why a letter is not tried again; nothing of it has changed."""
    before = values_of(await row(api, Letter, id=letter_id))
    payload = await retries(api, letter_id)
    assert (payload["letter"], mistakes(payload)) == (None, [("INVALID", PLACE)])
    assert values_of(await row(api, Letter, id=letter_id)) == before
    assert await rows(api, Event, kind="letter.retried") == []
    return payload["userErrors"][0]["message"]


async def is_refused_by_the_mail_server(api: Api) -> UUID:
    """Let a real worker find that the recipient's mail server wants no letter; return the last one's id."""
    async with serving(Office(rcpt="550 5.1.1 nobody here")) as port:
        await worker_of(api.ports, f"smtp://127.0.0.1:{port}?starttls=off").deliver_due()
    letter = max(await rows(api, Letter), key=lambda it: it.id)
    assert (letter.state, letter.last_error) == ("FAILED", "550 5.1.1 nobody here")
    return letter.id
