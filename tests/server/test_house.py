"""The house put together from the settings: whom its letters come from, and what time it is in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.clock import SystemClock
from mail.addresses import ascii_address
from models import Letter
from server.house import open_house, sender_of
from server.settings import Settings
from tests.mail.correspondents import firm

AN_HOUR = timedelta(hours=1)
NO_RELAY = "smtp://127.0.0.1:9"


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


@pytest.mark.parametrize("off", [AN_HOUR, -AN_HOUR])
async def test_whatever_the_machine_says_it_is_as_late_as_in_the_database(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: timedelta
) -> None:
    def wrong(_: SystemClock) -> datetime:
        return datetime.now(UTC) + off

    monkeypatch.setattr(SystemClock, "now", wrong)
    async with open_house(Settings(home=tmp_path), database_url, NO_RELAY) as (ports, worker):
        began = await ports.database.moment()
        assert abs(ports.clock.now() - began) < AN_HOUR / 2
        # The worker takes a letter that is due, and keeps it for two minutes of everybody's.
        licence_id = await firm(ports.database)
        async with ports.database.change(licence_id) as session:
            session.add(
                Letter(
                    licence_id=licence_id,
                    kind="document_shared",
                    recipient="bert@callewaert.example",
                    language="NL",
                    queued_at=began,
                    due_at=began,
                )
            )
        assert await worker.deliver_due() == 1
        async with ports.database.snapshot(licence_id) as connection:
            (due,) = (await connection.execute(select(Letter.due_at))).scalars()
        assert began < due < began + AN_HOUR / 2
