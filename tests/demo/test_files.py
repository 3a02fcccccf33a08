"""The demo's files: real, readable by real readers, listed both ways, and made by the script that says so."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import docx
import pypdfium2  # pyright: ignore[reportMissingTypeStubs]  # it ships none
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from demo import make_files
from demo.papers import FOLDER, JPEG, PAPERS, PDF, PNG, WORD, Paper, content
from resolvers.first_categories import CATEGORIES, CategoryNames

FIRST_BYTES = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", WORD: b"PK\x03\x04"}
MARGIN = 64  # points: a little less than the 24 mm that the text keeps from the sides
BAND = 16  # points: the coloured band at the head of a first page
INVENTED = "Voorbeeld / Exemple / Beispiel"

PDF_PAGES: Mapping[str, tuple[int, str]] = {
    "aankoopakte-kouterdreef-18.pdf": (3, "Liggingsplan"),
    "aanslagbiljet-2025.pdf": (1, "Belastbaar inkomen"),
    "acte-constitutif-atelier-delhaye.pdf": (2, "société à responsabilité limitée"),
    "beleggingsprofiel-2026.pdf": (2, "Verdeling van de portefeuille"),
    "depot-jahresuebersicht-2025.pdf": (1, "Mit freundlichen Grüßen"),
    "huwelijkscontract-callewaert-verlinden.pdf": (2, "Scheiding van goederen"),
    "polis-brandverzekering.pdf": (2, "blikseminslag"),
    "testament-bert-callewaert.pdf": (1, "vruchtgebruik"),
    "transmettre-l-atelier.pdf": (1, "usufruit"),
}
WORD_WORDS = {
    "zorgverklaring-carla-verlinden.docx": "Medische zorg",
    "persoonlijk-financieel-plan.docx": "Netto vermogen",
}
PICTURE_SIZES = {
    "appartement-aan-zee.png": (1200, 800),
    "chateau-frankrijk.jpg": (1200, 800),
    "identiteitskaart-bert-voorzijde.jpg": (1010, 640),
}


def _of(*media_types: str) -> list[Paper]:
    return [paper for paper in PAPERS if paper.media_type in media_types]


def _named(paper: Paper) -> str:
    return paper.file_name


def _pages(file: bytes) -> list[str]:
    with pypdfium2.PdfDocument(file) as pdf:
        return [pdf[number].get_textpage().get_text_range() for number in range(len(pdf))]


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    picture = cast("Image.Image", page.render(scale=1).to_pil())  # pyright: ignore[reportUnknownMemberType]
    return picture.convert("L")


def _words(file: bytes) -> list[str]:
    paper = docx.Document(io.BytesIO(file))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [
        *(paragraph.text for paragraph in paper.paragraphs),
        *cells,
        paper.sections[0].footer.paragraphs[0].text,
    ]


def _picture(file: bytes) -> Image.Image:
    return Image.open(io.BytesIO(file)).convert("RGB")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "files"
    make_files.make(folder)
    return folder


def test_the_list_and_the_folder_and_the_script_agree() -> None:
    listed = [paper.file_name for paper in PAPERS]

    assert sorted(listed) == sorted(file.name for file in FOLDER.iterdir()) == sorted(make_files.MAKERS)
    assert len(set(listed)) == len(listed) >= 12


@pytest.mark.parametrize("paper", PAPERS, ids=_named)
def test_the_media_type_agrees_with_the_bytes(paper: Paper) -> None:
    assert content(paper).startswith(FIRST_BYTES[paper.media_type])


@pytest.mark.parametrize("paper", _of(PDF), ids=_named)
def test_a_pdf_has_its_pages_and_its_words(paper: Paper) -> None:
    pages = _pages(content(paper))

    count, word = PDF_PAGES[paper.file_name]
    assert len(pages) == count
    assert word in "\n".join(pages)
    assert all(INVENTED in page for page in pages)


@pytest.mark.parametrize("paper", _of(PDF), ids=_named)
def test_every_page_of_a_pdf_renders_with_ink_inside_its_margins(paper: Paper) -> None:
    with pypdfium2.PdfDocument(content(paper)) as pdf:
        for page in pdf:
            drawn = _drawn(page)
            dark = ImageOps.invert(drawn.crop((0, BAND, *drawn.size))).getbbox()

            assert dark is not None
            assert dark[0] >= MARGIN
            assert dark[2] <= drawn.width - MARGIN


@pytest.mark.parametrize("paper", _of(WORD), ids=_named)
def test_a_word_document_opens_and_holds_its_words(paper: Paper) -> None:
    words = _words(content(paper))

    assert WORD_WORDS[paper.file_name] in words
    assert words[-1].startswith(INVENTED)


@pytest.mark.parametrize("paper", _of(JPEG, PNG), ids=_named)
def test_a_picture_is_whole_and_has_its_size(paper: Paper) -> None:
    Image.open(io.BytesIO(content(paper))).verify()

    assert _picture(content(paper)).size == PICTURE_SIZES[paper.file_name]


def test_the_identity_card_is_stamped_specimen_across_its_face() -> None:
    card = next(paper for paper in PAPERS if paper.category == "identity_cards")

    face = _picture(content(card)).crop((380, 150, 940, 500))
    reddish = [red - blue > 50 for red, _, blue in zip(*[iter(face.tobytes())] * 3, strict=True)]

    assert sum(reddish) / len(reddish) > 0.08


@pytest.mark.parametrize("paper", PAPERS, ids=_named)
def test_a_file_is_what_the_script_makes(paper: Paper, made: Path) -> None:
    anew = (made / paper.file_name).read_bytes()

    if paper.media_type == PDF:
        assert _pages(content(paper)) == _pages(anew)
    elif paper.media_type == WORD:
        assert _words(content(paper)) == _words(anew)
    else:
        difference = ImageChops.difference(_picture(content(paper)), _picture(anew))
        assert max(ImageStat.Stat(difference).mean) < 1


def test_making_the_files_twice_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    make_files.make(tmp_path)

    assert all((made / name).read_bytes() == (tmp_path / name).read_bytes() for name in make_files.MAKERS)


def test_the_files_together_stay_under_600_kilobytes() -> None:
    assert sum(len(content(paper)) for paper in PAPERS) < 600_000


@pytest.mark.parametrize("category", CATEGORIES, ids=[category.key for category in CATEGORIES])
def test_a_category_has_a_name_in_four_languages(category: CategoryNames) -> None:
    assert all(name.strip() == name != "" for name in (category.nl, category.fr, category.de, category.en))


def test_the_categories_are_those_of_the_manual_in_its_order() -> None:
    assert [category.nl for category in CATEGORIES] == [
        "Identiteitskaart", "Contracten", "Akten", "Zorgverklaring", "Testament", "Rapporten",
        "Verzekeringspolissen", "Adviezen", "Foto's van een eigendom",
    ]  # fmt: skip
    assert [category.position for category in CATEGORIES] == list(range(1, 10))
    assert len({category.key for category in CATEGORIES}) == len(CATEGORIES)


def test_every_category_holds_a_paper_and_one_paper_waits_for_its_category() -> None:
    used = [paper.category for paper in PAPERS]

    assert {key for key in used if key is not None} == {category.key for category in CATEGORIES}
    assert used.count(None) == 1


def test_the_papers_speak_dutch_french_and_german() -> None:
    assert {paper.language for paper in PAPERS} == {"nl", "fr", "de"}
