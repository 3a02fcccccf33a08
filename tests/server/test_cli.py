"""The command line: what stands in the way is told in one line, and what runs ends when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

import schema
from demo import world
from server import children, cli, terminal
from tests import databases
from tests.server.commands import kluis, refused, set_nothing

ROOT = Path(__file__).parents[2]
NOWHERE = "postgresql://kluis@/kluis?host=/nowhere/at/all"
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { token viewer { account { id } } } }"
IDS = "{ documents { totalCount nodes { id } } }"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_nothing(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    "command", [[], ["demo"], ["serve"], ["worker"], ["migrate"], ["create-licence", "a", "A"]]
)
def test_a_bad_setting_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("KLUIS_PORT", "eighty")
    assert "KLUIS_PORT: " in refused(*command)


def test_a_setting_that_is_none_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_PROT", "8000")
    assert refused("migrate").startswith("kluis: KLUIS_PROT is not a setting; ")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_without_a_mail_relay_it_is_told_in_one_line(command: str) -> None:
    assert refused(command).startswith("kluis: KLUIS_SMTP_URL: ")


def test_a_port_that_is_taken_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("KLUIS_PORT", str(port))
        line = refused("demo")
    assert f"127.0.0.1:{port}" in line
    assert "KLUIS_PORT" in line


@pytest.mark.parametrize(
    "command", [["demo"], ["serve"], ["worker"], ["migrate"], ["create-licence", "de-linde", "De Linde"]]
)
def test_a_database_that_is_not_there_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("KLUIS_DATABASE_URL", NOWHERE)
    monkeypatch.setenv("KLUIS_SMTP_URL", "smtp://127.0.0.1:9")
    assert refused(*command).startswith("kluis: The database does not answer: ")


def test_keys_that_cannot_be_used_are_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
) -> None:
    keys = tmp_path / "keys.json"
    keys.touch(mode=0o600)
    monkeypatch.setenv("KLUIS_KEYS", str(keys))
    monkeypatch.setenv("KLUIS_DATABASE_URL", database_url)
    assert refused("create-licence", "de-linde", "De Linde") == f"kluis: {keys}: this is not a file of keys."


def test_a_licence_is_created_once(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("KLUIS_DATABASE_URL", database_url)
    created = kluis("create-licence", "de-linde", "Kantoor De Linde")
    assert (created.exit_code, created.stderr) == (0, "")
    assert "Kantoor De Linde" in created.stdout
    assert "de-linde" in created.stdout
    assert refused("create-licence", "de-linde", "Een Ander") == "kluis: This exists already."
    assert "small letters" in refused("create-licence", "De Linde", "Een Ander")


@pytest.fixture
async def empty_url() -> AsyncGenerator[str]:
    async with databases.fresh("template1") as url:
        yield url


def test_a_database_is_migrated_however_often(monkeypatch: pytest.MonkeyPatch, empty_url: str) -> None:
    monkeypatch.setenv("KLUIS_DATABASE_URL", empty_url)
    for _ in range(2):
        migrated = kluis("migrate")
        assert (migrated.exit_code, migrated.output) == (0, "")
    created = kluis("create-licence", "de-linde", "Kantoor De Linde")
    assert created.exit_code == 0


@pytest.fixture
def schema_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Another place for the exported schema, so that the true one stays as it is."""
    path = tmp_path / "schema.graphql"
    monkeypatch.setattr(cli, "SCHEMA_FILE", path)
    return path


def test_the_schema_is_exported(schema_file: Path) -> None:
    assert kluis("export-schema").exit_code == 0
    assert schema_file.read_text() == schema.sdl()
    assert kluis("export-schema", "--check").exit_code == 0


@pytest.mark.parametrize("stale", [None, "", "type Query { stale: Int }\n"])
def test_a_stale_schema_is_found_and_left_as_it_is(schema_file: Path, stale: str | None) -> None:
    if stale is not None:
        schema_file.write_text(stale)
    checked = kluis("export-schema", "--check")
    assert (checked.exit_code, checked.stderr) == (1, "schema.graphql is not current. Run: make schema\n")
    assert (schema_file.read_text() if schema_file.exists() else None) == stale


class Program:
    """The program in a process of its own, and all that it says until a signal ends it."""

    def __init__(self, home: Path, *arguments: str, **settings: str) -> None:
        self.home = home
        # It hears SIGINT also where the tests were started in the background.
        self.running = subprocess.Popen(
            children.launched([sys.executable, "-m", "server.cli", *arguments]),
            cwd=ROOT,
            env={**os.environ, "KLUIS_HOME": str(home), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, name: str) -> dict[str, Any]:
        """Return what a file in the home folder says as soon as it is there."""
        until = time.monotonic() + 60
        while not (self.home / name).exists():
            assert self.running.poll() is None, self.running.communicate()
            assert time.monotonic() < until
            time.sleep(0.05)
        return json.loads((self.home / name).read_text())

    def stop(self, by: signal.Signals) -> tuple[int, str, str]:
        """Return the exit status, and what was said on both outputs."""
        self.running.send_signal(by)
        output, errors = self.running.communicate(timeout=60)
        return self.running.returncode, output, errors


@pytest.fixture
def start(tmp_path: Path) -> Generator[Callable[..., Program]]:
    """What starts the program; whatever still runs when the test ends is killed."""
    started: list[Program] = []

    def start_one(*arguments: str, **settings: str) -> Program:
        started.append(Program(tmp_path / "home", *arguments, **settings))
        return started[-1]

    yield start_one
    for one in started:
        one.running.kill()
        one.running.communicate()


def as_client(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what the demo's client sees once he has signed in as the file says."""
    client = facts["accounts"]["client"]
    given = {"username": client["username"], "password": client["password"]}
    url = facts["graphql"]
    with httpx.Client(timeout=30) as http:
        answer = http.post(url, json={"query": SIGN_IN, "variables": {"input": given}}).json()
        signed_in = answer["data"]["signIn"]
        assert signed_in["viewer"]["account"]["id"] == client["id"]
        headers = {"Authorization": f"Bearer {signed_in['token']}"}
        return http.post(url, json={"query": IDS}, headers=headers).json()["data"]["documents"]


def test_the_demo_runs_on_nothing_else_and_finds_its_world_again(start: Callable[..., Program]) -> None:
    seen: list[dict[str, Any]] = []
    for stop in (signal.SIGTERM, signal.SIGINT):
        demo = start()
        facts = demo.wait_for("demo.json")
        seen.append(as_client(facts))
        assert '<div id="portal">' in httpx.get(facts["portal"]).text
        file = demo.home / "demo.json"
        assert file.stat().st_mode & 0o777 == 0o600
        status, output, errors = demo.stop(stop)
        assert (status, errors) == (0, "")
        assert facts["graphql"] in output
        assert world.PASSWORD in output
        assert not (demo.home / "postgres" / "cluster" / "postmaster.pid").exists()
        file.unlink()
    assert seen[0]["totalCount"] > 0
    assert seen[0] == seen[1]


def test_the_worker_runs_until_it_is_told_to_stop(start: Callable[..., Program], database_url: str) -> None:
    given = {"KLUIS_DATABASE_URL": database_url, "KLUIS_SMTP_URL": "smtp://127.0.0.1:9"}
    worker = start("worker", **given)
    worker.wait_for("keys.json")
    assert worker.stop(signal.SIGINT) == (terminal.INTERRUPTED, "", "")
