"""One server of the comparison: a program of its own, on a socket that the bench opened for it."""

import socket
import sys

import uvloop

from auth.buckets import Bucket
from bench.variants import APPS
from resolvers import points
from server import running, settings
from server.house import open_house
from server.settings import Settings

# Nobody runs out of points while he is measured; to take them from the database stays part of the cost.
ENDLESS = Bucket(capacity=1_000_000_000, per_second=1_000_000)


def main(name: str, descriptor: int) -> None:
    """Answer until the bench says stop; letters are left to nobody."""
    points.__dict__["BUCKET"] = ENDLESS
    with socket.socket(fileno=descriptor) as listening:
        uvloop.run(serve(settings.read(), name, listening))


async def serve(given: Settings, name: str, listening: socket.socket) -> None:
    """Answer with the application of this name."""
    assert given.database_url
    async with open_house(given, given.database_url, running.NO_RELAY) as (ports, _):
        served = running.server_of(APPS[name](ports), given.trusted_proxies)
        await served.serve(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
