"""A server in a process of its own, that can be killed."""

import socket
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvloop

import schema
from auth.buckets import Bucket
from resolvers import points
from resolvers.database import Database
from server.app import create_app
from server.running import server_of
from storage.store import Store
from tests.conftest import SetClock, ports_over
from tests.databases import PATIENT
from tests.server.processes import PROCESSES

schema.build()
ENDLESS = Bucket(capacity=1_000_000_000, per_second=1_000_000)


def begin(database_url: str, folder: Path, listening: socket.socket) -> BaseProcess:
    """Start a server on a socket that somebody else holds open; it answers until it is killed."""
    process = PROCESSES.Process(target=work, args=(database_url, folder, listening), daemon=True)
    process.start()
    return process


def work(database_url: str, folder: Path, listening: socket.socket) -> None:
    """Answer for ever, at the moment at which all tests begin."""
    points.__dict__["BUCKET"] = ENDLESS
    uvloop.run(answer(database_url, folder, listening))


async def answer(database_url: str, folder: Path, listening: socket.socket) -> None:
    database, store = Database(database_url, PATIENT), Store.open(folder / "files")
    ports = ports_over(database, store, SetClock(), keys_in=folder)
    await server_of(create_app(ports)).serve(sockets=[listening])


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), socket.socket(fileno=int(sys.argv[3])))
