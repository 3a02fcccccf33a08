"""The steps of a sign-in as a journey takes them, one right after the other."""

from datetime import timedelta
from typing import Any, Final

from models import Account
from tests.journeys.passkeys import COMPLETE, ERRORS, SIGN_IN, Journey
from tests.journeys.rows import set_values
from tests.world import PASSWORD

NEW: Final = "zeilboot kever mist"
FIVE_DAYS: Final = timedelta(days=5)
CHANGE: Final = f"""mutation ($input: CompletePasswordChangeInput!) {{
  it: completePasswordChange(input: $input) {{
    step token challenge viewer {{ email mustChangePassword }} {ERRORS} }} }}"""


async def shows(journey: Journey, asked: dict[str, Any], **proof: str) -> dict[str, Any]:
    """Take the second step at once, from a browser in which Carla has a session, and points of her own."""
    return await journey.does("carla", COMPLETE, challenge=asked["challenge"], **proof)


async def signs_in(journey: Journey, who: str = "bert", **said: str) -> dict[str, Any]:
    """Take the first step from there."""
    username = journey.api.world.accounts[who].username
    return await journey.does(
        "carla", SIGN_IN, **{"username": username, "password": PASSWORD, "licence": "de-linde"} | said
    )


async def chooses(
    journey: Journey, challenge: str, new: str = NEW, again: str | None = None
) -> dict[str, Any]:
    """Choose a password of one's own."""
    said = {"newPassword": new, "newPasswordConfirmation": new if again is None else again}
    return await journey.does("carla", CHANGE, challenge=challenge, **said)


async def hand_first_password(journey: Journey, who: str = "bert") -> None:
    """Let the password of the cast be a first one, that stands for five days."""
    until = journey.clock.now() + FIVE_DAYS
    key = journey.api.world.accounts[who].id
    await set_values(journey.api, Account, key, initial_password_expires_at=until)
