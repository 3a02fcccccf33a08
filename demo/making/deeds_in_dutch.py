"""The Dutch papers that a family signs: marriage contract, deed of purchase, will."""

from datetime import date

from demo.making.issuers import HANDWRITING, NOTARY_GHENT
from demo.making.sheets import GREY, PALE, Cover, Sheets


def marriage_contract() -> bytes:
    """Return the marriage contract of Bert and Carla, two pages."""
    sheets = Sheets(NOTARY_GHENT, Cover("Huwelijkscontract", "nl-BE", date(2009, 5, 14)))
    sheets.masthead(
        "Scheiding van goederen met toegevoegd gemeenschappelijk vermogen", "Repertorium 2009/0417"
    )
    sheets.paragraph(
        "Op veertien mei tweeduizend en negen verschijnen voor mij, meester Godelieve Steyaert, "
        "notaris te Gent, de heer Bert Callewaert, geboren te Deinze op 3 maart 1981, en "
        "mevrouw Carla Verlinden, geboren te Aalst op 22 september 1983, die met elkaar in het "
        "huwelijk willen treden. Zij vragen mij hun huwelijksvoorwaarden als volgt vast te "
        "leggen."
    )
    sheets.clauses(
        (
            (
                "Artikel 1 - Stelsel",
                (
                    "De echtgenoten kiezen voor scheiding van goederen. Elk van hen behoudt het eigendom, "
                    "het bestuur en het genot van de goederen die hij of zij bij het huwelijk bezit of "
                    "later verkrijgt, en draagt de eigen schulden."
                ),
            ),
            (
                "Artikel 2 - Toegevoegd gemeenschappelijk vermogen",
                (
                    "Naast de twee eigen vermogens bestaat een gemeenschappelijk vermogen. Daarin komen de "
                    "gezinswoning, het huisraad en de spaartegoeden die op naam van beide echtgenoten "
                    "staan. De schulden die voor deze goederen worden aangegaan, zijn gemeenschappelijk."
                ),
            ),
            (
                "Artikel 3 - Lasten van het huwelijk",
                (
                    "Elke echtgenoot draagt bij in de lasten van het huishouden naar vermogen. De bijdragen "
                    "worden geacht van dag tot dag te zijn geleverd; er is geen afrekening tussen de "
                    "echtgenoten verschuldigd."
                ),
            ),
            (
                "Artikel 4 - Keuzebeding",
                (
                    "Bij ontbinding van het huwelijk door overlijden mag de langstlevende kiezen welke "
                    "goederen van het gemeenschappelijk vermogen hem of haar toekomen, in volle eigendom of "
                    "in vruchtgebruik. De keuze wordt bij notariële akte gedaan, binnen vijf maanden na het "
                    "overlijden."
                ),
            ),
            (
                "Artikel 5 - Bewijs van eigendom",
                (
                    "Elke echtgenoot mag het eigendom van zijn of haar goederen met alle middelen van recht "
                    "bewijzen. Goederen waarvan niet blijkt aan wie zij toebehoren, behoren ieder van de "
                    "echtgenoten voor de helft toe."
                ),
            ),
            (
                "Artikel 6 - Kosten",
                "De kosten van deze akte worden door beide partijen gedragen, elk voor de helft.",
            ),
        )
    )
    sheets.add_page()
    sheets.heading("Bijlage - Wat elk van de partijen aanbrengt")
    sheets.grid(
        (
            ("Goed", "Eigenaar", "Waarde (EUR)"),
            ("Spaarrekening", "Bert Callewaert", "18.400"),
            ("Personenwagen", "Bert Callewaert", "9.750"),
            ("Bouwgrond te Aalter, 6 are", "Carla Verlinden", "62.000"),
            ("Piano", "Carla Verlinden", "3.200"),
            ("Samen", "", "93.350"),
        ),
        (80, 50, 32),
        total=True,
    )
    sheets.signatures(
        "Verleden te Gent op de hierboven vermelde datum, na voorlezing en toelichting.",
        ("Bert Callewaert", "Carla Verlinden", "G. Steyaert, notaris"),
    )
    return sheets.made()


def deed_of_purchase() -> bytes:
    """Return the deed by which Bert and Carla bought their house, with a plan of the site."""
    sheets = Sheets(NOTARY_GHENT, Cover("Akte van aankoop", "nl-BE", date(2014, 10, 3)))
    sheets.masthead("Woning met tuin, Kouterdreef 18 te Gent", "Repertorium 2014/1182")
    sheets.facts(
        (
            ("Verkoper", "Mevrouw Hilde Moerman, weduwe, wonende te Gent"),
            (
                "Kopers",
                (
                    "De heer Bert Callewaert en mevrouw Carla Verlinden, elk voor de onverdeelde helft, "
                    "voor hun gemeenschappelijk vermogen"
                ),
            ),
            (
                "Goed",
                (
                    "Een woonhuis met aanhorigheden en tuin, groot 4 are 62 centiare, kadastraal gekend als "
                    "Gent, voorbeeldafdeling, sectie Z, nummer 0000/X"
                ),
            ),
            ("Kadastraal inkomen", "EUR 1.214, niet geïndexeerd"),
        )
    )
    sheets.clauses(
        (
            (
                "1. Verkoop",
                (
                    "De verkoper verkoopt het goed aan de kopers, die het aanvaarden, voor vrij en onbelast "
                    "van schulden, voorrechten en hypotheken, in de staat waarin het zich bevindt en die de "
                    "kopers bij hun bezoeken hebben gezien."
                ),
            ),
            (
                "2. Eigendom en genot",
                (
                    "De kopers worden eigenaar door het ondertekenen van deze akte en hebben vanaf vandaag "
                    "het genot door inbezitneming. De onroerende voorheffing wordt tussen partijen "
                    "verrekend naar het aantal dagen."
                ),
            ),
            (
                "3. Bodem, energie en vergunningen",
                (
                    "Het bodemattest vermeldt geen gegevens in het register. Het "
                    "energieprestatiecertificaat toont een kengetal van 214 kWh per vierkante meter en per "
                    "jaar. Voor de veranda werd in 1998 een vergunning verleend; er is geen bouwmisdrijf "
                    "bekend."
                ),
            ),
        )
    )
    sheets.heading("4. Prijs en kosten")
    sheets.grid(
        (
            ("Post", "Betaald uit", "Bedrag (EUR)"),
            ("Koopprijs", "Krediet 248.000, eigen middelen 72.000", "320.000"),
            ("Registratierechten", "Eigen middelen", "30.400"),
            ("Ereloon en aktekosten", "Eigen middelen", "3.980"),
            ("Samen", "", "354.380"),
        ),
        (50, 76, 36),
        total=True,
    )
    sheets.clauses(
        (
            (
                "5. Kwijting",
                (
                    "De verkoper verklaart de prijs vandaag door overschrijving van de rekening van de "
                    "notaris te hebben ontvangen en geeft daarvan kwijting."
                ),
            ),
            (
                "6. Verklaring van de kopers",
                (
                    "De kopers verklaren dat zij hun hoofdverblijfplaats in het goed vestigen binnen de "
                    "termijn die de wet bepaalt."
                ),
            ),
            (
                "7. Bijlage",
                (
                    "Het liggingsplan op de laatste bladzijde maakt deel uit van deze akte en werd door "
                    "partijen voor akkoord getekend."
                ),
            ),
        )
    )
    sheets.signatures(
        "Verleden te Gent, op drie oktober tweeduizend en veertien.",
        ("Hilde Moerman", "Bert Callewaert", "Carla Verlinden"),
    )
    sheets.add_page()
    _site_plan(sheets)
    return sheets.made()


def _site_plan(sheets: Sheets) -> None:
    sheets.heading("Liggingsplan - Kouterdreef 18 (niet op schaal)")
    left, top = sheets.l_margin, sheets.get_y() + 4
    plots = ((0, 46, "16", None), (46, 70, "18", (226, 236, 222)), (116, 46, "20", None))
    sheets.set_draw_color(*GREY)
    for offset, width, number, green in plots:
        sheets.set_fill_color(*(green or PALE))
        sheets.rect(left + offset, top, width, 96, style="DF")
        sheets.set_fill_color(*((178, 118, 104) if green else (214, 217, 221)))
        sheets.rect(left + offset + 8, top + 52, width - 16, 30, style="DF")
        sheets.set_font("times", "B", 14)
        sheets.text(left + offset + width / 2 - 3, top + 69, number)
    sheets.set_fill_color(214, 232, 238)
    sheets.rect(left + 90, top + 38, 18, 14, style="DF")
    sheets.set_font("times", "I", 10)
    sheets.text(left + 92, top + 46, "veranda")
    sheets.text(left + 58, top + 22, "tuin, 4 a 62 ca")
    sheets.set_fill_color(228, 229, 231)
    sheets.rect(left, top + 100, 162, 14, style="DF")
    sheets.text(left + 70, top + 108.5, "Kouterdreef")
    sheets.set_y(top + 120)
    sheets.paragraph("Het verkochte goed is in groen aangeduid; het woonhuis in rood, de veranda in blauw.")


def will() -> bytes:
    """Return Bert's will in his own hand, one page."""
    sheets = Sheets(HANDWRITING, Cover("Testament", "nl-BE", date(2021, 2, 9)))
    sheets.masthead("Eigenhandig geschreven, gedagtekend en ondertekend")
    for text in (
        (
            "Ik, Bert Callewaert, geboren te Deinze op 3 maart 1981, schrijf dit testament op 9 "
            "februari 2021 in mijn huis aan de Kouterdreef 18 te Gent. Ik herroep alle testamenten "
            "die ik vroeger heb gemaakt."
        ),
        (
            "1. Aan mijn echtgenote Carla Verlinden laat ik het vruchtgebruik van al mijn goederen, "
            "en het volle eigendom van het huisraad en van de wagen."
        ),
        (
            "2. Aan onze kinderen Noor en Jef laat ik, elk voor de helft, de blote eigendom van wat "
            "overblijft. Overlijdt een van hen voor mij, dan komen zijn of haar kinderen in de "
            "plaats."
        ),
        (
            "3. Het huis in Frankrijk blijft in de familie zolang een van de kinderen er wil komen. "
            "Wie wil verkopen, biedt zijn deel eerst aan de ander aan, tegen de waarde die een "
            "schatter bepaalt."
        ),
        "4. Aan mijn peetdochter Lotte laat ik mijn cello en EUR 5.000, vrij van rechten.",
        "5. Aan de fanfare De Voorbeeldvrienden laat ik EUR 1.000 voor nieuwe partituren.",
        ("6. Ik vraag mijn zus Griet Callewaert om dit testament uit te voeren, en ik dank haar daarvoor."),
        "Ik wens een eenvoudig afscheid, met muziek, en daarna koffie en taart voor iedereen.",
    ):
        sheets.paragraph(text, style="I")
    sheets.signatures("Gent, 9 februari 2021", ("Bert Callewaert",))
    return sheets.made()
