"""The reports with figures: Bert and Carla's investment profile, a letter of Dirk's bank in German."""

from collections.abc import Sequence
from datetime import date

from demo.making.issuers import BANK, PLANNER
from demo.making.sheets import GREY, INK, Cover, Sheets

SHARES = (
    ("Aandelen wereldwijd", 42, (30, 88, 78)),
    ("Aandelen Europa", 13, (74, 133, 121)),
    ("Obligaties overheid", 20, (201, 158, 74)),
    ("Obligaties bedrijven", 12, (222, 193, 132)),
    ("Vastgoed", 8, (140, 94, 72)),
    ("Liquiditeiten", 5, (150, 158, 166)),
)
WORTH = (182, 189, 201, 196, 188, 203, 215, 221, 234, 229, 243, 258)
PAID_IN = (180, 184, 188, 192, 196, 200, 204, 208, 212, 216, 220, 224)


def investment_profile() -> bytes:
    """Return the investment profile of 2026, two pages with charts."""
    sheets = Sheets(PLANNER, Cover("Beleggingsprofiel 2026", "nl-BE", date(2026, 3, 2)))
    sheets.masthead(
        "Rapport voor Bert Callewaert en Carla Verlinden", "Opgemaakt op 2 maart 2026 door Anna Lindeman"
    )
    sheets.heading("Uw profiel: evenwichtig")
    sheets.paragraph(
        "Uit de vragenlijst van februari komt een evenwichtig profiel naar voren. U belegt voor "
        "de studies van Noor en Jef (vanaf 2029) en voor uw pensioen (vanaf 2046), en u wilt in "
        "een slecht jaar niet meer dan 15 % van de waarde zien verdwijnen."
    )
    _risk_scale(sheets, 4)
    sheets.heading("Verdeling van de portefeuille")
    _bars(sheets)
    sheets.heading("Antwoorden die het profiel bepalen")
    sheets.facts(
        (
            ("Horizon", "Langer dan tien jaar voor twee derde van het vermogen"),
            ("Ervaring", "Fondsen sinds 2012, geen afzonderlijke aandelen"),
            ("Duurzaamheid", "Ja, minstens 60 % in fondsen met een duurzame doelstelling"),
            ("Reserve", "Zes maanden uitgaven op de spaarrekening, buiten deze portefeuille"),
        )
    )
    sheets.add_page()
    sheets.heading("Waarde en inleg sinds 2023, per kwartaal (duizend EUR)")
    _lines(sheets)
    sheets.heading("Wat wij voorstellen")
    sheets.grid(
        (
            ("Stap", "Waarom", "Bedrag (EUR)"),
            ("Aandelen Europa afbouwen", "Twee punten boven het doel", "-5.200"),
            ("Obligaties overheid bijkopen", "Studies van Noor komen dichterbij", "+8.000"),
            ("Maandelijkse inleg verhogen", "Loonindexering van januari", "+150 / maand"),
        ),
        (60, 66, 36),
    )
    sheets.paragraph(
        "Dit rapport is een momentopname. Rendementen uit het verleden zeggen niets over de "
        "toekomst. Verandert er iets in uw gezin of inkomen, laat het ons weten: dan bekijken "
        "we het profiel opnieuw."
    )
    sheets.signatures(
        "Gelezen en besproken op 2 maart 2026", ("Bert Callewaert", "Carla Verlinden", "Anna Lindeman")
    )
    return sheets.made()


def bank_letter() -> bytes:
    """Return the yearly letter of Dirk's bank, one page in German."""
    sheets = Sheets(BANK, Cover("Jahresübersicht Ihres Depots 2025", "de-BE", date(2026, 1, 12)))
    sheets.masthead("Herrn Dirk Schyns, Am Musterweg 9, 4700 Eupen", "Eupen, den 12. Januar 2026")
    sheets.paragraph(
        "Sehr geehrter Herr Schyns,\n"
        "nachstehend erhalten Sie die Übersicht Ihres Wertpapierdepots zum 31. Dezember 2025. "
        "Die Beträge dienen Ihrer Steuererklärung und der Besprechung mit Ihrem Finanzplaner."
    )
    sheets.grid(
        (
            ("Anlage", "Stück", "Kurs (EUR)", "Wert (EUR)"),
            ("Mischfonds Ausgewogen", "310,00", "118,40", "36.704,00"),
            ("Indexfonds Welt", "145,50", "92,15", "13.407,83"),
            ("Kassenbon 3 Jahre, 2,10 %", "15", "1.000,00", "15.000,00"),
            ("Tagesgeldkonto", "", "", "8.260,45"),
            ("Gesamt", "", "", "73.372,28"),
        ),
        (66, 28, 32, 36),
        total=True,
    )
    sheets.facts(
        (
            ("Zinsen 2025", "EUR 402,18, davon einbehaltene Vorabsteuer EUR 120,65"),
            ("Ausschüttungen 2025", "EUR 611,00, davon einbehaltene Vorabsteuer EUR 183,30"),
            ("Depotgebühren", "EUR 78,00 zuzüglich Mehrwertsteuer"),
        )
    )
    sheets.paragraph(
        "Bitte prüfen Sie die Angaben innerhalb von dreißig Tagen. Ohne Ihre Nachricht gilt die "
        "Übersicht als genehmigt. Für Fragen erreichen Sie uns werktags zwischen neun und "
        "sechzehn Uhr."
    )
    sheets.signatures("Mit freundlichen Grüßen", ("Musterbank Eupen, Jürgen Groß",))
    return sheets.made()


def _risk_scale(sheets: Sheets, chosen: int) -> None:
    top, width = sheets.get_y() + 1, sheets.epw / 7
    sheets.set_font("helvetica", "B", 10)
    for step in range(1, 8):
        here = step == chosen
        sheets.set_fill_color(*((30, 88, 78) if here else (222, 232, 229)))
        sheets.set_text_color(*((255, 255, 255) if here else GREY))
        sheets.set_xy(sheets.l_margin + (step - 1) * width, top)
        sheets.cell(width - 1.2, 8, str(step), align="C", fill=True)
    sheets.set_font("helvetica", "", 8.5)
    sheets.set_text_color(*GREY)
    sheets.set_xy(sheets.l_margin, top + 9)
    sheets.cell(sheets.epw / 2, 5, "lager risico")
    sheets.cell(sheets.epw / 2 - 1.2, 5, "hoger risico", align="R")
    sheets.set_xy(sheets.l_margin, top + 15)


def _bars(sheets: Sheets) -> None:
    top = sheets.get_y() + 2
    for number, (label, share, colour) in enumerate(SHARES):
        at = top + number * 8
        sheets.set_font("helvetica", "", 9.5)
        sheets.set_text_color(*INK)
        sheets.text(sheets.l_margin, at + 4.4, label)
        sheets.set_fill_color(*colour)
        sheets.rect(sheets.l_margin + 42, at, share * 2.3, 6, style="F")
        sheets.text(sheets.l_margin + 45 + share * 2.3, at + 4.4, f"{share} %")
    sheets.set_y(top + len(SHARES) * 8 + 2)


def _lines(sheets: Sheets) -> None:
    left, top, width, height = sheets.l_margin + 12, sheets.get_y() + 4, sheets.epw - 24, 62
    sheets.set_font("helvetica", "", 8.5)
    sheets.set_text_color(*GREY)
    for thousand in range(160, 281, 30):
        at = top + height - (thousand - 160) / 120 * height
        sheets.set_draw_color(222, 225, 229)
        sheets.line(left, at, left + width, at)
        sheets.text(left - 9, at + 1, str(thousand))
    for number, year in enumerate((2023, 2024, 2025)):
        sheets.text(left + number * 4 * width / 11, top + height + 5, str(year))
    _curve(sheets, PAID_IN, (201, 158, 74), "inleg")
    _curve(sheets, WORTH, (30, 88, 78), "waarde")
    sheets.set_y(top + height + 9)


def _curve(sheets: Sheets, thousands: Sequence[int], colour: tuple[int, int, int], label: str) -> None:
    left, top, width, height = sheets.l_margin + 12, sheets.get_y() + 4, sheets.epw - 24, 62
    points = [
        (left + number * width / 11, top + height - (value - 160) / 120 * height)
        for number, value in enumerate(thousands)
    ]
    sheets.set_draw_color(*colour)
    sheets.set_line_width(0.8)
    sheets.polyline(points)
    sheets.set_line_width(0.2)
    sheets.set_text_color(*colour)
    sheets.text(points[-1][0] + 1.5, points[-1][1] + 1, label)
