"""Letters as administrators see them: what became of each, and another try for one that was set aside."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, exists, null, or_, select, update

from auth.challenges import FIRST_PASSWORD
from core.errors import Invalid
from models import Account, Challenge, Letter
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.people import sees_letter
from resolvers import gate
from resolvers.change import TOLD, Change
from resolvers.document_lists import moment
from resolvers.levels import looked_up
from resolvers.named_lists import NamedListing, NamedPage, count_of
from resolvers.paging import Cursors, Cut, PageAsked, Sorting
from resolvers.reading import Reading


class LetterState(Enum):
    """How far a letter has come."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


PLACE: Final = ("input", "letterId")
NEWEST_FIRST: Final = Sorting("QUEUED_AT", moment, descending=True)
# Nothing of what it says: a secret in it, or whom it is about, is for its recipient alone.
LETTER: Final[AnySelect] = select(
    Letter.id,
    Letter.kind,
    Letter.recipient,
    Letter.language,
    Letter.state,
    Letter.attempts,
    Letter.queued_at,
    Letter.sent_at,
    Letter.last_error,
).where(Letter.licence_id == LICENCE, sees_letter())
BY_IDS: Final = LETTER.where(Letter.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
THIS_ONE: Final = (Letter.licence_id == LICENCE, Letter.id == bindparam("letter", type_=Uuid()))
# Whoever tries it again waits for whoever does so at the same time.
HELD: Final = (
    select(Letter.state, Letter.account_id, Letter.details, Letter.sealed).where(*THIS_ONE).with_for_update()
)
# What is written to the account meanwhile may have the letter's old bundle: nothing joins it any more.
RETRY: Final = (
    update(Letter)
    .where(*THIS_ONE)
    .values(state="QUEUED", attempts=0, due_at=bindparam("now"), bundle=null())
    .returning(TOLD)
)
LINK_IS_THERE: Final[ColumnElement[bool]] = exists().where(
    Challenge.licence_id == LICENCE,
    Challenge.account_id == Account.id,
    Challenge.step == FIRST_PASSWORD,
    Challenge.expires_at == Account.initial_password_expires_at,
)
# Until when an account's first secret opens it; nobody gives it another one meanwhile. An account without a
# password was mailed a link.
OPENED: Final = (
    select(Account.initial_password_expires_at.label("until"))
    .where(
        Account.licence_id == LICENCE,
        Account.id == bindparam("account", type_=Uuid()),
        Account.blocked_at.is_(None),
        Account.initial_password_expires_at > bindparam("now"),
        or_(Account.password_hash.is_not(None), LINK_IS_THERE),
    )
    .with_for_update(read=True, of=Account)
)


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the letter of each id that came from outside, None in the place of what cannot be seen."""
    return await looked_up(request, BY_IDS, ids)


async def newest_first(request: Reading, asked: PageAsked, state: LetterState | None) -> NamedPage:
    """Return one page of the letters that the viewer may see, of all or of one state. Raise Invalid."""
    cursors = Cursors(request.ports.ids, NEWEST_FIRST)
    window = asked.window(cursors)
    values = {} if state is None else {"state": state.value}
    found = await request.rows(page_statement(window.cut, state is not None), **values, **window.values)
    return NamedListing(count_of(whole(state is not None)), window, cursors, values).page(found)


@lru_cache(maxsize=2)
def whole(of_one_state: bool) -> AnySelect:  # noqa: FBT001  a key of the cache
    """Return the statement of the whole list."""
    return LETTER.where(Letter.state == bindparam("state")) if of_one_state else LETTER


@lru_cache(maxsize=16)
def page_statement(cut: Cut, of_one_state: bool) -> AnySelect:  # noqa: FBT001  a key of the cache
    """Return the statement of one page."""
    statement = whole(of_one_state).add_columns(Letter.queued_at.label("sort_key"))
    return cut.apply(statement, Letter.queued_at.expression, Letter.id.expression)


async def retry_letter(change: Change, letter_id: UUID) -> None:
    """Let a letter that was set aside be tried once more, as if for the first time.

    Its last error stays until something comes of it. Raise Forbidden, NotFound, and Invalid for a letter that
    was not set aside, or whose secret opens nothing any more.
    """
    gate.administrator(change)
    await gate.one(change, look_up, letter_id, path=PLACE)
    (letter,) = await change.rows(HELD, letter=letter_id)
    require_set_aside(letter)
    if letter.sealed is not None:
        await require_open_with(change, letter)
    await change.rows(RETRY, letter=letter_id, now=change.now, heard=f"{change.viewer.licence_id} 0")
    change.record("letter.retried", letter=str(letter_id))


def require_set_aside(letter: AnyRow) -> None:
    """Require that a letter is tried no more by itself. Raise Invalid."""
    if letter.state == LetterState.SENT.value:
        raise Invalid("This letter has been sent.", path=PLACE)
    if letter.state == LetterState.QUEUED.value:
        raise Invalid("This letter is waiting to be sent.", path=PLACE)


async def require_open_with(change: Change, letter: AnyRow) -> None:
    """Require that the first secret in a letter still opens its account. Raise Invalid.

    Once it was replaced or used, or has expired, it would only mislead: the moment that the letter names is
    not the account's any more.
    """
    found = await change.rows(OPENED, account=letter.account_id, now=change.now)
    if [it.until.isoformat() for it in found] != [letter.details.get("expires_at")]:
        raise Invalid("Give a new password instead.", path=PLACE)
