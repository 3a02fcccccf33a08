"""What the demo tells: the same as a file for programs and on the terminal for people."""

import io
import json
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from auth.opaque_ids import OpaqueIds
from demo import world
from server import banner
from server.banner import Facts
from server.settings import Settings

IDS = OpaqueIds(b"a key of 16 byte")
ACCOUNTS = {role: UUID(int=number) for number, role in enumerate(world.ROLES)}
USERNAMES = {
    "administrator": "arthur@delinde.example",
    "advisor": "anna@delinde.example",
    "client": "bert@callewaert.example",
    "partner": "carla@verlinden.example",
    "outsider": "dirk@schyns.example",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, public_url="http://127.0.0.1:12345")


def told(settings: Settings) -> Facts:
    banner.tell(settings, ACCOUNTS, IDS)
    return json.loads((settings.home / "demo.json").read_text())


def test_the_file_says_where_things_are(settings: Settings) -> None:
    said = told(settings)
    assert set(said) == {"graphql", "portal", "console", "mail", "accounts"}
    assert said["graphql"] == "http://127.0.0.1:12345/graphql"
    assert said["portal"] == "http://127.0.0.1:12345/portal"
    assert said["console"] == "http://127.0.0.1:12345/console"
    assert said["mail"] == str(settings.home / "mail")


def test_the_mail_folder_is_told_from_the_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = banner.facts(Settings(home=Path("here")), ACCOUNTS, IDS)
    assert said["mail"] == str(tmp_path.resolve() / "here" / "mail")


def test_the_file_says_who_can_sign_in(settings: Settings) -> None:
    accounts = told(settings)["accounts"]
    assert {role: it["username"] for role, it in accounts.items()} == USERNAMES
    assert {it["password"] for it in accounts.values()} == {world.PASSWORD}
    assert {role: IDS.read(it["id"]) for role, it in accounts.items()} == {
        role: ("Account", id_) for role, id_ in ACCOUNTS.items()
    }


def test_the_file_is_for_the_owners_eyes_only(settings: Settings) -> None:
    told(settings)
    assert (settings.home / "demo.json").stat().st_mode & 0o777 == 0o600


def test_the_file_is_written_anew_and_whole(settings: Settings) -> None:
    (settings.home / "demo.json").write_text("x" * 100_000)
    told(settings)
    assert [it.name for it in settings.home.iterdir()] == ["demo.json"]


def test_everybody_is_explained() -> None:
    assert banner.WHO.keys() == world.ROLES.keys()


def test_the_terminal_shows_what_the_file_holds(settings: Settings) -> None:
    said = banner.facts(settings, ACCOUNTS, IDS)
    text = io.StringIO()
    banner.show(said, Console(file=text, width=banner.WIDTH))
    lines = text.getvalue().splitlines()
    for place in (said["portal"], said["console"], said["graphql"], said["mail"]):
        assert [place in it for it in lines].count(True) == 1
    for role, account in said["accounts"].items():
        (line,) = [it for it in lines if account["username"] in it]
        assert account["password"] in line
        assert banner.WHO[role] in line


def test_what_is_told_on_the_terminal_is_what_is_in_the_file(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(settings)
    assert said["graphql"] in capsys.readouterr().out
