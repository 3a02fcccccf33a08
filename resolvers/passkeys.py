"""Passkeys of the viewer: made, confirmed, asked to sign, and taken away, ASVS 6.3 and 6.5."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from auth import challenges, passkeys
from auth.passkeys import RelyingParty
from core.errors import AlreadyExists, Expired, Invalid, NotFound
from core.tokens import Token
from models import Passkey
from models.tables import LICENCE, AnyRow
from permissions.people import OWN_ACCOUNT
from resolvers import second_factors
from resolvers.change import Change
from resolvers.levels import looked_up
from resolvers.own_profile import name_for
from resolvers.passwords import require_password
from resolvers.reading import Reading
from resolvers.request import Request
from resolvers.second_factors import CHALLENGE, Asked, Proof
from resolvers.two_factor import (
    PASSWORD,
    adding,
    drop_last_recovery_codes,
    first_recovery_codes,
    proven,
    require_try,
)

MOST: Final = 10
OWN: Final = (Passkey.licence_id == LICENCE, Passkey.account_id == OWN_ACCOUNT)
LISTED: Final = (
    select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.last_used_at)
    .where(*OWN)
    .order_by(Passkey.created_at, Passkey.id)
)
BY_IDS: Final = LISTED.where(Passkey.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
ADD: Final = (
    insert(Passkey)
    .values(
        licence_id=LICENCE,
        account_id=OWN_ACCOUNT,
        name=bindparam("name"),
        credential_id=bindparam("credential_id"),
        public_key=bindparam("public_key"),
        sign_count=bindparam("sign_count"),
        created_at=bindparam("now"),
    )
    .on_conflict_do_nothing()
    .returning(Passkey.id)
)
REMOVE: Final = (
    delete(Passkey).where(*OWN, Passkey.id == bindparam("passkey", type_=Uuid())).returning(Passkey.id)
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A challenge for a new passkey, with what the authenticator is told, as browsers take it."""

    challenge: Token
    options: str


@dataclass(frozen=True, slots=True)
class Added:
    """A passkey that counts from now on, with recovery codes where it is the first second factor."""

    id: UUID
    recovery_codes: list[str] | None

    def __repr__(self) -> str:
        """Return a text without the recovery codes: they must not reach a log."""
        return f"Added({self.id})"


async def of_viewer(request: Reading) -> Sequence[AnyRow]:
    """Return the viewer's passkeys, the oldest first."""
    return await request.rows(LISTED)


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the passkey of each id, None in the place of what is not the viewer's."""
    return await looked_up(request, BY_IDS, ids)


async def start_enrolment(request: Request, password: str, proof: Proof) -> Begun:
    """Begin with a passkey; it counts only once an authenticator has made it.

    Raise WrongCredentials, TooManyTries, Invalid for one too many, and where there is a second factor already
    Required, WrongCode, Expired, TooLong.
    """
    account = await require_password(request, password, *PASSWORD)
    names = {"username": account.username, "display_name": account.display_name}
    return await adding(request, proof, partial(begin, **names))


async def begin(change: Change, username: str, display_name: str) -> Begun:
    """Hand out a challenge for a new passkey. Raise Invalid."""
    present = await second_factors.of_account(change)
    require_room(present)
    viewer, nonce = change.viewer, passkeys.new_nonce()
    token = Token.new(viewer.licence_id)
    challenges.hand_out(
        change.session, viewer.account_id, challenges.PASSKEY_ENROLMENT, token, change.now, nonce=nonce
    )
    change.record("passkey.started")
    options = passkeys.creation_options(
        RelyingParty.among(change.ports.origins),
        nonce,
        # An authenticator keeps it, and shows it to whoever holds it: it tells nothing of anybody.
        change.ports.ids.hide([viewer.account_id])[0],
        username,
        display_name,
        [it.credential_id for it in present],
    )
    return Begun(token, options)


def require_room(present: Sequence[AnyRow]) -> None:
    """Require that one more passkey is not too many. Raise Invalid."""
    if len(present) >= MOST:
        raise Invalid("An account has at most {most} passkeys.", path=(), most=MOST)


async def confirm_enrolment(request: Request, challenge: str, name: str, credential: str) -> Added:
    """Let a passkey count, now that an authenticator has made it.

    Raise Expired, WrongCode, TooLong, Required, Invalid, AlreadyExists, TooManyTries.
    """
    called = name_for(name, "name")
    await require_try(request)
    async with request.change() as change:
        await second_factors.hold(change)
        found = await second_factors.answered(change, challenge, challenges.PASSKEY_ENROLMENT)
        if found is None:
            raise Expired(path=CHALLENGE)
        made = passkeys.made(RelyingParty.among(change.ports.origins), credential, found.nonce)
        await second_factors.use_up(change, found)
        present = await second_factors.of_account(change)
        require_room(present)
        is_first = not await second_factors.has_any(change)
        key = await change.row(ADD, name=called, now=change.now, **asdict(made))
        if key is None:
            raise AlreadyExists(path=passkeys.PLACE)
        change.record("passkey.added", passkey=str(key.id))
        await change.tell("passkey_added", change.viewer.account_id)
        return Added(key.id, await first_recovery_codes(change) if is_first else None)


async def start_proof(request: Request, password: str) -> Asked:
    """Hand out a challenge that one of the viewer's passkeys signs, to show it in a session.

    It is that of a sign-in, which also asks for the password first. Raise WrongCredentials, TooManyTries, and
    Invalid where there is no passkey.
    """
    await require_password(request, password, *PASSWORD)
    async with request.change() as change:
        if not await second_factors.of_account(change):
            raise Invalid("There is no passkey yet.", path=())
        return await second_factors.ask(change)


async def remove(request: Request, passkey_id: UUID, password: str, proof: Proof) -> None:
    """Take one of the viewer's passkeys away, and the recovery codes with the last second factor.

    Raise WrongCredentials, WrongCode, Expired, TooLong, Required, NotFound, TooManyTries.
    """
    proof.require_one()
    await require_password(request, password, *PASSWORD)
    await proven(request, proof, partial(take_away, passkey_id=passkey_id))


async def take_away(change: Change, passkey_id: UUID) -> None:
    """Take a passkey away. Raise NotFound."""
    if not await change.rows(REMOVE, passkey=passkey_id):
        raise NotFound(path=("input", "passkeyId"))
    await drop_last_recovery_codes(change)
    change.record("passkey.removed", passkey=str(passkey_id))
    await change.tell("passkey_removed", change.viewer.account_id)
