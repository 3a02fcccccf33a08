"""The house put together from the settings: whom its letters come from."""

import pytest

from mail.addresses import ascii_address
from server.house import sender_of
from server.settings import Settings


@pytest.mark.parametrize(
    ("settings", "sender"),
    [
        ({}, "no-reply@127.0.0.1"),
        ({"public_url": "https://portal.example:8443/kantoor"}, "no-reply@portal.example"),
        ({"public_url": "http://[::1]:8000"}, "no-reply@localhost"),
        (
            {"public_url": "https://portal.example", "mail_sender": "post@Kantoor.example"},
            "post@kantoor.example",
        ),
    ],
)
def test_letters_come_from_the_host_that_people_use_unless_an_address_is_set(
    settings: dict[str, str], sender: str
) -> None:
    found = sender_of(Settings(**settings))  # pyright: ignore[reportArgumentType]  all of them are texts
    assert found == ascii_address(found) == sender
