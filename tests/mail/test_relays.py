"""Relays: which mail server a URL names, and what would betray its password."""

import pytest

from mail.relays import Relay


def test_the_url_names_server_account_and_port() -> None:
    relay = Relay.parse("smtp://kluis:p%40ss%2F1@mail.example.com:2525")
    assert relay == Relay("mail.example.com", 2525, "kluis", "p@ss/1", is_encrypted=False, start_tls=True)


@pytest.mark.parametrize(
    ("url", "port", "is_encrypted", "start_tls"),
    [
        ("smtp://mail.example.com", 587, False, True),
        ("smtp://mail.example.com?starttls=required", 587, False, True),
        ("smtp://mail.example.com?starttls=optional", 587, False, None),
        ("smtp://mail.example.com:25?starttls=off", 25, False, False),
        ("smtps://mail.example.com", 465, True, False),
        ("smtps://kluis:pass@mail.example.com", 465, True, False),
        ("smtp://kluis:pass@127.0.0.1?starttls=off", 587, False, False),
        ("smtp://kluis:pass@[::1]?starttls=off", 587, False, False),
        ("smtp://kluis:pass@localhost?starttls=optional", 587, False, None),
    ],
)
def test_the_way_is_guarded_unless_told_otherwise(
    url: str, port: int, *, is_encrypted: bool, start_tls: bool | None
) -> None:
    relay = Relay.parse(url)
    assert (relay.port, relay.is_encrypted, relay.start_tls) == (port, is_encrypted, start_tls)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "https://kluis:hushhush@mail.example.com",
        "smtp://:hushhush@",
        "smtp://kluis:hushhush@mail.example.com:many",
        "smtp://kluis:hushhush@mail.example.com?starttls=maybe",
        "smtp://kluis:hushhush@mail.example.com?starttls",
        "smtp://kluis:hushhush@mail.example.com?tls=off",
        "smtps://kluis:hushhush@mail.example.com?starttls=required",
        "smtp://kluis:hushhush@mail.example.com?starttls=off",
        "smtp://kluis:hushhush@192.0.2.1?starttls=optional",
    ],
)
def test_a_url_that_will_not_do_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        Relay.parse(url)
    assert "hushhush" not in str(refusal.value)


def test_a_relay_does_not_show_its_password() -> None:
    assert "hushhush" not in repr(Relay.parse("smtp://kluis:hushhush@mail.example.com"))
