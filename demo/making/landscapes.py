"""The pictures of property: a castle in France, a flat by the sea."""

import math

from demo.making.brush import Brush, Colour, Point, as_jpeg, as_png

STONE = (240, 226, 200)
SHADE = (219, 199, 168)
SLATE = (84, 98, 122)
DARK_SLATE = (66, 78, 102)
GLASS = (104, 132, 152)
MARK = "Voorbeeld / Exemple / Beispiel"


def castle() -> bytes:
    """Return "Chateau Frankrijk": an illustration of 1200 by 800 points, as JPEG."""
    brush = Brush(1200, 800, (255, 255, 255))
    brush.fade(0, 290, (120, 176, 216), (218, 231, 230))
    brush.fade(290, 470, (218, 231, 230), (253, 226, 192))
    for reach, opacity in ((150, 30), (108, 44), (74, 80), (50, 255)):
        brush.oval(930, 190, reach, reach, (255, 244, 214), opacity=opacity)
    for x, y, width in ((210, 130, 120), (345, 82, 80), (690, 90, 100), (1080, 300, 80)):
        _cloud(brush, x, y, width)
    _hills(brush, 408, 42, 190, (166, 186, 190))
    _hills(brush, 440, 30, 130, (138, 168, 150))
    _hills(brush, 470, 18, 90, (112, 150, 112))
    brush.fade(486, 800, (138, 174, 98), (86, 134, 70))
    _woods(brush)
    _castle(brush)
    _garden(brush)
    brush.write((1184, 788), MARK, 13, (236, 242, 226), anchor="rs")
    return as_jpeg(brush.small())


def seaside_flat() -> bytes:
    """Return the block of flats by the sea: an illustration of 1200 by 800 points, as PNG."""
    brush = Brush(1200, 800, (255, 255, 255))
    brush.box(0, 0, 1200, 190, (158, 205, 229))
    for number in range(1, 7):
        shade = (158 + number * 10, 205 + number * 5, 229 + number * 2)
        brush.box(0, 130 + number * 55, 1200, 190 + number * 55, shade)
    for x, y, width in ((150, 130, 110), (1040, 210, 90), (640, 60, 70)):
        _cloud(brush, x, y, width)
    brush.box(0, 500, 1200, 580, (74, 140, 168))
    for number in range(24):
        x = number * 131 % 1200
        y = 512 + number * 37 % 56
        brush.stroke([(x, y), (x + 46, y)], (150, 197, 214), 2.5)
    _sail(brush, 44, 512)
    _sail(brush, 1150, 524)
    brush.box(0, 578, 1200, 660, (236, 216, 172))
    brush.box(0, 656, 1200, 800, (196, 190, 182))
    brush.box(0, 656, 1200, 668, (222, 217, 209))
    for y in (742, 768):
        brush.box(0, y, 1200, y + 3, (132, 130, 128))
        brush.box(0, y + 3, 1200, y + 5, (214, 210, 204))
    _block(brush, 90, 250, 240, (232, 207, 178), (214, 184, 150), floors=5)
    _block(brush, 330, 130, 520, (245, 242, 234), (206, 219, 222), floors=7)
    _block(brush, 850, 290, 250, (205, 122, 98), (184, 102, 80), floors=4)
    for x in range(60, 1200, 180):
        _street_lamp(brush, x)
    brush.write((1184, 794), MARK, 13, (90, 88, 84), anchor="rs")
    return as_png(brush.small())


def _cloud(brush: Brush, x: float, y: float, width: float) -> None:
    for shift, up, across, down in ((-0.5, 0, 0.42, 0.16), (0, -0.13, 0.5, 0.24), (0.5, -0.02, 0.45, 0.17)):
        brush.oval(x + shift * width, y + up * width, across * width, down * width, (253, 252, 248))


def _hills(brush: Brush, level: float, height: float, stride: float, colour: Colour) -> None:
    ridge: list[Point] = [
        (x, level - height * math.sin(x / stride) - height * 0.4 * math.sin(x / stride * 2.3 + level))
        for x in range(0, 1201, 8)
    ]
    brush.shape([*ridge, (1200, 620), (0, 620)], colour)


def _woods(brush: Brush) -> None:
    for number in (*range(10), *range(24, 34)):
        x = number * 37 - 12
        size = 27 + number * 29 % 23
        brush.oval(x, 486 - size * 0.5, size, size, (78 + number * 13 % 26, 122 + number * 17 % 24, 78))
        brush.oval(x - size * 0.25, 482 - size * 0.8, size * 0.5, size * 0.4, (124, 160, 98), opacity=120)
    for x in (300, 350, 850, 900):
        brush.shape([(x - 5, 540), (x + 5, 540), (x + 5, 500), (x - 5, 500)], (98, 78, 60))
        brush.oval(x, 420, 19, 104, (58, 100, 70))
        brush.oval(x - 6, 410, 8, 84, (84, 126, 84), opacity=150)


def _castle(brush: Brush) -> None:
    brush.box(430, 330, 770, 540, STONE)
    brush.box(430, 330, 770, 338, SHADE)
    brush.shape([(420, 332), (462, 258), (738, 258), (780, 332)], SLATE)
    brush.shape([(600, 258), (738, 258), (780, 332), (600, 332)], DARK_SLATE, opacity=90)
    for x in (486, 700):
        brush.box(x, 222, x + 18, 280, (190, 140, 112))
        brush.box(x - 3, 218, x + 21, 226, (160, 112, 90))
    for x in (468, 530, 652, 714):
        _window(brush, x, 362, 24, 50)
        _window(brush, x, 452, 24, 56)
    for x in (500, 682):
        brush.shape([(x - 4, 312), (x + 12, 284), (x + 28, 312)], STONE)
        _window(brush, x + 3, 292, 18, 24)
    _gable(brush)
    for left in (372, 752):
        _tower(brush, left)


def _gable(brush: Brush) -> None:
    brush.box(566, 300, 634, 540, (246, 233, 210))
    brush.shape([(556, 302), (600, 232), (644, 302)], DARK_SLATE)
    brush.oval(600, 280, 10, 10, GLASS)
    _window(brush, 586, 330, 28, 58)
    brush.box(560, 410, 640, 416, SHADE)
    brush.oval(600, 458, 22, 22, (116, 74, 54))
    brush.box(578, 458, 622, 540, (116, 74, 54))
    brush.stroke([(600, 440), (600, 540)], (86, 54, 40), 2)
    for step in range(3):
        brush.box(
            562 - step * 8,
            534 + step * 6,
            638 + step * 8,
            541 + step * 6,
            (226 - step * 8, 212 - step * 8, 188),
        )


def _tower(brush: Brush, left: float) -> None:
    brush.box(left, 280, left + 76, 544, STONE)
    brush.shape([(left + 48, 280), (left + 76, 280), (left + 76, 544), (left + 48, 544)], SHADE, opacity=170)
    brush.box(left - 4, 276, left + 80, 288, SHADE)
    brush.shape([(left - 8, 280), (left + 38, 146), (left + 84, 280)], SLATE)
    brush.shape([(left + 38, 146), (left + 84, 280), (left + 46, 280)], DARK_SLATE)
    brush.stroke([(left + 38, 150), (left + 38, 118)], (96, 88, 76), 2.5)
    brush.shape([(left + 39, 119), (left + 62, 126), (left + 39, 134)], (186, 62, 56))
    for y in (318, 398, 474):
        _window(brush, left + 26, y, 22, 40)


def _window(brush: Brush, left: float, top: float, width: float, height: float) -> None:
    brush.box(left - 4, top - 4, left + width + 4, top + height + 4, (252, 244, 228))
    brush.box(left, top, left + width, top + height, GLASS)
    brush.shape([(left, top), (left + width, top), (left, top + height * 0.7)], (150, 176, 190), opacity=150)
    brush.stroke([(left + width / 2, top), (left + width / 2, top + height)], (250, 244, 232), 2)
    brush.stroke([(left, top + height * 0.4), (left + width, top + height * 0.4)], (250, 244, 232), 2)


def _garden(brush: Brush) -> None:
    brush.shape([(566, 552), (634, 552), (800, 800), (400, 800)], (232, 214, 178))
    brush.oval(600, 640, 118, 30, (212, 196, 164))
    brush.oval(600, 636, 106, 25, (120, 168, 186))
    brush.oval(600, 632, 60, 12, (158, 200, 212), opacity=160)
    brush.box(596, 588, 604, 634, (236, 232, 222))
    for shift in (-16, -8, 8, 16):
        brush.stroke(
            [(600, 592), (600 + shift * 0.6, 580), (600 + shift, 606), (600 + shift * 1.1, 628)],
            (226, 240, 244),
            1.6,
        )
    for row in range(5):
        y = 596 + row * 42
        for number in range(36):
            out = 128 + row * 16 + number * (17 + row * 3.5)
            for x in (600 - out, 600 + out):
                _lavender(brush, x, y, 10 + row * 3, number + row)


def _lavender(brush: Brush, x: float, y: float, size: float, number: int) -> None:
    brush.oval(x, y + size * 0.5, size, size * 0.55, (96, 128, 88))
    shade = (140 + number * 11 % 22, 112 + number * 7 % 18, 178)
    brush.oval(x, y, size * 0.9, size * 0.62, shade)
    brush.oval(x - size * 0.25, y - size * 0.2, size * 0.4, size * 0.25, (184, 160, 214), opacity=170)


def _sail(brush: Brush, x: float, y: float) -> None:
    brush.shape([(x - 20, y), (x + 20, y), (x + 13, y + 9), (x - 13, y + 9)], (150, 74, 60))
    brush.shape([(x - 1, y - 3), (x - 1, y - 50), (x + 22, y - 3)], (252, 250, 244))
    brush.shape([(x - 4, y - 3), (x - 4, y - 40), (x - 18, y - 3)], (236, 226, 206))


def _block(  # noqa: PLR0913  # a block of flats is where it stands, how large it is and its two colours
    brush: Brush, left: float, top: float, width: float, wall: Colour, balcony: Colour, *, floors: int
) -> None:
    brush.box(left, top, left + width, 656, wall)
    brush.box(left - 6, top - 10, left + width + 6, top + 6, balcony)
    storey = (656 - top - 70) / floors
    count = int(width // 82)
    stride = width / count
    for floor in range(floors):
        for number in range(count):
            x, y = left + number * stride + stride * 0.18, top + 26 + floor * storey
            brush.box(x, y, x + stride * 0.64, y + storey * 0.62, (92, 124, 144))
            brush.shape([(x, y), (x + stride * 0.4, y), (x, y + storey * 0.5)], (142, 172, 188))
            brush.stroke(
                [(x + stride * 0.32, y), (x + stride * 0.32, y + storey * 0.62)], (244, 244, 240), 2.5
            )
            brush.box(x - 7, y + storey * 0.46, x + stride * 0.64 + 7, y + storey * 0.7, balcony)
    brush.box(left, 600, left + width, 656, (88, 96, 104))
    for number in range(count):
        x = left + number * stride + 8
        brush.box(x, 610, x + stride - 16, 656, (222, 206, 160))
        brush.box(x - 4, 604, x + stride - 12, 616, (178, 72, 64) if number % 2 else (240, 236, 226))


def _street_lamp(brush: Brush, x: float) -> None:
    brush.stroke([(x, 724), (x, 622), (x + 22, 616)], (70, 78, 86), 4)
    brush.oval(x + 26, 619, 9, 5, (250, 232, 170))
    brush.oval(x, 725, 10, 3.5, (150, 146, 140))
