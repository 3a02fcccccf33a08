"""The second factor of the viewer: enrolled, confirmed, taken away, S056-S058, ASVS 6.5."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from auth import recovery_codes, totp
from core.errors import Expired, Invalid, Required, WrongCode
from models import RecoveryCode, TotpDevice
from models.tables import LICENCE
from permissions.people import OWN_ACCOUNT
from resolvers import second_factors, throttles
from resolvers.change import Change
from resolvers.passwords import require_password
from resolvers.request import Request

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


async def start_enrolment(request: Request, password: str) -> Enrolment:
    """Begin with an authenticator app; it counts only once a code of it was shown.

    Raise WrongCredentials, TooManyTries, and Invalid where there is an app already.
    """
    account = await require_password(request, password, *PASSWORD)
    secret = totp.new_secret()
    async with request.change() as change:
        viewer = change.viewer
        if await change.rows(second_factors.CONFIRMED, account=viewer.account_id):
            raise Invalid("There is an app already. Take it away first.", path=())
        await change.rows(DROP_UNCONFIRMED)
        sealed = totp.seal(change.ports.keys, secret, viewer.licence_id, viewer.account_id)
        device = change.add(
            TotpDevice, account_id=viewer.account_id, sealed_secret=sealed, created_at=change.now
        )
        await change.session.flush()
        change.record("two_factor.started")
        address = totp.address(secret, account.username, "Kluis")
        return Enrolment(device.id, secret, address, change.now + LASTS_FOR)


async def confirm_enrolment(request: Request, enrolment_id: UUID, code: str) -> list[str]:
    """Make the app count, now that it shows the right code; return ten fresh recovery codes.

    Raise Expired, WrongCode, TooManyTries.
    """
    await require_try(request)
    async with request.change() as change:
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
        await change.rows(CONFIRM, device=device.id, now=change.now)
        change.record("two_factor.enabled")
        await change.tell("two_factor_enabled", viewer.account_id)
        return await new_recovery_codes(change)


async def disable(request: Request, password: str, code: str | None, recovery_code: str | None) -> None:
    """Take the app and the recovery codes away. Raise WrongCredentials, WrongCode, Required, TooManyTries."""
    await require_both(request, password, code, recovery_code)
    async with request.change() as change:
        await require_code(change, code, recovery_code)
        await change.rows(DROP)
        await change.rows(DROP_CODES)
        change.record("two_factor.disabled")
        await change.tell("two_factor_disabled", change.viewer.account_id)


async def regenerate_recovery_codes(request: Request, password: str, code: str) -> list[str]:
    """Return ten fresh recovery codes; the old ones are void.

    Raise WrongCredentials, WrongCode, Required, TooManyTries.
    """
    await require_both(request, password, code, None)
    async with request.change() as change:
        await require_code(change, code, None)
        change.record("two_factor.codes_made")
        await change.tell("recovery_codes_made", change.viewer.account_id)
        return await new_recovery_codes(change)


async def require_both(request: Request, password: str, code: str | None, recovery_code: str | None) -> None:
    """Require the password once more, and that a code was given to look at; it counts as a try."""
    if bool(code) == bool(recovery_code):
        raise Required("Give either a code or a recovery code.", path=CODE)
    await require_password(request, password, *PASSWORD)
    await require_try(request)


async def require_try(request: Request) -> None:
    """Count a try of the viewer's codes. Raise TooManyTries, Unauthenticated."""
    viewer = request.viewer
    await request.release()
    counted = throttles.codes_of(viewer.account_id)
    await throttles.require_try(request.ports.database, viewer.licence_id, counted, request.now)


async def require_code(change: Change, code: str | None, recovery_code: str | None) -> None:
    """Require a code of the app, or a recovery code, that was not used before. Raise WrongCode."""
    account_id = change.viewer.account_id
    if code and await second_factors.use_code(change, account_id, code):
        return
    if recovery_code and await second_factors.use_recovery_code(
        change, account_id, recovery_code, change.now
    ):
        return
    raise WrongCode(path=CODE if code else ("input", "recoveryCode"))


async def new_recovery_codes(change: Change) -> list[str]:
    """Return ten fresh recovery codes of the viewer, of which only digests are kept."""
    await change.rows(DROP_CODES)
    codes = recovery_codes.new_codes()
    for code in codes:
        digest = recovery_codes.digest(change.viewer.account_id, code)
        change.add(RecoveryCode, account_id=change.viewer.account_id, digest=digest)
    return codes
