"""Second factors of an account: which ones it has, and whether what is shown of one is right, once."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, or_, select, update

from auth import recovery_codes, totp
from models import Account, Passkey, RecoveryCode, TotpDevice
from models.tables import LICENCE
from resolvers.change import Change

OWN: Final = bindparam("account", type_=Uuid())
# Said of an account in the statement around it.
HAS_SECOND_FACTOR: Final = or_(
    exists().where(
        TotpDevice.licence_id == LICENCE,
        TotpDevice.account_id == Account.id,
        TotpDevice.confirmed_at.is_not(None),
    ),
    exists().where(Passkey.licence_id == LICENCE, Passkey.account_id == Account.id),
)
CONFIRMED: Final = select(TotpDevice.id, TotpDevice.sealed_secret).where(
    TotpDevice.licence_id == LICENCE, TotpDevice.account_id == OWN, TotpDevice.confirmed_at.is_not(None)
)
# Of any number who show the same code at once, one is first (RFC 6238, section 5.2).
USE_STEP: Final = (
    update(TotpDevice)
    .where(
        TotpDevice.licence_id == LICENCE,
        TotpDevice.id == bindparam("device"),
        TotpDevice.last_time_step < bindparam("step"),
    )
    .values(last_time_step=bindparam("step"))
    .returning(TotpDevice.id)
)
USE_RECOVERY_CODE: Final = (
    update(RecoveryCode)
    .where(
        RecoveryCode.licence_id == LICENCE,
        RecoveryCode.account_id == OWN,
        RecoveryCode.digest == bindparam("digest"),
        RecoveryCode.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
    .returning(RecoveryCode.id)
)


async def use_code(change: Change, account_id: UUID, code: str) -> bool:
    """Return whether a code of the account's app is right, and nobody used it before."""
    device = await change.row(CONFIRMED, account=account_id)
    if device is None:
        return False
    secret = totp.open_sealed(change.ports.keys, device.sealed_secret, change.viewer.licence_id, account_id)
    return await use_time_step(change, device.id, totp.time_step(secret, code, change.now))


async def use_time_step(change: Change, device_id: UUID, step: int | None) -> bool:
    """Return whether there is a time step, and it is a later one than all that were used."""
    return step is not None and bool(await change.rows(USE_STEP, device=device_id, step=step))


async def use_recovery_code(change: Change, account_id: UUID, code: str, now: datetime) -> bool:
    """Return whether a recovery code of the account is right, and nobody used it before."""
    digest = recovery_codes.digest(account_id, code)
    return bool(await change.rows(USE_RECOVERY_CODE, account=account_id, digest=digest, now=now))
