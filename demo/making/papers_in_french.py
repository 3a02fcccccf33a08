"""The French papers of the Delhaye family: deed of incorporation, note of advice."""

from datetime import date

from demo.making.issuers import NOTARY_NAMUR, PLANNER
from demo.making.sheets import Cover, Sheets


def deed_of_incorporation() -> bytes:
    """Return the deed that founds Atelier Delhaye, two pages."""
    sheets = Sheets(NOTARY_NAMUR, Cover("Acte constitutif", "fr-BE", date(2018, 3, 21)))
    sheets.masthead("Atelier Delhaye, société à responsabilité limitée", "Répertoire 2018/0309")
    sheets.paragraph(
        "L'an deux mille dix-huit, le vingt et un mars, devant moi, Maître Élodie Fontenelle, "
        "notaire à Namur, ont comparu Monsieur Luc Delhaye, menuisier, et Madame Sophie "
        "Marchand, architecte d'intérieur, demeurant ensemble à Namur, rue du Modèle 5. Ils me "
        "demandent d'acter qu'ils constituent entre eux une société, dont ils arrêtent les "
        "statuts comme suit."
    )
    sheets.clauses(
        (
            (
                "Article 1 - Dénomination et siège",
                (
                    "La société est dénommée Atelier Delhaye. Son siège est établi en Région wallonne, à "
                    "5000 Namur, rue du Modèle 5. L'organe d'administration peut le déplacer en Belgique "
                    "dans la même région linguistique."
                ),
            ),
            (
                "Article 2 - Objet",
                (
                    "La société a pour objet la conception, la fabrication et la restauration de meubles et "
                    "d'aménagements en bois, ainsi que le conseil en la matière. Elle peut accomplir toute "
                    "opération qui se rapporte à cet objet."
                ),
            ),
            ("Article 3 - Durée", "La société est constituée pour une durée illimitée."),
        )
    )
    sheets.heading("Article 4 - Apports")
    sheets.grid(
        (
            ("Fondateur", "Nature de l'apport", "Actions", "Valeur (EUR)"),
            ("Luc Delhaye", "Outillage et machines", "60", "24.000"),
            ("Luc Delhaye", "Numéraire", "20", "8.000"),
            ("Sophie Marchand", "Numéraire", "20", "8.000"),
            ("Total", "", "100", "40.000"),
        ),
        (44, 58, 24, 36),
        total=True,
    )
    sheets.clauses(
        (
            (
                "Article 5 - Cession d'actions",
                (
                    "Aucune action ne peut être cédée à un tiers sans l'accord écrit de l'autre "
                    "actionnaire. La cession au conjoint et aux descendants en ligne directe est libre."
                ),
            ),
            (
                "Article 6 - Administration",
                (
                    "La société est administrée par un ou plusieurs administrateurs. Est nommé pour une "
                    "durée indéterminée : Monsieur Luc Delhaye, qui accepte. Chaque administrateur "
                    "représente seul la société à l'égard des tiers."
                ),
            ),
            (
                "Article 7 - Assemblée générale",
                (
                    "L'assemblée ordinaire se tient chaque année le deuxième vendredi de juin, à dix-huit "
                    "heures, au siège. Chaque action donne droit à une voix."
                ),
            ),
            (
                "Article 8 - Exercice social",
                (
                    "L'exercice commence le premier janvier et se termine le trente et un décembre. Le "
                    "premier exercice se termine le 31 décembre 2018."
                ),
            ),
            (
                "Article 9 - Bénéfice",
                (
                    "L'affectation du bénéfice est décidée par l'assemblée générale, après les tests que la "
                    "loi impose."
                ),
            ),
        )
    )
    sheets.signatures(
        "Fait et passé à Namur, à la date indiquée ci-dessus, après lecture intégrale et commentée.",
        ("Luc Delhaye", "Sophie Marchand", "É. Fontenelle, notaire"),
    )
    return sheets.made()


def note_of_advice() -> bytes:
    """Return the planner's advice on handing the workshop on, one page."""
    sheets = Sheets(PLANNER, Cover("Transmettre l'atelier", "fr-BE", date(2026, 4, 17)))
    sheets.masthead("Note de conseil pour Luc Delhaye et Sophie Marchand", "Namur, le 17 avril 2026")
    sheets.paragraph(
        "Vous souhaitez que votre fille Camille reprenne l'atelier vers 2031, sans que votre "
        "fils Théo soit désavantagé. Nous avons comparé trois chemins ; les montants sont des "
        "estimations de ce jour."
    )
    sheets.grid(
        (
            ("Chemin", "Ce qui reste à vous", "Coût estimé (EUR)"),
            ("Donation des actions à Camille", "L'usufruit et le contrôle", "14.500"),
            ("Vente progressive sur cinq ans", "Le prix, par tranches", "21.800"),
            ("Holding familiale avec Théo", "Une part de 30 %", "33.200"),
        ),
        (66, 56, 40),
    )
    sheets.clauses(
        (
            (
                "Notre avis",
                (
                    "Nous préférons la donation avec réserve d'usufruit, accompagnée d'une assurance-vie de "
                    "même valeur au bénéfice de Théo. Vous gardez les dividendes et le droit de vote "
                    "jusqu'à votre retraite ; Camille sait à quoi s'en tenir."
                ),
            ),
            (
                "Ce qu'il faut faire maintenant",
                (
                    "1. Faire évaluer l'atelier par un réviseur avant le 30 septembre.\n"
                    "2. Rassembler les comptes de 2023, 2024 et 2025 dans votre coffre.\n"
                    "3. Prendre rendez-vous ensemble chez la notaire, avec Camille et Théo."
                ),
            ),
        )
    )
    sheets.signatures("Avec nos salutations cordiales,", ("Anna Lindeman, conseillère",))
    return sheets.made()
