"""Who wrote the demo's documents: invented notaries, a planning firm, an insurer, a bank, an office."""

from demo.making.sheets import Letterhead

NOTARY_GHENT = Letterhead(
    "Notariskantoor Steyaert",
    ("Meester Godelieve Steyaert, notaris", "Voorbeeldkaai 7 - 9000 Gent"),
    (92, 45, 53),
    "times",
)
NOTARY_NAMUR = Letterhead(
    "Étude Fontenelle",
    ("Maître Élodie Fontenelle, notaire", "Rue de l'Exemple 12 - 5000 Namur"),
    (38, 70, 83),
    "times",
)
PLANNER = Letterhead(
    "Planningskantoor De Linde",
    ("Financiële planning - Planification financière", "Voorbeeldlaan 21 - 9000 Gent"),
    (30, 88, 78),
    "helvetica",
)
INSURER = Letterhead(
    "Schelde & Leie Verzekeringen",
    ("Polisbeheer particulieren", "Voorbeeldplein 3 - 2000 Antwerpen"),
    (24, 75, 130),
    "helvetica",
)
BANK = Letterhead(
    "Musterbank Eupen",
    ("Wertpapierservice", "Beispielstraße 44 - 4700 Eupen"),
    (120, 84, 20),
    "helvetica",
)
TAX_OFFICE = Letterhead(
    "Voorbeelddienst Belastingen",
    ("Personenbelasting - Team Gent", "Voorbeeldstraat 100 - 9000 Gent"),
    (70, 74, 82),
    "helvetica",
)
HANDWRITING = Letterhead("Bert Callewaert", ("Kouterdreef 18 - 9000 Gent",), (45, 65, 120), "times")
