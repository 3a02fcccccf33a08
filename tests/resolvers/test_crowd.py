"""The crowd: so many of each are inside at once, and whoever has left is forgotten."""

from contextlib import ExitStack

import pytest

from core.errors import Busy
from resolvers.crowd import Crowd


@pytest.fixture
def crowd() -> Crowd:
    return Crowd(most=2)


def test_so_many_are_let_in_and_no_more(crowd: Crowd) -> None:
    with crowd.enter("bert"), crowd.enter("bert"):
        with pytest.raises(Busy) as caught, crowd.enter("bert"):
            pytest.fail("a third one is inside")
        assert caught.value.retry_after == 1


def test_each_is_counted_by_himself(crowd: Crowd) -> None:
    with crowd.enter("bert"), crowd.enter("bert"), crowd.enter("carla"), crowd.enter(None):
        pass


def test_whoever_leaves_makes_room(crowd: Crowd) -> None:
    with crowd.enter("bert"):
        for _ in range(5):
            with crowd.enter("bert"):
                pass


def test_whoever_falls_makes_room_too(crowd: Crowd) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), crowd.enter("bert"):
            _ = 1 / 0


def test_whoever_is_turned_away_takes_no_room(crowd: Crowd) -> None:
    with crowd.enter("bert"):
        with crowd.enter("bert"):
            for _ in range(5):
                with pytest.raises(Busy), crowd.enter("bert"):
                    pytest.fail("a third one is inside")
        with crowd.enter("bert"):
            pass


def test_they_may_leave_in_any_order(crowd: Crowd) -> None:
    first, second = ExitStack(), ExitStack()
    first.enter_context(crowd.enter("bert"))
    second.enter_context(crowd.enter("bert"))
    first.close()
    with crowd.enter("bert"), pytest.raises(Busy), crowd.enter("bert"):
        pytest.fail("a third one is inside")
    second.close()


def test_nobody_is_remembered_who_is_not_inside(crowd: Crowd) -> None:
    with crowd.enter("bert"), crowd.enter("bert"), crowd.enter("carla"):
        assert crowd.inside == {"bert": 2, "carla": 1}
        with pytest.raises(Busy), crowd.enter("bert"):
            pytest.fail("a third one is inside")
        assert crowd.inside == {"bert": 2, "carla": 1}
    assert crowd.inside == {}
