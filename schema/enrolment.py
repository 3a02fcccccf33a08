"""What an authenticator app is shown when it is enrolled."""

from datetime import datetime
from typing import Any, Final

import segno
import strawberry
from strawberry.scalars import ID

from execution import derived
from schema.ids import identity
from schema.scalars import URL

# Modules of the code, in points of the picture.
SCALE: Final = 4


def qr_code(enrolment: Any) -> str:
    """Return the address that an app reads, as a picture."""
    # On a ground of its own: readers need dark on light, and a page may be dark.
    return segno.make(enrolment.address, error="m").svg_data_uri(scale=SCALE, light="#fff")


@strawberry.type(description="What an authenticator app needs; shown once.")
class TwoFactorEnrolment:
    id: ID = identity("TotpDevice")
    secret: str = strawberry.field(description="For typing it in: base 32.")
    otpauth_uri: str = derived(lambda it: it.address, description="What the QR code spells.")
    qr_code: URL = derived(qr_code, description="An SVG image as a data URL.")
    expires_at: datetime = strawberry.field(description="Until when a first code can confirm it.")
