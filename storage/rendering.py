"""The rendering of a file's first page as WebP, alone in a process of its own that can reach nothing.

`python -I rendering.py <media type> <width>` reads a file from its input, writes the picture to its output
and ends with 0; or otherwise with nothing written. What reads strangers' files here is a million lines of C,
so this program has none of the house's modules, keys or connections, and gives up what else it could misuse.
"""

import ctypes
import importlib
import io
import os
import resource
import signal
import sys
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 64 << 20
MOST_PIXELS = 50_000_000
TALLEST = 4
"""Times its width; what is longer becomes narrower."""

PDF = "application/pdf"
HEIC = "image/heic"
FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
    HEIC: "HEIF",
}
"""Pillow's name for each picture; no other reader is tried."""
MEDIA_TYPES = frozenset({PDF, *FORMATS})

READERS = {
    PDF: "pypdfium2",
    "image/jpeg": "PIL.MpoImagePlugin",  # what a JPEG with a second picture behind it is to Pillow
    "image/png": "PIL.PngImagePlugin",
    "image/webp": "PIL.WebPImagePlugin",
    "image/tiff": "PIL.TiffImagePlugin",
    HEIC: "pi_heif",
}
ALWAYS = ("PIL.ImageOps", "PIL.WebPImagePlugin", "PIL.TiffImagePlugin")
"""What turns a picture, writes it, and reads EXIF, which is written as TIFF is."""

LIMITS = {
    resource.RLIMIT_AS: 1 << 30,  # 50 million pixels need up to 860 MiB
    resource.RLIMIT_CPU: 8,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 32,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_CORE: 0,
}
UNLIMITED = {HEIC: {resource.RLIMIT_NPROC}}
"""libde265 decodes nothing without a thread of its own, and a thread counts as a process."""
UNKNOWN = {"darwin": {resource.RLIMIT_AS}}
"""What a system can not limit."""

FIRST_OTHER = 3
"""After input, output and errors."""

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
WHITE = (255, 255, 255)
NEARLY_ONE = 1 - 1e-9
QUALITY = 80


class Unfit(ValueError):
    """It is too large."""


def main(arguments: Sequence[str], source: BinaryIO, target: BinaryIO) -> None:
    """Write the picture of the file that the source holds."""
    media_type, width = arguments
    confine(media_type)
    load(media_type)
    # Not a file, a socket or a pipe can be opened from here on.
    _limit(resource.RLIMIT_NOFILE, 0)
    content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unfit
    target.write(render(content, media_type, int(width)))


def confine(media_type: str) -> None:
    """Let go of what was left open, set the limits, and end together with who started this."""
    sys.dont_write_bytecode = True
    # What starts it under uvloop leaves open what is not marked otherwise.
    os.closerange(FIRST_OTHER, os.sysconf("SC_OPEN_MAX"))
    if sys.platform == "linux":
        control = ctypes.CDLL(None).prctl
        control(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        control(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    left_out = UNLIMITED.get(media_type, set()) | UNKNOWN.get(sys.platform, set())
    for kind in LIMITS.keys() - left_out:
        _limit(kind, LIMITS[kind])


def load(media_type: str) -> None:
    """Import what reads this type and what writes WebP, after which Pillow looks for nothing more."""
    for name in (*ALWAYS, READERS[media_type]):
        importlib.import_module(name)
    from PIL import Image  # noqa: PLC0415  # the limits come first

    Image.preinit()


def render(content: bytes, media_type: str, width: int) -> bytes:
    """Return the first page as WebP, at most so many pixels wide and `TALLEST` times as high."""
    picture = _page(content, width) if media_type == PDF else _picture(content, media_type, width)
    written = io.BytesIO()
    _on_white(picture).save(written, "WEBP", quality=QUALITY)
    return written.getvalue()


def _limit(kind: int, most: int) -> None:
    bound = resource.getrlimit(kind)[1]
    lower = most if bound == resource.RLIM_INFINITY else min(most, bound)
    resource.setrlimit(kind, (lower, lower))


def _page(content: bytes, width: int) -> "Image.Image":
    import pypdfium2  # noqa: PLC0415  # the limits come first

    with pypdfium2.PdfDocument(content) as pdf:
        if pdf.get_formtype():
            # Or what was filled in is not drawn.
            pdf.init_forms()  # pyright: ignore[reportUnknownMemberType]
        page: Any = pdf[0]
        # pypdfium2 rounds up, and the exact scale gives a hair more than the width.
        across, along = page.get_size()
        scale = _scale(across, along, width) * NEARLY_ONE
        return page.render(scale=scale).to_pil()


def _picture(content: bytes, media_type: str, width: int) -> "Image.Image":
    from PIL import Image, ImageOps  # noqa: PLC0415  # the limits come first

    if media_type == HEIC:
        _read_heic()
    picture = Image.open(io.BytesIO(content), formats=[FORMATS[media_type]])
    if picture.width * picture.height > MOST_PIXELS:
        raise Unfit
    _draft(picture, width)
    ImageOps.exif_transpose(picture, in_place=True)
    shades = _shades(picture)
    scale = min(1, _scale(*shades.size, width))
    size = (max(1, round(shades.width * scale)), max(1, round(shades.height * scale)))
    return shades.resize(  # pyright: ignore[reportUnknownMemberType]  # its types name NumPy's
        size, Image.Resampling.LANCZOS, reducing_gap=3
    )


def _read_heic() -> None:
    import pi_heif  # noqa: PLC0415  # the limits come first

    pi_heif.register_heif_opener(  # pyright: ignore[reportUnknownMemberType]
        thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
    )


def _draft(picture: "Image.Image", width: int) -> None:
    """Have a JPEG decoded at a half, a quarter or an eighth where that is enough, turned or not."""
    across, along = picture.size
    scale = max(_scale(across, along, width), _scale(along, across, width))
    picture.draft(None, (ceil(across * scale), ceil(along * scale)))


def _shades(picture: "Image.Image") -> "Image.Image":
    """Return it in shades or colours of eight bits, which can be mixed; transparent where it is."""
    if picture.mode.startswith("I;16"):  # all above 255 would become white
        scaled = picture.convert("I").point(_shade)  # pyright: ignore[reportUnknownMemberType]
        return scaled.convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in {"1", "L"} else "RGB")


def _shade(of_65536: Any) -> Any:
    return of_65536 * (1 / 256)


def _scale(across: float, along: float, width: int) -> float:
    return min(width / across, width * TALLEST / along)


def _on_white(picture: "Image.Image") -> "Image.Image":
    """Return a new picture without transparency, and without what the file told of the old one."""
    from PIL import Image  # noqa: PLC0415  # the limits come first

    paper = Image.new("RGB", picture.size, WHITE)
    paper.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    return paper


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)
