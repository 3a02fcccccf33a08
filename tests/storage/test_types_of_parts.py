"""The list of types in a file of Word, Excel or PowerPoint: it says one kind, in plain letters."""

import tracemalloc
import zlib

import pytest

from storage.media_types import DOCM, DOCX, XLSM
from tests.storage.inspections import (
    ACCEPTED,
    BAD_NAMES,
    DAMAGED,
    NOT_ACCEPTED,
    TOO_LARGE,
    TWO_FILES,
    inspected,
)
from tests.storage.zips import MAIN, Entry, parts, types, with_macros, with_types, word, zipped

MIB = 1 << 20
LISTED = types(MAIN["word"])


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (zipped([Entry(*it) for it in parts("word")[1:]]), NOT_ACCEPTED),
        (with_types(types(MAIN["xl"])), NOT_ACCEPTED),
        (with_types(types(MAIN["word"], MAIN["xl"])), NOT_ACCEPTED),
        (with_types(b""), NOT_ACCEPTED),
        (
            with_types(LISTED.replace(b"</Types>", b"<Override ContentType='macro&#69;nabled'/></Types>")),
            NOT_ACCEPTED,
        ),
        (with_types(LISTED.replace(b"<Types", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Types")), NOT_ACCEPTED),
        (with_types(LISTED.replace(b"UTF-8", b"utf-7")), NOT_ACCEPTED),
        (with_types(LISTED.replace(b'="UTF-8"', b" =  'utf-8'")), ACCEPTED),
        (with_types(LISTED + "<a b='c'/>".encode("utf-16")), NOT_ACCEPTED),
        (with_types(LISTED, checksum=1), DAMAGED),
        (with_types(LISTED, size=len(LISTED) - 1, checksum=zlib.crc32(LISTED[:-1])), DAMAGED),
        (with_types(LISTED, size=len(LISTED) + 1), DAMAGED),
        (with_types(LISTED, local_name=b"[content_types].xml"), DAMAGED),
        (with_types(LISTED, local_extra=bytes(9)).replace(b"PK\3\4", b"PK\3\5", 1), DAMAGED),
        (
            with_types(b"\xff" * 99, method=8).replace(zlib.compress(b"\xff" * 99, wbits=-15), b"\xff" * 6),
            DAMAGED,
        ),
        (with_types(LISTED + b" " * MIB), TOO_LARGE),
        (with_types(bytes(MIB + 1), method=0), TOO_LARGE),
        (with_types(LISTED, size=9, packed_size=200_000) + bytes(9), TWO_FILES),
    ],
)
async def test_a_list_of_types_says_one_kind_in_plain_letters(content: bytes, answer: str) -> None:
    assert await inspected(DOCX, content) == answer


async def test_a_list_of_types_that_swells_is_unpacked_to_its_said_size_alone() -> None:
    swelling = with_types(LISTED + b" " * (64 * MIB), size=MIB)
    tracemalloc.start()
    try:
        assert await inspected(DOCX, swelling) == DAMAGED
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB


async def test_a_file_with_macros_needs_the_list_of_one() -> None:
    assert await inspected(DOCM, word()) == NOT_ACCEPTED
    assert await inspected(XLSM, with_macros("word")) == NOT_ACCEPTED
    assert await inspected(DOCM, with_macros("word", Entry("../evil"))) == BAD_NAMES
