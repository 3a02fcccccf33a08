"""One node of the cluster: a Patroni with its PostgreSQL, as one machine would run them."""

import ctypes
import importlib.util
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from faults import programs
from faults.programs import Wanting
from server import cluster, embedded

# In seconds, where Patroni's defaults are 30, 10 and 10. A dead leader is known by a lease that runs out.
TTL: Final = 20
LOOP_WAIT: Final = 4
RETRY_TIMEOUT: Final = 4
API_TIMEOUT: Final = 5.0
# A planned switchover answers when it is done.
SWITCHING: Final = 60.0
# shmctl(2): remove the segment.
IPC_RMID: Final = 0
SHARED_MEMORY_LINE: Final = 6
"""The line of postmaster.pid, from 0, that ends with the id of its segment."""
PARAMETERS: Final = {
    "unix_socket_directories": "",
    "max_connections": 100,
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    # How often a standby tries to reach a leader that was away: with the default, 5 s, commits wait as long.
    "wal_retrieve_retry_interval": "1s",
    # Files in the cluster's folder: what was killed leaves nothing in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What all nodes know: where etcd is, and by which passwords they know each other."""

    etcd: tuple[str, ...]
    superuser: str
    replication: str


class Node:
    """A machine that can die, and be switched on again."""

    def __init__(self, name: str, folder: Path, plan: Plan) -> None:
        self.name = name
        self.folder = folder
        self.port, self._api = programs.free_ports(2)
        self._running: subprocess.Popen[bytes] | None = None
        folder.mkdir(mode=0o700, parents=True)
        self._told.write_text(json.dumps(self._configuration(plan)))

    @property
    def cluster(self) -> Path:
        """The folder of PostgreSQL's cluster."""
        return self.folder / "cluster"

    @property
    def is_leader(self) -> bool:
        """Whether it says that it leads."""
        try:
            return httpx.get(self._url("primary"), timeout=API_TIMEOUT).is_success
        except httpx.HTTPError:
            return False

    @property
    def _told(self) -> Path:
        return self.folder / "patroni.json"

    def start(self) -> None:
        """Switch it on, where it is off; in the main thread. Raise Wanting, NotStarted."""
        if self._running and self._running.poll() is None:
            return
        if importlib.util.find_spec("patroni") is None:
            raise Wanting(
                "Patroni is not installed: uv pip install --require-hashes -r requirements-faults.txt"
            )
        prefix = embedded.without_root(os.geteuid())
        command = [*(prefix or []), sys.executable, "-m", "patroni", str(self._told)]
        self._running = programs.start(command, self.folder)

    def die(self) -> None:
        """Kill everything that runs on it at once, as when a machine loses its power."""
        segment = self._segment()
        programs.kill_all(self.folder)
        if self._running:
            self._running.wait()
        if segment is not None:
            ctypes.CDLL(None).shmctl(segment, IPC_RMID, None)

    def lose_postmaster(self) -> None:
        """Kill the first process of PostgreSQL alone."""
        running = cluster.postmaster(self.cluster)
        assert running
        os.kill(running.pid, signal.SIGKILL)

    def hand_over(self) -> None:
        """Let another node lead, as for maintenance; return when it does. Raise HTTPError."""
        asked = httpx.post(self._url("switchover"), json={"leader": self.name}, timeout=SWITCHING)
        asked.raise_for_status()

    def members(self) -> list[dict[str, Any]]:
        """Return what it knows of all nodes: `name`, `role`, `state` and more. Raise HTTPError."""
        return httpx.get(self._url("cluster"), timeout=API_TIMEOUT).raise_for_status().json()["members"]

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._api}/{path}"

    def _segment(self) -> int | None:
        """The segment of shared memory that outlives a postmaster which was killed."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            return int(lines[SHARED_MEMORY_LINE].split()[1])
        except (OSError, ValueError, IndexError):
            return None

    def _configuration(self, plan: Plan) -> dict[str, Any]:
        """What Patroni reads; JSON is YAML too."""
        return {
            "scope": "kluis",
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self._api}", "connect_address": f"127.0.0.1:{self._api}"},
            "etcd3": {"hosts": list(plan.etcd)},
            "bootstrap": {
                "dcs": AGREED,
                "initdb": [
                    {"encoding": "UTF8"},
                    {"locale-provider": "builtin"},
                    {"builtin-locale": "C.UTF-8"},
                    {"locale": "C"},
                    "data-checksums",
                ],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}",
                "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": str(self.cluster),
                "bin_dir": str(embedded.binaries()),
                "pgpass": str(self.folder / "passwords"),
                "pg_hba": [
                    "host all all 127.0.0.1/32 scram-sha-256",
                    "host replication replicator 127.0.0.1/32 scram-sha-256",
                ],
                "authentication": {
                    "superuser": {"username": "postgres", "password": plan.superuser},
                    "replication": {"username": "replicator", "password": plan.replication},
                },
            },
        }


AGREED: Final[dict[str, Any]] = {
    "ttl": TTL,
    "loop_wait": LOOP_WAIT,
    "retry_timeout": RETRY_TIMEOUT,
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": PARAMETERS},
}
"""What the nodes agree on, kept in etcd: a commit is acknowledged when a standby has it too, or never."""
