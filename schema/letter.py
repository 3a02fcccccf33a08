"""Letters in the outbox: what administrators see of them, and retryLetter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import ID

from core.viewer import Language
from execution import batched
from resolvers import letters
from resolvers.letters import LetterState
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema import ids
from schema.connections import After, Before, Connection, First, Last
from schema.context import Info
from schema.ids import identity
from schema.nodes import Node
from schema.payloads import Key, named_by
from schema.user_errors import UserError, no_errors, verb
from schema.words import named

named(
    LetterState,
    "LetterState",
    "How far a letter has come.",
    QUEUED="It waits: to be sent, or to be tried once more.",
    SENT="The mail server has it.",
    FAILED="It was set aside: nobody tries it any more.",
)


@strawberry.type(description="A mail in the outbox; not what it says, which is for its recipient alone.")
class Letter(Node):
    id: ID = identity("Letter")
    kind: str = strawberry.field(description="What it is about, such as `document_shared`.")
    recipient: str = strawberry.field(description="The address that it was written to.")
    language: Language = strawberry.field(description="The recipient's, when it was written.")
    state: LetterState = strawberry.field(description="How far it has come.")
    attempts: int = strawberry.field(description="How often it was tried; after `retryLetter` counted anew.")
    queued_at: datetime = strawberry.field(description="When it was written.")
    sent_at: datetime | None = strawberry.field(description="When the mail server took it.")
    last_error: str | None = strawberry.field(
        description="Why the last try came to nothing, often in the mail server's words; null once sent."
    )


LetterConnection = Connection[Letter]


@strawberry.input(description="Which letter to try once more.")
class RetryLetterInput:
    letter_id: ID = strawberry.field(description="Of a letter that was set aside.")


@strawberry.type(description="What another try for a letter came to.")
class RetryLetterPayload:
    letter_id: Key = None
    letter: Letter | None = batched(
        named_by("letter_id", letters.look_up), description="The letter as it is now."
    )
    user_errors: list[UserError] = no_errors()


State = Annotated[LetterState | None, strawberry.argument(description="Only letters that have come so far.")]


async def newest_first(  # noqa: PLR0913  the contract's arguments
    roots: Sequence[None],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    state: State = None,
) -> list[NamedPage]:
    return [await letters.newest_first(request, PageAsked(first, after, last, before), state)]


@verb(RetryLetterPayload)
async def retry_letter(info: Info, input: RetryLetterInput) -> RetryLetterPayload:
    letter_id = ids.read(info.context, "Letter", input.letter_id, "input", "letterId")
    async with info.context.change() as change:
        await letters.retry_letter(change, letter_id)
    return RetryLetterPayload(letter_id=letter_id)
