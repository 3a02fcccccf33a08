"""Networks that an API key may be used from: how they are kept, and whether an address is in one of them."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

# A socket for both kinds writes IPv4 addresses as IPv6 ones (RFC 4291, section 2.5.5.2).
MAPPED: Final = IPv6Network("::ffff:0:0/96")


def kept(text: str) -> str:
    """Return an address or a network as it is kept: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`.

    Raise ValueError for anything else, a network that names one of its hosts included.
    """
    length = text.partition("/")[2]
    # A mask can be read in two ways, and a zone means something on one machine alone.
    if "%" in text or "." in length:
        raise ValueError("this is neither an address nor a network")
    network = as_ipv4(ip_network(text))
    return str(network if length else network.network_address)


def as_ipv4(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """Return a network of IPv4 addresses that are written as IPv6 ones as what it is."""
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        address = network.network_address.packed[-4:]
        return IPv4Network((address, network.prefixlen - MAPPED.prefixlen))
    return network


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Return whether an address, as the socket tells it, is in one of these networks."""
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    if isinstance(asking, IPv6Address):
        asking = asking.ipv4_mapped or asking
    return any(asking in ip_network(it) for it in networks)
