"""The gallery: every letter in every language on disk, and pictures where there is a browser."""

import re
from io import StringIO
from itertools import product
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from core.viewer import Language
from mail import gallery
from mail.gallery import SHEETS
from mail.letters import Kind
from mail.samples import SAMPLES

LETTERS = [f"{name}.{language.lower()}" for name, language in product(SAMPLES, Language)]
PICTURES = {"nl.png", "fr.png", "de.png", "en.png", "nl-telephone.png"}
# A browser that notes what it was asked for, and takes an empty picture.
BROWSER = """#!/bin/sh
echo "$@" >> "$0.asked"
for it; do case $it in --screenshot=*) : > "${it#--screenshot=}" ;; esac; done
"""


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of all programs that are installed."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def installed(programs: Path, name: str, script: str = BROWSER) -> Path:
    """Install a program; return where it notes what it was asked for."""
    program = programs / name
    program.write_text(script)
    program.chmod(0o755)
    return programs / f"{name}.asked"


def gathered(folder: Path) -> tuple[set[str], str]:
    """Return the files that are made in a folder, and what is told of them."""
    said = StringIO()
    gallery.main(folder, said)
    return {it.name for it in folder.iterdir()}, said.getvalue()


def test_there_is_a_sample_of_every_kind_and_of_several() -> None:
    assert {str(it) for it in Kind} | {"documents_shared", "documents_uploaded"} <= set(SAMPLES)


@pytest.mark.usefixtures("programs")
def test_without_a_browser_there_are_pages_and_texts_and_no_pictures(tmp_path: Path) -> None:
    files, said = gathered(tmp_path / "var" / "letters")
    pages = {"index.html", *(f"{it.name}.html" for it in SHEETS)}
    assert files == {f"{it}.{ending}" for it in LETTERS for ending in ("html", "txt")} | pages
    assert said.splitlines()[0].endswith(f"index.html shows {len(SAMPLES)} letters in 4 languages.")
    assert "There are no pictures: none of chromium" in said


@pytest.mark.usefixtures("programs")
def test_a_letter_is_shown_as_a_mail_program_shows_it(tmp_path: Path) -> None:
    gathered(tmp_path)
    assert "hat im Kundenportal 12 Dokumente" in (tmp_path / "documents_shared.de.html").read_text()
    text = (tmp_path / "account_blocked.fr.txt").read_text()
    assert text.startswith("Madame Verlinden,\n\nVotre bureau a fermé votre accès")


@pytest.mark.parametrize("browser", [None, "google-chrome"])
def test_the_index_leads_to_everything_that_was_made(
    tmp_path: Path, programs: Path, browser: str | None
) -> None:
    if browser:
        installed(programs, browser)
    folder = tmp_path / "letters"
    files, _ = gathered(folder)
    links = re.findall(r'href="([^"]+)"', (folder / "index.html").read_text())
    assert sorted(links) == sorted(files - {"index.html"})


@pytest.mark.usefixtures("programs")
def test_a_sheet_shows_every_letter_in_its_language(tmp_path: Path) -> None:
    gathered(tmp_path)
    for sheet in SHEETS:
        shown = re.findall(r'<iframe src="([^"]+)"', (tmp_path / f"{sheet.name}.html").read_text())
        assert shown == [f"{name}.{sheet.language.lower()}.html" for name in SAMPLES]


@pytest.mark.parametrize(("user", "is_walled"), [(0, False), (1000, True)])
def test_a_browser_takes_a_picture_of_each_whole_sheet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, programs: Path, user: int, *, is_walled: bool
) -> None:
    monkeypatch.setattr(gallery, "geteuid", lambda: user)
    notes = installed(programs, "chromium")
    folder = tmp_path / "letters"
    files, said = gathered(folder)
    assert {it for it in files if it.endswith(".png")} == PICTURES
    assert "no pictures" not in said
    asked = notes.read_text().splitlines()
    assert [it.split()[-1] for it in asked] == [(folder / f"{it.name}.html").as_uri() for it in SHEETS]
    # Five rows of four.
    assert "--window-size=2480,5656 --blink-settings=preferredColorScheme=1" in asked[0]
    assert "--window-size=1440,7456 --blink-settings=preferredColorScheme=0" in asked[-1]
    assert {"--no-sandbox" not in it for it in asked} == {is_walled}


def test_a_browser_that_fails_is_told(tmp_path: Path, programs: Path) -> None:
    installed(programs, "chromium", "#!/bin/sh\nexit 3\n")
    with pytest.raises(CalledProcessError, match="exit status 3"):
        gathered(tmp_path / "letters")
