"""Second factors of an account: which ones it has, and whether what is shown of one is right, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, and_, bindparam, or_, select, update

from auth import challenges, passkeys, recovery_codes, totp
from auth.passkeys import RelyingParty
from auth.second_factors import HAS_SECOND_FACTOR
from core.errors import Expired, Required
from core.tokens import Token
from models import Account, Passkey, RecoveryCode, TotpDevice
from models.tables import LICENCE, AnyRow
from resolvers.change import Change
from resolvers.fetching import reads

CHALLENGE: Final = ("input", "challenge")
OWN: Final = bindparam("account", type_=Uuid())
OWN_ROW: Final = (Account.licence_id == LICENCE, Account.id == OWN)
HAS_ANY: Final = select(Account.id).where(*OWN_ROW, HAS_SECOND_FACTOR)
# It keeps nobody from opening a session, which refers to the account.
HELD: Final = select(Account.id).where(*OWN_ROW).with_for_update(key_share=True)
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
        RecoveryCode.digest == bindparam("shown"),
        RecoveryCode.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
    .returning(RecoveryCode.id)
)
PASSKEYS: Final = (
    select(Passkey.id, Passkey.credential_id, Passkey.public_key)
    .where(Passkey.licence_id == LICENCE, Passkey.account_id == OWN)
    .order_by(Passkey.id)
)
SIGNED_BY: Final = PASSKEYS.where(Passkey.credential_id == bindparam("credential"))
SIGN_COUNT: Final = bindparam("count", type_=BigInteger())
# It rises with each signature, but for those that never count (WebAuthn, section 6.1.1).
COUNT_UP: Final = (
    update(Passkey)
    .where(
        Passkey.licence_id == LICENCE,
        Passkey.id == bindparam("passkey"),
        or_(Passkey.sign_count < SIGN_COUNT, and_(Passkey.sign_count == 0, SIGN_COUNT == 0)),
    )
    .values(sign_count=SIGN_COUNT, last_used_at=bindparam("now"))
    .returning(Passkey.id)
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows of a second factor; what a passkey signed answers a challenge."""

    code: str | None = None
    recovery_code: str | None = None
    credential: str | None = None
    challenge: str | None = None

    @property
    def given(self) -> list[str]:
        """Return where in the input something is shown."""
        shown = {"code": self.code, "recoveryCode": self.recovery_code, "credential": self.credential}
        return [name for name, it in shown.items() if it]

    @property
    def path(self) -> tuple[str, str]:
        """Return where in the input the one thing is that is shown."""
        return ("input", self.given[0])

    def require_one(self) -> None:
        """Require that one thing is shown. Raise Required."""
        if len(self.given) != 1:
            raise Required(
                "Give one of these: a code, a recovery code, or what a passkey signed.",
                path=("input", "code"),
            )


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge for a second factor, with what the account's passkeys are to sign, where it has some."""

    challenge: Token
    passkey_options: str | None


async def hold(change: Change) -> None:
    """Let nobody else show or change a second factor of the account before this change ends.

    Whoever locks more than one row of an account begins here, so that no two wait for each other.
    """
    await change.rows(HELD, account=change.viewer.account_id)


async def has_any(change: Change) -> bool:
    """Return whether the account has a second factor, as this change has left it."""
    return bool(await change.rows(HAS_ANY, account=change.viewer.account_id))


async def of_account(change: Change) -> Sequence[AnyRow]:
    """Return the account's passkeys, the oldest first."""
    return await change.rows(PASSKEYS, account=change.viewer.account_id)


async def ask(change: Change) -> Asked:
    """Hand out a challenge for a second factor of an account that has given its password."""
    token = Token.new(change.viewer.licence_id)
    present = [it.credential_id for it in await of_account(change)]
    nonce = passkeys.new_nonce() if present else None
    account_id = change.viewer.account_id
    challenges.hand_out(change.session, account_id, challenges.TWO_FACTOR, token, change.now, nonce=nonce)
    party = RelyingParty.among(change.ports.origins)
    return Asked(token, passkeys.request_options(party, nonce, present) if nonce else None)


async def answered(change: Change, challenge: str | None, step: str) -> AnyRow | None:
    """Return the challenge of the viewer's own that something answers, None when it does not stand."""
    token = Token.parse(challenge or "")
    if token is None:
        return None
    rows = reads(await change.session.connection())
    found = await challenges.standing(rows, token, [step], change.now)
    return found if found and found.account_id == change.viewer.account_id else None


async def use(change: Change, proof: Proof, challenge: AnyRow | None) -> bool:
    """Return whether what is shown is right; it is used up then, and the challenge that it answers too.

    Keep the change in either case: that a passkey seems to be a copy stands in it. Raise Expired, WrongCode,
    TooLong.
    """
    account_id = change.viewer.account_id
    if proof.credential:
        return await use_passkey(change, proof.credential, challenge)
    if proof.code:
        is_right = await use_code(change, account_id, proof.code)
    else:
        is_right = await use_recovery_code(change, account_id, proof.recovery_code or "", change.now)
    if is_right and challenge:
        await use_up(change, challenge)
    return is_right


async def use_up(change: Change, challenge: AnyRow) -> None:
    """Use a challenge up. Raise Expired when somebody else did so first."""
    if not await challenges.use(change.session, change.viewer.licence_id, challenge.id):
        raise Expired(path=CHALLENGE)


async def use_passkey(change: Change, credential: str, challenge: AnyRow | None) -> bool:
    """Return whether a passkey of the account signed the challenge, and is no copy as far as it counts.

    Raise Expired, WrongCode, TooLong.
    """
    if challenge is None:
        raise Expired(path=CHALLENGE)
    assertion = passkeys.read_assertion(credential)
    key = await change.row(SIGNED_BY, account=change.viewer.account_id, credential=assertion.raw_id)
    if key is None or challenge.nonce is None:
        return False
    party = RelyingParty.among(change.ports.origins)
    count = passkeys.sign_count_of(party, assertion, challenge.nonce, key.public_key)
    # Before the count: who comes second with the same answer is late, and no copy.
    await use_up(change, challenge)
    if await change.rows(COUNT_UP, passkey=key.id, count=count, now=change.now):
        return True
    change.record("passkey.cloned", passkey=str(key.id), sign_count=count)
    return False


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
    return bool(await change.rows(USE_RECOVERY_CODE, account=account_id, shown=digest, now=now))
