"""A real S3 server for tests: Ceph's gateway on loopback with all it needs, one for a whole run.

The first test that asks for it starts it, in a second or two. It keeps its objects in memory, and ends with
the process that all workers of the run descend from, however that ends.
"""

import fcntl
import json
import os
import resource
import secrets
import select
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import uuid4

import httpx
import obstore
import pytest
from obstore.store import S3Store

from tests.programs import WANTING

ROOT = Path(__file__).parents[2]
PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "setpriv", "setsid")
BUCKET = "vault"
REGION = "us-east-1"
PATIENCE = 60
"""Seconds for each step of the start."""

# Nobody signs in among Ceph's own programs, which then can not encrypt either: all is on loopback, and the
# objects are those of tests. One copy of everything, in memory, and the smallest of all pools. Ceph's manager
# is not needed for this. The monitor's usual pauses would
# make the start four times as long.
CONFIGURATION = """
[global]
fsid = {cluster}
mon host = [v2:127.0.0.1:{monitor}]
mon initial members = a
mon data = {folder}/mon
mon data avail crit = 0
mon allow pool size one = true
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
cluster addr = 127.0.0.1
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
paxos propose interval = 0.05
paxos min wait = 0.01
rgw data = {folder}/gateway
rgw frontends = beast endpoint=127.0.0.1:{gateway}
rgw rados pool pg num min = 1
rgw gc obj min wait = 1
rgw gc processor period = 5
keyring = {folder}/keyring
run dir = {folder}
admin socket =
log to file = false
[mon.a]
public addrv = [v2:127.0.0.1:{monitor}/0]
[osd]
public addr = 127.0.0.1
"""


class S3(NamedTuple):
    """Where the server is, who may use its bucket, and its processes."""

    endpoint: str
    access_key: str
    secret_key: str
    pids: list[int]

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which obstore, and so the product, finds it."""
        return {
            "AWS_ENDPOINT": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }


@pytest.fixture(scope="session")
def s3(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> S3:
    """The S3 server of this run, with an empty bucket at its start: take a prefix of your own."""
    of_this_process = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        return shared(of_this_process.parent, owner=os.getppid())
    return shared(of_this_process, owner=os.getpid())


def shared(folder: Path, *, owner: int) -> S3:
    """Return the server that this folder tells of; the first that asks starts it, the others wait."""
    absent = [it for it in PROGRAMS if shutil.which(it, path=os.defpath) is None]
    if absent:
        pytest.skip(f"{WANTING}{', '.join(absent)}")
    with (folder / "s3").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        said = file.read()
        if not said:
            said = started(folder / "s3.log", owner)
            file.write(said)
    return S3(**json.loads(said))


def started(log: Path, owner: int) -> str:
    """Start the server as nobody's child, because whoever asks first may be the first to end."""
    program = ["setsid", "--fork", sys.executable, "-m", "tests.storage.s3", str(owner)]
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    with log.open("a") as errors:
        said = subprocess.run(
            program, stdout=subprocess.PIPE, stderr=errors, check=True, text=True, cwd=ROOT, env=environment
        ).stdout
    if not said:
        raise RuntimeError(f"The S3 server did not start: {log.read_text()}")
    return said


class Ceph:
    """The programs behind the server; they end with this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._monitor, self._gateway = free_ports()

    def start(self) -> S3:
        """Start one after the other, and return when the bucket is there."""
        self._configure()
        self._run("ceph-mon", "--mkfs", "-i", "a")
        self._keep("ceph-mon", "-f", "-i", "a")
        disk = str(uuid4())
        self._run("ceph", "osd", "new", disk)
        self._run("ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", disk)
        self._keep("ceph-osd", "-f", "-i", "0")
        keys = secrets.token_hex(10), secrets.token_hex(20)
        user = ["--uid=tests", "--display-name=tests", f"--access-key={keys[0]}", f"--secret-key={keys[1]}"]
        self._run("radosgw-admin", "-n", "client.rgw", "user", "create", *user)
        self._keep("radosgw", "-f", "-n", "client.rgw")
        pids = [os.getpid(), *(it.pid for it in self._running)]
        server = S3(f"http://127.0.0.1:{self._gateway}", *keys, pids)
        make_bucket(server)
        return server

    def stop(self) -> None:
        for program in self._running:
            program.kill()
            program.wait()

    def _configure(self) -> None:
        for name in ("mon", "osd", "gateway"):
            (self._folder / name).mkdir()
        (self._folder / "ceph.conf").write_text(
            CONFIGURATION.format(
                cluster=uuid4(), folder=self._folder, monitor=self._monitor, gateway=self._gateway
            )
        )

    def _run(self, *command: str) -> None:
        """Run a program to its end; what it says is told only when it fails."""
        done = subprocess.run(
            ends_with_us(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=self._environment(),
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    def _keep(self, *command: str) -> None:
        """Start a program that runs until we stop it, or end."""
        self._running.append(
            subprocess.Popen(
                ends_with_us(command),
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                stderr=sys.stderr,
                env=self._environment(),
            )
        )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "CEPH_CONF": str(self._folder / "ceph.conf")}


def ends_with_us(command: tuple[str, ...]) -> list[str]:
    return ["setpriv", "--pdeathsig", "KILL", *command]


def free_ports() -> list[int]:
    """Two ports of loopback that nobody listens at."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [it.getsockname()[1] for it in held]
    for it in held:
        it.close()
    return ports


def make_bucket(server: S3) -> None:
    """Make the bucket, once the gateway answers; obstore has no verb for it, but signs what makes one.

    Its lists are open to all, for `unfinished`; its objects are not.
    """
    store = S3Store(
        BUCKET,
        endpoint=server.endpoint,
        region=REGION,
        access_key_id=server.access_key,
        secret_access_key=server.secret_key,
        client_options={"allow_http": True},
    )
    url = obstore.sign(store, "PUT", "", timedelta(minutes=5))
    end = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.put(url, headers={"x-amz-acl": "public-read"}).raise_for_status()
        except httpx.ConnectError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def unfinished(server: S3, prefix: str) -> int:
    """How many uploads in parts were begun under the prefix, and neither completed nor given up."""
    found = httpx.get(f"{server.endpoint}/{BUCKET}", params={"uploads": "", "prefix": prefix})
    return found.raise_for_status().text.count("<UploadId>")


def serve(owner: int) -> None:
    """Run a server until its owner is gone; tell on standard output where it is, and close that."""
    gone = os.pidfd_open(owner)
    # At the limit of open files, which is low for most users, the gateway stops taking connections for good.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with TemporaryDirectory(prefix="kluis-s3-") as folder:
        ceph = Ceph(Path(folder))
        try:
            sys.stdout.write(json.dumps(ceph.start()._asdict()))
            sys.stdout.flush()
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            select.select([gone], [], [])
        finally:
            ceph.stop()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
