"""Faults planted in the rule of access on purpose: the audience finds each, in a scene that is short."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.permissions.faults import FAULTS, Fault
from tests.permissions.planting import planting
from tests.permissions.scenes import SCENES, perform
from tests.permissions.theatre import Theatre, opened_theatre

pytestmark = pytest.mark.at_length


@pytest.fixture
def theatre(database_url: str, tmp_path: Path) -> Generator[Theatre]:
    with opened_theatre(database_url, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("scene", SCENES)
def test_without_a_fault_everybody_sees_what_the_rule_says(theatre: Theatre, scene: str) -> None:
    theatre.wait(perform(theatre.audience(), scene))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.name)
def test_a_planted_fault_is_found(theatre: Theatre, fault: Fault) -> None:
    audience = theatre.audience()
    with planting(theatre) as planted:
        fault.plant(planted)
        with pytest.raises(AssertionError):
            theatre.wait(perform(audience, fault.scene))
    assert bool(planted.changed) is fault.rewrites
