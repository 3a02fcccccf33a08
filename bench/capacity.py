"""`python -m bench.capacity`: what a document takes in the database, and what it costs to look for work."""

import time
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

from bench import machine, report, world
from bench.report import Sheet
from resolvers import due
from resolvers.chain_checks import heads_of
from resolvers.ports import Ports
from resolvers.sealing import seal
from server import migrations, running
from server.caretaker import Caretaker
from server.embedded import embedded
from server.house import open_house
from server.sealing import Sealer
from server.settings import Settings
from server.worker import Worker

BEGIN: Final = "<!-- written by python -m bench.capacity -->"
PAGE: Final = Path(__file__).parents[1] / "docs" / "scaling.md"
SIZE: Final = "SELECT pg_database_size(current_database())"
# Each of a firm has been sealed long ago, a letter was sent, and a change has its number.
EACH: Final = 20
QUIET: Final = f"""
    INSERT INTO licence (name, slug) SELECT 'Quiet', 'quiet-' || n FROM generate_series(1, $1::int) AS n;
    INSERT INTO event (licence_id, id, kind, occurred_at)
      SELECT id, uuidv7(interval '-2 days' + n * interval '1 minute'), 'x', now()
      FROM generate_series(1, {EACH}) AS n, licence WHERE slug LIKE 'quiet-%';
    INSERT INTO event_seal (licence_id, number, event_id, sealed_at, digest)
      SELECT licence_id, row_number() OVER (PARTITION BY licence_id ORDER BY id), id, now(), '' FROM event;
    INSERT INTO event_chain (licence_id, sealed_up_to, look_from)
      SELECT id, {EACH}, uuidv7(interval '-1 day') FROM licence WHERE slug LIKE 'quiet-%';
    INSERT INTO letter (licence_id, kind, recipient, language, state, queued_at, due_at)
      SELECT id, 'x', 'a@b.example', 'NL', 'SENT', now(), now() FROM licence WHERE slug LIKE 'quiet-%';
    INSERT INTO feed_entry (licence_id, kind, subject, subject_id, occurred_at, number)
      SELECT id, 'CHANGED', 'Dossier', uuidv7(), now(), 1 FROM licence WHERE slug LIKE 'quiet-%';
"""  # noqa: S608  it is a number of ours
EVENTS: Final = 20_000
BUSY: Final = f"""
    INSERT INTO event (licence_id, kind, occurred_at)
      SELECT id, 'now', now() FROM (SELECT id FROM licence ORDER BY random() LIMIT 1000)
      CROSS JOIN generate_series(1, {EVENTS} / 1000);
    INSERT INTO event_seal (licence_id, number, event_id, sealed_at, digest)
      SELECT licence_id, 1000 + row_number() OVER (PARTITION BY licence_id ORDER BY id), id, now(), ''
      FROM event WHERE kind = 'now';
"""  # noqa: S608  it is a number of ours
# The first round makes plans and fills caches.
ROUNDS: Final = 3
Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a round takes: seconds, and seconds of CPU in this process; the database's are another one's."""

    seconds: float
    cpu: float


async def measure(settings: Settings, url: str, *, documents: int, licences: int, quiet: int) -> Sheet:
    """Write firms, tell their figures, and return those of rounds over firms in which nothing is due."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, worker), world.as_owner(url) as owner:
        empty = await owner.fetchval(SIZE)
        await world.write(ports, url, documents=documents, licences=licences)
        taken = (await owner.fetchval(SIZE) - empty) / documents
        report.tell(f"{taken:,.0f} bytes of the database for each document, with all that belongs to it")
        caring = await cost_of(Caretaker(ports).sweep)
        report.tell(f"{caring.cpu * 1000 / licences:.2f} ms of a process's CPU for each firm: sweeping")
        await owner.execute(QUIET.replace("$1", str(quiet)))
        await owner.execute("VACUUM ANALYZE")
        found = {name: await cost_of(work) for name, work in (await rounds_of(ports, worker)).items()}
        await owner.execute(BUSY)
        found[f"Seals, with {EVENTS:,} sealed events of the last 15 s"] = await look_near(ports)
    rows = [
        [name, f"{it.seconds * 1000:.1f}", f"{it.cpu * 1000:.1f}", f"{it.seconds * 1_000_000 / quiet:.2f}"]
        for name, it in found.items()
    ]
    columns = ("Round", "ms", "of them CPU of the process", "microseconds for each firm")
    return Sheet(f"Rounds over {quiet:,} firms in which nothing is due", columns, rows)


async def rounds_of(ports: Ports, worker: Worker) -> dict[str, Work]:
    """Return what goes on every five seconds, and once a minute; and what it would be, asking each firm."""
    database, now = ports.database, ports.clock.now()
    sealer = Sealer(database, ports.clock, None)
    await sealer.seal()

    async def look_far() -> None:
        _, far = await due.marks(database)
        await due.with_events(database, far)

    async def ask_each() -> None:
        for it in await database.licence_ids():
            await seal(database, it, now)

    return {
        "Letters": worker.deliver_due,
        "Numbers of the feed": lambda: due.with_changes(database),
        "Seals of events": sealer.seal,
        "Seals, looking far back (once a minute)": look_far,
        "Heads of the chains, where they are written (once a minute)": lambda: heads_of(database),
        "Seals, each firm by itself (when a process begins)": ask_each,
    }


async def look_near(ports: Ports) -> Cost:
    """Return what a look for events without a seal takes where there are many with one."""
    near, _ = await due.marks(ports.database)
    return await cost_of(lambda: due.with_events(ports.database, near))


async def cost_of(work: Work) -> Cost:
    """Return what a round of something takes, of several the quickest."""
    found: list[Cost] = []
    for _ in range(ROUNDS):
        began, worked = time.perf_counter(), time.process_time()
        await work()
        found.append(Cost(time.perf_counter() - began, time.process_time() - worked))
    return min(found, key=lambda it: it.seconds)


def main() -> None:
    """Measure in a database of its own."""
    parser = ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--licences", type=int, default=100)
    parser.add_argument("--quiet", type=int, default=10_000, help="firms in which nothing is due")
    parser.add_argument("--write", action="store_true", help="also write docs/scaling.md")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        said = f"{asked.documents:,} documents in {asked.licences} licences. {machine.described()}"
        report.tell(said)
        sizes = {"documents": asked.documents, "licences": asked.licences, "quiet": asked.quiet}
        sheet = report.shown(uvloop.run(measure(settings, url, **sizes)))
    if asked.write:
        report.write([sheet], machine.described(), PAGE, BEGIN)


if __name__ == "__main__":
    main()
