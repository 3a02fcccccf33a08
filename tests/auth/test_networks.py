"""Networks that a key may be used from: kept in one spelling, and asked for addresses of both kinds."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.networks import is_within, kept

SPELLINGS = {
    "192.0.2.1": "192.0.2.1",
    "192.0.2.1/32": "192.0.2.1/32",
    "192.0.2.0/24": "192.0.2.0/24",
    "0.0.0.0/0": "0.0.0.0/0",
    "2001:DB8:0::1": "2001:db8::1",
    "2001:db8::/32": "2001:db8::/32",
    "::/0": "::/0",
    # Addresses of IPv4, as a socket for both kinds writes them.
    "::ffff:192.0.2.1": "192.0.2.1",
    "::ffff:c000:201": "192.0.2.1",
    "::ffff:192.0.2.0/120": "192.0.2.0/24",
    "::ffff:0:0/96": "0.0.0.0/0",
    # One that is wider is of IPv6.
    "::fffe:0:0/95": "::fffe:0:0/95",
}
NO_NETWORKS = [
    "",
    "/",
    "192.0.2.1/",
    "192.0.2.1/24",
    "192.0.2.0/33",
    "192.0.2.0/-1",
    "192.0.2.0/255.255.255.0",
    "192.0.2.0/0.0.0.255",
    "192.0.2",
    "192.0.2.256",
    "010.0.0.1",
    "3221225985",
    "192.0.2.1-192.0.2.9",
    "2001:db8::1/32",
    "2001:db8::/129",
    "fe80::1%eth0",
    "fe80::%1/64",
    "١٩٢.0.2.1",
    "192.0.2.0/٢٤",
    "localhost",
    "*",
    "192.0.2.1\n",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_an_address_or_a_network_is_kept_in_one_spelling(text: str) -> None:
    assert kept(text) == SPELLINGS[text]
    assert kept(kept(text)) == kept(text)


@pytest.mark.parametrize("text", NO_NETWORKS)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        kept(text)


@pytest.mark.parametrize(
    ("address", "networks", "is_in"),
    [
        ("192.0.2.1", ["192.0.2.1"], True),
        ("192.0.2.2", ["192.0.2.1"], False),
        ("192.0.2.255", ["192.0.2.0/24"], True),
        ("192.0.3.0", ["192.0.2.0/24"], False),
        ("192.0.3.0", ["192.0.2.0/24", "192.0.3.0/24"], True),
        ("::ffff:192.0.2.1", ["192.0.2.0/24"], True),
        ("::ffff:c000:201", ["192.0.2.1"], True),
        ("::ffff:192.0.3.1", ["192.0.2.0/24"], False),
        ("::ffff:192.0.2.1", ["::/0"], False),
        ("192.0.2.1", ["::/0"], False),
        ("::192.0.2.1", ["192.0.2.1"], False),
        ("2001:db8::1", ["2001:db8::/32"], True),
        ("2001:DB8:0:0:0:0:0:1", ["2001:db8::1"], True),
        ("2001:db9::1", ["2001:db8::/32"], False),
        ("2001:db8::1", ["0.0.0.0/0"], False),
        ("fe80::1%eth0", ["fe80::/64"], True),
        ("192.0.2.1", [], False),
        ("", ["0.0.0.0/0", "::/0"], False),
        ("testclient", ["0.0.0.0/0", "::/0"], False),
    ],
)
def test_an_address_is_in_a_network_or_not(address: str, networks: list[str], *, is_in: bool) -> None:
    assert is_within(address, networks) is is_in


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_both_spellings_of_an_ipv4_address_are_in_the_same_networks(address: object, length: int) -> None:
    network = str(ip_network((str(address), length), strict=False))
    mapped = f"::ffff:{address}"
    assert is_within(str(address), [network])
    assert is_within(mapped, [network])
    assert is_within(str(ip_address(mapped)), [kept(f"{mapped}/128")])
