"""Points of those who are not signed in: by the network that they come from, in the memory of one server."""

from datetime import timedelta

import pytest

from core.errors import TooExpensive, TooManyTries
from resolvers import strangers as module
from resolvers.strangers import BUCKET, Strangers, network_of
from tests.conftest import SetClock

ALL = BUCKET.capacity
HERE = "192.0.2.1"


@pytest.fixture
def strangers() -> Strangers:
    return Strangers()


def refused(strangers: Strangers, address: str, points: int, clock: SetClock) -> int | None:
    """Spend points; return how long to wait where there are not so many, None where there are."""
    try:
        strangers.spend(address, points, clock.now())
    except TooManyTries as error:
        return error.retry_after
    return None


def test_an_address_has_so_many_points_and_no_more(strangers: Strangers, clock: SetClock) -> None:
    assert [refused(strangers, HERE, it, clock) for it in (150, 50, 1)] == [None, None, 1]


def test_where_there_are_too_few_none_are_spent(strangers: Strangers, clock: SetClock) -> None:
    strangers.spend(HERE, 150, clock.now())
    assert refused(strangers, HERE, 51, clock) == 1
    assert refused(strangers, HERE, 60, clock) == 5
    assert refused(strangers, HERE, 50, clock) is None


def test_points_come_back_two_a_second(strangers: Strangers, clock: SetClock) -> None:
    strangers.spend(HERE, ALL, clock.now())
    assert refused(strangers, HERE, 7, clock) == 4
    clock.advance(timedelta(seconds=3))
    assert refused(strangers, HERE, 7, clock) == 1
    clock.advance(timedelta(seconds=0.5))
    assert refused(strangers, HERE, 7, clock) is None
    clock.advance(timedelta(days=1))
    assert [refused(strangers, HERE, it, clock) for it in (ALL, 1)] == [None, 1]


def test_more_than_there_can_ever_be_is_too_expensive(strangers: Strangers, clock: SetClock) -> None:
    with pytest.raises(TooExpensive) as caught:
        strangers.spend(HERE, ALL + 1, clock.now())
    assert caught.value.values == {"cost": ALL + 1, "limit": ALL}
    assert refused(strangers, HERE, ALL, clock) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:7::1", "2001:db8:0:7::/64"),
        ("2001:DB8:0:7:ffff:ffff:ffff:ffff", "2001:db8:0:7::/64"),
        ("2001:db8:0:8::1", "2001:db8:0:8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        # What a socket for both kinds of addresses calls an IPv4 address.
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:202", "192.0.2.2"),
        ("", ""),
        ("testclient", "testclient"),
        ("192.0.2.256", "192.0.2.256"),
        ("192.0.2.1, 192.0.2.2", "192.0.2.1, 192.0.2.2"),
    ],
)
def test_an_address_stands_for_a_household(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("one", "other", "is_the_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("garbage", "garbage", True),
        ("garbage", "rubbish", False),
    ],
)
def test_a_household_spends_together(
    strangers: Strangers, clock: SetClock, one: str, other: str, *, is_the_same: bool
) -> None:
    strangers.spend(one, ALL, clock.now())
    assert (refused(strangers, other, 1, clock) == 1) is is_the_same


def test_so_many_are_known_and_who_came_last_is(
    strangers: Strangers, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for address in ("a", "b", "c", "a"):
        strangers.spend(address, ALL // 2, clock.now())
    strangers.spend("d", ALL, clock.now())
    assert [refused(strangers, it, 1, clock) for it in ("a", "d")] == [1, 1]
    assert refused(strangers, "c", ALL // 2 + 1, clock) == 1
    # Whoever is forgotten starts anew.
    assert refused(strangers, "b", ALL, clock) is None
