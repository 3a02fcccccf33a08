"""The folder of the embedded PostgreSQL: what it may be, and what is told when it cannot be used."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from server import children, cluster
from server.cluster import NotStarted, Place
from server.embedded import binaries, embedded, without_root


def test_a_child_that_does_not_listen_is_told_to_quit(tmp_path: Path) -> None:
    stubborn = "trap '' INT; trap 'exit 3' QUIT; echo ready; while :; do sleep 0.01; done"
    kept_open = os.open("/dev/null", os.O_RDONLY)
    child = children.start(["/bin/sh", "-c", stubborn], keep=kept_open, log=tmp_path / "log")
    while not (tmp_path / "log").read_text():
        time.sleep(0.01)
    children.stop(child, patience=0.05)
    os.close(kept_open)
    assert child.returncode == 3


@pytest.mark.parametrize("sign", [",", ":"])
def test_a_sign_with_a_meaning_in_a_url_does_not_come_into_a_sockets_path(tmp_path: Path, sign: str) -> None:
    sockets = cluster.choose_socket_folder(Place(tmp_path / sign))
    assert sockets.parent == Path(tempfile.gettempdir())
    sockets.rmdir()


def test_a_temporary_folder_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"/{'y' * 100}")
    with pytest.raises(NotStarted, match="set TMPDIR to a short path"):
        cluster.choose_socket_folder(Place(tmp_path / ("x" * 90)))


def test_a_link_in_place_of_a_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "postgres").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotStarted, match="is a link"), embedded(tmp_path):
        pass


def test_a_folder_of_someone_else_is_refused(tmp_path: Path) -> None:
    """For root, a folder that it gave away; for anyone else, root's."""
    folder = Path("/")
    if os.geteuid() == 0:
        folder = tmp_path
        os.chown(folder, 65534, 65534)
    with pytest.raises(NotStarted, match=f"belongs to user {folder.stat().st_uid}, and this is user"):
        cluster.make_private(folder)


def test_an_initdb_that_fails_tells_its_reason(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "cluster.new").write_text("")
    with pytest.raises(NotStarted, match=r"could not be made: initdb: error: .*cluster.new"):
        cluster.prepare(place, binaries(), without_root(os.geteuid()), lock=0, sync=False)


def test_a_missing_reason_is_told_too() -> None:
    assert cluster.last_words("\n") == "it gave no reason"
    assert cluster.last_words("one\ntwo") == "two"


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        file.truncate(cluster.LOG_LIMIT + 1)
    cluster.rotate(log)
    cluster.rotate(log)
    assert [it.name for it in tmp_path.iterdir()] == ["log.before"]


def test_a_folder_of_another_version_is_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "postgres" / "cluster"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(NotStarted, match=r"is of PostgreSQL 17, and this is PostgreSQL 18"),
        embedded(tmp_path),
    ):
        pass
    assert [it.name for it in folder.iterdir()] == ["PG_VERSION"]


def test_a_folder_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    with pytest.raises(NotStarted, match="is not a database of PostgreSQL"), embedded(tmp_path):
        pass


def test_a_missing_wheel_is_told() -> None:
    for wheel in ("no_such_package", "asyncpg"):
        with pytest.raises(NotStarted, match="no PostgreSQL 18 in the package"):
            binaries(wheel)


def test_a_tmp_path_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotStarted, match=r"^.*/file/postgres: Not a directory$"), embedded(tmp_path / "file"):
        pass


def test_a_folder_that_others_could_enter_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    cluster.make_private(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_root_runs_it_as_nobody_or_not_at_all() -> None:
    assert without_root(1000) == []
    with pytest.raises(NotStarted, match="does not run as root"):
        without_root(0, unshare="false")
