"""A cluster as production has it: three nodes of Patroni that replicate synchronously, on this machine."""

import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, NamedTuple

import httpx

from faults import etcd
from faults.nodes import Node, Plan
from server import children, embedded
from server.cluster import last_words, make_private

NODES: Final = 3
# In seconds.
PAUSE: Final = 0.1
TO_BEGIN: Final = 120.0
TO_LEAD: Final = 60.0

Way = Literal["node", "postmaster", "switchover"]
WAYS: Final[tuple[Way, ...]] = ("node", "postmaster", "switchover")
"""A machine dies; PostgreSQL's first process is killed; another node is told to lead."""

STATES: Final = "SELECT application_name, state, sync_state FROM pg_stat_replication ORDER BY 1"
# The user owns the database and may create roles, and no more, as docs/operations.md says.
MAKE: Final = (
    "CREATE ROLE kluis LOGIN CREATEROLE PASSWORD '{password}'",
    "CREATE DATABASE kluis OWNER kluis",
)


class Standby(NamedTuple):
    """What the leader says of one that follows it."""

    name: str
    state: str
    sync_state: str

    @property
    def is_synchronous(self) -> bool:
        """Whether commits wait for it."""
        return self.state == "streaming" and self.sync_state in {"sync", "quorum"}


class Cluster:
    """Three nodes, one of which leads."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        plan = Plan(tuple(addresses), secrets.token_urlsafe(), secrets.token_urlsafe())
        self.nodes = [Node(f"node{place}", folder / f"node{place}", plan) for place in range(NODES)]
        self._password = secrets.token_urlsafe()
        self._is_over = False
        self._passfile = folder / "passwords"
        self._passfile.touch(mode=0o600)
        self._passfile.write_text(f"*:*:*:postgres:{plan.superuser}\n")

    @property
    def url(self) -> str:
        """The address of the database, wherever it is led from."""
        hosts = "&".join(f"host=127.0.0.1:{it.port}" for it in self.nodes)
        user = f"kluis:{self._password}"
        return f"postgresql+asyncpg://{user}@/kluis?{hosts}&target_session_attrs=read-write"

    def leader(self, patience: float = TO_LEAD) -> Node:
        """Return the node that leads, or will soon. Raise TimeoutError."""
        until = time.monotonic() + patience
        while time.monotonic() < until and not self._is_over:
            for it in self.nodes:
                if it.is_leader:
                    return it
            time.sleep(PAUSE)
        raise TimeoutError("no node leads")

    def standbys(self) -> list[Node]:
        """Return the others, dead or alive."""
        leader = self.leader()
        return [it for it in self.nodes if it is not leader]

    def sync_state(self) -> list[Standby]:
        """Return what the leader says of those that follow it. Raise RuntimeError."""
        lines = self.ask(STATES).splitlines()
        return [Standby(*it.split("|")) for it in lines]

    def kill(self, node: Node, way: Way) -> None:
        """Let a node fail, or hand over."""
        match way:
            case "node":
                node.die()
            case "postmaster":
                node.lose_postmaster()
            case "switchover":
                node.hand_over()

    def revive(self, node: Node) -> None:
        """Switch a node on again, where it is off; in the main thread, with which it ends."""
        node.start()

    def until_synchronous(self, patience: float = TO_BEGIN) -> None:
        """Return when all nodes run, and commits wait for a standby. Raise TimeoutError."""
        until = time.monotonic() + patience
        while not self._is_synchronous():
            if time.monotonic() > until or self._is_over:
                raise TimeoutError("the cluster does not become synchronous")
            time.sleep(PAUSE)

    def _is_synchronous(self) -> bool:
        try:
            leader = self.leader(patience=PAUSE)
            members = leader.members()
            standbys = self.sync_state()
        except (httpx.HTTPError, RuntimeError, TimeoutError):
            return False
        roles = {it["role"] for it in members if it["state"] in {"running", "streaming"}}
        # etcd must know it too: nobody else may lead next.
        is_known = len(members) == NODES and bool(roles & {"sync_standby", "quorum_standby"})
        are_there = sum(it.state == "streaming" for it in standbys) == NODES - 1
        return is_known and are_there and any(it.is_synchronous for it in standbys)

    def ask(self, statement: str, database: str = "postgres") -> str:
        """Return what the leader answers to a statement of the superuser's. Raise RuntimeError."""
        where = f"host=127.0.0.1 port={self.leader().port} user=postgres dbname={database}"
        psql = [str(embedded.binaries() / "psql"), "-XqAtw", "-v", "ON_ERROR_STOP=1"]
        told = f"{where} connect_timeout=5 passfile={self._passfile}"
        done = children.run([*psql, "-d", told, "-c", statement])
        if done.returncode:
            raise RuntimeError(last_words(done.stderr))
        return done.stdout

    def end(self) -> None:
        """Kill all nodes; whoever waits for one in another thread waits no longer."""
        self._is_over = True
        for it in self.nodes:
            it.die()

    def make_database(self) -> None:
        """Make the database with its owner."""
        for statement in MAKE:
            self.ask(statement.format(password=self._password))


@contextmanager
def cluster(folder: Path) -> Generator[Cluster]:
    """Yield a cluster in an empty folder that is synchronous, with an empty database; it ends with the block.

    Enter it in the main thread. Raise Wanting, NotStarted, TimeoutError.
    """
    folder = folder.resolve()
    make_private(folder)
    with etcd.members(folder / "etcd") as addresses:
        made = Cluster(folder, addresses)
        try:
            for it in made.nodes:
                it.start()
            made.until_synchronous()
            made.make_database()
            yield made
        finally:
            made.end()
