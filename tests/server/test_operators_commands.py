"""What the operator types for a firm: its administrators, its seats, its mail, its sessions."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from server import cli
from tests.server.commands import kluis, refused, set_nothing

GREET = ("create-administrator", "de-linde", "greet@de-linde.example", "Greet", "Wouters")
PASSWORD = "vier groene olifanten dansen"
ACCOUNTS = "SELECT username, language, password_hash IS NOT NULL, initial_password_expires_at FROM account"
NO_LICENCE = "kluis: There is no licence with this short name."
USAGE = 2


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_nothing(monkeypatch, tmp_path)


def rows_of(url: str, query: str) -> list[tuple[Any, ...]]:
    """Return what stands in the database that the commands worked on."""

    async def asked() -> list[tuple[Any, ...]]:
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            return [tuple(it) for it in await connection.execute(text(query))]

    return asyncio.run(asked())


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch, database_url: str) -> str:
    """The address of a database with a licence in it."""
    monkeypatch.setenv("KLUIS_DATABASE_URL", database_url)
    assert kluis("create-licence", "de-linde", "Kantoor De Linde").exit_code == 0
    return database_url


def test_an_administrator_gets_the_password_that_is_typed_twice_and_not_shown(firm: str) -> None:
    created = kluis(*GREET, given=f"{PASSWORD}\n{PASSWORD}\n")
    assert (created.exit_code, created.stderr) == (0, "")
    assert "greet@de-linde.example administers de-linde." in created.stdout
    assert PASSWORD not in created.output
    assert rows_of(firm, ACCOUNTS) == [("greet@de-linde.example", "NL", True, None)]
    assert rows_of(firm, "SELECT kind FROM letter") == []


def test_a_password_that_is_typed_otherwise_the_second_time_is_asked_for_again(firm: str) -> None:
    created = kluis(*GREET, given=f"{PASSWORD}\n{PASSWORD}!\n{PASSWORD}\n{PASSWORD}\n")
    assert created.exit_code == 0
    assert "do not match" in created.output
    assert len(rows_of(firm, ACCOUNTS)) == 1


def test_a_password_is_not_shown_while_it_is_typed(monkeypatch: pytest.MonkeyPatch, firm: str) -> None:
    asked: list[dict[str, Any]] = []

    def prompt(_: str, **how: Any) -> str:
        asked.append(how)
        return PASSWORD

    monkeypatch.setattr(cli.typer, "prompt", prompt)
    assert kluis(*GREET).exit_code == 0
    assert asked == [{"hide_input": True, "confirmation_prompt": True}]
    assert len(rows_of(firm, ACCOUNTS)) == 1


def test_an_administrator_can_be_mailed_a_first_password(firm: str) -> None:
    created = kluis(*GREET, "--mail", "--language", "fr")
    assert (created.exit_code, created.stderr) == (0, "")
    assert "A first password is on its way." in created.stdout
    ((username, language, has_password, expires_at),) = rows_of(firm, ACCOUNTS)
    assert (username, language, has_password) == ("greet@de-linde.example", "FR", True)
    assert expires_at is not None
    letters = rows_of(firm, "SELECT kind, recipient, language FROM letter")
    assert letters == [("access_granted", "greet@de-linde.example", "FR")]


def test_an_administrator_who_cannot_be_is_told_in_one_line(firm: str) -> None:
    assert refused("create-administrator", "de-beuk", *GREET[2:], "--mail") == NO_LICENCE
    assert "e-mail address" in refused(*GREET[:2], "greet", "Greet", "Wouters", "--mail")
    assert kluis(*GREET, given="kort\nkort\n").stderr.startswith("kluis: ")
    assert rows_of(firm, ACCOUNTS) == []
    assert kluis(*GREET, "--mail").exit_code == 0
    assert refused(*GREET, "--mail") == "kluis: This exists already."


def test_client_logins_are_set(firm: str) -> None:
    done = kluis("set-client-logins", "de-linde", "0")
    assert (done.exit_code, done.output) == (0, "de-linde has 0 client logins.\n")
    assert rows_of(firm, "SELECT client_login_limit FROM licence") == [(0,)]
    assert refused("set-client-logins", "de-beuk", "1") == NO_LICENCE
    for seats in ("-1", "many", "3000000000"):
        assert kluis("set-client-logins", "de-linde", "--", seats).exit_code == USAGE
    assert rows_of(firm, "SELECT client_login_limit FROM licence") == [(0,)]


def test_what_a_licence_mails_and_demands_is_set_one_by_one(firm: str) -> None:
    rules = "SELECT first_secret, staff_need_two_factor, accepts_active_files, changes_kept_days FROM licence"
    assert rows_of(firm, rules) == [("PASSWORD", False, False, 30)]
    for options, then in (
        (["--first-secret", "link"], ("LINK", False, False, 30)),
        (["--staff-two-factor"], ("LINK", True, False, 30)),
        (["--active-files"], ("LINK", True, True, 30)),
        (["--first-secret", "password", "--no-staff-two-factor"], ("PASSWORD", False, True, 30)),
        (["--no-active-files", "--changes-kept-days", "365"], ("PASSWORD", False, False, 365)),
        (["--changes-kept-days", "1"], ("PASSWORD", False, False, 1)),
    ):
        done = kluis("set-rules", "de-linde", *options)
        assert (done.exit_code, done.output) == (0, "The rules of de-linde are set.\n")
        assert rows_of(firm, rules) == [then]
    assert kluis("set-rules", "de-linde", "--first-secret", "carrier pigeon").exit_code == USAGE
    for days in ("0", "366", "many"):
        assert kluis("set-rules", "de-linde", "--changes-kept-days", days).exit_code == USAGE
    assert rows_of(firm, rules) == [("PASSWORD", False, False, 1)]
    assert refused("set-rules", "de-beuk") == NO_LICENCE


def test_whom_letters_come_from_and_answers_go_to_is_set_one_by_one(firm: str) -> None:
    addresses = "SELECT mail_sender, mail_reply_to FROM licence"
    for options, then in (
        (["--sender", "portaal@bücher.example"], ("portaal@bücher.example", None)),
        (["--reply-to", "kantoor@de-linde.example"], ("portaal@bücher.example", "kantoor@de-linde.example")),
        (["--sender", "", "--reply-to", ""], (None, None)),
    ):
        done = kluis("set-mail", "de-linde", *options)
        assert (done.exit_code, done.output) == (0, "The mail addresses of de-linde are set.\n")
        assert rows_of(firm, addresses) == [then]
    assert refused("set-mail", "de-linde", "--sender", "portaal") == "kluis: This is not an e-mail address."
    assert refused("set-mail", "de-beuk", "--sender", "portaal@de-linde.example") == NO_LICENCE
    assert rows_of(firm, addresses) == [(None, None)]


def test_sessions_are_ended_of_everybody_or_of_one(firm: str) -> None:
    assert kluis(*GREET, "--mail").exit_code == 0
    add = """INSERT INTO session (licence_id, account_id, digest, created_at, last_seen_at, expires_at)
        SELECT licence_id, id, 'd', now(), now(), now() FROM account RETURNING 1"""
    for arguments in (["de-linde"], ["de-linde", "greet@de-linde.example"]):
        assert len(rows_of(firm, add)) == 1
        done = kluis("end-sessions", *arguments)
        assert (done.exit_code, done.output) == (0, "1 sessions have ended.\n")
        assert rows_of(firm, "SELECT 1 FROM session") == []
    line = refused("end-sessions", "de-linde", "nobody@de-linde.example")
    assert line == "kluis: There is no account with this user name."
    assert refused("end-sessions", "de-beuk") == NO_LICENCE
