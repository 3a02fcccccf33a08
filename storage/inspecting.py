"""Inspecting: the look at a whole file that is stored already, before a document is made of it.

`media_types.recognise` has seen the first bytes while the others were still to come. What only the rest can
tell is told here, with few reads by place, and no outcome but None or UnsupportedType.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from core.errors import UnsupportedType
from storage import media_types, pixels, text_heads, zip_directories
from storage.random_access import RandomAccess, ReadAt, damaged

__all__ = ["ReadAt", "inspect"]

OF_TEXT = 64 << 10
"""Bytes at the start and at the end of a text that are looked at."""

# Readers look for the end of a PDF backwards. Real files have padding behind it (from iTextSharp some 40 kB
# of NULs, from web servers a page of HTML), or half of the last mark; what is cut off earlier has neither of
# these.
PDF_ENDS_WITHIN = 1 << 20
PDF_ENDS = (b"startxref", b"%%EOF")

Text = Callable[[bytes], bool]


async def inspect(media_type: str, byte_size: int, read_at: ReadAt) -> None:
    """Look at a file of a type that was recognised. Raise UnsupportedType for what is not accepted after all.

    That is: pictures of too many pixels, documents that swell or hide macros, files that are two at once, and
    what is plainly damaged (SECURITY 53, 54; ASVS 5.2.1-5.2.3). Reads are of a MiB, at most two for each MiB
    of the file and some beside.
    """
    look = _LOOKS.get(media_type)
    if look is None:
        raise UnsupportedType
    await look(RandomAccess(byte_size, read_at))


async def _at_pdf(file: RandomAccess) -> None:
    await zip_directories.require_none(file)
    tail = await file.last(PDF_ENDS_WITHIN)
    if not any(mark in tail for mark in PDF_ENDS):
        raise damaged()


async def _at_picture(media_type: str, file: RandomAccess) -> None:
    await zip_directories.require_none(file)
    await pixels.require_few(media_type, file)


async def _at_text(begins: Text, goes_on: Text, file: RandomAccess) -> None:
    await zip_directories.require_none(file)
    head, tail = await file.up_to(0, OF_TEXT), await file.last(OF_TEXT)
    if not begins(head) or not goes_on(tail):
        raise UnsupportedType("This is not a text all through.")


_LOOKS: dict[str, Callable[[RandomAccess], Awaitable[None]]] = {
    media_types.PDF: _at_pdf,
    media_types.JPEG: partial(_at_picture, media_types.JPEG),
    media_types.PNG: partial(_at_picture, media_types.PNG),
    media_types.WEBP: partial(_at_picture, media_types.WEBP),
    media_types.HEIC: partial(_at_picture, media_types.HEIC),
    media_types.TIFF: partial(_at_picture, media_types.TIFF),
    media_types.DOCX: partial(zip_directories.require_ooxml, folder=b"word"),
    media_types.XLSX: partial(zip_directories.require_ooxml, folder=b"xl"),
    media_types.PPTX: partial(zip_directories.require_ooxml, folder=b"ppt"),
    media_types.DOCM: partial(zip_directories.require_ooxml, folder=b"word", with_macros=True),
    media_types.XLSM: partial(zip_directories.require_ooxml, folder=b"xl", with_macros=True),
    media_types.PPTM: partial(zip_directories.require_ooxml, folder=b"ppt", with_macros=True),
    media_types.ODT: partial(zip_directories.require_opendocument, media_type=media_types.ODT.encode()),
    media_types.ODS: partial(zip_directories.require_opendocument, media_type=media_types.ODS.encode()),
    media_types.TEXT: partial(_at_text, text_heads.is_plain_text, text_heads.is_more_text),
    media_types.CSV: partial(_at_text, text_heads.is_plain_text, text_heads.is_more_text),
    media_types.MAIL: partial(_at_text, text_heads.is_mail, text_heads.is_more_mail),
    media_types.SVG: partial(_at_text, text_heads.is_svg, text_heads.is_more_text),
    media_types.HTML: partial(_at_text, text_heads.is_markup, text_heads.is_more_text),
    media_types.SCRIPT: partial(_at_text, text_heads.is_plain_text, text_heads.is_more_text),
}
