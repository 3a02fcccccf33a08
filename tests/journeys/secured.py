"""Accounts with all that people have for themselves: a second session, a passkey, an app, recovery codes."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from pyotp.totp import TOTP
from sqlalchemy import select

from auth import recovery_codes, sessions, totp
from core.tokens import Token
from models import Account, Passkey, RecoveryCode, Session, TotpDevice, Upload
from resolvers import throttles
from resolvers.file_rows import Place
from resolvers.throttles import Bucket
from storage.files import Stored
from tests.api import Api
from tests.conftest import START
from tests.world import PASSWORD

SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE: Final = TOTP(SECRET).at(START)
# Each proves one change, whose name it is.
PROVEN: Final = (
    "disableTwoFactor",
    "regenerateRecoveryCodes",
    "removePasskey",
    "startPasskeyEnrolment",
    "startTwoFactorEnrolment",
)
ENDLESS: Final = Bucket(capacity=10**6, per_second=1)
LIMITED: Final = ("CODES", "CODES_A_DAY", "PASSWORDS")
Things = dict[str, UUID]


def proof(mutation: str) -> dict[str, Any]:
    """Return what a change asks of somebody who has a second factor."""
    return {"password": PASSWORD, "recoveryCode": mutation}


@contextmanager
def without_limits() -> Generator[None]:
    """Let everybody show as many codes and passwords as they like."""
    with pytest.MonkeyPatch.context() as patch:
        for name in LIMITED:
            patch.setattr(throttles, name, ENDLESS)
        yield


async def secure(api: Api, account: Account) -> Things:
    """Add all that somebody has for himself; return the ids, among them that of a session beside his own."""
    now, of = api.ports.clock.now(), {"licence_id": account.licence_id, "account_id": account.id}
    sealed = totp.seal(api.ports.keys, SECRET, account.licence_id, account.id)
    device = TotpDevice(**of, sealed_secret=sealed, created_at=now)
    keys = [passkey(of | {"created_at": now}, name) for name in ("Phone", "Laptop")]
    codes = [RecoveryCode(**of, digest=recovery_codes.digest(account.id, it)) for it in PROVEN]
    upload = sent_file(api, account)
    token = Token.new(account.licence_id)
    async with api.ports.database.change(account.licence_id) as change:
        change.add_all([device, *keys, *codes, upload])
        sessions.open_session(change, account.id, token, now, "a second browser")
        await change.flush()
        of_token = select(Session.id).where(Session.digest == token.digest)
        return {
            "Passkey": keys[0].id,
            "Session": (await change.scalars(of_token)).one(),
            "TotpDevice": device.id,
            "Upload": upload.id,
        }


def sent_file(api: Api, account: Account) -> Upload:
    """Return an upload of somebody's, whose bytes nobody will read."""
    key, now = uuid4(), api.ports.clock.now()
    place = Place.of_upload(account.licence_id, key)
    file = Stored(f"of {account.username}", b"a secret", 7, bytes(32))
    return Upload(
        licence_id=account.licence_id,
        id=key,
        account_id=account.id,
        file_name=f"{account.username}.txt",
        media_type="text/plain",
        scan_state="NOT_SCANNED",
        created_at=now,
        expires_at=now + timedelta(days=1),
        **place.columns(api.ports.keys, file),
    )


def passkey(values: dict[str, Any], name: str) -> Passkey:
    """Return a passkey with which nobody will sign."""
    credential = values["account_id"].bytes + name.encode()
    return Passkey(**values, name=name, credential_id=credential, public_key=b"", sign_count=0)
