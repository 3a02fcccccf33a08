"""How PostgreSQL's programs are found and told where the database is, and what they say when they fail."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from server import dumps, embedded
from server.cluster import NotStarted
from server.dumps import Place, variables
from server.embedded import binaries
from server.running import CannotRun
from server.snapshots import frozen, patient
from tests import databases
from tests.models.catalogue import asked, tables

OTHERS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'kluis'"
DRIVER = "postgresql+asyncpg://"


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("kluis@/kluis?host=/run/pg", {"PGHOST": "/run/pg", "PGUSER": "kluis", "PGDATABASE": "kluis"}),
        (
            "owner:se%2Fcret@db.example:6432/vault?ssl=require",
            {
                "PGHOST": "db.example",
                "PGPORT": "6432",
                "PGUSER": "owner",
                "PGPASSWORD": "se/cret",
                "PGDATABASE": "vault",
                "PGSSLMODE": "require",
            },
        ),
        (
            "u@/d?host=a:1&host=b:2&target_session_attrs=read-write",
            {
                "PGHOST": "a,b",
                "PGPORT": "1,2",
                "PGUSER": "u",
                "PGDATABASE": "d",
                "PGTARGETSESSIONATTRS": "read-write",
            },
        ),
        (
            "u@/d?host=a&host=b&port=5433",
            {"PGHOST": "a,b", "PGPORT": "5433", "PGUSER": "u", "PGDATABASE": "d"},
        ),
    ],
)
def test_an_address_is_told_in_the_variables_of_postgresql(rest: str, said: dict[str, str]) -> None:
    assert variables(DRIVER + rest) == said | {"PGAPPNAME": "kluis"}


def test_a_password_is_in_no_command() -> None:
    place = Place(f"{DRIVER}u:secret@h/d", is_embedded=False)
    assert place.environment["PGPASSWORD"] == "secret"
    assert "secret" not in place.program("pg_dump")


@pytest.mark.parametrize(
    ("version", "is_taken"), [("18.1", True), ("19.0", True), ("15.4", False), ("", False)]
)
def test_an_installed_program_is_taken_that_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, *, is_taken: bool
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version} (Debian)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    url = f"{DRIVER}u@h/d"
    packaged = str(binaries() / "pg_dump")
    assert Place(url, is_embedded=False).program("pg_dump") == (str(program) if is_taken else packaged)
    assert Place(url, is_embedded=True).program("pg_dump") == packaged


def test_without_any_program_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(embedded.binaries, "__defaults__", ("no_such_wheel",))
    with pytest.raises(NotStarted, match="no pg_dump of PostgreSQL 18 is installed here"):
        Place(f"{DRIVER}u@h/d", is_embedded=False).program("pg_dump")


async def test_whoever_says_stop_ends_the_program_too(tmp_path: Path) -> None:
    lock = text("LOCK TABLE document IN ACCESS EXCLUSIVE MODE")
    async with databases.fresh() as full, patient(full) as engine, frozen(engine) as found:
        async with engine.begin() as connection:
            await connection.execute(lock)
            dumping = asyncio.create_task(
                dumps.dump(Place(full, is_embedded=False), found.snapshot, tmp_path / "dump", print)
            )
            await until(full, programs=1)
            dumping.cancel()
            with pytest.raises(asyncio.CancelledError):
                await dumping
        await until(full, programs=0)


async def until(url: str, *, programs: int) -> None:
    """Return when so many of PostgreSQL's programs look at a database."""
    for _ in range(3_000):
        if len(await asked(url, OTHERS)) == programs:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"there are not {programs}")


async def test_what_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """A statement that fails after all rows are in, a dump that is gone half-way, a file that is none."""
    async with databases.fresh() as full, databases.fresh("template0") as empty:
        file = tmp_path / "dump"
        async with patient(full) as engine, frozen(engine) as found:
            await dumps.dump(Place(full, is_embedded=False), found.snapshot, file, lambda _: None)
        place = Place(empty, is_embedded=False)
        with pytest.raises(CannotRun, match=r'could not be restored: +relation "nowhere" does not exist'):
            await dumps.bring_back(
                place, file, "DELETE FROM nowhere;\n" + "-- long\n" * 100_000, lambda _: None
            )
        assert await tables(empty) == []
        # All rows are in, and the file is gone for what follows them.
        with pytest.raises(CannotRun, match=r"could not be restored: pg_restore: error: could not open"):
            await dumps.bring_back(place, file, "", lambda _: file.unlink(missing_ok=True))
        assert await tables(empty) == []
        (tmp_path / "none").write_text("no dump")
        with pytest.raises(CannotRun, match=r"could not be restored: pg_restore: error: .*not appear to be"):
            await dumps.bring_back(place, tmp_path / "none", "", lambda _: None)
        assert await tables(empty) == []
