"""Whether an account has a second factor, and whether it must add one before anything else, ASVS 6.3.3."""

from typing import Final

from sqlalchemy import and_, exists, not_, or_

from models import Account, Licence, Passkey, TotpDevice
from models.tables import LICENCE

# Said of an account in the statement around it.
HAS_SECOND_FACTOR: Final = or_(
    exists().where(
        TotpDevice.licence_id == LICENCE,
        TotpDevice.account_id == Account.id,
        TotpDevice.confirmed_at.is_not(None),
    ),
    exists().where(Passkey.licence_id == LICENCE, Passkey.account_id == Account.id),
)
IS_DEMANDED: Final = and_(
    Account.role == "STAFF", exists().where(Licence.id == LICENCE, Licence.staff_need_two_factor)
)
NEEDS_SECOND_FACTOR: Final = and_(IS_DEMANDED, not_(HAS_SECOND_FACTOR))
