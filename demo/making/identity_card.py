"""The front of an identity card that nobody could take for a real one."""

import math

from PIL import Image, ImageDraw, ImageFont

from demo.making.brush import Brush, as_jpeg

PAPER = (226, 236, 240)
INK = (38, 50, 64)
LABEL = (92, 110, 126)
RED = (190, 40, 46)

FIELDS = (
    ("Naam / Name", "CALLEWAERT"),
    ("Voornamen / Given names", "Bert Maria"),
    ("Geboortedatum / Date of birth", "03 MRT 1981"),
    ("Geboorteplaats / Place of birth", "Deinze"),
    ("Kaartnummer / Card number", "000-0000000-00"),
    ("Geldig tot / Valid until", "31 AUG 2030"),
)


def identity_card() -> bytes:
    """Return the scan of Bert's invented card: 1010 by 640 points, SPECIMEN across it."""
    brush = Brush(1010, 640, (250, 250, 248))
    brush.box(14, 14, 996, 626, (170, 182, 190), round_by=34)
    brush.box(16, 16, 994, 624, PAPER, round_by=33)
    _waves(brush)
    brush.write((56, 82), "IDENTITEITSKAART", 34, INK)
    brush.write((56, 114), "Identity card - Personalausweis - Specimen", 19, LABEL)
    brush.write((954, 82), "VOORBEELDLAND", 24, RED, anchor="rs")
    _portrait(brush)
    for number, (label, says) in enumerate(FIELDS):
        at = 176 + number * 68
        brush.write((380, at), label, 16, LABEL)
        brush.write((380, at + 31), says, 27, INK)
    brush.stroke(
        [(66, 528), (96, 500), (112, 536), (140, 496), (160, 532), (204, 510), (262, 520)], (52, 70, 130), 3
    )
    brush.write((505, 604), "Voorbeeld / Exemple / Beispiel - verzonnen persoon", 17, LABEL, anchor="ms")
    return as_jpeg(_stamped(brush.small()))


def _waves(brush: Brush) -> None:
    for number in range(26):
        line = [
            (x, 150 + number * 17 + 14 * math.sin(x / 70 + number / 2.6) + 5 * math.sin(x / 23 - number))
            for x in range(20, 991, 6)
        ]
        brush.stroke(line, (206, 222, 228) if number % 2 else (233, 222, 216), 1.3)


def _portrait(brush: Brush) -> None:
    brush.box(56, 150, 316, 484, (203, 216, 223), round_by=10)
    brush.oval(186, 505, 128, 110, (62, 88, 112))
    brush.shape([(150, 395), (222, 395), (186, 452)], (238, 240, 242))
    brush.box(158, 350, 214, 412, (222, 181, 152), round_by=22)
    brush.oval(186, 288, 66, 84, (232, 192, 163))
    brush.shape(
        [
            (118, 290),
            (122, 226),
            (160, 194),
            (218, 196),
            (250, 230),
            (254, 290),
            (240, 250),
            (200, 236),
            (140, 244),
        ],
        (84, 60, 44),
    )
    for x in (162, 210):
        brush.oval(x, 286, 6.5, 5, (52, 48, 52))
        brush.stroke([(x - 13, 270), (x + 13, 269)], (84, 60, 44), 4)
    brush.stroke([(186, 292), (180, 318), (190, 320)], (196, 150, 122), 3)
    brush.stroke([(166, 342), (186, 348), (206, 341)], (176, 98, 88), 4)
    brush.box(56, 484, 316, 618, PAPER)


def _stamped(card: Image.Image) -> Image.Image:
    stamp = Image.new("RGBA", card.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(stamp)
    pen.text((505, 330), "SPECIMEN", fill=(*RED, 120), font=ImageFont.load_default(180), anchor="mm")
    turned = stamp.rotate(24, Image.Resampling.BICUBIC)
    return Image.alpha_composite(card.convert("RGBA"), turned).convert("RGB")
