"""The demo's papers: which files there are, and what is typed with each."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent / "files"

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Paper:
    """One file of the demo, with what is typed when it is added.

    `family` names the household it belongs to, `category` is the key of one of CATEGORIES, or None for a
    paper that a client added and nobody has classified yet (S070).
    """

    file_name: str
    media_type: str
    description: str
    category: str | None
    language: str
    document_date: date
    family: str


PAPERS = (
    Paper(
        "identiteitskaart-bert-voorzijde.jpg",
        JPEG,
        "Identiteitskaart Bert, voorzijde",
        "identity_cards",
        "nl",
        date(2020, 8, 31),
        "callewaert",
    ),
    Paper(
        "huwelijkscontract-callewaert-verlinden.pdf",
        PDF,
        "Huwelijkscontract Bert en Carla",
        "contracts",
        "nl",
        date(2009, 5, 14),
        "callewaert",
    ),
    Paper(
        "aankoopakte-kouterdreef-18.pdf",
        PDF,
        "Aankoopakte woning Kouterdreef 18",
        "deeds",
        "nl",
        date(2014, 10, 3),
        "callewaert",
    ),
    Paper(
        "zorgverklaring-carla-verlinden.docx",
        WORD,
        "Zorgverklaring Carla",
        "care_declarations",
        "nl",
        date(2024, 6, 4),
        "callewaert",
    ),
    Paper(
        "testament-bert-callewaert.pdf", PDF, "Testament Bert", "wills", "nl", date(2021, 2, 9), "callewaert"
    ),
    Paper(
        "beleggingsprofiel-2026.pdf",
        PDF,
        "Beleggingsprofiel 2026",
        "reports",
        "nl",
        date(2026, 3, 2),
        "callewaert",
    ),
    Paper(
        "polis-brandverzekering.pdf",
        PDF,
        "Polis brandverzekering woning",
        "insurance_policies",
        "nl",
        date(2025, 11, 18),
        "callewaert",
    ),
    Paper(
        "persoonlijk-financieel-plan.docx",
        WORD,
        "Persoonlijk financieel plan 2026",
        "advice",
        "nl",
        date(2026, 5, 8),
        "callewaert",
    ),
    Paper(
        "chateau-frankrijk.jpg",
        JPEG,
        "Chateau Frankrijk",
        "property_photos",
        "nl",
        date(2025, 7, 20),
        "callewaert",
    ),
    Paper(
        "aanslagbiljet-2025.pdf",
        PDF,
        "Aanslagbiljet personenbelasting 2025",
        None,
        "nl",
        date(2025, 10, 27),
        "callewaert",
    ),
    Paper(
        "appartement-aan-zee.png",
        PNG,
        "Appartement aan zee, voorgevel",
        "property_photos",
        "nl",
        date(2025, 9, 6),
        "schyns",
    ),
    Paper(
        "depot-jahresuebersicht-2025.pdf",
        PDF,
        "Jahresübersicht Depot 2025",
        "reports",
        "de",
        date(2026, 1, 12),
        "schyns",
    ),
    Paper(
        "acte-constitutif-atelier-delhaye.pdf",
        PDF,
        "Acte constitutif Atelier Delhaye",
        "deeds",
        "fr",
        date(2018, 3, 21),
        "delhaye",
    ),
    Paper(
        "transmettre-l-atelier.pdf",
        PDF,
        "Conseil: transmettre l'atelier",
        "advice",
        "fr",
        date(2026, 4, 17),
        "delhaye",
    ),
)


def content(paper: Paper) -> bytes:
    """Return the bytes of the paper's file."""
    return (FOLDER / paper.file_name).read_bytes()
