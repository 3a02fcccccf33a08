"""Real files of every kind that people send, each as another program writes it."""

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import docx
import pillow_heif
from fpdf import FPDF
from fpdf.enums import DocumentCompliance, EncryptionMethod
from PIL import Image, ImageDraw, ImageFont

from storage.media_types import ODT

PASSWORD: Final = "a password for tests"
HERE: Final = "Kruiskouter 18, 9000 Gent"
"""A place that photos tell in their metadata; no preview may."""

RED: Final = (200, 30, 30)
BLUE: Final = (30, 30, 200)
ORIENTATION: Final = 0x0112
PLACE: Final = 0x8825
"""The directory of EXIF that holds the place."""
DESCRIPTION: Final = 0x010E
A_QUARTER: Final = 6
"""EXIF's word for a camera that was held upright."""

FOUR_THIRDS: Final = (1600, 1200)


# what paper looks like --------------------------------------------------------------------------------------


def picture(size: tuple[int, int] = FOUR_THIRDS) -> Image.Image:
    """Return a picture that is red on its left and blue on its right."""
    drawn = Image.new("RGB", size, BLUE)
    drawn.paste(RED, (0, 0, size[0] // 2, size[1]))
    return drawn


def scan(number: int, size: tuple[int, int] = (2480, 3508)) -> Image.Image:
    """Return a page as a scanner sees it, black on white, with its number in large."""
    page = Image.new("L", size, 255)
    font = ImageFont.load_default(size=size[0] // 4)
    ImageDraw.Draw(page).text((size[0] // 3, size[1] // 8), f"{number}.", fill=0, font=font)
    for line in range(size[1] // 2, size[1] * 7 // 8, size[1] // 30):
        ImageDraw.Draw(page).line((size[0] // 8, line, size[0] * 7 // 8, line), fill=60, width=6)
    return page


def told() -> Image.Exif:
    """Return what a phone writes: it was held upright, and here."""
    exif = Image.Exif()
    exif[ORIENTATION] = A_QUARTER
    exif[DESCRIPTION] = HERE
    exif[PLACE] = {1: "N", 2: (51.0, 1.0, 25.0), 3: "E", 4: (3.0, 42.0, 40.0)}
    return exif


def saved(drawn: Image.Image, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    drawn.save(written, form, **options)
    return written.getvalue()


# documents --------------------------------------------------------------------------------------------------


def _printed(letter: FPDF, pages: int = 1) -> bytes:
    """Return pages with a heavy bar at their head; their font is a whole one, which archives demand."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "whole.ttf"
        path.write_bytes(cast("ImageFont.FreeTypeFont", ImageFont.load_default(size=12)).font_bytes)
        letter.add_font("whole", fname=path)
        letter.set_font("whole", size=20)
        letter.set_title("Huwelijkscontract")
        for number in range(1, pages + 1):
            letter.add_page()
            letter.set_fill_color(*RED)
            letter.rect(20, 20, 170, 30, style="F")
            letter.set_y(70)
            letter.cell(text=f"Huwelijkscontract, blad {number}")
        return bytes(letter.output())


@cache
def pdf() -> bytes:
    return _printed(FPDF())


@cache
def pdf_a() -> bytes:
    """Return PDF/A-2b, as registrars ask for: with its font, a colour profile and XMP."""
    return _printed(FPDF(enforce_compliance=DocumentCompliance.PDFA_2B))


@cache
def long_pdf() -> bytes:
    return _printed(FPDF(), pages=200)


@cache
def encrypted_pdf() -> bytes:
    letter = FPDF()
    letter.set_encryption(PASSWORD, PASSWORD, encryption_method=EncryptionMethod.AES_256)
    return _printed(letter)


@cache
def owned_pdf() -> bytes:
    """Return a PDF that anybody may read and only its owner may change."""
    letter = FPDF()
    letter.set_encryption(PASSWORD, encryption_method=EncryptionMethod.AES_256)
    return _printed(letter)


@cache
def filled_form() -> bytes:
    """Return a PDF whose page is empty but for a field in which somebody filled a red square."""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(who)/V(Bert)/F 4/Rect[0 400 600 800]/P 3 0 R/AP<</N 5 0 R>>>>",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 600 400]/Length 28>>stream\n"
        b"0.8 0 0 rg 0 0 600 400 re f \nendstream",
    )


def pdf_of(*objects: bytes) -> bytes:
    """Return a PDF with these objects, numbered from 1; the first is its catalog."""
    body, places = b"%PDF-1.7\n", list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + head + table + tail


@cache
def word() -> bytes:
    paper, written = docx.Document(), io.BytesIO()
    paper.add_heading("Zorgverklaring")
    paper.add_paragraph("Medische zorg")
    paper.save(written)
    return written.getvalue()


@cache
def odt() -> bytes:
    """Return a text as OpenDocument packs it: its type first and unpacked (part 2, section 3.3)."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:text="{office}:text:1.0"'
        ' office:version="1.3"><office:body><office:text><text:p>Testament</text:p></office:text>'
        "</office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", ODT, zipfile.ZIP_STORED)
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", manifest)
    return written.getvalue()


# pictures ---------------------------------------------------------------------------------------------------


@cache
def jpeg() -> bytes:
    """Return a phone's photo that was taken upright: red is above once it is turned."""
    return saved(picture(), "JPEG", exif=told())


@cache
def png() -> bytes:
    """Return a drawing on nothing: red at its left, blue at its right, transparent between them."""
    drawn = picture().convert("RGBA")
    drawn.paste((0, 0, 0, 0), (400, 0, 1200, 1200))
    return saved(drawn, "PNG")


@cache
def webp() -> bytes:
    return saved(picture(), "WEBP", exif=told())


@cache
def heic() -> bytes:
    """Return a phone's photo whose container and whose EXIF both tell that it was taken upright."""
    pillow_heif.register_heif_opener()  # pyright: ignore[reportUnknownMemberType]
    photo = picture()
    photo.info["exif"] = told().tobytes()  # given to `save` it would come without the container's part
    return saved(photo, "HEIF")


@cache
def faxed_tiff() -> bytes:
    """Return three pages in black on white, packed as faxes are (CCITT group 4)."""
    first, *more = (scan(number).convert("1") for number in (1, 2, 3))
    return saved(first, "TIFF", compression="group4", save_all=True, append_images=more, dpi=(300, 300))


@cache
def lzw_tiff() -> bytes:
    first, *more = (scan(number) for number in (1, 2, 3))
    return saved(first, "TIFF", compression="tiff_lzw", save_all=True, append_images=more)


FILES: Final[Mapping[str, Callable[[], bytes]]] = {
    "huwelijkscontract.pdf": pdf,
    "archief.pdf": pdf_a,
    "tweehonderd-bladen.pdf": long_pdf,
    "eigenaar.pdf": owned_pdf,
    "ingevuld.pdf": filled_form,
    "versleuteld.pdf": encrypted_pdf,
    "gevel.jpg": jpeg,
    "plan.png": png,
    "tuin.webp": webp,
    "keuken.heic": heic,
    "gefaxt.tif": faxed_tiff,
    "gescand.tiff": lzw_tiff,
    "zorgverklaring.docx": word,
    "testament.odt": odt,
}
