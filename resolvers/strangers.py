"""What operations may cost those who are not signed in: a bucket of points for each address.

It is in the memory of one server: whoever is nobody must not be able to make the database write.
"""

from collections import OrderedDict
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from auth.buckets import Bucket
from core.errors import TooExpensive, TooManyTries

BUCKET: Final = Bucket(capacity=200, per_second=2)
MOST_KEPT: Final = 10_000
# Who has one IPv6 address has all of its network (RFC 6177).
OWN_PREFIX: Final = 64


class Strangers:
    """Spends the points of addresses; knows those that came last."""

    def __init__(self) -> None:
        self._full_at: OrderedDict[str, datetime] = OrderedDict()

    def spend(self, address: str, points: int, now: datetime) -> None:
        """Spend points of an address. Raise TooManyTries; TooExpensive for more than there can ever be."""
        if points > BUCKET.capacity:
            raise TooExpensive(cost=points, limit=BUCKET.capacity)
        key = network_of(address)
        full_at = self._full_at.get(key)
        if points > BUCKET.left(full_at, now):
            raise TooManyTries(retry_after=BUCKET.wait(points, full_at, now))
        self._full_at[key] = max(full_at or now, now) + BUCKET.takes(points)
        self._full_at.move_to_end(key)
        if len(self._full_at) > MOST_KEPT:
            self._full_at.popitem(last=False)


def network_of(address: str) -> str:
    """Return what one household or office has in common: its IPv4 address, or its IPv6 network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        # A socket for both kinds writes IPv4 addresses as IPv6 ones (RFC 4291, section 2.5.5.2).
        return str(parsed.ipv4_mapped or ip_network((parsed, OWN_PREFIX), strict=False))
    return address
