"""A4 sheets: the letterhead, headings, clauses, tables and signatures of every PDF of the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import FontFace

INVENTED = "Voorbeeld / Exemple / Beispiel - verzonnen, inventé, erfunden"
INK = (33, 37, 41)
GREY = (110, 116, 122)
PALE = (243, 244, 246)


@dataclass(frozen=True)
class Letterhead:
    """Who wrote the document, and in what colour and type."""

    name: str
    lines: tuple[str, ...]
    colour: tuple[int, int, int]
    face: str


@dataclass(frozen=True)
class Cover:
    """What a document says of itself: its title, its language as a BCP 47 tag, and its day."""

    title: str
    language: str
    day: date


class Sheets(FPDF):
    """A PDF whose bytes depend on its content alone: no clock and no library version goes in."""

    def __init__(self, letterhead: Letterhead, cover: Cover) -> None:
        super().__init__(unit="mm", format="A4")
        self.letterhead = letterhead
        self.cover = cover
        self.set_margins(24, 18, 24)
        self.set_auto_page_break(auto=True, margin=24)
        self.c_margin = 0
        self.set_creation_date(datetime(cover.day.year, cover.day.month, cover.day.day, 9, tzinfo=UTC))
        self.set_producer("Kluis demo")
        self.set_title(cover.title)
        self.set_author(letterhead.name)
        self.set_lang(cover.language)
        self.add_page()

    def header(self) -> None:
        """Set the full letterhead on the first page, a running line on the others."""
        if self.page_no() == 1:
            self._letterhead()
        else:
            self._type("", 8.5, GREY)
            self.cell(self.epw / 2, 5, self.letterhead.name)
            self.cell(self.epw / 2, 5, self.cover.title, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._rule()

    def footer(self) -> None:
        """Say on every page that it is invented, and which page it is."""
        self.set_y(-16)
        self._type("", 7.5, GREY)
        self.cell(self.epw - 20, 5, INVENTED)
        self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")

    def masthead(self, *below: str) -> None:
        """Set the title of the document, and what stands right below it."""
        self._type("B", 19, self.letterhead.colour)
        self.multi_cell(0, 9, self.cover.title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        for line in below:
            self._type("", 10, GREY)
            self.multi_cell(0, 5.2, line, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(5)

    def heading(self, text: str) -> None:
        """Set a heading, never alone at the foot of a page."""
        if self.will_page_break(26):
            self.add_page()
        self.ln(2)
        self._type("B", 11.5, self.letterhead.colour)
        self.multi_cell(0, 6.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def paragraph(self, text: str, *, style: str = "") -> None:
        """Set a paragraph over the whole width."""
        self._type(style, 10.5, INK)
        self.multi_cell(0, 5.4, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)

    def clauses(self, clauses: Sequence[tuple[str, str]]) -> None:
        """Set headings with their paragraph."""
        for title, text in clauses:
            self.heading(title)
            self.paragraph(text)

    def grid(self, rows: Sequence[Sequence[str]], widths: tuple[int, ...], *, total: bool = False) -> None:
        """Set a table under its head row; columns of numbers stand right, a `total` is set bold."""
        self.ln(1)
        self._type("", 9.5, INK)
        self.set_draw_color(205, 209, 214)
        head = FontFace(emphasis="BOLD", color=(255, 255, 255), fill_color=self.letterhead.colour)
        plain, bold = FontFace(fill_color=(255, 255, 255)), FontFace(emphasis="BOLD", fill_color=PALE)
        aligns = tuple("RIGHT" if _is_numbers(column) else "LEFT" for column in zip(*rows[1:], strict=True))
        with self.table(
            col_widths=widths,
            text_align=aligns,
            headings_style=head,
            line_height=6,
            padding=(0.4, 1.5),
            borders_layout="HORIZONTAL_LINES",
        ) as table:
            for number, cells in enumerate(rows):
                last = total and number == len(rows) - 1
                table.row(cells, style=bold if last else plain if number else None)
        self.ln(4)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Set pairs of a grey label and what it says, one pair a line."""
        for label, says in facts:
            self._type("", 9.5, GREY)
            self.cell(48, 5.6, label)
            self._type("", 10.5, INK)
            self.multi_cell(self.epw - 48, 5.6, says, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def signatures(self, where: str, names: Sequence[str]) -> None:
        """Set a line to sign on for each name, side by side."""
        self.ln(4)
        self.paragraph(where)
        top = self.get_y() + 15
        width = self.epw / max(len(names), 2)
        self.set_draw_color(*GREY)
        for number, name in enumerate(names):
            left = self.l_margin + number * width
            self._type("I", 13, (45, 65, 120))
            self.text(left + 2, top - 2, name)
            self.line(left, top, left + width - 6, top)
            self._type("", 9, GREY)
            self.text(left, top + 5, name)
        self.set_y(top + 10)

    def made(self) -> bytes:
        """Return the file."""
        return bytes(self.output())

    def _letterhead(self) -> None:
        self.set_fill_color(*self.letterhead.colour)
        self.rect(0, 0, self.w, 3.5, style="F")
        self._type("B", 14, self.letterhead.colour)
        self.cell(0, 7, self.letterhead.name, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._type("", 8.5, GREY)
        for line in self.letterhead.lines:
            self.cell(0, 4.3, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rule(self) -> None:
        self.ln(2)
        self.set_draw_color(*self.letterhead.colour)
        self.set_line_width(0.3)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.set_line_width(0.2)
        self.ln(7)

    def _type(self, style: str, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font(self.letterhead.face, style, size)
        self.set_text_color(*colour)


def _is_numbers(column: Sequence[str]) -> bool:
    """Tell whether most of a column's cells start as a number does."""
    return sum(cell[:1] in "+-0123456789" for cell in column) * 2 > len(column)
