"""Files that wait to be searched for malware: searched in time, and whoever sent a bad one is told."""

import logging
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from models import Document, DocumentVersion, Event, Letter
from resolvers.file_rows import Place
from resolvers.searching import AT_ONCE, CLAIMED_FOR, WAIT_FOR_VERDICT, search
from storage.malware import Clamd, Connection, Verdict
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.filing import (
    assert_dead,
    flip,
    gives,
    key_of,
    lose,
    over,
    paper_of,
    preview_of,
    url_of,
    version_of,
)
from tests.journeys.rows import rows, set_values
from tests.mail.servers import Office, serving
from tests.server.desks import worker_of

EVIL: Final = b"X5O! malware"
A_SECOND: Final = timedelta(seconds=1)


async def nowhere() -> Connection:
    raise ConnectionRefusedError


class Scanner(Clamd):
    """A scanner that finds what is evil, and can be away."""

    def __init__(self) -> None:
        super().__init__(nowhere)
        self.is_away = False
        self.searched: list[bytes] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def scan_all(self, pieces: AsyncIterable[bytes], *, within: float) -> Verdict:
        assert within == WAIT_FOR_VERDICT
        content = b"".join([it async for it in pieces])
        self.searched.append(content)
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.is_away:
            return Verdict.UNKNOWN
        return Verdict.INFECTED if EVIL in content else Verdict.CLEAN


@pytest.fixture
def scanner() -> Scanner:
    return Scanner()


def ours(api: Api) -> UUID:
    return api.world.firm.licence_id


async def searched(api: Api, scanner: Scanner) -> int:
    return await search(api.ports, scanner, ours(api), api.ports.clock.now())


async def waiting(api: Api, content: bytes = b"words", state: str = "PENDING", who: str = "bert") -> str:
    """Return a document whose file waits to be searched."""
    id_ = await paper_of(api, who, content, "Akte.txt")
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, scan_state=state)
    return id_


async def state_of(api: Api, id_: str) -> str:
    return (await version_of(api, id_)).scan_state


async def refusals(api: Api) -> Sequence[Letter]:
    return await rows(api, Letter, kind="file_refused")


async def infections(api: Api) -> Sequence[Event]:
    return await rows(api, Event, kind="document.infected")


@pytest.mark.parametrize("before", ["PENDING", "NOT_SCANNED"])
@pytest.mark.parametrize(("content", "after"), [(b"words", "CLEAN"), (EVIL, "INFECTED")])
async def test_what_waits_gets_an_answer(
    api: Api, scanner: Scanner, before: str, content: bytes, after: str
) -> None:
    id_ = await waiting(api, content, before)
    assert await searched(api, scanner) == 1
    assert (await state_of(api, id_), scanner.searched) == (after, [content])
    assert await searched(api, scanner) == 0
    assert len(scanner.searched) == 1


async def test_what_is_clean_is_open_to_its_readers_from_then_on(api: Api, scanner: Scanner) -> None:
    id_ = await waiting(api, b"words")
    async with over(api, scanner=scanner) as searching:
        assert await url_of(searching, "bert", id_) is None
        await searched(api, scanner)
        assert (await gives(searching, await url_of(searching, "bert", id_))).content == b"words"
    assert (await refusals(api), await infections(api)) == ([], [])


async def test_what_is_infected_nobody_opens_and_its_sender_is_told_which_file_it_is(
    api: Api, scanner: Scanner, caplog: pytest.LogCaptureFixture
) -> None:
    id_ = await waiting(api, EVIL)
    address = await url_of(api, "bert", id_)
    assert (await gives(api, address)).status_code == 200
    assert await searched(api, scanner) == 1
    object_key = (await version_of(api, id_)).object_key
    assert caplog.messages == [f"malware was found in the object {object_key}"]
    await assert_dead(api, address)
    async with over(api, scanner=scanner) as searching:
        for each in (api, searching):
            for who in ("bert", "anna", "arthur"):
                assert await url_of(each, who, id_) is None
                assert await preview_of(each, who, id_) is None
            await assert_dead(each, address)
    (letter,) = await refusals(api)
    assert letter.account_id == api.world.accounts["bert"].id
    assert (letter.recipient, letter.language) == ("bert@callewaert.example", "NL")
    assert letter.details["file_name"] == "Akte.txt"
    (event,) = await infections(api)
    assert (event.document_id, event.details) == (key_of(api, id_), {"version": 1})
    assert event.occurred_at == api.ports.clock.now()


async def test_the_letter_is_one_that_can_be_sent(api: Api, scanner: Scanner) -> None:
    await waiting(api, EVIL)
    await searched(api, scanner)
    async with serving(Office()) as port:
        await worker_of(api.ports, f"smtp://127.0.0.1:{port}?starttls=off").deliver_due()
    (letter,) = await refusals(api)
    assert (letter.state, letter.last_error) == ("SENT", None)


async def test_where_nobody_is_known_to_have_sent_it_nobody_is_told(api: Api, scanner: Scanner) -> None:
    id_ = await waiting(api, EVIL)
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, created_by=None)
    assert await searched(api, scanner) == 1
    assert (await refusals(api), len(await infections(api))) == ([], 1)


async def test_without_an_answer_it_waits_and_is_searched_again_in_ten_minutes(
    api: Api, scanner: Scanner, clock: SetClock
) -> None:
    id_ = await waiting(api, EVIL, "NOT_SCANNED")
    scanner.is_away = True
    assert (await searched(api, scanner), await state_of(api, id_)) == (0, "PENDING")
    scanner.is_away = False
    clock.advance(CLAIMED_FOR - A_SECOND)
    assert (await searched(api, scanner), len(scanner.searched)) == (0, 1)
    clock.advance(A_SECOND)
    assert (await searched(api, scanner), await state_of(api, id_)) == (1, "INFECTED")


async def test_what_came_first_is_searched_first_and_so_many_at_once(
    api: Api, scanner: Scanner, clock: SetClock
) -> None:
    for number in range(AT_ONCE + 3):
        await waiting(api, f"{number}".encode())
        clock.advance(A_SECOND)
    assert await searched(api, scanner) == AT_ONCE
    assert {int(it) for it in scanner.searched} == set(range(AT_ONCE))
    assert await searched(api, scanner) == 3
    assert await searched(api, scanner) == 0


async def test_two_who_search_at_once_share_the_files(api: Api, scanner: Scanner) -> None:
    for number in range(AT_ONCE + 3):
        await waiting(api, f"{number}".encode())
    other, found = Scanner(), list[int]()

    async def search_too() -> None:
        found.append(await searched(api, other))

    scanner.meanwhile = search_too
    assert (await searched(api, scanner), found) == (AT_ONCE, [3])
    assert not set(scanner.searched) & set(other.searched)


async def test_who_is_overtaken_tells_nothing_a_second_time(
    api: Api, scanner: Scanner, clock: SetClock
) -> None:
    id_ = await waiting(api, EVIL)

    async def overtake() -> None:
        clock.advance(CLAIMED_FOR)
        assert await searched(api, scanner) == 1

    scanner.meanwhile = overtake
    await searched(api, scanner)
    assert len(scanner.searched) == 2
    assert await state_of(api, id_) == "INFECTED"
    assert (len(await refusals(api)), len(await infections(api))) == (1, 1)


@pytest.mark.parametrize(("breaks", "found"), [(flip, "DAMAGED"), (lose, "MISSING")])
async def test_a_file_that_cannot_be_read_is_told_and_waits(  # noqa: PLR0917  what the test is given
    api: Api,
    scanner: Scanner,
    clock: SetClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    breaks: Callable[[Path, str], None],
    found: str,
) -> None:
    caplog.set_level(logging.ERROR)
    broken, whole = await waiting(api), await waiting(api)
    object_key = (await version_of(api, broken)).object_key
    content = (tmp_path / "files" / object_key).read_bytes()
    breaks(tmp_path, object_key)
    assert await searched(api, scanner) == 1
    version = await version_of(api, broken)
    assert (version.scan_state, version.damage) == ("PENDING", found)
    assert await state_of(api, whole) == "CLEAN"
    assert caplog.messages == [f"the object {object_key} is {found.lower()}"]
    (event,) = await rows(api, Event, kind="document.damaged")
    assert event.document_id == key_of(api, broken)
    (tmp_path / "files" / object_key).write_bytes(content)
    clock.advance(CLAIMED_FOR)
    assert (await searched(api, scanner), await state_of(api, broken)) == (1, "CLEAN")


async def test_damage_in_the_middle_of_a_long_file_is_told_too(
    api: Api, scanner: Scanner, tmp_path: Path
) -> None:
    licence_id = ours(api)
    id_ = await waiting(api)

    async def content() -> AsyncGenerator[bytes]:
        for _ in range(3):
            yield b"x" * (1 << 20)

    kept = await api.ports.files.put(licence_id, content(), limit=4 << 20)
    version = await version_of(api, id_)
    place = Place.of_version(licence_id, version.document_id, 1)
    await set_values(api, DocumentVersion, version.id, **place.columns(api.ports.keys, kept))
    flip(tmp_path, kept.object_key, (2 << 20) + 5)
    assert await searched(api, scanner) == 0
    assert (await version_of(api, id_)).damage == "DAMAGED"


@pytest.mark.parametrize("state", ["CLEAN", "INFECTED"])
async def test_what_has_its_answer_is_not_searched_again(api: Api, scanner: Scanner, state: str) -> None:
    id_ = await waiting(api, EVIL, state)
    assert await searched(api, scanner) == 0
    assert (await state_of(api, id_), scanner.searched) == (state, [])


async def test_what_was_given_up_is_not_searched(api: Api, scanner: Scanner) -> None:
    id_ = await waiting(api, EVIL)
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, sealed_key=None)
    assert (await searched(api, scanner), scanner.searched) == (0, [])
    assert await rows(api, Event, kind="document.damaged") == []


async def test_the_files_of_another_licence_are_left_to_it(api: Api, scanner: Scanner) -> None:
    await paper_of(api, "eva", EVIL, "a.txt")
    assert (await searched(api, scanner), scanner.searched) == (0, [])
    assert await search(api.ports, scanner, api.world.other_firm.licence_id, api.ports.clock.now()) == 1


async def test_what_was_deleted_is_searched_too(api: Api, scanner: Scanner) -> None:
    id_ = await waiting(api, EVIL)
    await set_values(api, Document, key_of(api, id_), deleted_at=api.ports.clock.now())
    assert await searched(api, scanner) == 1
    assert await state_of(api, id_) == "INFECTED"
