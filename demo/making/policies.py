"""The papers that come by post: fire insurance policy, tax assessment."""

from datetime import date

from demo.making.issuers import INSURER, TAX_OFFICE
from demo.making.sheets import Cover, Sheets


def fire_insurance() -> bytes:
    """Return the fire insurance policy of the house, two pages."""
    sheets = Sheets(INSURER, Cover("Polis brandverzekering woning", "nl-BE", date(2025, 11, 18)))
    sheets.masthead("Bijzondere voorwaarden - polis SL-0000-4471", "Hoofdvervaldag: 1 januari")
    sheets.facts(
        (
            ("Verzekeringnemers", "Bert Callewaert en Carla Verlinden"),
            ("Ligging van het risico", "Kouterdreef 18, 9000 Gent"),
            ("Soort gebouw", "Eengezinswoning, halfopen, bouwjaar 1936, bewoond door de eigenaars"),
            ("Looptijd", "1 januari 2026 tot 1 januari 2027, telkens stilzwijgend verlengd met een jaar"),
            ("Schatting", "Rooster van 12 november 2025, zonder toepassing van de evenredigheidsregel"),
        )
    )
    sheets.heading("Wat verzekerd is")
    sheets.grid(
        (
            ("Waarborg", "Vrijstelling (EUR)", "Verzekerd (EUR)"),
            ("Gebouw: brand, ontploffing, blikseminslag", "317", "412.000"),
            ("Inboedel", "317", "86.500"),
            ("Storm, hagel en sneeuwdruk", "317", "498.500"),
            ("Waterschade en stookolie", "317", "498.500"),
            ("Natuurrampen", "1.268", "498.500"),
            ("Glasbreuk", "geen", "inbegrepen"),
            ("Diefstal van inboedel", "317", "43.250"),
            ("Burgerlijke aansprakelijkheid gebouw", "317", "wettelijk bedrag"),
        ),
        (86, 38, 38),
    )
    sheets.heading("Jaarpremie")
    sheets.grid(
        (
            ("Onderdeel", "Bedrag (EUR)"),
            ("Basiswaarborgen", "341,20"),
            ("Diefstal", "58,75"),
            ("Natuurrampen", "44,10"),
            ("Taksen en bijdragen", "70,11"),
            ("Te betalen", "514,16"),
        ),
        (126, 36),
        total=True,
    )
    sheets.clauses(
        (
            (
                "Wat u bij schade doet",
                (
                    "Beperk de schade, neem foto's en meld het ons binnen acht dagen, bij diefstal binnen "
                    "een dag, samen met de aangifte bij de politie. Laat dringende herstellingen uitvoeren "
                    "en bewaar de beschadigde delen tot wij ze hebben gezien."
                ),
            ),
            (
                "Wat niet verzekerd is",
                (
                    "Schade door opzet, door gebrek aan onderhoud dat u kende, door werken zonder "
                    "vergunning, en schade aan voertuigen die elders verzekerd zijn."
                ),
            ),
            (
                "Opzeggen",
                (
                    "U kunt de polis elk jaar opzeggen met een aangetekende brief, ten laatste twee maanden "
                    "voor de hoofdvervaldag, en na elk schadegeval binnen een maand na de uitbetaling."
                ),
            ),
        )
    )
    sheets.signatures("Opgemaakt te Antwerpen op 18 november 2025", ("Carla Verlinden", "Schelde & Leie"))
    return sheets.made()


def tax_assessment() -> bytes:
    """Return a tax assessment as a client would add it himself, one page."""
    sheets = Sheets(TAX_OFFICE, Cover("Aanslagbiljet personenbelasting", "nl-BE", date(2025, 10, 27)))
    sheets.masthead("Aanslagjaar 2025 - inkomsten 2024", "Kohierartikel 000 000 000")
    sheets.facts(
        (
            ("Belastingplichtigen", "Callewaert Bert en Verlinden Carla"),
            ("Adres", "Kouterdreef 18, 9000 Gent"),
            ("Personen ten laste", "2 kinderen"),
        )
    )
    sheets.grid(
        (
            ("Inkomsten en berekening", "Partner 1 (EUR)", "Partner 2 (EUR)"),
            ("Bezoldigingen", "51.280,00", "44.915,00"),
            ("Forfaitaire beroepskosten", "-5.750,00", "-5.750,00"),
            ("Belastbaar inkomen", "45.530,00", "39.165,00"),
            ("Belasting Staat na vrije som", "10.412,60", "8.236,15"),
            ("Belastingvermindering woonkrediet", "-912,00", "-912,00"),
            ("Gemeentebelasting 6,9 %", "655,54", "505,37"),
            ("Bedrijfsvoorheffing", "-10.980,22", "-8.644,90"),
            ("Saldo", "-824,08", "-815,38"),
        ),
        (82, 40, 40),
        total=True,
    )
    sheets.heading("U krijgt EUR 1.639,46 terug")
    sheets.paragraph(
        "Het bedrag wordt binnen twee maanden gestort op de rekening die bij ons bekend is. "
        "Gaat u niet akkoord met de berekening, dan kunt u tot een jaar na de datum van dit "
        "biljet schriftelijk bezwaar indienen, met opgave van uw redenen."
    )
    sheets.facts((("Datum van verzending", "27 oktober 2025"), ("Mededeling", "+++000/0000/00000+++")))
    return sheets.made()
