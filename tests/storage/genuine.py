"""Genuine files: one or more of every type that is stored, by the names that people give them."""

from typing import Final

from storage import media_types
from tests.storage import pictures
from tests.storage.hostile import HEIC, HTML, LETTERS, MAIL, SCRIPT, SVG, TIFF, pdf
from tests.storage.zips import office, opendocument, parts, streamed, with_macros, word

REAL: Final = {
    "paper.pdf": pdf(),
    "photo.jpg": pictures.saved("JPEG"),
    "progressive.jpeg": pictures.saved("JPEG", progressive=True),
    "drawing.png": pictures.saved("PNG"),
    "moving.webp": pictures.saved("WEBP", **pictures.frames(3)),
    "scan.tiff": pictures.saved("TIFF", mode="1", compression="group4", **pictures.frames(5, mode="1")),
    "scan.tif": TIFF,
    "phone.heic": HEIC,
    "will.docx": word(),
    "plan.xlsx": streamed(parts("xl")),
    "talk.pptx": office("ppt"),
    "will.odt": opendocument(),
    "plan.ods": opendocument(media_type=media_types.ODS),
    "note.txt": LETTERS,
    "accounts.csv": b"naam;saldo\r\nCarla;1\r\n",
    "mail.eml": MAIL,
}

RUNNING: Final = {
    "plan.svg": SVG,
    "page.html": HTML,
    "page.htm": b"\xef\xbb\xbf\n<html><body>Beste Anna</body></html>",
    "code.js": SCRIPT,
    "will.docm": with_macros("word"),
    "plan.xlsm": with_macros("xl"),
    "talk.pptm": with_macros("ppt"),
}
"""What runs when it is opened."""
