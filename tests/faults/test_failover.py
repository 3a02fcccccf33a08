"""The failovers that are tried: what is found on the machine, what is killed, and what is counted."""

import subprocess
import sys
from pathlib import Path

import pytest

from faults import etcd, programs
from faults.failover import Round, sheet_of
from faults.nodes import Node, Plan
from faults.patroni import Cluster, Standby
from faults.programs import Wanting, found, free_ports, kill_all, working_in
from faults.writing import Written

FOR_LONG = [sys.executable, "-c", "import time; time.sleep(600)"]
PLAN = Plan(("127.0.0.1:1", "127.0.0.1:2"), "secret", "another")


def test_what_is_not_installed_is_told_in_one_line() -> None:
    with pytest.raises(
        Wanting, match=r"^no-such-program is not installed; on Debian or Ubuntu: apt install p$"
    ):
        found("no-such-program", "p")


def test_a_machine_that_dies_takes_all_with_it_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = (subprocess.Popen(FOR_LONG, cwd=tmp_path / it) for it in ("one", "other"))
    kill_all(tmp_path / "one")
    assert (one.wait(), other.poll()) == (-9, None)
    kill_all(tmp_path)
    assert other.wait() == -9
    assert working_in(tmp_path) == []


def test_what_is_started_writes_its_log_where_it_works(tmp_path: Path) -> None:
    started = programs.start([sys.executable, "-c", "import os; print(os.getcwd())"], tmp_path)
    assert started.wait() == 0
    assert (tmp_path / "log").read_text() == f"{tmp_path}\n"


def test_ports_are_different() -> None:
    assert len(set(free_ports(5))) == 5


def test_members_of_etcd_listen_on_this_machine_alone() -> None:
    told = [it for it in etcd.options(0, 1, 2, "") if "://" in it]
    assert len(told) == 4
    assert all("=http://127.0.0.1:" in it for it in told)


def test_a_node_tells_its_passwords_to_nobody_else(tmp_path: Path) -> None:
    node = Node("node0", tmp_path / "node0", PLAN)
    assert (tmp_path / "node0").stat().st_mode & 0o777 == 0o700
    assert not node.is_leader
    node.die()


def test_the_address_names_every_host_and_no_superuser(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, ["127.0.0.1:1"])
    assert cluster.url.startswith("postgresql+asyncpg://kluis:")
    hosts = "&".join(f"host=127.0.0.1:{it.port}" for it in cluster.nodes)
    assert cluster.url.endswith(f"@/kluis?{hosts}&target_session_attrs=read-write")


@pytest.mark.parametrize(
    ("state", "sync_state", "waits"),
    [
        ("streaming", "sync", True),
        ("streaming", "quorum", True),
        ("streaming", "async", False),
        ("streaming", "potential", False),
        ("catchup", "sync", False),
    ],
)
def test_commits_wait_for_a_standby_that_follows_and_is_synchronous(
    state: str, sync_state: str, *, waits: bool
) -> None:
    assert Standby("node1", state, sync_state).is_synchronous is waits


def test_a_gap_begins_with_the_failure() -> None:
    written = Written(moments=[1.0, 2.0, 9.0, 9.5])
    assert written.gap(since=3.0) == 6.0
    assert written.gap(since=9.2) == pytest.approx(0.3)
    assert Written().gap(since=3.0) == 0


def test_a_promise_is_broken_by_a_row_that_is_lost_or_by_coming_back_late() -> None:
    assert Round("node", acknowledged=9, lost=0, cluster=17.0, kluis=22.0).is_kept
    assert not Round("node", acknowledged=9, lost=1, cluster=17.0, kluis=17.0).is_kept
    assert not Round("node", acknowledged=9, lost=0, cluster=17.0, kluis=22.1).is_kept


def test_the_table_tells_the_longest_of_each_way() -> None:
    rounds = [
        Round("node", 9, 0, 17.0, 18.0),
        Round("postmaster", 5, 0, 5.0, 5.1),
        Round("node", 8, 1, 19.0, 17.0),
    ]
    assert [list(it) for it in sheet_of(rounds).rows] == [
        ["The leader's machine dies", "2", "17", "1", "19.0", "18.0"],
        ["The leader's PostgreSQL is killed", "1", "5", "0", "5.0", "5.1"],
    ]
