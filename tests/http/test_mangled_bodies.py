"""Whatever a body holds, the answer is JSON with a status of its own: bodies that nobody has written."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.api import Api
from tests.http.asking import send
from tests.http.mangled import Mangled, requests

pytestmark = pytest.mark.at_length

CASES = 200


@pytest.fixture(scope="module")
def mangled() -> list[Mangled]:
    """The same requests in every run."""
    drawn: list[Mangled] = []

    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(requests())
    def draw(one: Mangled) -> None:
        drawn.append(one)

    draw()
    return drawn


# Python closes the file of a part that never ends; Starlette forgets it.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
async def test_every_mangled_body_is_answered_in_json_and_none_breaks_the_view(
    api: Api, mangled: list[Mangled]
) -> None:
    statuses = Counter[int]()
    for headers, body in mangled:
        answer = await send(api, headers=headers | await api.headers("anna"), content=body)
        statuses[answer.status_code] += 1
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, (headers, body, answer.text)
        assert answer.json().keys() <= {"data", "errors", "extensions"}
    assert statuses.total() == CASES
    assert min(statuses[it] for it in (200, 400, 415)) >= CASES // 20, statuses
