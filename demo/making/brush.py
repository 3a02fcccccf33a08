"""A brush: pictures are drawn twice as fine as they are kept, so that every edge comes out smooth."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

FINE = 2

Colour = tuple[int, int, int]
Point = tuple[float, float]


def between(first: Colour, second: Colour, part: float) -> Colour:
    """Return the colour that lies `part` (0 to 1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Brush:
    """Draws on a canvas of `width` by `height` points."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.canvas = Image.new("RGB", (width * FINE, height * FINE), ground)
        self.draw = ImageDraw.Draw(self.canvas, "RGBA")

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, *, round_by: float = 0
    ) -> None:
        corners = [left * FINE, top * FINE, right * FINE - 1, bottom * FINE - 1]
        self.draw.rounded_rectangle(corners, round_by * FINE, fill=colour)

    def shape(self, points: Sequence[Point], colour: Colour, *, opacity: int = 255) -> None:
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=(*colour, opacity))

    def oval(
        self, x: float, y: float, across: float, down: float, colour: Colour, *, opacity: int = 255
    ) -> None:
        """Draw an oval around its middle; `across` and `down` are its half axes."""
        edges = [(x - across) * FINE, (y - down) * FINE, (x + across) * FINE, (y + down) * FINE]
        self.draw.ellipse(edges, fill=(*colour, opacity))

    def stroke(self, points: Sequence[Point], colour: Colour, thickness: float) -> None:
        fine = [(x * FINE, y * FINE) for x, y in points]
        self.draw.line(fine, fill=colour, width=round(thickness * FINE), joint="curve")

    def fade(self, top: float, bottom: float, first: Colour, second: Colour) -> None:
        """Colour a band over the whole width, from one colour above to another below."""
        rows = range(round(top * FINE), round(bottom * FINE))
        for number, y in enumerate(rows):
            self.draw.line([(0, y), (self.canvas.width, y)], fill=between(first, second, number / len(rows)))

    def write(self, at: Point, text: str, size: float, colour: Colour, *, anchor: str = "ls") -> None:
        """Write a line; `anchor` is Pillow's: `ls` stands on the left of the baseline, `rs` on its right."""
        font = ImageFont.load_default(size * FINE)
        self.draw.text((at[0] * FINE, at[1] * FINE), text, fill=colour, font=font, anchor=anchor)

    def small(self) -> Image.Image:
        """Return the picture in the size it is kept in."""
        return self.canvas.reduce(FINE)


def as_jpeg(picture: Image.Image) -> bytes:
    """Return the picture as a JPEG file."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=84, optimize=True)
    return file.getvalue()


def as_png(picture: Image.Image) -> bytes:
    """Return the picture as a PNG file of at most 256 colours."""
    file = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()
