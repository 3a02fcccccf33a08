"""What the operator sets of the view: his own origin, those of others, methods, documents and proxies."""

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from execution import hash_of
from resolvers.strangers import BUCKET
from server.app import create_app
from server.http_rules import HttpRules, origin_of
from server.running import CannotRun, rules_of
from server.settings import Settings
from server.trusted_documents import Mode, TrustedDocuments
from tests.api import Api
from tests.http.asking import WHAT_TYPE, WHO
from tests.http.serving import served


def test_the_settings_say_what_the_view_allows(tmp_path: Path) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text(f'{{"who": "{WHO}"}}')
    said = Settings(
        home=tmp_path,
        allowed_origins=("https://portal.example",),
        get_queries=True,
        documents=manifest,
        documents_mode=Mode.ONLY,
    )
    assert rules_of(said) == HttpRules(
        allows_get=True,
        origins=frozenset({"https://portal.example"}),
        documents=TrustedDocuments(Mode.ONLY, {"who": WHO, hash_of(WHO): WHO}),
    )


def test_nothing_is_allowed_that_the_settings_do_not_say(tmp_path: Path) -> None:
    assert rules_of(Settings(home=tmp_path)) == HttpRules()


def test_documents_that_can_not_be_read_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as caught:
        rules_of(Settings(home=tmp_path, documents=tmp_path / "nothing.json"))
    assert str(caught.value).startswith("KLUIS_DOCUMENTS: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://kluis.test", "http://kluis.test"),
        ("https://Portal.Example/path?query#place", "https://portal.example"),
        ("https://portal.example:443", "https://portal.example"),
        ("http://portal.example:80/", "http://portal.example"),
        ("http://portal.example:443", "http://portal.example:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://user:word@portal.example", "https://portal.example"),
    ],
)
def test_an_origin_is_spelled_as_browsers_spell_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["", "portal.example", "ftp://portal.example", "https://", "http://a:b"])
def test_what_is_no_web_address_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        origin_of(url)


@pytest.mark.parametrize(
    ("proxies", "said", "believed"),
    [
        ((), "192.0.2.1", "127.0.0.1"),
        (("192.0.2.9",), "192.0.2.1", "127.0.0.1"),
        (("127.0.0.1",), "192.0.2.1", "192.0.2.1"),
        (("127.0.0.0/8",), "192.0.2.1", "192.0.2.1"),
        (("127.0.0.1",), "198.51.100.1, 192.0.2.1", "192.0.2.1"),
        (("127.0.0.1",), "192.0.2.1, 127.0.0.1", "192.0.2.1"),
    ],
)
async def test_an_address_is_believed_of_the_proxies_that_are_named(
    api: Api, proxies: Sequence[str], said: str, believed: str
) -> None:
    api.ports.strangers.spend(believed, BUCKET.capacity, api.ports.clock.now())
    async with served(create_app(api.ports), proxies) as url, httpx.AsyncClient(base_url=url) as http:
        headers = {"X-Forwarded-For": said}
        answer = await http.post("/graphql", json={"query": WHAT_TYPE}, headers=headers)
    # Whoever has that address has no points left.
    assert answer.status_code == 429
