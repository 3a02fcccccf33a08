"""Measuring: which numbers the metrics show of a server or a worker, and where they are read."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from resolvers.backlog import Backlog, backlog
from resolvers.ports import Ports
from server.health import Health
from server.probes import Probes
from server.rounds import LEFT_TO_OTHERS, Rounds
from server.worker import Worker

if TYPE_CHECKING:  # it is loaded where metrics are wanted
    from server.metrics import Metrics

# In seconds.
BETWEEN_ROUNDS: Final = 30.0


class Address(NamedTuple):
    """Where something listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Return the address that is written as `host:port`, of IPv6 as `[host]:port`. Raise ValueError."""
        host, _, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004  the last one
            raise ValueError("must be an address and a port, such as 127.0.0.1:9464")
        return cls(host, int(port))


class NotShown(Exception):
    """There is no place to show metrics at; the text says why."""


class Measuring:
    """Shows what waits, here and in the database."""

    def __init__(self, metrics: "Metrics", ports: Ports, worker: Worker) -> None:
        self._ports = ports
        self._backlog = Backlog()
        self._show(metrics, worker)

    def rounds(self) -> Rounds:
        """Return what is to go on beside the answers."""
        return Rounds("measuring", BETWEEN_ROUNDS, self.measure, left_to_others=LEFT_TO_OTHERS)

    async def measure(self) -> None:
        """Look at every licence. Raise AWAY, TookTooLong."""
        ports, found = self._ports, Backlog()
        for licence_id in await ports.database.licence_ids():
            found = found.and_of(await backlog(ports.database, licence_id, ports.clock.now()))
        self._backlog = found

    def _show(self, metrics: "Metrics", worker: Worker) -> None:
        ports, shown = self._ports, metrics.gauge
        database, passwords, turns = ports.database, ports.passwords, ports.turns
        shown("pool_connections_in_use", "Connections that are lent now.", lambda: database.lent)
        shown("pool_connections_most", "Connections that can be lent.", lambda: database.most)
        shown("passwords_waiting", "Passwords being hashed or waiting for it.", lambda: passwords.waiting)
        shown("sign_ins_waiting", "Tries to sign in under way or waiting.", lambda: turns.here)
        shown("worker_lag_seconds", "Since the worker's last whole round.", worker.lag)
        shown("outbox_age_seconds", "How long the oldest letter is due.", lambda: self._backlog.letters_for)
        shown("feed_lag_seconds", "Age of the oldest unnumbered change.", lambda: self._backlog.changes_for)
        shown("scan_queue_files", "Files that nobody has searched.", lambda: self._backlog.files)


@contextmanager
def measured(
    place: Address | None, ports: Ports, worker: Worker, health: Health
) -> Generator[tuple["Metrics | None", Sequence[Rounds]]]:
    """Yield the metrics, served meanwhile beside the health, and what must go on for them. Raise NotShown."""
    if place is None:
        yield None, ()
        return
    from server.metrics import Metrics  # noqa: PLC0415  most programs need it not

    metrics = Metrics(ports.clock)
    measuring = Measuring(metrics, ports, worker)
    with ExitStack() as stack:
        try:
            stack.enter_context(metrics.served(*place, Probes(health)))
        except OSError as error:
            raise NotShown(error.strerror or "not an address of this machine") from error
        yield metrics, [measuring.rounds()]
