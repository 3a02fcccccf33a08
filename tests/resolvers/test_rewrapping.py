"""Secrets sealed again: each stays what it was and where it belongs, whoever was interrupted meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NoReturn
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, select, update

from auth import keys, totp, vault
from auth.passwords import CHEAPEST
from demo.firm import File, Firm
from models import DocumentVersion, Letter, Preview, TotpDevice, Upload
from resolvers import rewrapping
from resolvers.change import letter_seal
from resolvers.file_rows import Place
from resolvers.founding import Founded
from resolvers.rewrapping import SEALED, Unopened, count_old, rewrap
from storage.files import Stored
from tests.api import Api
from tests.journeys.secured import sent_file

SECRETS: Final = {
    "document_version": b"what opens a file",
    "preview": b"what opens a picture",
    "upload": b"a secret",
    "totp_device": b"JBSWY3DPEHPK3PXP",
    "letter": b"a first password",
}
NOTHING: Final[Callable[[int], object]] = lambda _: None  # noqa: E731  a name for it
Sealed = dict[str, tuple[bytes, bytes]]
"""By table: what stands in the row, and what it is bound to."""


@asynccontextmanager
async def filling(api: Api, founded: Founded) -> AsyncGenerator[Firm]:
    """Yield a firm whose files can be opened, to be filled in one transaction."""
    async with api.ports.database.change(founded.licence_id) as session:
        hashed = CHEAPEST.hash("x")
        yield Firm(session, founded, now=api.ports.clock.now(), password_hash=hashed, keys=api.ports.keys)


async def fill(api: Api, founded: Founded, who: str, name: str = "one") -> None:
    """Add one of each row that holds something sealed."""
    account, licence = api.world.accounts[who], founded.licence_id
    file = File("a.pdf", "application/pdf", Stored(name, SECRETS["document_version"], 1, bytes(32)))
    seed = SECRETS["totp_device"].decode()
    async with filling(api, founded) as firm:
        document = await firm.document(name, account, file=file)
        of_preview = Stored(f"{name} picture", SECRETS["preview"], 1, bytes(32))
        place = Place.of_preview(licence, document.id, 1, 320)
        key = {"licence_id": licence, "document_id": document.id, "number": 1, "width": 320}
        await firm.keep(
            Preview(**key, created_at=firm.now, **place.columns(api.ports.keys, of_preview)),
        )
        upload = sent_file(api, account)
        upload.object_key = f"{name} upload"
        await firm.keep(upload)
        await firm.keep(
            TotpDevice(
                licence_id=licence,
                account_id=account.id,
                sealed_secret=totp.seal(api.ports.keys, seed, licence, account.id),
                created_at=firm.now,
            )
        )
        letter = letter_to(account.id, licence, firm.now)
        await firm.keep(letter)
        bound_to = letter_seal(licence, letter.id)
        letter.sealed = api.ports.keys.seal(SECRETS["letter"], bound_to=bound_to)


def letter_to(account_id: UUID, licence_id: UUID, now: Any) -> Letter:
    return Letter(
        licence_id=licence_id,
        kind="access_granted",
        account_id=account_id,
        recipient="bert@callewaert.example",
        language="NL",
        details={},
        queued_at=now,
        due_at=now,
    )


async def sealed_in(api: Api, licence_id: UUID) -> Sealed:
    """Return the one sealed value of each table of a licence."""
    found: Sealed = {}
    async with api.ports.database.snapshot(licence_id) as connection:
        for it in SEALED:
            statement = select(it.table.__table__).where(
                it.table.licence_id == licence_id, it.secret.is_not(None)
            )
            (row,) = (await connection.execute(statement)).all()
            bound_to = it.bound_to(licence_id, row)
            found[it.table.__tablename__] = getattr(row, it.column), bound_to
    return found


def opened(api: Api, sealed: Sealed) -> dict[str, bytes]:
    """Return what opens of it, each for its own place."""
    return {name: api.ports.keys.open(it, bound_to=at) for name, (it, at) in sealed.items()}


def rotate(api: Api) -> None:
    keys.rotate(api.ports.keys.vault.path, vault.rotated)


@pytest.fixture
async def full(api: Api) -> Api:
    """The firm, with one of each that is sealed, and a new key that has sealed nothing yet."""
    await fill(api, api.world.firm, "bert")
    await fill(api, api.world.other_firm, "eva")
    rotate(api)
    return api


def ours(api: Api) -> UUID:
    return api.world.firm.licence_id


async def test_all_that_is_sealed_is_sealed_with_the_newest_key(full: Api) -> None:
    before = await sealed_in(full, ours(full))
    assert before.keys() == SECRETS.keys()
    assert await count_old(full.ports, ours(full)) == 5
    assert await rewrap(full.ports, ours(full), NOTHING) == 5
    assert await count_old(full.ports, ours(full)) == 0
    after = await sealed_in(full, ours(full))
    for name, (sealed, bound_to) in after.items():
        assert (name, sealed[:5], bound_to) == (name, full.ports.keys.vault.mark, before[name][1])
    keys.rotate(full.ports.keys.vault.path, vault.without_old)
    assert opened(full, after) == SECRETS


async def test_what_is_sealed_with_the_newest_key_is_left_as_it_is(full: Api) -> None:
    await rewrap(full.ports, ours(full), NOTHING)
    before = await sealed_in(full, ours(full))
    assert await rewrap(full.ports, ours(full), NOTHING) == 0
    assert await sealed_in(full, ours(full)) == before


async def test_another_licence_is_left_as_it_is(full: Api) -> None:
    theirs = full.world.other_firm.licence_id
    before = await sealed_in(full, theirs)
    await rewrap(full.ports, ours(full), NOTHING)
    assert await sealed_in(full, theirs) == before
    assert await count_old(full.ports, theirs) == 5
    assert opened(full, before) == SECRETS


async def test_what_has_no_secret_any_more_gets_none(full: Api) -> None:
    async with full.ports.database.change(ours(full)) as session:
        for it in SEALED:
            if it.table is not TotpDevice:  # it always has one
                await session.execute(
                    update(it.table).where(it.table.licence_id == ours(full)).values({it.column: None})
                )
    assert await count_old(full.ports, ours(full)) == 1
    assert await rewrap(full.ports, ours(full), NOTHING) == 1


async def test_many_are_sealed_in_parts_and_each_part_is_told(
    full: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "AT_ONCE", 2)
    await write_letters(full, 4)
    parts: list[int] = []
    rotate(full)
    assert await rewrap(full.ports, ours(full), parts.append) == 9
    assert parts == [1, 1, 1, 1, 2, 2, 1]


async def write_letters(api: Api, how_many: int) -> None:
    """Add letters with secrets."""
    async with filling(api, api.world.firm) as firm:
        for _ in range(how_many):
            letter = letter_to(api.world.accounts["bert"].id, ours(api), firm.now)
            await firm.keep(letter)
            letter.sealed = api.ports.keys.seal(SECRETS["letter"], bound_to=letter_seal(ours(api), letter.id))


async def test_what_is_cut_off_goes_on_the_next_time(full: Api) -> None:
    def cut_off(_: int) -> NoReturn:
        raise ConnectionResetError

    mark = full.ports.keys.vault.mark
    for left in (4, 3):
        with pytest.raises(ConnectionResetError):
            await rewrap(full.ports, ours(full), cut_off)
        assert await count_old(full.ports, ours(full)) == left
        assert opened(full, await sealed_in(full, ours(full))) == SECRETS
    assert await rewrap(full.ports, ours(full), NOTHING) == 3
    assert full.ports.keys.vault.mark == mark
    assert opened(full, await sealed_in(full, ours(full))) == SECRETS


async def test_two_who_seal_at_once_do_each_row_once(full: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrapping, "AT_ONCE", 2)
    await write_letters(full, 20)
    rotate(full)
    done = await asyncio.gather(*(rewrap(full.ports, ours(full), NOTHING) for _ in range(2)))
    assert sum(done) == 25
    assert await count_old(full.ports, ours(full)) == 0


async def test_what_is_sealed_while_a_newer_key_is_made_waits_for_the_next_time(full: Api) -> None:
    def rotate_at_the_second(_: int) -> None:
        told.append(1)
        if len(told) == 2:
            rotate(full)

    told: list[int] = []
    assert await rewrap(full.ports, ours(full), rotate_at_the_second) == 6
    assert await count_old(full.ports, ours(full)) == 1
    assert await rewrap(full.ports, ours(full), NOTHING) == 1
    assert opened(full, await sealed_in(full, ours(full))) == SECRETS


@pytest.mark.parametrize("sealed", SEALED, ids=lambda it: it.table.__tablename__)
async def test_what_was_sealed_for_another_row_is_told_by_its_row_and_nothing_is_lost(
    full: Api, sealed: rewrapping.Sealed
) -> None:
    moved = full.ports.keys.seal(b"of another row", bound_to=b"another row")
    rotate(full)
    async with full.ports.database.change(ours(full)) as session:
        await session.execute(
            update(sealed.table)
            .where(sealed.table.licence_id == ours(full), sealed.secret.is_not(None))
            .values({sealed.column: moved})
        )
    with pytest.raises(Unopened) as caught:
        await rewrap(full.ports, ours(full), NOTHING)
    said = str(caught.value)
    assert said.startswith(f"No key opens the {sealed.column} of the {sealed.table.__tablename__} with ")
    assert str(ours(full)) in said
    assert "of another row" not in said
    assert moved.hex() not in said
    assert (await sealed_in(full, ours(full)))[sealed.table.__tablename__][0] == moved


async def test_the_row_that_does_not_open_is_named(full: Api) -> None:
    async with full.ports.database.change(ours(full)) as session:
        await session.execute(
            update(Upload).where(Upload.licence_id == ours(full)).values(sealed_key=b"rubbish")
        )
        key = (await session.scalars(select(Upload.id).where(Upload.licence_id == ours(full)))).one()
    with pytest.raises(Unopened, match=str(key)):
        await rewrap(full.ports, ours(full), NOTHING)


def test_every_column_that_is_sealed_is_known() -> None:
    found = {
        (table.name, column.name)
        for table in DocumentVersion.metadata.sorted_tables
        for column in table.columns
        # The chain of events is sealed in another way: when, and up to where.
        if column.name.startswith("sealed") and isinstance(column.type, LargeBinary)
    }
    assert found == {(it.table.__tablename__, it.column) for it in SEALED}
