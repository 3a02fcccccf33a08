"""The second factor of the viewer: enrolled, confirmed, taken away, S056-S058, ASVS 6.5."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from auth import challenges, recovery_codes, totp
from core.errors import Expired, Invalid, WrongCode
from models import RecoveryCode, TotpDevice
from models.tables import LICENCE
from permissions.people import OWN_ACCOUNT
from resolvers import second_factors, throttles
from resolvers.change import Change
from resolvers.passwords import require_password
from resolvers.request import Request
from resolvers.second_factors import Proof
from resolvers.strangers import network_of

PASSWORD: Final = ("input", "password")
CODE: Final = ("input", "code")
LASTS_FOR: Final = timedelta(minutes=10)
OWN_DEVICES: Final = (TotpDevice.licence_id == LICENCE, TotpDevice.account_id == OWN_ACCOUNT)
OWN_CODES: Final = (RecoveryCode.licence_id == LICENCE, RecoveryCode.account_id == OWN_ACCOUNT)
DROP_UNCONFIRMED: Final = delete(TotpDevice).where(*OWN_DEVICES, TotpDevice.confirmed_at.is_(None))
DROP: Final = delete(TotpDevice).where(*OWN_DEVICES)
DROP_CODES: Final = delete(RecoveryCode).where(*OWN_CODES)
PENDING: Final = (
    select(TotpDevice.id, TotpDevice.sealed_secret)
    .where(
        *OWN_DEVICES,
        TotpDevice.id == bindparam("device"),
        TotpDevice.confirmed_at.is_(None),
        TotpDevice.created_at > bindparam("since"),
    )
    .with_for_update()
)
CONFIRM: Final = (
    update(TotpDevice)
    .where(*OWN_DEVICES, TotpDevice.id == bindparam("device"), TotpDevice.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("now"))
)
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs to make codes; shown once."""

    id: UUID
    secret: str
    address: str
    expires_at: datetime

    def __repr__(self) -> str:
        """Return a text without the secret: it must not reach a log."""
        return f"Enrolment({self.id})"


async def start_enrolment(request: Request, password: str, proof: Proof) -> Enrolment:
    """Begin with an authenticator app; it counts only once a code of it was shown.

    Raise WrongCredentials, TooManyTries, Invalid where there is an app already, and where there is another
    second factor Required, WrongCode, Expired, TooLong.
    """
    account = await require_password(request, password, *PASSWORD)
    return await adding(request, proof, partial(begin, username=account.username))


async def begin(change: Change, username: str) -> Enrolment:
    """Add an app that does not count yet, in place of one that never did. Raise Invalid."""
    viewer = change.viewer
    if await change.rows(second_factors.CONFIRMED, account=viewer.account_id):
        raise Invalid("There is an app already. Take it away first.", path=())
    await change.rows(DROP_UNCONFIRMED)
    secret = totp.new_secret()
    sealed = totp.seal(change.ports.keys, secret, viewer.licence_id, viewer.account_id)
    device = change.add(TotpDevice, account_id=viewer.account_id, sealed_secret=sealed, created_at=change.now)
    await change.session.flush()
    change.record("two_factor.started")
    address = totp.address(secret, username, "Kluis")
    return Enrolment(device.id, secret, address, change.now + LASTS_FOR)


async def confirm_enrolment(request: Request, enrolment_id: UUID, code: str) -> list[str] | None:
    """Make the app count, now that it shows the right code.

    Return ten recovery codes where the account had no second factor before. Raise Expired, WrongCode,
    TooManyTries.
    """
    await require_try(request)
    async with request.change() as change:
        await second_factors.hold(change)
        since = change.now - LASTS_FOR
        device = await change.row(PENDING, device=enrolment_id, since=since)
        if device is None:
            raise Expired(path=("input", "enrolmentId"))
        viewer = change.viewer
        secret = totp.open_sealed(
            change.ports.keys, device.sealed_secret, viewer.licence_id, viewer.account_id
        )
        step = totp.time_step(secret, code, change.now)
        if not await second_factors.use_time_step(change, device.id, step):
            raise WrongCode(path=CODE)
        is_first = not await second_factors.has_any(change)
        await change.rows(CONFIRM, device=device.id, now=change.now)
        change.record("two_factor.enabled")
        await change.tell("two_factor_enabled", viewer.account_id)
        return await first_recovery_codes(change) if is_first else None


async def disable(request: Request, password: str, proof: Proof) -> None:
    """Take the app away, and the recovery codes where no passkey is left.

    Raise WrongCredentials, WrongCode, Expired, TooLong, Required, Invalid, TooManyTries.
    """
    proof.require_one()
    await require_password(request, password, *PASSWORD)
    await proven(request, proof, take_away)


async def take_away(change: Change) -> None:
    """Take the app away. Raise Invalid where there is none."""
    account_id = change.viewer.account_id
    if not await change.rows(second_factors.CONFIRMED, account=account_id):
        raise Invalid("There is no app to take away.", path=())
    await change.rows(DROP)
    await drop_last_recovery_codes(change)
    change.record("two_factor.disabled")
    await change.tell("two_factor_disabled", account_id)


async def regenerate_recovery_codes(request: Request, password: str, proof: Proof) -> list[str]:
    """Return ten fresh recovery codes; the old ones are void.

    Raise WrongCredentials, WrongCode, Expired, TooLong, Required, TooManyTries.
    """
    proof.require_one()
    await require_password(request, password, *PASSWORD)
    return await proven(request, proof, make_anew)


async def make_anew(change: Change) -> list[str]:
    """Return ten fresh recovery codes, of which the owner is told."""
    change.record("two_factor.codes_made")
    await change.tell("recovery_codes_made", change.viewer.account_id)
    return await new_recovery_codes(change)


async def adding(request: Request, proof: Proof, add: Callable[[Change], Awaitable[Done]]) -> Done:
    """Return what comes of adding a second factor; whoever has one shows it first.

    A session and a password would else be enough to replace it. Raise Required, WrongCode, Expired, TooLong,
    TooManyTries.
    """
    if proof.given:
        proof.require_one()
        return await proven(request, proof, add)
    async with request.change() as change:
        await second_factors.hold(change)
        if await second_factors.has_any(change):
            proof.require_one()
        return await add(change)


async def proven(request: Request, proof: Proof, do: Callable[[Change], Awaitable[Done]]) -> Done:
    """Return what comes of a change once a second factor was shown in it, which counts as a try.

    Raise WrongCode, Expired, TooLong, TooManyTries.
    """
    await require_try(request)
    async with request.change() as change:
        await second_factors.hold(change)
        challenge = await second_factors.answered(change, proof.challenge, challenges.TWO_FACTOR)
        if await second_factors.use(change, proof, challenge):
            return await do(change)
        change.record("two_factor.refused", network=network_of(request.address))
    raise WrongCode(path=proof.path)


async def require_try(request: Request) -> None:
    """Count a try of the viewer's codes. Raise TooManyTries, Unauthenticated."""
    viewer = request.viewer
    await request.release()
    counted = throttles.codes_of(viewer.account_id)
    await throttles.require_try(request.ports.database, viewer.licence_id, counted, request.now)


async def first_recovery_codes(change: Change) -> list[str]:
    """Return ten recovery codes for an account that has its first second factor now.

    What was begun before that with the password alone is void.
    """
    await change.rows(DROP_UNCONFIRMED)
    await challenges.void(change.session, change.viewer.licence_id, change.viewer.account_id)
    return await new_recovery_codes(change)


async def drop_last_recovery_codes(change: Change) -> None:
    """Take the recovery codes away with the last second factor."""
    if not await second_factors.has_any(change):
        await change.rows(DROP_CODES)


async def new_recovery_codes(change: Change) -> list[str]:
    """Return ten fresh recovery codes of the viewer, of which only digests are kept."""
    await change.rows(DROP_CODES)
    codes = recovery_codes.new_codes()
    for code in codes:
        digest = recovery_codes.digest(change.viewer.account_id, code)
        change.add(RecoveryCode, account_id=change.viewer.account_id, digest=digest)
    return codes
