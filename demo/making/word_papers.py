"""The papers in Word: Carla's care declaration, the family's personal financial plan."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from demo.making.sheets import INVENTED

GREEN = RGBColor(30, 88, 78)
OLDEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def care_declaration() -> bytes:
    """Return Carla's care declaration, one page."""
    paper = _blank("Zorgverklaring", datetime(2024, 6, 4, 9, tzinfo=UTC))
    paper.add_heading("Zorgverklaring", level=0)
    paper.add_paragraph(
        "Ik, Carla Verlinden, geboren te Aalst op 22 september 1983, wonende te 9000 Gent, "
        "Kouterdreef 18, schrijf hier op wat ik wil wanneer ik mijn wil niet meer kan uiten. Ik "
        "doe dit met een helder hoofd en uit vrije wil."
    )
    paper.add_heading("Wie voor mij spreekt", level=1)
    paper.add_paragraph(
        "Mijn echtgenoot Bert Callewaert is mijn vertegenwoordiger. Kan of wil hij niet, dan is "
        "het mijn zus Nele Verlinden. Zij beslissen samen met mijn huisarts en houden zich aan "
        "wat hieronder staat."
    )
    paper.add_heading("Medische zorg", level=1)
    for wish in (
        "Pijn en benauwdheid worden altijd behandeld, ook als dat mijn leven bekort.",
        ("Is er geen uitzicht op herstel, dan wil ik niet gereanimeerd of kunstmatig beademd worden."),
        "Ik word zo lang mogelijk thuis verzorgd; daarna in een huis dicht bij de kinderen.",
        "Mijn organen mogen worden weggenomen voor wie ze nodig heeft.",
    ):
        paper.add_paragraph(wish, style="List Bullet")
    paper.add_heading("Goederen", level=1)
    paper.add_paragraph(
        "Voor het beheer van mijn goederen verwijs ik naar de zorgvolmacht die bij mijn notaris "
        "is opgemaakt. De woning wordt niet verkocht zolang Bert of een van de kinderen er "
        "woont."
    )
    paper.add_heading("Herzien", level=1)
    paper.add_paragraph(
        "Ik lees deze verklaring om de vijf jaar opnieuw. Intrekken kan op elk moment, ook mondeling."
    )
    paper.add_paragraph("\nGent, 4 juni 2024\n\n\nCarla Verlinden")
    return _saved(paper)


def financial_plan() -> bytes:
    """Return the personal financial plan of Bert and Carla, two to three pages."""
    paper = _blank("Persoonlijk financieel plan", datetime(2026, 5, 8, 9, tzinfo=UTC))
    paper.add_heading("Persoonlijk financieel plan", level=0)
    paper.add_paragraph("Voor Bert Callewaert en Carla Verlinden - Planningskantoor De Linde, 8 mei 2026")
    paper.add_heading("In het kort", level=1)
    paper.add_paragraph(
        "U kunt op 65 stoppen met werken en leven zoals nu, als u de maandelijkse inleg met 150 "
        "euro verhoogt en de gezinswoning voor 2040 afbetaalt. De studies van Noor en Jef zijn "
        "gedekt. Het zwakste punt is het inkomen bij langdurige ziekte van Bert."
    )
    paper.add_heading("Waar u vandaag staat", level=1)
    _table(
        paper,
        (
            ("Vermogen op 30 april 2026", "EUR"),
            ("Gezinswoning Kouterdreef 18", "465.000"),
            ("Chateau Frankrijk, helft", "190.000"),
            ("Beleggingen", "258.000"),
            ("Spaarrekeningen", "41.500"),
            ("Groepsverzekering Bert", "73.200"),
            ("Woonkrediet", "-139.400"),
            ("Netto vermogen", "888.300"),
        ),
    )
    paper.add_heading("Uw doelen", level=1)
    for goal in (
        ("Noor en Jef studeren elk vijf jaar, vanaf 2029 en 2031: 12.000 euro per student en per jaar."),
        "Het dak van het huis in Frankrijk wordt in 2028 vernieuwd: 38.000 euro.",
        "Beiden stoppen met werken op 65, met 3.900 euro per maand in geld van vandaag.",
        "Wat overblijft, gaat in gelijke delen naar de kinderen.",
    ):
        paper.add_paragraph(goal, style="List Number")
    paper.add_heading("Wat er verandert, jaar na jaar", level=1)
    _table(
        paper,
        (
            ("Jaar", "Inkomsten", "Uitgaven", "Over", "Vermogen"),
            ("2026", "74.600", "58.900", "15.700", "904.000"),
            ("2028", "77.600", "99.300", "-21.700", "931.000"),
            ("2030", "80.700", "74.600", "6.100", "972.000"),
            ("2035", "89.100", "69.800", "19.300", "1.106.000"),
            ("2040", "98.400", "66.200", "32.200", "1.318.000"),
            ("2046", "61.300", "71.500", "-10.200", "1.472.000"),
        ),
    )
    paper.add_paragraph(
        "Gerekend met 2 % inflatie, 4,5 % rendement op beleggingen en 2 % op vastgoed, voor "
        "belastingen die vandaag gelden."
    )
    paper.add_heading("Als het anders loopt", level=1)
    paper.add_paragraph(
        "Overlijdt Bert dit jaar, dan houdt Carla 2.950 euro per maand over en kan zij in het "
        "huis blijven wonen. Wordt Bert langer dan een jaar ziek, dan ontbreekt 780 euro per "
        "maand. Een verzekering gewaarborgd inkomen kost ongeveer 46 euro per maand en sluit "
        "dat gat."
    )
    paper.add_heading("Ons advies", level=1)
    for step in (
        "Sluit voor september een gewaarborgd inkomen af voor Bert.",
        "Verhoog de inleg in het evenwichtige fonds met 150 euro per maand.",
        "Bespreek met de notaris een schenking van de blote eigendom van het huis in Frankrijk.",
        "Leg de zorgvolmacht van Bert vast; die van Carla is er al.",
    ):
        paper.add_paragraph(step, style="List Bullet")
    paper.add_paragraph("We bekijken dit plan opnieuw in mei 2027.\n\nAnna Lindeman, financieel planner")
    return _saved(paper)


def _blank(title: str, made_at: datetime) -> Document:
    paper = docx.Document()
    core = paper.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, "Planningskantoor De Linde", "", ""
    core.created = core.modified = made_at
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin = section.bottom_margin = Cm(2.2)
    _set_type(paper)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = footer.add_run(INVENTED)
    run.font.size, run.font.color.rgb = Pt(8), RGBColor(110, 116, 122)
    return paper


def _set_type(paper: Document) -> None:
    for name, size, colour in (
        ("Normal", 10.5, RGBColor(33, 37, 41)),
        ("Title", 24, GREEN),
        ("Heading 1", 13, GREEN),
    ):
        style = cast("ParagraphStyle", paper.styles[name])
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), colour
    cast("ParagraphStyle", paper.styles["Heading 1"]).paragraph_format.space_after = Pt(4)


def _table(paper: Document, rows: Sequence[Sequence[str]]) -> None:
    table = paper.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for number, texts in enumerate(rows):
        for column, text in enumerate(texts):
            paragraph = table.cell(number, column).paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if column else WD_ALIGN_PARAGRAPH.LEFT
            paragraph.add_run(text).bold = number == 0
    paper.add_paragraph()


def _saved(paper: Document) -> bytes:
    """Return the file without traces of the clock: each member bears the oldest time a zip can hold."""
    written = io.BytesIO()
    paper.save(written)
    still = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(still, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, OLDEST_ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return still.getvalue()
