"""Codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 s), each of which works once."""

from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP

from auth.keys import Keys

# One step of 30 s before and after the current one (ASVS 6.5.5).
DRIFT: Final = 1


def new_secret() -> str:
    """Return a fresh secret of 160 bits, as apps take it: 32 letters of base 32 (RFC 4226, section 4)."""
    return pyotp.random_base32()


def time_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code is of, None for a code of none near `now`."""
    digits = "".join(code.split())
    try:
        return TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def address(secret: str, username: str, issuer: str) -> str:
    """Return the `otpauth:` address that an app reads from a QR code."""
    return TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def seal(keys: Keys, secret: str, licence_id: UUID, account_id: UUID) -> bytes:
    """Return a secret as it is kept; it opens for its account alone (ASVS 13.3.1)."""
    return keys.seal(secret.encode(), bound_to=bound_to(licence_id, account_id))


def open_sealed(keys: Keys, sealed: bytes, licence_id: UUID, account_id: UUID) -> str:
    """Return the secret that was sealed. Raise tink.TinkError for one of another account."""
    return keys.open(sealed, bound_to=bound_to(licence_id, account_id)).decode()


def bound_to(licence_id: UUID, account_id: UUID) -> bytes:
    """Return what a sealed secret is bound to."""
    return b"totp" + licence_id.bytes + account_id.bytes
