"""A password of one's own: taken as it was sent, to the last byte, for as long as its owner keeps it."""

from datetime import timedelta
from typing import Final
from unicodedata import normalize

import pytest

from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.burglars import lift_limits
from tests.journeys.invited import outcome
from tests.journeys.passkeys import Journey
from tests.journeys.steps import NEW, chooses, hand_first_password, signs_in

# Hard to guess from the first letters on.
BEGINNING: Final = "zeilboot kever mist "
LONGEST: Final = BEGINNING + "x" * (1024 - len(BEGINNING))


@pytest.fixture
def journey(api: Api, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Journey:
    lift_limits(api, monkeypatch)
    return Journey(api, clock)


@pytest.mark.parametrize(
    ("password", "others"),
    [
        pytest.param(
            "  zeilboot kever  ", ["zeilboot kever", "  zeilboot kever ", " zeilboot kever  "], id="blanks"
        ),
        pytest.param("zeilboot\tkever mist", ["zeilboot kever mist"], id="a tab"),
        pytest.param(
            "kever \N{CROISSANT}\N{CACTUS} mist zeil", ["kever \N{CACTUS}\N{CROISSANT} mist zeil"], id="emoji"
        ),
        pytest.param(
            normalize("NFC", "één zeilboot kever"), [normalize("NFD", "één zeilboot kever")], id="one point"
        ),
        pytest.param(
            normalize("NFD", "één zeilboot kever"), [normalize("NFC", "één zeilboot kever")], id="two points"
        ),
        pytest.param("Zeilboot Kever Mist", ["zeilboot kever mist", "ZEILBOOT KEVER MIST"], id="case"),
        pytest.param(f"{BEGINNING:x<72}a", [f"{BEGINNING:x<72}", f"{BEGINNING:x<72}b"], id="past 72 bytes"),
        pytest.param("qzvxjwkpfymh" * 5 + "qzvx", ["qzvxjwkpfymh" * 5], id="64 letters"),
        pytest.param(LONGEST, [f"{LONGEST[:-1]}y", f"{LONGEST}x", LONGEST[:-1]], id="1024 bytes"),
    ],
)
async def test_a_password_is_right_to_the_last_byte(
    journey: Journey, password: str, others: list[str]
) -> None:
    await hand_first_password(journey)
    asked = await signs_in(journey)
    assert outcome(await chooses(journey, asked["challenge"], password)) == "SIGNED_IN"
    for other in others:
        assert outcome(await signs_in(journey, password=other)) == "WRONG_CREDENTIALS"
    assert outcome(await signs_in(journey, password=password)) == "SIGNED_IN"


async def test_a_password_of_ones_own_does_not_end(journey: Journey, clock: SetClock) -> None:
    await hand_first_password(journey)
    asked = await signs_in(journey)
    assert outcome(await chooses(journey, asked["challenge"])) == "SIGNED_IN"
    clock.advance(timedelta(days=400))
    journey.api.tokens.clear()
    assert outcome(await signs_in(journey, password=NEW)) == "SIGNED_IN"
