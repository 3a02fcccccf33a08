"""ZIPs: what is written while it is sent is read by others, whatever the names and sizes."""

import io
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.file_names import LONGEST, cleaned, extension
from storage.files import Damaged, Files
from storage.store import Store
from storage.zipping import Entry, Names, zipped
from tests.programs import WANTING
from tests.storage.uploads import LICENCE, MIB, PLENTY, OnDisk, SourceBroke, drain, read, sent

LONG: Final = "a" * 251 + ".pdf"
# ruff: noqa: RUF001  names in any script
NAMES: Final = [
    "Huwelijkscontract.pdf",
    "Aanslagbiljet ’25 – één.pdf",
    "договор.docx",
    "契約書.pdf",
    "عقد.pdf",
    "خرید\u200cنامه.pdf",
    "📄👩‍👩‍👧.png",
    "a \"quoted\" 'name' & 100%.txt",
    "-rf.txt",
    "no extension",
    LONG,
    "文" * 85,
    "🏠" * 62 + "a.heic",
]


async def made(*entries: Entry) -> bytes:
    return await read(zipped(entries))


def entries(*names: str) -> list[Entry]:
    return [Entry(name, sent(f"content {number}".encode())) for number, name in enumerate(names)]


def unpacked(text: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        assert archive.testzip() is None
        found = archive.namelist()
        assert len(found) == len(set(found))
        return {it: archive.read(it) for it in found}


# read by others ---------------------------------------------------------------------------------------------


async def test_what_goes_in_comes_out_under_its_name_and_in_its_order() -> None:
    found = unpacked(await made(*entries(*NAMES)))
    assert list(found) == NAMES
    assert list(found.values()) == [f"content {number}".encode() for number in range(len(NAMES))]


async def test_large_and_empty_files_come_out_too() -> None:
    content = os.urandom(3 * MIB)
    parts = [content[it : it + 70_000] for it in range(0, len(content), 70_000)]
    found = unpacked(await made(Entry("a.bin", sent(*parts)), Entry("b.bin", sent())))
    assert found == {"a.bin": content, "b.bin": b""}


async def test_a_zip_without_a_file_is_a_zip() -> None:
    assert unpacked(await made()) == {}


async def test_entries_are_stored_with_no_date_and_for_the_owner_only() -> None:
    text = await made(*entries("a.pdf"))
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        said = archive.infolist()[0]
    assert said.compress_type == zipfile.ZIP_STORED
    assert said.date_time == (1980, 1, 1, 0, 0, 0)
    assert stat.S_IMODE(said.external_attr >> 16) == 0o600
    assert not said.is_dir()


def finds_no_fault(command: list[str], path: Path) -> bool:
    """Whether a program says that a ZIP is whole; Python's says otherwise in words alone."""
    done = subprocess.run([*command, path], capture_output=True, check=False)
    return done.returncode == 0 and b"corrupted" not in done.stdout


UNPACKERS: Final = {"python": [sys.executable, "-m", "zipfile", "-t"], "unzip": ["unzip", "-t"]}


@pytest.mark.parametrize("command", UNPACKERS.values(), ids=UNPACKERS)
@pytest.mark.parametrize("names", [["a.pdf", "b.pdf"], NAMES], ids=["plain", "all"])
async def test_programs_of_others_find_no_fault(command: list[str], names: list[str], tmp_path: Path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{WANTING}{command[0]}")
    path = tmp_path / "all.zip"
    path.write_bytes(await made(*entries(*names), Entry("large.bin", sent(bytes(MIB), bytes(MIB)))))
    assert finds_no_fault(command, path)
    path.write_bytes(path.read_bytes().replace(b"content 1", b"c0ntent 1"))
    assert not finds_no_fault(command, path)


async def test_a_file_of_five_gibibytes_and_what_follows_it_are_found(tmp_path: Path) -> None:
    piece = bytes(MIB)
    path = tmp_path / "large.zip"
    large = Entry("large.bin", sent(*[piece] * 5 * 1024))
    with path.open("wb") as file:
        async for part in zipped([large, Entry("small.txt", sent(b"contract"))]):
            if part == piece:
                file.seek(MIB, os.SEEK_CUR)  # a hole, which takes no room on the disk
            else:
                file.write(part)
    with zipfile.ZipFile(path) as archive:
        assert [(it.filename, it.file_size) for it in archive.infolist()] == [
            ("large.bin", 5 << 30),
            ("small.txt", 8),
        ]
        assert archive.read("small.txt") == b"contract"
        with archive.open("large.bin") as found:
            assert found.read(MIB) == piece


async def test_files_too_large_for_the_old_form_are_told_in_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    text = await made(
        *(Entry(f"{number}.bin", sent(bytes([number]) * 900, b"x" * 900)) for number in range(3))
    )
    monkeypatch.undo()
    # Sizes and places are in the extra field for large ones, and so is the place of the directory.
    assert text.count(b"PK\x06\x06") == text.count(b"PK\x06\x07") == 1
    assert text.count(b"PK\x01\x02") == 3
    directory = text[text.index(b"PK\x01\x02") :]
    assert directory[20:28] == b"\xff" * 8
    found = unpacked(text)
    assert found == {f"{number}.bin": bytes([number]) * 900 + b"x" * 900 for number in range(3)}


async def test_every_entry_has_room_for_a_size_that_is_not_known_yet() -> None:
    text = await made(Entry("a.bin", sent(b"x")))
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        said = archive.infolist()[0]
    assert said.flag_bits & 0x08  # the size follows the bytes
    assert text[26:30] == bytes([5, 0, 20, 0])  # a name of five bytes, and the field for large sizes
    assert text[35:37] == b"\x01\x00"


# names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_names", "expected"),
    [
        (["a.pdf", "a.pdf", "a.pdf"], ["a.pdf", "a (2).pdf", "a (3).pdf"]),
        (["a.pdf", "A.PDF", "a.Pdf"], ["a.pdf", "A (2).PDF", "a (3).Pdf"]),
        (["a (2).pdf", "a.pdf", "a.pdf"], ["a (2).pdf", "a.pdf", "a (3).pdf"]),
        (["a.pdf", "a.pdf", "a (2).pdf"], ["a.pdf", "a (2).pdf", "a (2) (2).pdf"]),
        (["a", "a"], ["a", "a (2)"]),
        (["a.tar.gz", "a.tar.gz"], ["a.tar.gz", "a.tar (2).gz"]),
        (["Straße.pdf", "STRASSE.pdf"], ["Straße.pdf", "STRASSE (2).pdf"]),
        (["Brief van Mr. De Linde"] * 2, ["Brief van Mr. De Linde", "Brief van Mr. De Linde (2)"]),
        ([LONG, LONG], [LONG, "a" * 247 + " (2).pdf"]),
        (["文" * 85] * 2, ["文" * 85, "文" * 83 + " (2)"]),
    ],
)
def test_a_name_that_is_there_already_is_numbered(given_names: list[str], expected: list[str]) -> None:
    names = Names()
    assert [names.unique(it) for it in given_names] == expected


FILE_NAMES: Final = st.one_of(
    st.sampled_from(
        ["a.pdf", "A.pdf", "a (2).pdf", "a (2) (2).pdf", "a", "a (2)", LONG, "." + "b" * 254, "ß", "SS"]
    ),
    st.text(min_size=1, max_size=300),
).map(lambda name: cleaned(name, fallback="file"))


@given(st.lists(FILE_NAMES, max_size=12))
def test_no_two_names_are_alike_and_none_is_longer_than_a_file_system_holds(given_names: list[str]) -> None:
    names = Names()
    chosen = [names.unique(it) for it in given_names]
    assert len({it.casefold() for it in chosen}) == len(chosen)
    assert all(len(it.encode()) <= LONGEST for it in chosen)
    for was, name in zip(given_names, chosen, strict=True):
        assert extension(name) == extension(was)


async def test_files_of_one_name_are_all_there() -> None:
    found = unpacked(await made(*entries("a.pdf", "A.pdf", "a.pdf")))
    assert found == {"a.pdf": b"content 0", "A (2).pdf": b"content 1", "a (3).pdf": b"content 2"}


# while it is sent -------------------------------------------------------------------------------------------


class Source:
    """The pieces of an entry, and what becomes of them."""

    def __init__(self, *pieces: bytes, then: Exception | None = None) -> None:
        self._pieces = pieces
        self._then = then
        self.told: list[str] = []

    async def pieces(self) -> AsyncGenerator[bytes]:
        self.told.append("begun")
        try:
            for piece in self._pieces:
                yield piece
            if self._then:
                raise self._then
            self.told.append("read")
        finally:
            self.told.append("closed")


async def test_bytes_are_sent_before_the_next_file_is_read() -> None:
    one, two = Source(b"one", b"more"), Source(b"two")
    parts = zipped([Entry("1", one.pieces()), Entry("2", two.pieces())])
    first = await anext(parts)
    assert first.endswith(b"one")
    assert (one.told, two.told) == (["begun"], [])
    assert await anext(parts) == b"more"
    await anext(parts)
    assert (one.told, two.told) == (["begun", "read", "closed"], [])
    await parts.aclose()


async def test_a_file_is_asked_for_when_it_is_its_turn() -> None:
    asked: list[int] = []

    def asking() -> Iterator[Entry]:
        for number in range(3):
            asked.append(number)
            yield Entry(f"{number}", sent(b"x"))

    async with aclosing(zipped(asking())) as parts:
        await anext(parts)
        assert asked == [0]


async def test_nothing_of_a_zip_is_kept_once_it_is_sent() -> None:
    parts = [len(part) async for part in zipped([Entry("a.bin", sent(*[bytes(MIB)] * 20))])]
    assert max(parts) < MIB + 1000
    assert sum(parts) < 20 * MIB + 1000


async def test_closing_early_closes_the_file_that_is_read() -> None:
    one, two = Source(b"one", b"more"), Source(b"two")
    parts = zipped([Entry("1", one.pieces()), Entry("2", two.pieces())])
    await anext(parts)
    await parts.aclose()
    assert (one.told, two.told) == (["begun", "closed"], [])
    assert await anext(parts, None) is None


async def test_a_file_that_fails_half_way_ends_the_zip_before_it_is_whole() -> None:
    one, two, three = Source(b"one"), Source(b"two", then=SourceBroke()), Source(b"three")
    given = bytearray()
    parts = zipped([Entry("1", one.pieces()), Entry("2", two.pieces()), Entry("3", three.pieces())])
    with pytest.raises(SourceBroke):
        await drain(parts, given)
    assert b"one" in given
    assert b"two" in given
    assert (two.told, three.told) == (["begun", "closed"], [])
    assert not zipfile.is_zipfile(io.BytesIO(given))


async def test_a_file_that_is_damaged_ends_the_zip_before_it_is_whole(on_disk: OnDisk) -> None:
    files = Files(on_disk.store)
    kept = [await files.put(LICENCE, sent(os.urandom(2 * MIB)), limit=PLENTY) for _ in range(2)]
    path = on_disk.root / kept[1].object_key
    text = bytearray(path.read_bytes())
    text[-1] ^= 1
    path.write_bytes(text)
    given, opened = bytearray(), [Entry("file", await files.get(it)) for it in kept]
    with pytest.raises(Damaged):
        await drain(zipped(opened), given)
    assert len(given) > 3 * MIB
    assert not zipfile.is_zipfile(io.BytesIO(given))


async def test_a_zip_of_files_holds_them(store: Store) -> None:
    files = Files(store)
    contents = [os.urandom(size) for size in (10, MIB + 5, 5 * MIB)]
    kept = [await files.put(LICENCE, sent(it), limit=PLENTY) for it in contents]
    text = await made(*[Entry(f"{number}.bin", await files.get(it)) for number, it in enumerate(kept)])
    assert list(unpacked(text).values()) == contents
