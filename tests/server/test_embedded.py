"""The embedded PostgreSQL: it starts, keeps what it was given, survives kills, and is never there twice."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  it has none
import pytest
from sqlalchemy import NullPool
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from server import children, cluster, keeping_up
from server.cluster import NotStarted, Place
from server.embedded import embedded, is_up, own_or_find, without_root

PATIENCE: Final = 60.0
ROOT = Path(__file__).parents[2]
# A program with a database; it tells the URL, then waits for a line.
PROGRAM = """
import sys
from pathlib import Path
from server.embedded import embedded
with embedded(Path(sys.argv[1]), sync=sys.argv[2] == "sync") as url:
    print(url, flush=True)
    sys.stdin.readline()
"""


def ask(url: str, statement: str) -> object:
    """The first value that a statement gives; None when it gives no rows."""

    async def answer() -> object:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as connection:
            found = await connection.exec_driver_sql(statement)
            return found.scalar() if found.returns_rows else None

    return asyncio.run(answer())


def keep_a_row(url: str) -> None:
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")


def kept(url: str) -> object:
    return ask(url, "SELECT number FROM kept")


def pid_of(home: Path) -> int:
    found = cluster.postmaster(home / "postgres" / "cluster")
    assert found
    return found.pid


def start_program(home: Path, *before: str, sync: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", PROGRAM, str(home), sync],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PATH": os.defpath},
    )


def told(program: subprocess.Popen[str]) -> str:
    assert program.stdout
    return program.stdout.readline().strip()


@pytest.fixture
def home() -> Generator[Path]:
    """A home with a short path, because a socket lives in it."""
    folder = Path(tempfile.mkdtemp(prefix="kluis-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def shared() -> Generator[Path]:
    """A home whose database was made before, for tests that leave it as it was."""
    folder = Path(tempfile.mkdtemp(prefix="kluis-"))
    with embedded(folder, sync=False):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def made(home: Path, shared: Path) -> Path:
    """A home of one's own whose database was made before."""
    shutil.copytree(shared, home, dirs_exist_ok=True)
    return home


def test_the_first_start_makes_a_database_and_the_next_one_finds_it(home: Path) -> None:
    with embedded(home) as url:
        assert url == f"postgresql+asyncpg://kluis@/kluis?host={home}/postgres/run"
        keep_a_row(url)
        assert (
            ask(url, "SELECT lower('É') || current_user || current_setting('data_checksums')") == "ékluison"
        )
        assert ask(url, "SHOW fsync") == "on"
    with embedded(home) as url:
        assert kept(url) == 7


def test_only_this_user_can_reach_it_and_only_by_its_socket(shared: Path) -> None:
    with embedded(shared, sync=False) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        sockets = shared / "postgres" / "run"
        modes = {it.stat().st_mode & 0o777 for it in (shared / "postgres", sockets, sockets / cluster.SOCKET)}
        assert modes == {0o700}


def test_the_server_holds_the_lock_as_long_as_it_runs(shared: Path) -> None:
    with embedded(shared, sync=False):
        held = [it.readlink() for it in Path(f"/proc/{pid_of(shared)}/fd").iterdir()]
    assert shared / "postgres" / "lock" in held


def test_a_server_is_up_only_for_the_one_that_started_it(shared: Path) -> None:
    with embedded(shared, sync=False), subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as other:
        assert not is_up(Place(shared / "postgres"), other)
        other.communicate()


def test_a_key_pressed_in_the_programs_terminal_does_not_stop_it(shared: Path) -> None:
    with embedded(shared, sync=False):
        assert os.getpgid(pid_of(shared)) != os.getpgid(0)


def test_a_statement_that_fails_is_not_in_the_log(shared: Path) -> None:
    with embedded(shared, sync=False) as url:
        with pytest.raises(ProgrammingError):
            ask(url, "SELECT 'Carla' FROM nowhere")
        log = (shared / "postgres" / "log").read_text()
    assert 'relation "nowhere" does not exist' in log
    assert "Carla" not in log


def test_a_killed_postgres_recovers_at_the_next_start(made: Path) -> None:
    with embedded(made) as url:
        keep_a_row(url)
        os.kill(pid_of(made), signal.SIGKILL)
    with embedded(made) as url:
        assert kept(url) == 7


def test_a_killed_program_leaves_no_postgres_and_loses_no_row(made: Path) -> None:
    with start_program(made, sync="sync") as program:
        keep_a_row(told(program))
        left = pid_of(made)
        assert children.works_in(left) == made / "postgres" / "cluster"
        program.kill()
    with embedded(made) as url:
        assert children.works_in(left) is None
        assert kept(url) == 7


def test_a_second_program_gets_the_same_server_and_loses_it_with_the_first(shared: Path) -> None:
    with embedded(shared, sync=False) as url, start_program(shared) as second:
        assert told(second) == url
        second.communicate("\n")
        assert ask(url, "SELECT 1") == 1
    with start_program(shared) as first:
        told(first)
        with embedded(shared, sync=False) as url:
            first.communicate("\n")
            with pytest.raises(OSError, match="No such file"):
                ask(url, "SELECT 1")


def test_two_programs_that_start_together_make_one_server(home: Path) -> None:
    with start_program(home) as one, start_program(home) as other:
        assert told(one) == told(other)
        one.communicate("\n")
        other.communicate("\n")
    assert (home / "postgres" / "log").read_text().count("starting PostgreSQL") == 1


def test_a_lock_without_a_database_behind_it_is_not_waited_for_without_end(home: Path) -> None:
    place = Place(home)
    lock = own_or_find(place)
    assert isinstance(lock, int)
    with pytest.raises(NotStarted, match=r"another program holds .*/lock, and its database does not answer"):
        own_or_find(place, patience=0.02)
    os.close(lock)


@pytest.mark.parametrize("content", ["", "4194305\n", "{own}\n/elsewhere\n"])
def test_what_a_dead_server_left_is_no_hindrance(shared: Path, content: str) -> None:
    for name in ("cluster/postmaster.pid", "run/.s.PGSQL.5432", "run/.s.PGSQL.5432.lock"):
        (shared / "postgres" / name).write_text(content.format(own=os.getpid()))
    with embedded(shared, sync=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_the_number_of_a_dead_child_that_nobody_asked_after_is_no_hindrance(shared: Path) -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as dead:
        dead.kill()
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        (shared / "postgres" / "cluster" / "postmaster.pid").write_text(f"{dead.pid}\n")
        with embedded(shared, sync=False) as url:
            assert ask(url, "SELECT 1") == 1


def test_a_server_that_someone_started_by_hand_is_left_alone(home: Path) -> None:
    folder = home / "postgres" / "cluster"
    folder.mkdir(parents=True)
    with subprocess.Popen(["/bin/cat"], cwd=folder, stdin=subprocess.PIPE) as stranger:
        (folder / "PG_VERSION").write_text("18\n")
        (folder / "postmaster.pid").write_text(f"{stranger.pid}\n")
        with (
            pytest.raises(NotStarted, match=f"in use by PostgreSQL .process {stranger.pid}."),
            embedded(home),
        ):
            pass
        stranger.communicate()
    assert (folder / "postmaster.pid").exists()


def test_a_half_made_folder_is_made_anew(home: Path) -> None:
    fresh = home / "postgres" / "cluster.new"
    fresh.mkdir(parents=True)
    (fresh / "PG_VERSION").write_text("18\n")
    with embedded(home, sync=False) as url:
        keep_a_row(url)
    assert not fresh.exists()


def test_a_path_that_is_too_long_for_a_socket_gets_a_private_folder_elsewhere(made: Path) -> None:
    long = made / ("x" * 90)
    long.mkdir()
    (made / "postgres").rename(long / "postgres")
    with embedded(long, sync=False) as url:
        sockets = Path(url.split("host=")[1])
        assert sockets.parent == Path(tempfile.gettempdir())
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert ask(url, "SELECT 1") == 1
    with embedded(long, sync=False) as again:
        assert again == url
    sockets.rmdir()


def test_a_path_with_other_signs_is_an_ordinary_path(made: Path) -> None:
    odd = made / "a b%&+é"
    odd.mkdir()
    (made / "postgres").rename(odd / "postgres")
    with embedded(odd, sync=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_start_that_fails_tells_what_postgres_said(made: Path) -> None:
    with (made / "postgres" / "cluster" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with (
        pytest.raises(NotStarted, match=r"PostgreSQL did not start: .*contains errors.*/log"),
        embedded(made),
    ):
        pass


def until_it_answers(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError, SQLAlchemyError, asyncpg.PostgresError):
            assert kept(url) == 7
            return
        time.sleep(0.02)
    pytest.fail("it does not answer")


def until_told(caplog: pytest.LogCaptureFixture, words: str) -> None:
    until = time.monotonic() + PATIENCE
    while words not in caplog.text:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_one_that_is_killed_is_started_again_and_has_lost_no_row(made: Path) -> None:
    with embedded(made) as url:
        keep_a_row(url)
        for _ in range(3):
            killed = pid_of(made)
            os.kill(killed, signal.SIGKILL)
            until_it_answers(url)
            assert pid_of(made) != killed
    assert not (made / "postgres" / "cluster" / "postmaster.pid").exists()


def test_one_that_can_not_be_started_again_is_tried_until_it_can(
    made: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping_up, "TRIES_EVERY", 0.05)
    configuration = made / "postgres" / "cluster" / "postgresql.conf"
    whole = configuration.read_text()
    with embedded(made) as url:
        keep_a_row(url)
        configuration.write_text("no_such_setting = 1\n")
        os.kill(pid_of(made), signal.SIGKILL)
        until_told(caplog, "PostgreSQL did not start")
        configuration.write_text(whole)
        until_it_answers(url)


def test_one_that_can_not_be_started_again_is_given_up_at_the_end(
    made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with embedded(made, sync=False):
        (made / "postgres" / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")
        os.kill(pid_of(made), signal.SIGKILL)
        until_told(caplog, "PostgreSQL did not start")
    assert "it is started again" in caplog.text


def test_a_normal_user_starts_it_too(made: Path) -> None:
    """Where the tests run as root, another user does it, who may read what is root's."""
    drop: list[str] = []
    if os.geteuid() == 0:
        for it in (made, *made.rglob("*")):
            os.chown(it, 65534, 65534)
        read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        drop = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *read]
    with start_program(made, *drop) as program:
        assert told(program).endswith("/postgres/run")
        program.communicate("\n")
    assert program.returncode == 0


def test_root_starts_it_as_nobody_in_a_namespace_of_its_own() -> None:
    # Whoever runs the tests: `true` lets everything happen that it is asked.
    program, *how, end = without_root(0, "true")
    assert Path(program).name == "true"
    assert how == ["--user", "--map-user=65534", "--map-group=65534"]
    assert end == "--"
