"""Pixels: a picture that says it is too large is refused, in whatever place and way it says so."""

import struct

import pytest

from storage.media_types import HEIC, JPEG, PNG, TIFF, WEBP
from tests.storage.inspections import (
    ACCEPTED,
    DAMAGED,
    NO_SIZE,
    TOO_MANY_PAGES,
    TOO_MANY_PIXELS,
    TOO_UNUSUAL,
    inspected,
)
from tests.storage.pictures import (
    animation_frame,
    box,
    canvas,
    chunk,
    frame_header,
    frames,
    grid,
    heic,
    items,
    jpeg,
    located,
    lossless,
    lossy,
    meta,
    page,
    pages,
    png,
    saved,
    segment,
    sized,
    tiff,
    webp,
)

LARGE = (7072, 7070)
"""49,999,040 pixels."""
FLOOD = (7072, 7071)
"""50,006,112 pixels."""

IN_META = located(1, method=1, start=0)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (JPEG, saved("JPEG")),
        (JPEG, saved("JPEG", progressive=True, comment=b"hello")),
        (JPEG, saved("JPEG", mode="CMYK")),
        (JPEG, saved("JPEG", mode="L", icc_profile=bytes(3 << 20))),
        (PNG, saved("PNG")),
        (PNG, saved("PNG", mode="RGBA")),
        (PNG, saved("PNG", **frames(3))),
        (WEBP, saved("WEBP")),
        (WEBP, saved("WEBP", lossless=True)),
        (WEBP, saved("WEBP", mode="RGBA", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")),
        (WEBP, saved("WEBP", **frames(5))),
        (TIFF, saved("TIFF")),
        (TIFF, saved("TIFF", mode="1", compression="group4", **frames(20, mode="1"))),
        (TIFF, saved("TIFF", compression="tiff_lzw", **frames(3))),
        (TIFF, saved("TIFF", mode="I;16B")),
        (TIFF, saved("TIFF", big_endian=True)),
    ],
)
async def test_a_real_picture_is_accepted(media_type: str, content: bytes) -> None:
    assert await inspected(media_type, content) == ACCEPTED


def of_size(media_type: str, size: tuple[int, int]) -> list[bytes]:
    """Return files that say this size, each in another way."""
    width, height = size
    halves = ((256, 3, width), (257, 3, height))
    return {
        PNG: [png(width, height)],
        JPEG: [
            jpeg(frame_header(width, height)),
            jpeg(frame_header(width, height, marker=0xC2)),
            jpeg(frame_header(9, 9), frame_header(width, height)),
            jpeg(segment(0xE1, frame_header(9, 9)), b"\xff\xff\xff" + frame_header(width, height)[1:]),
            jpeg(b"junk\xff\0", b"\xff\xd0\xff\x01", frame_header(width, height)),
            jpeg(b"\xff\xe1\0\0", frame_header(width, height)),
        ],
        WEBP: [
            webp(lossy(width, height)),
            webp(lossless(width, height)),
            webp(canvas(width, height), lossy(9, 9)),
            webp(canvas(9, 9), lossy(width, height)),
            webp(
                canvas(9, 9), chunk(b"ICCP", bytes(9)), animation_frame(9, 9), animation_frame(width, height)
            ),
        ],
        TIFF: [
            tiff(page("<", *halves)),
            tiff(page(">", *halves), order=">"),
            tiff(page("<", (256, 4, width), (257, 4, height))),
            tiff(page("<", (256, 3, 9), (257, 3, 9), following=38), page("<", *halves)),
            tiff(page("<", *halves, (256, 3, 9), (257, 3, 9))),
            tiff(page("<", (256, 3, 9), (257, 3, 9), *halves)),
            tiff(page("<", (256, 3, 9), (257, 3, 9), (322, 3, width), (323, 3, height))),
            tiff(page("<", *halves)[:-4]),
        ],
        HEIC: [
            heic(meta(sized(width, height))),
            heic(box(b"mdat", bytes(99)), meta(sized(width, height)), box(b"mdat", bytes(9))),
            heic(struct.pack(">I4sQ", 1, b"free", 20) + bytes(4), meta(sized(width, height))),
            heic(struct.pack(">I", 0) + meta(sized(width, height))[4:]),
            heic(meta(sized(9, 9), items(b"grid"), IN_META, box(b"idat", grid(width, height)))),
            heic(meta(sized(9, 9), items(b"iovl"), IN_META, box(b"idat", bytes(6), grid(width, height)))),
            heic(
                box(b"mdat", grid(width, height)),
                meta(sized(9, 9), items(b"grid"), located(1, method=0, start=32)),
            ),
        ],
    }[media_type]


KINDS = [PNG, JPEG, WEBP, TIFF, HEIC]


@pytest.mark.parametrize("media_type", KINDS)
async def test_a_picture_of_fifty_million_pixels_is_accepted(media_type: str) -> None:
    answers = [await inspected(media_type, content) for content in of_size(media_type, LARGE)]
    assert answers == [ACCEPTED] * len(answers)


@pytest.mark.parametrize("media_type", KINDS)
async def test_a_picture_of_more_pixels_is_refused_however_it_says_so(media_type: str) -> None:
    answers = [await inspected(media_type, content) for content in of_size(media_type, FLOOD)]
    assert answers == [TOO_MANY_PIXELS] * len(answers)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (PNG, png(0x7FFF_FFFF, 0x7FFF_FFFF)),
        (PNG, png(1, 0xFFFF_FFFF)),
        (JPEG, jpeg(frame_header(65535, 65535))),
        (WEBP, webp(canvas(1 << 24, 1 << 24))),
        (TIFF, tiff(page("<", (256, 4, 0xFFFF_FFFF), (257, 4, 1)))),
        (HEIC, heic(meta(sized(9, 9), items(b"grid"), IN_META, box(b"idat", grid(1 << 31, 1 << 31))))),
    ],
)
async def test_the_largest_sizes_that_can_be_said_are_refused(media_type: str, content: bytes) -> None:
    assert await inspected(media_type, content) == TOO_MANY_PIXELS


@pytest.mark.parametrize(("width", "height"), [(0, 9), (9, 0), (0, 0)])
async def test_a_picture_of_no_pixels_is_refused(width: int, height: int) -> None:
    # A WebP's canvas and its lossless stream say one less than their size, and so can not say this.
    assert await inspected(PNG, png(width, height)) == NO_SIZE
    assert await inspected(JPEG, jpeg(frame_header(width, height))) == NO_SIZE
    assert await inspected(WEBP, webp(lossy(width, height))) == NO_SIZE
    assert await inspected(TIFF, tiff(page("<", (256, 3, width), (257, 3, height)))) == NO_SIZE
    assert await inspected(HEIC, heic(meta(sized(width, height)))) == NO_SIZE


@pytest.mark.parametrize(
    ("media_type", "content", "refusal"),
    [
        (JPEG, jpeg(), NO_SIZE),
        (JPEG, b"\xff\xd8\xff\xd9", NO_SIZE),
        (JPEG, jpeg(b"\xff\xe1\xff\xff"), DAMAGED),
        (JPEG, jpeg(bytes(5000), frame_header(9, 9)), DAMAGED),
        (JPEG, jpeg(frame_header(9, 9)[:6])[:26], DAMAGED),
        (JPEG, jpeg(*[segment(0xFE, b"")] * 10_000, frame_header(9, 9)), DAMAGED),
        (PNG, png(9, 9)[:20], DAMAGED),
        (WEBP, webp(), NO_SIZE),
        (WEBP, webp(chunk(b"ALPH", bytes(30))), NO_SIZE),
        (WEBP, webp(lossy(9, 9))[:15], NO_SIZE),
        (WEBP, b"RIFF", DAMAGED),
        (WEBP, webp(*[chunk(b"EXIF", b"")] * 10_000, lossy(9, 9)), DAMAGED),
        (TIFF, tiff(), DAMAGED),
        (TIFF, tiff(first=0), NO_SIZE),
        (TIFF, tiff(page("<", (257, 3, 9))), NO_SIZE),
        (TIFF, tiff(page("<", (257, 3, 9), (322, 3, 9), (323, 3, 9))), NO_SIZE),
        (TIFF, tiff(page("<", (256, 2, 9), (257, 3, 9))), NO_SIZE),
        (TIFF, tiff(page("<", (256, 3, 9), (257, 3, 9)))[:30], DAMAGED),
        (TIFF, tiff(page("<", (256, 3, 9), (257, 3, 9), following=8)), DAMAGED),
        (TIFF, pages(10_001), TOO_MANY_PAGES),
        (HEIC, heic(), NO_SIZE),
        (HEIC, heic(meta()), NO_SIZE),
        (HEIC, heic(box(b"mdat", bytes(9))), NO_SIZE),
        (HEIC, heic(b"\0\0\0\5meta"), DAMAGED),
        (HEIC, heic(b"\0\0\0\5"), DAMAGED),
        (HEIC, heic(meta(sized(9, 9)))[:-5], DAMAGED),
        (HEIC, heic(meta(sized(9, 9)), meta(sized(9, 9))), DAMAGED),
        (HEIC, heic(meta(sized(9, 9), sized(9, 9))), DAMAGED),
        (HEIC, heic(meta(box(b"free", bytes(1 << 20)), sized(9, 9))), DAMAGED),
        (HEIC, heic(*[box(b"free")] * 1000, meta(sized(9, 9))), NO_SIZE),
        (HEIC, heic(meta(sized(9, 9), items(b"grid"))), DAMAGED),
        (HEIC, heic(meta(sized(9, 9), items(b"grid"), box(b"iloc", b"\1\0\0\0\x44\0\0\5"))), DAMAGED),
        (HEIC, heic(meta(sized(9, 9), items(b"grid"), located(1, method=2, start=0))), DAMAGED),
        (HEIC, heic(meta(sized(9, 9), items(b"grid"), located(1, method=0, start=1 << 30))), NO_SIZE),
    ],
)
async def test_a_header_that_makes_no_sense_is_refused(media_type: str, content: bytes, refusal: str) -> None:
    assert await inspected(media_type, content) == refusal


async def test_an_item_that_is_made_of_no_others_is_not_looked_for() -> None:
    elsewhere = heic(meta(sized(9, 9), items(b"hvc1", b"grid"), located(1, method=2, start=0)))
    assert await inspected(HEIC, elsewhere) == ACCEPTED


async def test_a_grid_is_found_by_lists_of_any_version() -> None:
    wide_items = box(
        b"iinf",
        b"\1\0\0\0",
        struct.pack(">I", 1),
        box(b"infe", b"\3\0\0\0", struct.pack(">IH", 1, 0), b"grid"),
    )
    first = box(b"iloc", b"\0\0\0\0\x44\x40", struct.pack(">HHHIHII", 1, 1, 0, 20, 1, 12, 8))
    third = box(b"iloc", b"\2\0\0\0\x44\x44", struct.pack(">IIHHIHIII", 1, 1, 0, 0, 20, 1, 1 << 30, 12, 8))
    for where in (first, third):
        found = heic(box(b"mdat", grid(*FLOOD)), meta(sized(9, 9), wide_items, where))
        assert await inspected(HEIC, found) == TOO_MANY_PIXELS


async def test_a_photo_with_much_before_its_size_is_accepted() -> None:
    about = [segment(0xE2, bytes(65_533))] * 48
    assert await inspected(JPEG, jpeg(*about, frame_header(4032, 3024))) == ACCEPTED


async def test_a_scan_of_ten_thousand_pages_is_accepted_and_its_last_page_is_looked_at() -> None:
    assert await inspected(TIFF, pages(10_000)) == ACCEPTED
    last = pages(9_999)[:-4] + struct.pack("<I", 8 + 9_999 * 30) + page("<", (256, 3, 9999), (257, 3, 9999))
    assert await inspected(TIFF, last) == TOO_MANY_PIXELS


async def test_pages_of_endless_fields_are_given_up() -> None:
    count, length = 65_535, 2 + 65_535 * 12 + 4
    fields = ((256, 3, 9), (257, 3, 9), *[(0, 1, 0)] * (count - 2))
    plenty = [page("<", *fields, following=8 + number * length) for number in range(1, 8)]
    assert await inspected(TIFF, tiff(*plenty, page("<", (256, 3, 9), (257, 3, 9)))) == ACCEPTED
    assert await inspected(TIFF, tiff(*plenty, page("<", *fields))) == DAMAGED


async def test_pages_that_send_the_reader_back_and_forth_are_given_up() -> None:
    length = len(page("<", (256, 3, 9), (257, 3, 9)))
    places = [8 + (window << 20) + turn * length for turn in range(20) for window in range(8)]
    body = bytearray(8 << 20)
    for place, following in zip(places, [*places[1:], 0], strict=True):
        body[place - 8 : place - 8 + length] = page("<", (256, 3, 9), (257, 3, 9), following=following)
    assert await inspected(TIFF, tiff(bytes(body))) == TOO_UNUSUAL
