"""`python -m bench.live`: five hundred who listen to one server, and a thousand changes a second."""

import asyncio
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench import machine, report, world
from bench.ratios import ratio_of
from bench.report import Sheet
from bench.servers import Server, started
from bench.targets import verdict
from bench.variants import KLUIS
from models.feed import ChangeKind
from resolvers.entering import acting, steward
from resolvers.feed import number
from resolvers.ports import Ports
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings
from server.transport_ws import PROTOCOL

BEGIN: Final = "<!-- written by python -m bench.live -->"
# One document in ten is not shared; their households are 1,001, so that these are of everybody's.
DOCUMENTS: Final = 40_040
# Of a second: how often changes are entered, which then are numbered together.
BURST: Final = 0.05
EVENTS: Final = """subscription { documentEvents { __typename
  ... on DocumentChanged { document { id description updatedAt } } } }"""
READ_BY: Final = """
    SELECT a.id AS account, array_agg(g.document_id) AS documents
    FROM account a JOIN document_grant g ON g.licence_id = a.licence_id AND g.principal_id = a.id
    WHERE a.role = 'CLIENT' AND g.rights & 1 <> 0 GROUP BY a.id ORDER BY a.id
"""
# In seconds: whoever was told nothing for so long is told nothing more.
QUIET: Final = 3.0
SLOWEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Load:
    """How many changes a second, and how many in a hundred of them concern somebody who listens."""

    a_second: int
    heard_percent: int


LOADS: Final = (Load(1_000, 0), Load(1_000, 5), Load(1_000, 10), Load(1_000, 25), Load(100, 100))


@dataclass(slots=True)
class Audience:
    """Who listens, and what of: each is told of documents of his own."""

    sockets: list[ClientConnection]
    own: list[UUID]
    others: list[UUID]
    written: dict[UUID, str]
    """The ids of documents as they are told."""
    sent_at: dict[str, float] = field(default_factory=dict[str, float])
    waits: list[float] = field(default_factory=list[float])
    ended: int = 0
    heard_at: float = 0.0

    async def listen(self, socket: ClientConnection) -> None:
        """Note how long each event was on its way."""
        async for text in socket:
            said = orjson.loads(text)
            if said["type"] != "next":
                self.ended += said["type"] == "error"
                continue
            self.heard_at = time.perf_counter()
            id_ = said["payload"]["data"]["documentEvents"]["document"]["id"]
            self.waits.append(self.heard_at - self.sent_at[id_])


@dataclass(frozen=True, slots=True)
class Figures:
    """What one load came to; times in seconds."""

    load: Load
    wanted: int
    waits: Sequence[float]
    ended: int
    took: float
    cpu: float
    numbered_in: float
    peak: float


def main() -> None:
    """Measure, and print the tables."""
    parser = ArgumentParser(prog="python -m bench.live", description="Who listens to live events.")
    parser.add_argument("--subscribers", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=10, help="for each load")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        found, before = uvloop.run(measured(settings, url, asked.subscribers, asked.seconds))
    said = (
        f"{asked.subscribers} clients of a firm of {DOCUMENTS:,} documents, each on a WebSocket of his own; "
        f"{asked.seconds} s for each load, which the same machine makes. {machine.described()}"
    )
    report.tell(said)
    sheets = [of_loads(found), of_memory(before, found, asked.subscribers), of_targets(found)]
    for sheet in sheets:
        report.shown(sheet)
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


def of_loads(found: Sequence[Figures]) -> Sheet:
    """Return how long events were on their way."""
    columns = (
        "Changes a second, and how many in a hundred are heard",
        "Events a second",
        "p50 ms",
        "p95 ms",
        "CPU of the server, cores",
        "Told, of all",
        "Begun anew",
    )
    rows = [
        [
            f"{it.load.a_second:,}, {it.load.heard_percent} %",
            f"{it.wanted / it.took:.0f}",
            *(f"{wait * 1e3:.0f}" for wait in middle_and_slow(it.waits)),
            f"{it.cpu / it.took:.2f}",
            f"{len(it.waits)} of {it.wanted}",
            str(it.ended),
        ]
        for it in found
    ]
    return Sheet("From a change to whoever listens", columns, rows)


def middle_and_slow(waits: Sequence[float]) -> tuple[float, float]:
    """Return how long half of the events were on their way, and 95 of a hundred."""
    if not waits:
        return 0.0, 0.0
    cuts = quantiles(waits, n=20)
    return cuts[9], cuts[18]


def of_memory(before: float, found: Sequence[Figures], subscribers: int) -> Sheet:
    """Return what those who listen take of the server's memory."""
    most = max(it.peak for it in found)
    each = (most - before) * 1024 / subscribers
    columns = ("Before anybody listens, MiB", "The most, MiB", "KiB for each who listens")
    return Sheet("Memory of the server", columns, [[f"{before:.0f}", f"{most:.0f}", f"{each:.0f}"]])


def of_targets(found: Sequence[Figures]) -> Sheet:
    """Return whether events come soon enough when a tenth of a thousand changes a second is heard."""
    (load,) = [it for it in found if it.load == Load(1_000, 10)]
    slow = ratio_of([middle_and_slow(load.waits)[1] * 1e3])
    subject = "p95 ms, 1,000 changes a second of which 10 % are heard"
    return report.of_verdicts([verdict(subject, slow, SLOWEST, is_least=False)])


async def measured(
    settings: Settings, url: str, subscribers: int, seconds: int
) -> tuple[list[Figures], float]:
    """Return what each load came to, and the server's memory before anybody listened, in MiB."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, _):
        await world.write(ports, url, documents=DOCUMENTS, licences=1)
        with started([KLUIS], settings, url) as (server,):
            async with AsyncExitStack() as stack:
                audience, before = await seated(stack, ports, url, server, subscribers)
                listening = [asyncio.create_task(audience.listen(it)) for it in audience.sockets]
                found = [await under(ports, server, audience, load, seconds) for load in LOADS]
                for task in listening:
                    task.cancel()
                await asyncio.gather(*listening, return_exceptions=True)
    return found, before


async def seated(
    stack: AsyncExitStack, ports: Ports, url: str, server: Server, subscribers: int
) -> tuple[Audience, float]:
    """Return so many clients who listen, and the server's memory before, in MiB."""
    (licence_id,) = await ports.database.licence_ids()
    async with world.as_owner(url) as connection:
        readers = await connection.fetch(READ_BY)
    tokens = [await world.signed_in(ports, licence_id, it["account"]) for it in readers[:subscribers]]
    own = {document for it in readers[:subscribers] for document in it["documents"]}
    others = {document for it in readers[subscribers:] for document in it["documents"]} - own
    before = await memory_of(server, tokens[0])
    sockets = [await seat(stack, server.port, token) for token in tokens]
    some, rest = Random(7).sample(sorted(own), len(own)), Random(7).sample(sorted(others), len(others))  # noqa: S311  no secret
    written = dict(zip(some, ports.ids.write("Document", some), strict=True))
    return Audience(sockets, some, rest, written), before


async def memory_of(server: Server, token: str) -> float:
    """Return what the server holds once it has answered somebody, in MiB."""
    async with AsyncExitStack() as stack:
        await seat(stack, server.port, token)
    server.forget_peak()
    return server.peak_mib()


async def seat(stack: AsyncExitStack, port: int, token: str) -> ClientConnection:
    """Return a WebSocket on which somebody has subscribed."""
    opened = connect(
        f"ws://127.0.0.1:{port}/graphql",
        subprotocols=[Subprotocol(PROTOCOL)],
        proxy=None,
        # The first one waits for the server to be there.
        open_timeout=60,
        ping_interval=None,
        compression=None,
    )
    socket = await stack.enter_async_context(opened)
    for message in (
        {"type": "connection_init", "payload": {"token": token}},
        {"type": "subscribe", "id": "1", "payload": {"query": EVENTS}},
    ):
        await socket.send(orjson.dumps(message).decode())
    assert orjson.loads(await socket.recv())["type"] == "connection_ack"
    said = orjson.loads(await socket.recv())
    assert said["type"] == "ping", said
    return socket


async def under(ports: Ports, server: Server, audience: Audience, load: Load, seconds: int) -> Figures:
    """Return what one load came to."""
    (licence_id,) = await ports.database.licence_ids()
    heard, unheard = cycle(audience.own), cycle(audience.others)
    audience.waits, audience.ended = [], 0
    wanted, numbering = 0, 0.0
    server.forget_peak()
    used, began = server.cpu_seconds(), time.perf_counter()
    for burst in range(int(seconds / BURST)):
        await asyncio.sleep(max(0, began + burst * BURST - time.perf_counter()))
        size = int(load.a_second * BURST)
        told = list(islice(heard, share(size, load.heard_percent, burst)))
        numbering += await enter(ports, licence_id, audience, told, list(islice(unheard, size - len(told))))
        wanted += len(told) * TOLD_OF_EACH
    took = time.perf_counter() - began
    audience.heard_at = time.perf_counter()
    while len(audience.waits) < wanted and time.perf_counter() - audience.heard_at < QUIET:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    cpu = server.cpu_seconds() - used
    return Figures(load, wanted, audience.waits, audience.ended, took, cpu, numbering, server.peak_mib())


# Each document was shared with both of a couple.
TOLD_OF_EACH: Final = 2


def share(size: int, percent: int, burst: int) -> int:
    """Return how many of a burst are heard: over many of them, so many in a hundred."""
    return (burst + 1) * size * percent // 100 - burst * size * percent // 100


async def enter(
    ports: Ports, licence_id: UUID, audience: Audience, told: Sequence[UUID], others: Sequence[UUID]
) -> float:
    """Enter changes of documents in the feed and number them; return the seconds that took."""
    began = time.perf_counter()
    for it in told:
        audience.sent_at[audience.written[it]] = began
    nobody: tuple[UUID, ...] = ()
    async with acting(ports, steward(licence_id, ports.clock.now())) as change:
        await change.note_each(ChangeKind.CHANGED, "Document", [(it, nobody) for it in (*told, *others)])
    await number(ports.database, licence_id)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
