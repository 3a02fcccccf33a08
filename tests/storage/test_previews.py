"""Previews: real files show their first page, hostile ones cost little and show nothing."""

import asyncio
import ctypes
import io
import logging
import os
import resource
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pytest
import uvloop
from PIL import Image

from storage import media_types, rendering
from storage.media_types import DOCX, HEIC, JPEG, PDF, PNG, TIFF, WEBP, recognise
from storage.previews import MOST_WRITTEN, WIDTHS, Renderer, can_be_previewed
from tests.storage import real_files
from tests.storage.real_files import BLUE, FILES, RED, pdf_of, picture, saved
from tests.storage.uploads import MIB, sent, zeros

ROOT: Final = Path(__file__).parents[2]
# It looks at the system when it is imported, for which others stand in below.
assert pypdfium2
SECRET: Final = "a-secret-of-the-server"
WITHOUT: Final = {"versleuteld.pdf", "zorgverklaring.docx", "testament.odt"}
WITH: Final = sorted(FILES.keys() - WITHOUT)
UPRIGHT: Final = ["gevel.jpg", "keuken.heic", "tuin.webp"]
WHITE: Final = (255, 255, 255)
SOON: Final = 0.3
"""Seconds after which a program is killed that never ends."""
FOREVER: Final = "import time; time.sleep(60)"
MEASURE: Final = """
import asyncio, resource, sys
from storage.previews import Renderer
async def pieces():
    yield sys.stdin.buffer.read()
asyncio.run(Renderer().render(pieces(), "application/pdf", 1280))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Draws what it is given, and tells how much memory that took."""
EMPTY_WEBP: Final = b"RIFF\x1a\x00\x00\x00WEBPVP8 "
Runner = Callable[[Coroutine[Any, Any, Any]], Any]

pages_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into Linux's /proc")


async def preview(content: bytes, media_type: str, width: int = 320) -> Image.Image | None:
    """Return what the real program makes of a file."""
    made = await Renderer().render(sent(content), media_type, width)
    return opened(made) if made else None


def opened(made: bytes) -> Image.Image:
    return Image.open(io.BytesIO(made), formats=["WEBP"])


def drawn(content: bytes, media_type: str, width: int = 320) -> Image.Image:
    """Return what is made of a file within this process."""
    return opened(rendering.render(content, media_type, width))


def type_of(name: str) -> str:
    return recognise(FILES[name]()[: media_types.HEAD_SIZE], name)


def is_near(shade: Any, wanted: tuple[int, int, int]) -> bool:
    """Tell whether it is this colour, but for what JPEG and WebP lose."""
    return all(abs(it - other) < 12 for it, other in zip(shade, wanted, strict=True))


def colours(shown: Image.Image, *places: tuple[float, float]) -> list[Any]:
    """Return what is seen at places that are given as parts of width and height."""
    return [shown.getpixel((int(shown.width * x), int(shown.height * y))) for x, y in places]


# real files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("archief.pdf", PDF),
        ("tweehonderd-bladen.pdf", PDF),
        ("versleuteld.pdf", PDF),
        ("gevel.jpg", JPEG),
        ("plan.png", PNG),
        ("tuin.webp", WEBP),
        ("keuken.heic", HEIC),
        ("gefaxt.tif", TIFF),
        ("gescand.tiff", TIFF),
        ("zorgverklaring.docx", DOCX),
        ("testament.odt", media_types.ODT),
    ],
)
def test_a_real_file_is_recognised(name: str, media_type: str) -> None:
    assert type_of(name) == media_type


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", WITH)
async def test_a_real_file_has_a_preview(name: str, width: int) -> None:
    content = FILES[name]()
    assert can_be_previewed(type_of(name), len(content))
    shown = await preview(content, type_of(name), width)
    assert shown
    shown.load()
    assert shown.width == (min(width, 1200) if name in UPRIGHT else width)  # which have no more
    assert shown.height < 2 * shown.width


async def test_a_file_that_needs_a_password_has_none(caplog: pytest.LogCaptureFixture) -> None:
    content = real_files.encrypted_pdf()
    caplog.clear()
    with caplog.at_level(logging.INFO, "kluis.previews"):
        assert await preview(content, PDF) is None
    assert caplog.messages == ["no preview of application/pdf: it can not be read"]


@pytest.mark.parametrize(
    ("media_type", "byte_size", "can"),
    [
        (PDF, 1, True),
        (PDF, rendering.MOST_BYTES, True),
        (PDF, rendering.MOST_BYTES + 1, False),
        (PDF, 0, False),
        (HEIC, 1000, True),
        (DOCX, 1000, False),
        (media_types.TEXT, 1000, False),
    ],
)
def test_only_pdf_and_pictures_of_some_size_are_tried(media_type: str, byte_size: int, *, can: bool) -> None:
    assert can_be_previewed(media_type, byte_size) is can


@pytest.mark.parametrize("name", UPRIGHT)
def test_a_photo_that_was_taken_upright_is_shown_upright(name: str) -> None:
    above, below = colours(drawn(FILES[name](), type_of(name)), (0.5, 0.1), (0.5, 0.9))
    assert is_near(above, RED)
    assert is_near(below, BLUE)


@pytest.mark.parametrize("name", UPRIGHT)
def test_what_a_photo_tells_about_its_place_is_not_passed_on(name: str) -> None:
    content = FILES[name]()
    assert real_files.HERE.encode() in content
    made = rendering.render(content, type_of(name), 1280)
    assert real_files.HERE.encode() not in made
    assert not any(told in made for told in (b"EXIF", b"XMP ", b"ICCP"))
    assert not opened(made).getexif()


def test_colour_profiles_and_comments_are_not_passed_on() -> None:
    for form, media_type in (("JPEG", JPEG), ("PNG", PNG), ("TIFF", TIFF), ("WEBP", WEBP)):
        content = saved(picture((40, 30)), form, icc_profile=b"a profile of mine" * 20)
        assert b"ICCP" not in rendering.render(content, media_type, 320)


def test_what_is_transparent_is_white() -> None:
    shown = drawn(real_files.png(), PNG)
    left, middle, right = colours(shown, (0.1, 0.5), (0.5, 0.5), (0.9, 0.5))
    assert (is_near(left, RED), is_near(middle, WHITE), is_near(right, BLUE)) == (True, True, True)
    assert shown.mode == "RGB"


def test_a_long_document_shows_its_first_page() -> None:
    assert rendering.render(real_files.long_pdf(), PDF, 320) == rendering.render(real_files.pdf(), PDF, 320)


@pytest.mark.parametrize(
    ("scan", "compression", "mode"), [("gefaxt.tif", "group4", "1"), ("gescand.tiff", "tiff_lzw", "L")]
)
def test_a_scan_shows_its_first_page(scan: str, compression: str, mode: str) -> None:
    alone = saved(real_files.scan(1).convert(mode), "TIFF", compression=compression)
    assert rendering.render(FILES[scan](), TIFF, 320) == rendering.render(alone, TIFF, 320)


def test_what_was_filled_into_a_form_is_shown() -> None:
    above, below = colours(drawn(real_files.filled_form(), PDF), (0.5, 0.2), (0.5, 0.8))
    assert is_near(above, (204, 0, 0))
    assert is_near(below, WHITE)


def test_a_document_that_only_its_owner_may_change_is_shown() -> None:
    assert is_near(colours(drawn(real_files.owned_pdf(), PDF), (0.5, 0.1))[0], RED)


# sizes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "width", "shown"),
    [
        ((100, 80), 320, (100, 80)),
        ((320, 10), 320, (320, 10)),
        ((640, 100), 320, (320, 50)),
        ((3000, 4000), 1280, (1280, 1707)),
        ((4000, 3000), 1280, (1280, 960)),
        ((100, 10_000), 320, (13, 1280)),
        ((1, 10_000), 320, (1, 1280)),
        ((10_000, 1), 320, (320, 1)),
    ],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_is_fitted_and_never_enlarged(
    size: tuple[int, int], width: int, shown: tuple[int, int], form: str
) -> None:
    media_type = {"JPEG": JPEG, "PNG": PNG}[form]
    assert drawn(saved(picture(size), form), media_type, width).size == shown


def test_a_large_photo_is_never_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    held = list[tuple[int, int]]()
    resize = Image.Image.resize  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    def seen(photo: Image.Image, *arguments: Any, **named: Any) -> Image.Image:
        held.append(photo.size)
        return resize(photo, *arguments, **named)

    content = saved(picture((4000, 3000)), "JPEG", exif=real_files.told())
    monkeypatch.setattr(Image.Image, "resize", seen)
    assert drawn(content, JPEG).size == (320, 427)
    assert held[0] == (375, 500)  # an eighth, turned


def page_of(box: bytes, content: bytes = b"0.8 0 0 rg -99999 -99999 199999 199999 re f") -> bytes:
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R>>" % box,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    )


@pytest.mark.parametrize(
    ("box", "shown"),
    [
        (b"0 0 100 50", (320, 160)),
        (b"0 0 595.276 841.89", (320, 453)),
        (b"0 0 140.5 140.5", (320, 320)),  # 140.5 times 320 / 140.5 is more than 320 to a computer
        (b"0 0 14400 14400", (320, 320)),
        (b"0 0 100 14400", (9, 1280)),
        (b"0 0 14400 1", (320, 1)),
        (b"600 800 0 0", (320, 427)),
        (b"-300 -400 300 400", (320, 427)),
        (b"0 0 0 0", (320, 415)),  # a page without a size is one of 8.5 by 11 inches
    ],
)
def test_a_page_is_drawn_as_wide_as_asked(box: bytes, shown: tuple[int, int]) -> None:
    page = drawn(page_of(box), PDF)
    assert page.size == shown
    assert is_near(page.getpixel((shown[0] // 2, shown[1] // 2)), (204, 0, 0))


@pytest.mark.parametrize(
    "box", [b"0 0 1e30 1e30", b"0 0 1 99999999999", b"0 0 -1 1e-30", b"nan 0 inf 1", b"0"]
)
async def test_an_absurd_page_is_small_or_nothing(box: bytes) -> None:
    shown = await preview(page_of(box), PDF)
    assert shown is None or (shown.width <= 320 and shown.height <= 1280)


async def test_other_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="two widths"):
        await Renderer().render(sent(real_files.pdf()), PDF, 100_000)


# shades -----------------------------------------------------------------------------------------------------


def test_a_scan_of_sixteen_bits_keeps_its_shades() -> None:
    for mode in ("I;16", "I;16B"):
        half = Image.new("I", (40, 40), 0x8000)
        grey = drawn(saved(half.convert("I;16") if mode == "I;16" else half.convert("I;16B"), "TIFF"), TIFF)
        assert is_near(grey.getpixel((20, 20)), (128, 128, 128))


def test_a_photo_for_print_keeps_its_colours() -> None:
    printed = picture((400, 300)).convert("CMYK")
    assert is_near(colours(drawn(saved(printed, "JPEG"), JPEG), (0.1, 0.5))[0], RED)


def test_a_palette_with_a_transparent_colour_is_seen_on_white() -> None:
    few = Image.new("P", (40, 40), 1)
    few.putpalette([0, 0, 0, 200, 30, 30])
    few.paste(0, (0, 0, 20, 40))
    left, right = colours(drawn(saved(few, "PNG", transparency=0), PNG), (0.2, 0.5), (0.8, 0.5))
    assert (is_near(left, WHITE), is_near(right, RED)) == (True, True)


async def test_a_photo_with_a_second_one_behind_it_is_shown() -> None:
    stereo = saved(picture((400, 300)), "MPO", save_all=True, append_images=[picture((200, 100))])
    shown = await preview(stereo, JPEG)
    assert shown
    assert shown.size == (320, 240)


# hostile files ----------------------------------------------------------------------------------------------


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb(width: int, height: int) -> bytes:
    """Return a black PNG; zlib packs it a thousand times."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(height))
    return png_of(width, height, rows + packer.flush())


def with_size(content: bytes, before: bytes, size: bytes) -> bytes:
    """Return a file whose header tells another size."""
    at = content.index(before) + len(before)
    return content[:at] + size + content[at + len(size) :]


def huge_png(side: int) -> bytes:
    return png_of(side, side)


def huge_jpeg(side: int) -> bytes:
    return with_size(
        saved(picture((64, 64)), "JPEG"), b"\xff\xc0\x00\x11\x08", struct.pack(">HH", side, side)
    )


def huge_tiff(side: int) -> bytes:
    content = saved(picture((64, 64)), "TIFF")
    wide = with_size(content, b"\x00\x01\x04\x00\x01\x00\x00\x00", struct.pack("<I", side))
    return with_size(wide, b"\x01\x01\x04\x00\x01\x00\x00\x00", struct.pack("<I", side))


def huge_webp() -> bytes:
    """Return a WebP whose canvas is 16384 pixels wide and high, the most that there is."""
    content = saved(picture((64, 64)).convert("RGBA"), "WEBP", lossless=True, exif=real_files.told())
    return with_size(content, b"VP8X\x0a\x00\x00\x00" + content[20:24], b"\xff\x3f\x00\xff\x3f\x00")


def huge_heic(side: int) -> bytes:
    return with_size(real_files.heic(), b"ispe\x00\x00\x00\x00", struct.pack(">II", side, side))


def pdf_with_pixels(across: int) -> bytes:
    """Return a PDF that draws a square of so many pixels across, of which almost none are there."""
    rows = zlib.compress(bytes(across))
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length 18>>stream\n9 0 0 9 0 0 cm /I Do\nendstream",
        b"<</Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode"
        b"/Length %d>>stream\n%s\nendstream" % (across, across, len(rows), rows),
    )


def pdf_that_draws_itself(times: int, deep: int) -> bytes:
    """Return a PDF whose page draws a form that often, which draws the next, and so on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</N 5 0 R>>>>>>"
    content = b"/N Do " * times
    forms = [
        b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</N %d 0 R>>>>/Length %d>>stream\n%s\nendstream"
        % (5 + (number + 1) % deep, len(content), content)
        for number in range(deep)
    ]
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length 6>>stream\n/N Do \nendstream",
        *forms,
    )


CATALOG: Final = b"<</Type/Catalog/Pages 2 0 R>>"
NOTHING: Final = {
    "PNG of 50,000 x 50,000": lambda: (huge_png(50_000), PNG),
    "PNG of more pixels than are allowed": lambda: (bomb(7072, 7072), PNG),
    "JPEG of 60,000 x 60,000": lambda: (huge_jpeg(60_000), JPEG),
    "TIFF of 60,000 x 60,000": lambda: (huge_tiff(60_000), TIFF),
    "WebP of 16,384 x 16,384": lambda: (huge_webp(), WEBP),
    "HEIC of 60,000 x 60,000": lambda: (huge_heic(60_000), HEIC),
    "PDF whose pages contain themselves": lambda: (
        pdf_of(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        PDF,
    ),
    "PDF whose pages are their own parents": lambda: (
        pdf_of(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        PDF,
    ),
    "PDF whose catalog is itself": lambda: (pdf_of(b"1 0 R"), PDF),
    "PDF without a page": lambda: (pdf_of(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"), PDF),
    "PDF of a billion pages, none there": lambda: (
        pdf_of(CATALOG, b"<</Type/Pages/Kids[]/Count 1000000000>>"),
        PDF,
    ),
    "nothing as PDF": lambda: (b"", PDF),
    "nothing as PNG": lambda: (b"", PNG),
    "PNG as JPEG": lambda: (real_files.png(), JPEG),
    "JPEG as PDF": lambda: (real_files.jpeg(), PDF),
    "PDF as PNG": lambda: (real_files.pdf(), PNG),
    "JPEG as HEIC": lambda: (real_files.jpeg(), HEIC),
    "half a JPEG": lambda: (real_files.jpeg()[:15_000], JPEG),
    "half a PNG": lambda: (real_files.png()[:5_000], PNG),
    "half a WebP": lambda: (real_files.webp()[:1_500], WEBP),
    "half a HEIC": lambda: (real_files.heic()[:1_500], HEIC),
    "a third of a page in TIFF": lambda: (real_files.lzw_tiff()[:20_000], TIFF),
    "the head of a PDF": lambda: (real_files.pdf()[:200], PDF),
    "Word": lambda: (real_files.word(), DOCX),
}


@pytest.mark.parametrize("what", NOTHING)
async def test_a_broken_or_hostile_file_has_no_preview(what: str, caplog: pytest.LogCaptureFixture) -> None:
    content, media_type = NOTHING[what]()
    with caplog.at_level(logging.INFO, "kluis.previews"):
        assert await preview(content, media_type) is None
    assert caplog.messages == [f"no preview of {media_type}: it can not be read"]


@pytest.mark.parametrize("side", [7_072, 9_000])
@pytest.mark.parametrize(
    ("flood", "media_type"),
    [
        (huge_png, PNG),
        (huge_jpeg, JPEG),
        (huge_tiff, TIFF),
        (huge_heic, HEIC),
    ],
    ids=["png", "jpeg", "tiff", "heic"],
)
def test_a_flood_of_pixels_is_refused_by_its_header(
    flood: Callable[[int], bytes], media_type: str, side: int
) -> None:
    with pytest.raises(rendering.Unfit):
        rendering.render(flood(side), media_type, 320)


async def test_a_photo_with_broken_metadata_is_shown() -> None:
    assert await preview(saved(picture((400, 300)), "JPEG", exif=b"Exif\0\0II*\0 and so on, and on"), JPEG)


async def test_a_picture_of_the_most_pixels_is_shown() -> None:
    shown = await preview(bomb(7071, 7071), PNG)
    assert shown
    assert shown.size == (320, 320)


async def test_a_file_of_the_most_bytes_is_shown_and_one_more_is_too_many() -> None:
    png = real_files.png()
    padding = bytes(rendering.MOST_BYTES - len(png))  # Pillow looks at nothing behind the end of a PNG
    assert await preview(png + padding, PNG)
    assert await preview(png + padding + b"\0", PNG) is None


async def test_a_file_without_end_is_left_alone() -> None:
    assert await Renderer().render(zeros(1_000_000), PNG, 320) is None


@pytest.mark.parametrize("content", [pdf_with_pixels(20_000), pdf_with_pixels(60_000)], ids=["1 GB", "10 GB"])
async def test_a_page_takes_no_more_memory_than_its_limit(content: bytes) -> None:
    # This process has had other children, which are counted too.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEASURE, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    said, _ = await process.communicate(content)
    most = int(said) * (1 if sys.platform == "darwin" else 1024)
    assert MIB < most <= rendering.LIMITS[resource.RLIMIT_AS]


async def test_a_page_that_is_drawn_for_ever_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "kluis.previews"):
        endless = pdf_that_draws_itself(times=30, deep=12)
        assert await Renderer(seconds=1).render(sent(endless), PDF, 320) is None
    assert caplog.messages == ["no preview of application/pdf: it takes too long"]


async def test_a_form_that_draws_itself_is_drawn_once() -> None:
    assert await preview(pdf_that_draws_itself(times=1, deep=1), PDF)


async def test_a_table_that_leads_back_to_itself_ends() -> None:
    content = real_files.filled_form()
    at = content.rindex(b"xref", 0, content.rindex(b"startxref"))
    looped = content.replace(b"trailer<<", b"trailer<</Prev %d" % at)
    assert await Renderer().render(sent(looped), PDF, 320)


# the program ------------------------------------------------------------------------------------------------


class Kernel:
    """What the program asks of the system, which would hold this process too."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.limits = dict[int, Any]()
        self.calls = list[tuple[int, ...]]()

    def library(self, _name: None) -> "Kernel":
        return self

    def prctl(self, *arguments: int) -> None:
        self.calls.append(arguments)

    def getrlimit(self, _kind: int) -> tuple[int, int]:
        return self.bound, self.bound

    def closerange(self, *range_: int) -> None:
        self.calls.append(range_)


def confined(monkeypatch: pytest.MonkeyPatch, bound: int = resource.RLIM_INFINITY) -> Kernel:
    kernel = Kernel(bound)
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    monkeypatch.setattr(ctypes, "CDLL", kernel.library)
    monkeypatch.setattr(os, "closerange", kernel.closerange)
    monkeypatch.setattr(resource, "getrlimit", kernel.getrlimit)
    monkeypatch.setattr(resource, "setrlimit", kernel.limits.__setitem__)
    return kernel


def test_the_program_reads_a_file_and_writes_a_picture_within_its_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = confined(monkeypatch)
    target = io.BytesIO()
    rendering.main([PDF, "320"], io.BytesIO(real_files.pdf()), target)
    assert target.getvalue() == rendering.render(real_files.pdf(), PDF, 320)
    wanted = {kind: (most, most) for kind, most in rendering.LIMITS.items()}
    assert kernel.limits == wanted | {resource.RLIMIT_NOFILE: (0, 0)}
    assert [it[:2] for it in kernel.calls] == [
        (3, os.sysconf("SC_OPEN_MAX")),
        (rendering.PR_SET_PDEATHSIG, signal.SIGKILL),
        (rendering.PR_SET_NO_NEW_PRIVS, 1),
    ]


def test_the_program_writes_nothing_of_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    confined(monkeypatch)
    monkeypatch.setattr(rendering, "MOST_BYTES", 10_000)
    target = io.BytesIO()
    with pytest.raises(rendering.Unfit):
        rendering.main([PNG, "320"], io.BytesIO(real_files.png()), target)
    assert not target.getvalue()


def test_a_limit_that_is_lower_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = confined(monkeypatch, bound=5).limits
    rendering.confine(PDF)
    assert limits[resource.RLIMIT_AS] == limits[resource.RLIMIT_CPU] == (5, 5)
    assert limits[resource.RLIMIT_CORE] == (0, 0)


def test_macos_is_asked_only_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = confined(monkeypatch)
    monkeypatch.setattr(sys, "platform", "darwin")
    rendering.confine(PDF)
    assert len(kernel.calls) == 1  # no prctl
    assert rendering.LIMITS.keys() - kernel.limits.keys() == {resource.RLIMIT_AS}


def test_only_heic_may_start_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = confined(monkeypatch).limits
    rendering.confine(HEIC)
    assert rendering.LIMITS.keys() - limits.keys() == {resource.RLIMIT_NPROC}


def test_the_program_imports_nothing_of_the_house() -> None:
    listing = "import sys; sys.path.insert(0, sys.argv[1]); import rendering; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", listing, str(ROOT / "storage")]
    modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    ours = {it.name for it in ROOT.iterdir() if (it / "__init__.py").exists()}
    assert "storage" in ours
    assert not ours & {it.partition(".")[0] for it in modules}


def children() -> list[Path]:
    """Return what Linux tells about each program that this one started and that runs the renderer."""
    parents = ((it, _fields(it)) for it in Path("/proc").glob("[0-9]*"))
    ours = [it for it, fields in parents if fields[1:2] == [str(os.getpid())]]
    return [it for it in ours if b"rendering.py" in (it / "cmdline").read_bytes()]


def _fields(program: Path) -> list[str]:
    try:
        return (program / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return []


async def until(is_so: Callable[[], Any]) -> Any:
    """Return the first true answer."""
    async with asyncio.timeout(30):
        while not (answer := is_so()):  # noqa: ASYNC110  # what happens elsewhere sets no event
            await asyncio.sleep(0.01)
    return answer


class Tap:
    """A file that is sent in two parts; the second waits until it is turned on."""

    def __init__(self, content: bytes) -> None:
        self.opened = asyncio.Event()
        self._content = content

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        yield self._content[:100]
        await self.opened.wait()
        yield self._content[100:]


@pages_only
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_the_program_reads_a_file_when_it_can_reach_nothing_any_more(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLUIS_KEYS", SECRET)
    inherited = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(inherited, True)  # noqa: FBT003  # its own signature
    assert run(looked_at()) == rendering.render(real_files.pdf(), PDF, 320)
    os.close(inherited)


async def looked_at() -> bytes | None:
    """Return what the real program makes of a file, and look at it while it waits for the rest."""
    tap = Tap(real_files.pdf())
    rendered = asyncio.ensure_future(Renderer().render(tap.pieces(), PDF, 320))
    (child,) = await until(children)
    await until(lambda: told(child / "limits", "Max open files").split()[:2] == ["0", "0"])
    assert SECRET.encode() not in (child / "environ").read_bytes()
    assert (child / "cwd").readlink() == Path("/")
    assert _fields(child)[3] == child.name  # a session of its own
    assert {it.name for it in (child / "fd").iterdir()} == {"0", "1", "2"}
    assert told(child / "status", "NoNewPrivs:").split() == ["1"]
    for limit, most in LIMITS.items():
        assert told(child / "limits", limit).split()[:2] == [str(most), str(most)], limit
    tap.opened.set()
    return await rendered


LIMITS: Final = {
    "Max address space": 1 << 30,
    "Max cpu time": 8,
    "Max file size": 0,
    "Max processes": 0,
    "Max core file size": 0,
}


def told(page: Path, about: str) -> str:
    return page.read_text().partition(about)[2].partition("\n")[0]


# how it is fed and ended ------------------------------------------------------------------------------------


def planted(folder: Path, text: str, seconds: float = 30, at_once: int = 2) -> Renderer:
    """Return a renderer that runs another program, which may write its number to a file beside it."""
    program = folder / "program.py"
    program.write_text(f"import os, sys\nPID = {str(folder / 'pid')!r}\n{text}\n")
    return Renderer(program=program, seconds=seconds, at_once=at_once)


NUMBERED: Final = """
with open(PID + ".new", "w") as file:
    file.write(str(os.getpid()))
os.rename(PID + ".new", PID)
"""


def is_gone(folder: Path) -> bool:
    try:
        os.kill(int((folder / "pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_nothing_of_the_server_is_seen(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLUIS_KEYS", SECRET)
    program = f"""
seen = [dict(os.environ), sys.path, os.getcwd(), os.getsid(0) == os.getpid(), sys.argv[1:]]
sys.stdout.buffer.write({EMPTY_WEBP!r} + repr(seen).encode())
"""
    seen = run(planted(tmp_path, program).render(sent(b"x"), PDF, 320)).removeprefix(EMPTY_WEBP).decode()
    assert SECRET not in seen
    assert seen.startswith(("[{},", "[{'LC_CTYPE': 'C.UTF-8'},"))  # which Python sets itself
    assert str(ROOT) + "'" not in seen
    assert str(tmp_path) not in seen  # nor is anything imported from beside the program
    assert seen.endswith("'/', True, ['application/pdf', '320']]")


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("size", [1, 5 * MIB], ids=["a byte", "5 MiB"])
def test_a_program_that_never_ends_is_killed(run: Runner, size: int, tmp_path: Path) -> None:
    renderer = planted(tmp_path, NUMBERED + FOREVER, seconds=SOON)
    assert run(renderer.render(sent(bytes(size)), PDF, 320)) is None
    assert is_gone(tmp_path)


async def test_what_the_program_started_is_killed_too(tmp_path: Path) -> None:
    program = f"if os.fork():\n    os.wait()\n{NUMBERED}{FOREVER}"
    assert await planted(tmp_path, program, seconds=SOON).render(sent(b"x"), PDF, 320) is None
    await until(lambda: is_gone(tmp_path))


async def test_what_escaped_with_the_output_is_not_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    escaped = f"import time\nif os.fork():\n    time.sleep(60)\nos.setsid()\n{NUMBERED}time.sleep(2)"
    with caplog.at_level(logging.WARNING, "kluis.previews"):
        assert await planted(tmp_path, escaped, seconds=SOON).render(sent(bytes(5 * MIB)), PDF, 320) is None
    assert caplog.messages == ["a killed program does not let go of its output"]
    assert asyncio.all_tasks() == {asyncio.current_task()}  # nothing here still waits for it
    await until(lambda: is_gone(tmp_path))
    await asyncio.sleep(0.1)  # for its end to be noticed here


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("sys.exit(1)", "it can not be read"),
        (f"sys.stdout.buffer.write({EMPTY_WEBP!r}); sys.stdout.flush(); sys.exit(3)", "it can not be read"),
        ("os.kill(os.getpid(), 11)", "ended by signal 11"),
        ("", "what was written is no picture"),
        ("sys.stdout.write('<script>')", "what was written is no picture"),
        (f"sys.stdout.buffer.write({EMPTY_WEBP!r} + bytes({MOST_WRITTEN}))", "the picture is too large"),
        ("while True: sys.stdout.write('x' * 100_000)", "the picture is too large"),
    ],
)
@pytest.mark.parametrize("size", [1, 5 * MIB], ids=["a byte", "5 MiB"])
def test_a_program_that_fails_gives_nothing(
    program: str, why: str, size: int, run: Runner, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "kluis.previews"):
        assert (
            run(planted(tmp_path, program).render(sent(*[bytes(MIB // 8)] * (size >> 17), b"x"), PDF, 320))
            is None
        )
    assert [it for it in caplog.messages if it.startswith("no ")] == [f"no preview of application/pdf: {why}"]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_program_that_has_ended_gets_no_more(run: Runner, tmp_path: Path) -> None:
    given = 0

    async def drops() -> AsyncGenerator[bytes, None]:
        nonlocal given
        for given in range(1_000):  # noqa: B007  # it is looked at afterwards
            yield b"x"
            await asyncio.sleep(0.02)

    assert run(planted(tmp_path, "sys.exit(1)").render(drops(), PDF, 320)) is None
    assert given < 999


async def test_a_picture_may_be_as_large_as_is_allowed(tmp_path: Path) -> None:
    program = f"sys.stdout.buffer.write({EMPTY_WEBP!r}.ljust({MOST_WRITTEN}))"
    made = await planted(tmp_path, program).render(sent(b"x"), PDF, 320)
    assert made
    assert len(made) == MOST_WRITTEN


async def test_a_program_gets_the_whole_file(tmp_path: Path) -> None:
    program = f"sys.stdout.buffer.write({EMPTY_WEBP!r} + sys.stdin.buffer.read()[::100_000])"
    content = bytes(range(256)) * 40_000
    chunks = [content[at : at + 300_000] for at in range(0, len(content), 300_000)]
    assert await planted(tmp_path, program).render(sent(*chunks), PDF, 320) == EMPTY_WEBP + content[::100_000]


async def test_who_gives_up_leaves_no_program_behind(tmp_path: Path) -> None:
    renderer = planted(tmp_path, NUMBERED + FOREVER, at_once=1)
    rendered = asyncio.ensure_future(renderer.render(sent(bytes(5 * MIB)), PDF, 320))
    await until((tmp_path / "pid").exists)
    rendered.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendered
    assert is_gone(tmp_path)
    planted(tmp_path, f"sys.stdout.buffer.write({EMPTY_WEBP!r})")
    assert await renderer.render(sent(b"x"), PDF, 320) == EMPTY_WEBP


@pytest.mark.parametrize("error", [ValueError, TimeoutError, ConnectionResetError, BrokenPipeError])
async def test_an_error_of_the_store_is_the_callers_and_ends_the_program(
    error: type[Exception], tmp_path: Path
) -> None:
    async def broken() -> AsyncGenerator[bytes, None]:
        yield b"x"
        await until((tmp_path / "pid").exists)
        raise error

    with pytest.raises(error):
        await planted(tmp_path, NUMBERED + FOREVER).render(broken(), PDF, 320)
    assert is_gone(tmp_path)


async def test_two_run_at_once_and_the_third_waits(tmp_path: Path) -> None:
    program = f"""
import time
mine = os.path.join(os.path.dirname(PID), "runs-" + str(os.getpid()))
open(mine, "w").close()
while not os.path.exists(PID):
    time.sleep(0.01)
running = sum(it.startswith("runs-") for it in os.listdir(os.path.dirname(PID)))
time.sleep(0.1)
os.remove(mine)
sys.stdout.buffer.write({EMPTY_WEBP!r} + bytes([running]))
"""
    renderer = planted(tmp_path, program)
    rendered = asyncio.gather(*(renderer.render(sent(b"x"), PDF, 320) for _ in range(5)))
    await until(lambda: len(list(tmp_path.glob("runs-*"))) == 2)
    (tmp_path / "pid").touch()
    assert max(it[-1] for it in await rendered if it) == 2


@pages_only
def test_the_program_ends_with_the_server(tmp_path: Path) -> None:
    planted(
        tmp_path,
        f"sys.path.insert(0, {str(ROOT)!r})\nfrom storage.rendering import confine\nconfine(sys.argv[1])\n"
        f"sys.stdout.write('confined'); sys.stdout.flush()\n{FOREVER}",
    )
    server = f"""
import subprocess, sys
command = [sys.executable, "-I", {str(tmp_path / "program.py")!r}, "application/pdf"]
child = subprocess.Popen(command, stdout=subprocess.PIPE)
child.stdout.read(8)
print(child.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        (tmp_path / "pid").write_text(parent.stdout.readline())
        assert not is_gone(tmp_path)
        parent.kill()
    asyncio.run(until(lambda: is_gone(tmp_path)))
