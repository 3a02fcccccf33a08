"""The drill: a vault is backed up under load, lost, restored, and opened again, on this machine alone.

It is what a firm practises once a year, and the gate each time. It knows the vault from outside alone: the
commands that an operator types, and HTTP.
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from demo.world import PASSWORD, ROLES
from server import children
from server.cluster import last_words
from server.migrations import ROOT
from server.running import CannotRun

PATIENCE: Final = 120
"""Seconds for a server to start."""
A_MOMENT: Final = 0.05
SENDERS: Final = 3
ENOUGH: Final = 6
"""Documents that were acknowledged before the backup begins."""
SIGN_IN: Final = "mutation ($input: SignInInput!) { signIn(input: $input) { token } }"
UPLOAD: Final = """
mutation ($input: UploadDocumentInput!) { uploadDocument(input: $input) { document { id } } }
"""
URL: Final = "query ($id: ID!) { document(id: $id) { contentUrl } }"
BOUNDARY: Final = "kluis-drill"


class Program(Protocol):
    """A program that was started, as `subprocess.Popen` is one."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int: ...


class Vault:
    """A vault in a folder, as its operator and one of its clients know it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.token = ""

    @property
    def home(self) -> Path:
        """Return where it keeps everything."""
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        """Return the settings of its programs."""
        return children.environment() | {"KLUIS_HOME": str(self.home), "KLUIS_PORT": str(self.port)}

    def started(self, words: Sequence[str], output: Path) -> Program:
        """Start a command, which writes all that it says into a file."""
        with output.open("ab") as said:
            return subprocess.Popen(
                children.launched([sys.executable, "-m", "server.cli", *words]),
                stdout=said,
                stderr=said,
                env=self.environment(),
                cwd=ROOT,
            )

    @contextmanager
    def runs(self, *, end_with: signal.Signals) -> Generator[None]:
        """Let its server run while the block does. Raise CannotRun where it does not start."""
        server = self.started(["demo"], self.folder / "log")
        try:
            self._wait(server)
            yield
        finally:
            if server.poll() is None:
                os.kill(server.pid, end_with)
            server.wait()

    def _wait(self, server: Program) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and server.poll() is None:
            try:
                self.token = self.signs_in()
            except URLError:
                time.sleep(A_MOMENT)
            else:
                return
        raise CannotRun(
            f"The drill failed: no server started: {last_words((self.folder / 'log').read_text())}"
        )

    def command(self, *words: str) -> str:
        """Return what a command says. Raise CannotRun when it does not end well."""
        output = self.folder / f"{words[0]}.said"
        status = self.started(words, output).wait()
        said = output.read_text()
        if status:
            raise CannotRun(f"The drill failed: {words[0]} said: {last_words(said)}")
        return said

    def signs_in(self) -> str:
        """Return the token of a session of the client's."""
        said = {"username": ROLES["client"], "password": PASSWORD}
        return self.asks(SIGN_IN, {"input": said})["signIn"]["token"]

    def sends(self, content: bytes) -> str:
        """Return the id of a document that the client sends in."""
        file = {"variables": {"input": {"description": "Drill", "file": None}}, "query": UPLOAD}
        parts = {"operations": json.dumps(file), "map": json.dumps({"0": ["variables.input.file"]})}
        form = b"".join(part(f'name="{name}"', text.encode()) for name, text in parts.items())
        form += part('name="0"; filename="drill.txt"', content) + f"--{BOUNDARY}--\r\n".encode()
        answer = self._posts(form, f"multipart/form-data; boundary={BOUNDARY}")
        return answer["uploadDocument"]["document"]["id"]

    def opens(self, id_: str) -> bytes:
        """Return the bytes of a document."""
        with urlopen(self.asks(URL, {"id": id_})["document"]["contentUrl"]) as answer:  # noqa: S310  our own
            return answer.read()

    def asks(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data that an operation gives. Raise CannotRun for errors."""
        return self._posts(json.dumps({"query": query, "variables": variables}).encode(), "application/json")

    def _posts(self, body: bytes, media_type: str) -> dict[str, Any]:
        headers = {"Content-Type": media_type, "X-Kluis-Request": "1"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = Request(f"http://127.0.0.1:{self.port}/graphql", body, headers)
        with urlopen(request) as answer:  # noqa: S310
            said = json.load(answer)
        if said.get("errors"):
            raise CannotRun(f"The drill failed: {said['errors'][0]['message']}")
        return said["data"]


class Load:
    """Clients who send one document after the other, until the server is gone."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.acknowledged: dict[str, str] = {}
        """The digests of what the server said that it has, by the ids of the documents."""
        self._threads = [
            threading.Thread(target=self._send, args=(it,), daemon=True) for it in range(SENDERS)
        ]

    def begin(self) -> None:
        """Begin, and return when enough was acknowledged."""
        for thread in self._threads:
            thread.start()
        while len(self.acknowledged) < ENOUGH:
            if not any(it.is_alive() for it in self._threads):
                raise CannotRun("The drill failed: nothing could be sent in.")
            time.sleep(A_MOMENT)

    def end(self) -> None:
        """Return when nobody sends any more."""
        for thread in self._threads:
            thread.join()

    def _send(self, sender: int) -> None:
        number = 0
        while True:
            content = f"{sender} {number}\n".encode() * (1 + 997 * number % 4_000)
            try:
                id_ = self._vault.sends(content)
            except (OSError, CannotRun):
                return
            self.acknowledged[id_] = hashlib.sha256(content).hexdigest()
            number += 1
            # Whoever sends as fast as he can leaves nothing of a small machine to those who look after it.
            time.sleep(A_MOMENT)


def part(disposition: str, content: bytes) -> bytes:
    """Return one part of a form."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def run(vault: Vault) -> dict[str, str]:
    """Practise the worst day in an empty folder; return what was seen, and how long it took.

    Raise CannotRun where something is not as it must be.
    """
    backups, keys = str(vault.folder / "backups"), str(vault.folder / "keys" / "keys.json")
    with vault.runs(end_with=signal.SIGKILL):
        load = Load(vault)
        load.begin()
        before, old_token, begun = dict(load.acknowledged), vault.token, time.monotonic()
        vault.command("backup", backups, "--keys-to", keys)
        made, meanwhile = time.monotonic(), len(load.acknowledged) - len(before)
    load.end()
    vault.home.rename(vault.folder / "lost")
    lost = time.monotonic()
    said = vault.command("restore", backups, "--keys", keys).splitlines()[-1]
    restored = time.monotonic()
    with vault.runs(end_with=signal.SIGTERM):
        require_ended(vault, old_token)
        require_opens(vault, before)
    # By now the restored server has sealed what nobody had sealed before the backup.
    trail = vault.command("verify-audit").splitlines()[-1]
    return {
        "acknowledged before the backup, and opened after it": str(len(before)),
        "acknowledged while it was made": str(meanwhile),
        "backing up": f"{made - begun:.1f} s",
        "restoring and comparing": f"{restored - lost:.1f} s",
        "verify": said,
        "the audit trail": trail,
    }


def require_ended(vault: Vault, token: str) -> None:
    """Require that nobody comes in with a session of before. Raise CannotRun."""
    own, vault.token = vault.token, token
    try:
        vault.asks("{ documents(first: 1) { totalCount } }", {})
    except (CannotRun, HTTPError):
        return
    finally:
        vault.token = own
    raise CannotRun("The drill failed: a session of before the restore still counts.")


def require_opens(vault: Vault, wanted: Mapping[str, str]) -> None:
    """Require that these documents open as they were sent in. Raise CannotRun."""
    for id_, digest in wanted.items():
        if hashlib.sha256(vault.opens(id_)).hexdigest() != digest:
            raise CannotRun(f"The drill failed: the document {id_} is not what was sent in.")
