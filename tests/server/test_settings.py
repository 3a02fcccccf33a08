"""The settings: their defaults, what is refused, and that the README tells all of them."""

from pathlib import Path

import pytest

from server import settings
from server.trusted_documents import Mode

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"KLUIS_{name.upper()}", raising=False)


def test_nothing_needs_to_be_set() -> None:
    found = settings.read()
    assert (found.home, found.host, found.port) == (Path("./var"), "127.0.0.1", 8000)
    assert (found.database_url, found.storage_url, found.smtp_url) == (None, None, None)
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.keys == Path("var/keys.json")
    assert found.upload_limit == 25 * 1024 * 1024
    assert (found.allowed_origins, found.get_queries, found.trusted_proxies) == ((), False, ())
    assert (found.documents, found.documents_mode) == (None, Mode.PREFER)


def test_a_variable_changes_its_setting_and_what_follows_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_HOME", "/srv/kluis")
    monkeypatch.setenv("KLUIS_HOST", "::1")
    monkeypatch.setenv("KLUIS_PORT", "9000")
    found = settings.read()
    assert found.keys == Path("/srv/kluis/keys.json")
    assert found.public_url == "http://[::1]:9000"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_DATABASE_URL", "")
    assert settings.read().database_url is None


@pytest.mark.parametrize("scheme", ["postgresql://", "postgresql+asyncpg://"])
def test_a_database_url_is_used_with_our_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("KLUIS_DATABASE_URL", f"{scheme}kluis@db/kluis")
    assert settings.read().database_url == "postgresql+asyncpg://kluis@db/kluis"


def test_the_public_url_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_PUBLIC_URL", "https://portal.example/")
    assert settings.read().public_url == "https://portal.example"


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:3310", "unix:///run/clamd.sock"])
def test_a_scanner_is_found_over_the_network_or_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("KLUIS_CLAMD_URL", url)
    assert settings.read().clamd_url == url


def test_a_list_is_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_ALLOWED_ORIGINS", "https://portal.example, http://[::1]:3000,,")
    monkeypatch.setenv("KLUIS_TRUSTED_PROXIES", "10.0.0.1,10.1.0.0/16")
    found = settings.read()
    assert found.allowed_origins == ("https://portal.example", "http://[::1]:3000")
    assert found.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


def test_documents_are_a_place_and_a_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_DOCUMENTS", "/srv/kluis/documents")
    monkeypatch.setenv("KLUIS_DOCUMENTS_MODE", "only")
    found = settings.read()
    assert (found.documents, found.documents_mode) == (Path("/srv/kluis/documents"), Mode.ONLY)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KLUIS_PORT", "eighty"),
        ("KLUIS_PORT", "65536"),
        ("KLUIS_UPLOAD_LIMIT", "-7"),
        ("KLUIS_DATABASE_URL", "mysql://kluis:hunter2@db/kluis"),
        ("KLUIS_MAIL_SENDER", "portal"),
        ("KLUIS_MAIL_SENDER", "portal@localhost"),
        ("KLUIS_MAIL_SENDER", "portaal@kantoor.example\nBcc: eva@example.com"),
        ("KLUIS_CLAMD_URL", "scanner.example:3310"),
        ("KLUIS_PUBLIC_URL", "portal.example"),
        ("KLUIS_PUBLIC_URL", "ftp://portal.example"),
        ("KLUIS_PUBLIC_URL", "https:///portal.example"),
        ("KLUIS_PUBLIC_URL", "https://portal.example:eighty"),
        ("KLUIS_PUBLIC_URL", "https://[portal.example"),
        ("KLUIS_GET_QUERIES", "perhaps"),
        ("KLUIS_READY_WITHOUT", "mail,sleep"),
        ("KLUIS_STOP_GRACE", "-1"),
        ("KLUIS_DATABASE_POOL", "4"),
        ("KLUIS_METRICS", "localhost"),
        ("KLUIS_LOG", "xml"),
        ("KLUIS_SLOW_AFTER", "-7"),
        ("KLUIS_DOCUMENTS_MODE", "always"),
        ("KLUIS_ALLOWED_ORIGINS", "*"),
        ("KLUIS_ALLOWED_ORIGINS", "null"),
        ("KLUIS_ALLOWED_ORIGINS", "portal.example"),
        ("KLUIS_ALLOWED_ORIGINS", "ftp://portal.example"),
        ("KLUIS_ALLOWED_ORIGINS", "https://portal.example/"),
        ("KLUIS_ALLOWED_ORIGINS", "https://portal.example/path"),
        ("KLUIS_ALLOWED_ORIGINS", "https://portal.example:443"),
        ("KLUIS_ALLOWED_ORIGINS", "https://Portal.example"),
        ("KLUIS_ALLOWED_ORIGINS", "https://user@portal.example"),
        ("KLUIS_ALLOWED_ORIGINS", "https://portal.example;https://other.example"),
        ("KLUIS_ALLOWED_ORIGINS", "https://portal.example,https://other.example/"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable_and_hides_the_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(settings.BadSetting) as caught:
        settings.read()
    assert str(caught.value).startswith(f"{variable}: ")
    assert "\n" not in str(caught.value)
    assert value not in str(caught.value)


@pytest.mark.parametrize("name", ["KLUIS_PROT", "kluis_port"])
def test_a_variable_that_is_no_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "8000")
    with pytest.raises(settings.BadSetting, match=f"^{name} is not a setting"):
        settings.read()


def test_settings_are_fixed_once_read() -> None:
    found = settings.read()
    with pytest.raises(ValueError, match="frozen"):
        found.port = 1  # pyright: ignore[reportAttributeAccessIssue]  # the refusal is what is shown


def test_passwords_in_urls_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "STORAGE_URL", "SMTP_URL"):
        monkeypatch.setenv(f"KLUIS_{name}", "postgresql://kluis:hunter2@db/kluis")
    assert "hunter2" not in repr(settings.read())


def test_the_readme_tells_every_setting_with_its_default() -> None:
    assert settings.table() in README.read_text(), f"README.md must hold:\n{settings.table()}"
