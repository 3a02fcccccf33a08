"""The command `python -m demo.make_files`: makes the demo's files anew into demo/files."""

from collections.abc import Callable, Mapping
from pathlib import Path

from demo.making import (
    deeds_in_dutch,
    identity_card,
    landscapes,
    papers_in_french,
    policies,
    reports,
    word_papers,
)
from demo.papers import FOLDER

MAKERS: Mapping[str, Callable[[], bytes]] = {
    "aankoopakte-kouterdreef-18.pdf": deeds_in_dutch.deed_of_purchase,
    "aanslagbiljet-2025.pdf": policies.tax_assessment,
    "acte-constitutif-atelier-delhaye.pdf": papers_in_french.deed_of_incorporation,
    "appartement-aan-zee.png": landscapes.seaside_flat,
    "beleggingsprofiel-2026.pdf": reports.investment_profile,
    "chateau-frankrijk.jpg": landscapes.castle,
    "depot-jahresuebersicht-2025.pdf": reports.bank_letter,
    "huwelijkscontract-callewaert-verlinden.pdf": deeds_in_dutch.marriage_contract,
    "identiteitskaart-bert-voorzijde.jpg": identity_card.identity_card,
    "persoonlijk-financieel-plan.docx": word_papers.financial_plan,
    "polis-brandverzekering.pdf": policies.fire_insurance,
    "testament-bert-callewaert.pdf": deeds_in_dutch.will,
    "transmettre-l-atelier.pdf": papers_in_french.note_of_advice,
    "zorgverklaring-carla-verlinden.docx": word_papers.care_declaration,
}


def make(folder: Path) -> None:
    """Write every file of the demo into `folder`, in place of what stood there under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, maker in MAKERS.items():
        (folder / file_name).write_bytes(maker())


if __name__ == "__main__":  # pragma: no cover  # a test calls make() on a folder of its own
    make(FOLDER)
