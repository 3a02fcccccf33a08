"""The secrets in letters: each arrives whole, and is in no header, no log and no other text of ours."""

import logging
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.tokens import Token
from core.viewer import Language
from mail.letters import Unwritable, compose, values_of
from mail.sink import Sink
from mail.transport import SmtpTransport
from mail.writing import write
from tests.mail.correspondents import (
    ACCESS,
    BY_LINK,
    LINK,
    MORNING,
    PORTAL,
    SECRETS,
    TOKEN,
    kept,
    letter,
    links_of,
)


@given(st.sampled_from(BY_LINK), st.binary(min_size=32, max_size=32))
@example(BY_LINK[0], b"\xff" * 32)
@example(BY_LINK[1], b"\xfb\xef\xbe" * 10 + b"\xfb>")
def test_the_link_is_whole_whatever_the_token(kind: str, secret: bytes) -> None:
    token = str(Token(UUID(int=3), secret))
    written = compose(letter(kind, secret=token)).as_bytes()
    assert links_of(written) == [f"{PORTAL}/first-password#{token}"] * 2
    assert Token.parse(links_of(written)[0].partition("#")[2]) == Token(UUID(int=3), secret)


@pytest.mark.parametrize(("kind", "language"), list(product(BY_LINK, Language)))
def test_the_link_of_a_long_address_is_whole(kind: str, language: Language) -> None:
    portal = f"https://{'.'.join(['a' * 60] * 4)}.example/{'portal/' * 120}here"
    written = compose(letter(kind, language=language, portal_url=portal)).as_bytes()
    assert links_of(written) == [f"{portal}/first-password#{TOKEN}"] * 2
    _, _, body = written.partition(b"\r\n\r\n")
    assert max(len(line) for line in body.splitlines()) == 76


async def test_the_link_arrives_whole_and_no_log_has_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Sink(tmp_path) as url:
        transport = SmtpTransport(url)
        for kind in SECRETS:
            await transport.send(compose(letter(kind)))
        await transport.close()
    links = [it for message in kept(tmp_path) for it in links_of(message.as_bytes())]
    assert links.count(LINK) == 2 * len(BY_LINK)
    assert [secret for secret in SECRETS.values() if secret in caplog.text] == []


@pytest.mark.parametrize(("kind", "language"), list(product(SECRETS, Language)))
def test_the_secret_is_in_no_header(kind: str, language: Language) -> None:
    message = compose(letter(kind, language=language))
    headers = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]
    assert len(headers) > len(message.items())
    assert [it for it in headers if SECRETS[kind] in it or "first-password" in it] == []


@pytest.mark.parametrize("kind", SECRETS)
def test_the_secret_is_shown_by_no_repr(kind: str) -> None:
    content = letter(kind)
    writing = write(kind, Language.NL, values_of(content), MORNING)
    assert SECRETS[kind] in writing.text
    assert SECRETS[kind] not in repr((content, writing, compose(content)))


@pytest.mark.parametrize(
    "changes", [{"details": {**ACCESS, "expires_at": "tomorrow"}}, {"recipient": "nobody"}, {"details": {}}]
)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_refusal_does_not_tell_the_secret(kind: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Unwritable) as refusal:
        compose(letter(kind, **changes))
    assert SECRETS[kind] not in str(refusal.value)
