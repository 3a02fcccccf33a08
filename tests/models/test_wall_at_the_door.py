"""The second wall where people sign in: with the filters off, nothing of another firm comes in the way."""

from pathlib import Path
from typing import Any, Final, cast

from models import Account
from tests import databases
from tests.conftest import SetClock
from tests.journeys.passkeys import SIGN_IN, Journey
from tests.journeys.secured import proof
from tests.journeys.steps import CHANGE, FIVE_DAYS, NEW
from tests.journeys.two_firms import TwoFirms, two_firms
from tests.models.rewriting import rewriting
from tests.models.test_wall_alone import without_licence
from tests.world import PASSWORD

THEIRS: Final = "het-ander"


async def test_with_the_filters_off_people_of_another_firm_sign_in_and_change_nothing_of_ours(
    tmp_path: Path,
) -> None:
    async with databases.fresh() as url, two_firms(url, tmp_path / "files") as firms:
        before = await firms.rows()
        with rewriting(firms.api.ports.database, without_licence) as changed:
            assert await steps_of_eva(journey_in(firms)) == ["TWO_FACTOR_REQUIRED", "SIGNED_IN"]
            assert await steps_of_gaston(firms) == [
                "TWO_FACTOR_REQUIRED",
                "PASSWORD_CHANGE_REQUIRED",
                "SIGNED_IN",
            ]
        after = await firms.rows()
    ours, theirs = firms.ours["Licence"], firms.theirs["Licence"]
    assert after[ours] == before[ours]
    assert after[theirs] != before[theirs]
    assert len(changed) > 20


def journey_in(firms: TwoFirms) -> Journey:
    return Journey(firms.api, cast("SetClock", firms.api.ports.clock))


async def steps_of_eva(journey: Journey) -> list[str]:
    """Let Eva add a passkey, and sign in with it from a browser of nobody's."""
    authenticator = journey.authenticator()
    await journey.adds("eva", authenticator, recoveryCode=proof("startPasskeyEnrolment")["recoveryCode"])
    asked = await first_step(journey, "eva")
    return [asked["step"], (await journey.completes(asked, authenticator))["step"]]


async def steps_of_gaston(firms: TwoFirms) -> list[str]:
    """Let Gaston, who has a first password, sign in with a recovery code and choose one of his own."""
    journey = journey_in(firms)
    gaston = firms.api.world.accounts["gaston"]
    async with firms.api.ports.database.change(gaston.licence_id) as change:
        account = await change.get_one(Account, (gaston.licence_id, gaston.id))
        account.initial_password_expires_at = journey.clock.now() + FIVE_DAYS
    asked = await first_step(journey, "gaston")
    shown = await journey.shows(asked, recoveryCode=proof("removePasskey")["recoveryCode"])
    said = {"challenge": shown["challenge"], "newPassword": NEW, "newPasswordConfirmation": NEW}
    chosen = await journey.does("nobody", CHANGE, **said)
    return [asked["step"], shown["step"], chosen["step"]]


async def first_step(journey: Journey, who: str) -> dict[str, Any]:
    username = journey.api.world.accounts[who].username
    return await journey.does("nobody", SIGN_IN, username=username, password=PASSWORD, licence=THEIRS)
