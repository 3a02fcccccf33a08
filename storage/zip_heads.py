"""The head of a zip: what its first bytes tell about the office document inside.

A zip lists its contents at its end, which a head does not hold; this reads the local headers that come first.
What is named only further on goes unseen here (LibreOffice lists the types last): `zip_directories` reads the
rest once it is there.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

ENTRY = b"PK\x03\x04"
NAME_AT = 30
"""The fixed part of a local header (APPNOTE 4.3.7) in bytes."""

DEFLATED = 8
UNPACKED_AT_MOST = 1 << 16
"""Bytes looked at of one entry, so that a zip bomb's first entry costs nothing."""

OOXML_MAIN = {
    b"word": b"wordprocessingml.document.main+xml",
    b"xl": b"spreadsheetml.sheet.main+xml",
    b"ppt": b"presentationml.presentation.main+xml",
}
"""The folder of each program, and what the list of types calls its main part (ECMA-376 part 1)."""

MACRO_MAIN = {
    b"word": b"ms-word.document.macroEnabled.main+xml",
    b"xl": b"ms-excel.sheet.macroEnabled.main+xml",
    b"ppt": b"ms-powerpoint.presentation.macroEnabled.main+xml",
}
"""The same for files that may hold macros."""

OOXML_SHARED = re.compile(rb"\[Content_Types\]\.xml|_rels/(\.rels)?|(docProps|customXml)/.*")
# Code that runs when the document opens, in Microsoft's and in OpenDocument's files, and old Excel macros.
MACROS = re.compile(rb"vbaproject|vbadata|macroenabled|macrosheets/|^(basic|scripts|dialogs)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    name: bytes
    content: bytes
    """The part that lies within the head, unpacked."""


def is_ooxml(head: bytes, folder: bytes, *, with_macros: bool = False) -> bool:
    """Tell whether a file of Word (`word`), Excel (`xl`) or PowerPoint (`ppt`) begins here.

    Without `with_macros` it has none; with, it is of the kind that may have some.
    """
    entries = list(_entries(head))
    main = MACRO_MAIN if with_macros else OOXML_MAIN
    spoken_of = {kind for entry in entries for kind in _kinds(entry, main)}
    fits = spoken_of == {folder} and _first_fits(entries[0].name, folder)
    return fits and (with_macros or not _has_macros(entries))


def has_main(types: bytes, folder: bytes, *, with_macros: bool) -> bool:
    """Tell whether a list of types names the main part of this program's files, and no other main part."""
    named = {main for main in (*OOXML_MAIN.values(), *MACRO_MAIN.values()) if main in types}
    return named == {(MACRO_MAIN if with_macros else OOXML_MAIN)[folder]}


def is_opendocument(head: bytes, media_type: bytes) -> bool:
    """Tell whether a file begins here whose first entry, stored as it is, names this type.

    Source: OpenDocument 1.3 part 2, section 3.3.
    """
    start = NAME_AT + len(b"mimetype")
    end = start + len(media_type)
    is_named = head.startswith(ENTRY) and head[NAME_AT:end] == b"mimetype" + media_type
    is_whole = head[end : end + 2] == b"PK"
    return is_named and is_whole and not _has_macros(list(_entries(head)))


def _entries(head: bytes) -> Iterator[Entry]:
    if not head.startswith(ENTRY):
        return
    # Streamed zips leave the sizes out of the local headers, so the next one is searched for.
    starts = [found.start() for found in re.finditer(re.escape(ENTRY), head)]
    for start, end in zip(starts, [*starts[1:], len(head)], strict=True):
        fields = head[start:end]
        name_ends = NAME_AT + int.from_bytes(fields[26:28], "little")
        content_at = name_ends + int.from_bytes(fields[28:30], "little")
        is_deflated = int.from_bytes(fields[8:10], "little") == DEFLATED
        content = fields[content_at:]
        yield Entry(fields[NAME_AT:name_ends], _inflated(content) if is_deflated else content)


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, UNPACKED_AT_MOST)
    except zlib.error:
        return b""


def _kinds(entry: Entry, mains: dict[bytes, bytes]) -> set[bytes]:
    """Return the programs that an entry speaks of, by the folder it lies in or in the list of types."""
    if entry.name == b"[Content_Types].xml":
        return {folder for folder, main in mains.items() if main in entry.content}
    return {entry.name.partition(b"/")[0]} & mains.keys()


def _first_fits(name: bytes, folder: bytes) -> bool:
    # An office program writes only its own parts; another zip that was given one afterwards begins otherwise.
    return OOXML_SHARED.fullmatch(name) is not None or name.startswith(folder + b"/")


def _has_macros(entries: list[Entry]) -> bool:
    named = any(MACROS.search(entry.name) for entry in entries)
    listed = any(MACROS.search(entry.content) for entry in entries if entry.name == b"[Content_Types].xml")
    return named or listed
