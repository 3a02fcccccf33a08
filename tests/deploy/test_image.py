"""The image: a clean Dockerfile, what runs and nothing else in it, and secrets that come from files."""

import json
import re
import sys
import threading
import tomllib
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import pytest

from demo import portal
from server import cli, migrations
from tests.deploy.files import DEPLOY, ROOT, said_by, without_comments
from tests.programs import WANTING

DOCKERFILE: Final = DEPLOY / "Dockerfile"
IGNORED: Final = ROOT / ".dockerignore"
ENTRYPOINT: Final = str(DEPLOY / "entrypoint.sh")


def test_the_linter_of_dockerfiles_has_no_complaint() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        pytest.skip(f"{WANTING}hadolint")
    assert said_by(str(linter), "--no-color", "--failure-threshold", "style", str(DOCKERFILE)) == (0, "")


def instructions(name: str) -> list[str]:
    """Return what stands behind each instruction of that name, on one line."""
    whole = without_comments(DOCKERFILE).replace("\\\n", " ")
    return [re.sub(r"\s+", " ", it) for it in re.findall(rf"^{name} (.*)$", whole, re.MULTILINE)]


def test_it_stands_on_named_versions_and_runs_as_nobody_in_particular() -> None:
    for base in instructions("FROM"):
        assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+( AS \w+)?", base), base
    assert instructions("USER") == ["10001:10001"]
    (install,) = [it for it in instructions("RUN") if "pip install" in it]
    assert "--require-hashes --only-binary :all:" in install


def listed() -> set[str]:
    """Return what .dockerignore lets into the image."""
    lines = IGNORED.read_text().splitlines()
    assert "*" in lines
    return {it.removeprefix("!") for it in lines if it.startswith("!")}


def test_no_test_and_nothing_that_a_server_keeps_is_in_it() -> None:
    found = {it.partition("/")[0] for it in listed()}
    assert not found & {"tests", "bench", "docs", "var", ".git", ".venv", "typings", "console"}
    assert [it for it in listed() if not (ROOT / it).exists()] == []


def test_every_floor_and_what_it_reads_from_elsewhere_is_in_it() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    floors = set(said["tool"]["importlinter"]["root_packages"])
    read = {portal.FOLDER, cli.SCHEMA_FILE, migrations.ROOT / "alembic", migrations.ROOT / "alembic.ini"}
    built = {"requirements.txt", "deploy/entrypoint.sh"}
    assert listed() == floors | {str(it.relative_to(ROOT)) for it in read} | built


def test_a_secret_that_lies_in_a_file_becomes_the_setting_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "KLUIS_DATABASE_URL").write_text('postgresql://kluis:it\'s $HOME "a" * secret@db/kluis\n')
    (tmp_path / "AWS_SECRET_ACCESS_KEY").write_text("a/b+c")
    (tmp_path / "database_password").write_text("not a setting")
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    status, said = said_by(
        ENTRYPOINT, sys.executable, "-c", show, env={"SECRETS": str(tmp_path), "KLUIS_PORT": "8000"}
    )
    found = {name: it for name, it in json.loads(said).items() if name.startswith(("KLUIS", "AWS", "data"))}
    assert status == 0
    assert found == {
        "KLUIS_DATABASE_URL": 'postgresql://kluis:it\'s $HOME "a" * secret@db/kluis',
        "AWS_SECRET_ACCESS_KEY": "a/b+c",
        "KLUIS_PORT": "8000",
    }


def test_without_secrets_the_program_starts_and_its_end_is_the_programs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit(7)"]
    assert said_by(ENTRYPOINT, *command, env={"SECRETS": str(tmp_path / "none")}) == (7, "")


@contextmanager
def answering(status: int, asked: list[str]) -> Generator[str]:
    """Answer every request with a status; yield the address, and note which paths were asked for."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_requests_should_come(status: int, *, is_well: bool) -> None:
    (check,) = instructions("HEALTHCHECK")
    words: list[str] = json.loads(check.partition(" CMD ")[2])
    asked: list[str] = []
    with answering(status, asked) as place:
        command = [sys.executable, *(it.replace("127.0.0.1:8000", place) for it in words[1:])]
        ended, _ = said_by(*command)
    assert (ended == 0) is is_well
    assert asked == ["/health/ready"]
