"""Media types: the short list of what may be stored, recognised by extension and first bytes together.

The table is our own. puremagic 1.30 lets the extension decide what the bytes leave open: any zip called .docx
is a Word file to it, a PDF's first five bytes are one with confidence 0.4, and plain text it does not know.

What a head can not tell, such as whether a second file hangs behind the first, `inspecting` looks for once
the whole file is there. A file goes out as the type that was recognised, with nosniff, and is shown in place
only where that is safe. What runs when it is opened (SVG, HTML, scripts, office files with macros) is
accepted where that is asked for, and goes out as bytes of no kind. Not accepted at all: the old binary office
files, Outlook's .msg and office files with a password, which share one container whose first bytes do not
tell of macros.
"""

import re
from collections.abc import Callable
from functools import partial

from core.errors import UnsupportedType
from storage import file_names, text_heads, zip_heads

HEAD_SIZE = 4096
"""First bytes that `recognise` needs; the whole file when it is shorter."""

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
HEIC = "image/heic"
TIFF = "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
TEXT = "text/plain"
CSV = "text/csv"
MAIL = "message/rfc822"
SVG = "image/svg+xml"
HTML = "text/html"
SCRIPT = "text/javascript"
DOCM = "application/vnd.ms-word.document.macroEnabled.12"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"
PPTM = "application/vnd.ms-powerpoint.presentation.macroEnabled.12"
OCTETS = "application/octet-stream"

EXTENSIONS = {
    "pdf": PDF,
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": PNG,
    "webp": WEBP,
    "heic": HEIC,
    "heif": HEIC,
    "tif": TIFF,
    "tiff": TIFF,
    "docx": DOCX,
    "xlsx": XLSX,
    "pptx": PPTX,
    "odt": ODT,
    "ods": ODS,
    "txt": TEXT,
    "csv": CSV,
    "eml": MAIL,
}
"""The media type of every accepted extension; the first of a type is the one we write."""

ACTIVE = {
    "svg": SVG,
    "html": HTML,
    "htm": HTML,
    "js": SCRIPT,
    "docm": DOCM,
    "xlsm": XLSM,
    "pptm": PPTM,
}
"""The same of what runs when it is opened, for a firm that takes such files in: to be saved, never shown."""

INLINE_SAFE = frozenset({PDF, JPEG, PNG, WEBP})

# A byte order mark and blanks occur before a PDF's first line; anything else there could be another format.
_PDF = re.compile(rb"(\xef\xbb\xbf)?[\t\n\r ]*%PDF-[12]\.[0-9]")
_JPEG = re.compile(rb"\xff\xd8\xff[\xc0-\xcf\xdb\xdd\xe0-\xef\xfe]")
_PNG = re.compile(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
_WEBP = re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL)
_TIFF = re.compile(rb"II\*\x00|MM\x00\*")
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})


def recognise(head: bytes, file_name: str, *, accepts_active: bool = False) -> str:
    """Return the media type on which the name's extension and the file's first HEAD_SIZE bytes agree.

    Raises UnsupportedType when they do not, or when the type is not accepted (SECURITY 53, ASVS 5.2.2).
    """
    media_type = named(file_name, accepts_active=accepts_active)
    if media_type is None or not _SIGNATURES[media_type](head[:HEAD_SIZE]):
        raise UnsupportedType
    return media_type


def named(file_name: str, *, accepts_active: bool = False) -> str | None:
    """Return the media type that goes with a name's extension; None for one that is not accepted."""
    extension = file_names.extension(file_name)
    return EXTENSIONS.get(extension) or (ACTIVE.get(extension) if accepts_active else None)


def is_inline_safe(media_type: str) -> bool:
    """Tell whether a browser may show it in place; everything else is saved."""
    return media_type in INLINE_SAFE


def sent_as(media_type: str) -> str:
    """Return the type that a file goes out as: none at all for what runs when it is opened."""
    return OCTETS if media_type in ACTIVE.values() else media_type


def fallback_name(media_type: str) -> str:
    """Return a name for a file of an accepted type whose own name has no letter left."""
    extensions = (EXTENSIONS | ACTIVE).items()
    return next(f"document.{extension}" for extension, it in extensions if it == media_type)


def _begins_with(signature: re.Pattern[bytes], head: bytes) -> bool:
    return signature.match(head) is not None


def _is_heic(head: bytes) -> bool:
    """Tell whether the first box names a still picture in HEVC, as its brand or among the compatible ones."""
    ends = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[at : at + 4] for at in (8, *range(16, ends, 4))}
    return head[4:8] == b"ftyp" and not brands.isdisjoint(_HEIC_BRANDS)


_SIGNATURES: dict[str, Callable[[bytes], bool]] = {
    PDF: partial(_begins_with, _PDF),
    JPEG: partial(_begins_with, _JPEG),
    PNG: partial(_begins_with, _PNG),
    WEBP: partial(_begins_with, _WEBP),
    HEIC: _is_heic,
    TIFF: partial(_begins_with, _TIFF),
    DOCX: partial(zip_heads.is_ooxml, folder=b"word"),
    XLSX: partial(zip_heads.is_ooxml, folder=b"xl"),
    PPTX: partial(zip_heads.is_ooxml, folder=b"ppt"),
    ODT: partial(zip_heads.is_opendocument, media_type=ODT.encode()),
    ODS: partial(zip_heads.is_opendocument, media_type=ODS.encode()),
    TEXT: text_heads.is_plain_text,
    CSV: text_heads.is_plain_text,
    MAIL: text_heads.is_mail,
    SVG: text_heads.is_svg,
    HTML: text_heads.is_markup,
    SCRIPT: text_heads.is_plain_text,
    DOCM: partial(zip_heads.is_ooxml, folder=b"word", with_macros=True),
    XLSM: partial(zip_heads.is_ooxml, folder=b"xl", with_macros=True),
    PPTM: partial(zip_heads.is_ooxml, folder=b"ppt", with_macros=True),
}
