"""Several server processes on one port: who dies is replaced, and all stop when one is told to."""

import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest

from server import crew, running
from server.crew import Crew
from server.running import CannotRun
from server.settings import Settings
from tests.server.commands import set_nothing
from tests.server.processes import PROCESSES
from tests.server.sleepers import fall, refuse_to_stop, sleep
from tests.server.test_cli import Program

PATIENCE = 60
GIVEN = {"KLUIS_SMTP_URL": "smtp://127.0.0.1:9", "KLUIS_STOP_GRACE": "0", "KLUIS_LOG": "json"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_nothing(monkeypatch, tmp_path)


def children(pid: int) -> set[int]:
    """Return the server processes of a program: multiprocessing has another one to count semaphores."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(it) for it in found if b"spawn_main" in Path(f"/proc/{it}/cmdline").read_bytes()}


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def program(tmp_path: Path, database_url: str, port: int) -> Generator[Program]:
    given = {**GIVEN, "KLUIS_DATABASE_URL": database_url, "KLUIS_PORT": str(port)}
    started = Program(tmp_path / "home", "serve", "--workers", "2", **given)
    yield started
    started.running.kill()
    started.running.communicate()


def test_a_process_that_is_killed_is_replaced_and_nobody_is_left_when_all_stop(
    program: Program, port: int
) -> None:
    until(lambda: answers(f"http://127.0.0.1:{port}/health/live"))
    until(lambda: len(children(program.running.pid)) == 2)
    before = children(program.running.pid)
    os.kill(killed := min(before), signal.SIGKILL)
    until(lambda: len(children(program.running.pid) - before) == 1)
    assert answers(f"http://127.0.0.1:{port}/health/live")
    crew_now = children(program.running.pid)
    status, _, errors = program.stop(signal.SIGTERM)
    assert status == 0
    assert f"server process {killed} ended (-9); another one starts" in errors
    assert not [it for it in crew_now if Path(f"/proc/{it}").exists()]


def test_a_process_that_fell_is_replaced_at_its_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(crew, "LEAST_LIFE", 0.0)
    handlers = [signal.getsignal(it) for it in running.STOPPING]
    asked: list[int] = []

    def begin(place: int) -> BaseProcess:
        asked.append(place)
        process = PROCESSES.Process(target=fall if len(asked) == 2 else sleep, daemon=True)
        process.start()
        if len(asked) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return process

    Crew(begin, 2, patience=PATIENCE).run()
    assert asked == [0, 1, 1]
    (line,) = caplog.messages
    assert line.endswith("ended (1); another one starts")
    assert [signal.getsignal(it) for it in running.STOPPING] == handlers


def test_who_does_not_stop_is_killed() -> None:
    hears_nothing = PROCESSES.Event()
    process = PROCESSES.Process(target=refuse_to_stop, args=(hears_nothing,), daemon=True)

    def begin(_: int) -> BaseProcess:
        process.start()
        assert hears_nothing.wait(PATIENCE)
        os.kill(os.getpid(), signal.SIGINT)
        return process

    Crew(begin, 1, patience=0.1).run()
    assert process.exitcode == -signal.SIGKILL


def test_a_crew_that_can_not_run_is_told_in_one_line(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    keys = tmp_path / "keys.json"
    keys.touch(mode=0o600)
    given = Settings(home=tmp_path, smtp_url="smtp://127.0.0.1:9", database_url=database_url, port=0)
    with running.listen(given) as listening, pytest.raises(CannotRun, match="A server process can not run"):
        crew.serve(given, database_url, listening, 1)
    assert caplog.messages == []


def test_each_shows_its_metrics_at_a_port_of_its_own() -> None:
    given = [Settings(metrics=it) for it in (None, "127.0.0.1:9464", "[::1]:9464", "127.0.0.1:0")]
    shown = [crew.at_place(it, 2).metrics for it in given]
    assert shown == [None, "127.0.0.1:9466", "[::1]:9466", "127.0.0.1:0"]
