"""The gallery: every letter in every language on disk, for whoever wants to look at them.

`python -m mail.gallery FOLDER` writes a page and a text of each, sheets of all, and pictures of the sheets.
"""

import shutil
import subprocess
import sys
from html import escape
from itertools import product
from os import geteuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple, TextIO

from core.viewer import Language
from mail.letters import compose
from mail.samples import SAMPLES, sample

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
LONGEST_START: Final = 60  # seconds
COLUMNS: Final = 4
GAP, CAPTION = 16, 24  # pixels
STYLE: Final = f"""
:root {{ color-scheme: light dark }}
body {{ margin: {GAP}px; font: 14px/{CAPTION}px sans-serif }}
main {{ display: grid; gap: {GAP}px; grid-template-columns: repeat({COLUMNS}, max-content) }}
figure {{ margin: 0 }}
iframe {{ display: block; box-sizing: border-box; border: 1px solid gray }}
td {{ padding-right: {GAP}px }}
"""


class Sheet(NamedTuple):
    """All letters in a language beside each other, as wide as some screen."""

    name: str
    language: Language
    width: int = 600
    height: int = 900
    is_dark: bool = False


SHEETS: Final = (
    *(Sheet(it.lower(), it) for it in Language),
    Sheet("nl-telephone", Language.NL, width=340, height=1200, is_dark=True),
)


def main(folder: Path, to: TextIO) -> None:
    """Write everything into a folder; without a browser all but the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, language in product(SAMPLES, Language):
        write(folder, name, language)
    for sheet in SHEETS:
        (folder / f"{sheet.name}.html").write_text(page(sheet.name, sheet_of(sheet)))
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    (folder / "index.html").write_text(page("Letters", index(has_pictures=bool(browser))))
    to.write(f"{folder / 'index.html'} shows {len(SAMPLES)} letters in {len(Language)} languages.\n")
    if browser is None:
        to.write(f"There are no pictures: none of {', '.join(BROWSERS)} is installed.\n")
        return
    for sheet in SHEETS:
        photograph(browser, folder, sheet)


def write(folder: Path, name: str, language: Language) -> None:
    """Write what a mail program shows of one letter: its page, or the text in its place."""
    message = compose(sample(name, language))
    for kind, ending in (("html", "html"), ("plain", "txt")):
        part = message.get_body((kind,))
        assert part is not None
        (folder / f"{name}.{language.lower()}.{ending}").write_text(part.get_content())


def sheet_of(sheet: Sheet) -> str:
    """Return the frames of a sheet, in which a letter that is longer than others has a scroll bar."""
    frames = [
        f'<figure>{name}<iframe src="{name}.{sheet.language.lower()}.html" '
        f'width="{sheet.width}" height="{sheet.height}"></iframe></figure>'
        for name in SAMPLES
    ]
    return f"<main>{''.join(frames)}</main>"


def index(*, has_pictures: bool) -> str:
    """Return a row for each letter, with its page and its text in each language, under the sheets."""
    endings = ("html", "png") if has_pictures else ("html",)
    sheets = [f'<a href="{it.name}.{ending}">{it.name}.{ending}</a>' for it in SHEETS for ending in endings]
    rows = [f"<tr><td>{name}</td>{''.join(cell(name, it) for it in Language)}</tr>" for name in SAMPLES]
    return f"<p>{', '.join(sheets)}</p><table>{''.join(rows)}</table>"


def cell(name: str, language: Language) -> str:
    """Return the links to one letter, under its subject."""
    file, subject = f"{name}.{language.lower()}", escape(compose(sample(name, language))["Subject"])
    return f'<td><a href="{file}.html">{subject}</a> (<a href="{file}.txt">text</a>)</td>'


def page(title: str, body: str) -> str:
    """Return a whole page."""
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html><html lang="en">{head}{body}'


def photograph(browser: str, folder: Path, sheet: Sheet) -> None:
    """Take a picture of a whole sheet. Raise CalledProcessError, TimeoutExpired."""
    rows = -(-len(SAMPLES) // COLUMNS)
    size = (COLUMNS * (sheet.width + GAP) + GAP, rows * (sheet.height + CAPTION + GAP) + GAP)
    with TemporaryDirectory() as profile:
        options = [
            "--headless",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}",
            f"--blink-settings=preferredColorScheme={0 if sheet.is_dark else 1}",
            f"--screenshot={folder.resolve() / sheet.name}.png",
            # The browser's own wall is refused to root; the pages are ours, and name nothing on a network.
            *(["--no-sandbox"] if geteuid() == 0 else []),
        ]
        address = (folder.resolve() / f"{sheet.name}.html").as_uri()
        subprocess.run([browser, *options, address], check=True, capture_output=True, timeout=LONGEST_START)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdout)
