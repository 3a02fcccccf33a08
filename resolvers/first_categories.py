"""The categories that a new licence starts with (S019), in the four languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CategoryNames:
    """A document category of the firm (S019), named in the four languages; `position` orders the list."""

    key: str
    position: int
    nl: str
    fr: str
    de: str
    en: str


CATEGORIES = (
    CategoryNames(
        "identity_cards", 1, "Identiteitskaart", "Carte d'identité", "Personalausweis", "Identity card"
    ),
    CategoryNames("contracts", 2, "Contracten", "Contrats", "Verträge", "Contracts"),
    CategoryNames("deeds", 3, "Akten", "Actes", "Urkunden", "Deeds"),
    CategoryNames(
        "care_declarations",
        4,
        "Zorgverklaring",
        "Déclaration de soins",
        "Vorsorgeerklärung",
        "Care declaration",
    ),
    CategoryNames("wills", 5, "Testament", "Testament", "Testament", "Will"),
    CategoryNames("reports", 6, "Rapporten", "Rapports", "Berichte", "Reports"),
    CategoryNames(
        "insurance_policies",
        7,
        "Verzekeringspolissen",
        "Polices d'assurance",
        "Versicherungspolicen",
        "Insurance policies",
    ),
    CategoryNames("advice", 8, "Adviezen", "Conseils", "Beratungen", "Advice"),
    CategoryNames(
        "property_photos",
        9,
        "Foto's van een eigendom",
        "Photos d'une propriété",
        "Fotos einer Immobilie",
        "Photos of a property",
    ),
)
