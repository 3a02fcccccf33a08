"""The demo's portal: it is what its sources give, and asks what the API offers, in two languages."""

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final

from graphql import build_schema, parse, validate

import schema
from demo import portal

SOURCES: Final = portal.FOLDER.parent
# As examples/portal/built.ts has it.
NO_SOURCES: Final = ("README.md", "dist/", "node_modules/", "src/gql/")
TEXTS: Final = SOURCES / "src" / "texts"


def built() -> dict[str, Any]:
    """Return what the build said of itself."""
    return json.loads((portal.FOLDER / "built.json").read_text())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest_of_sources() -> str:
    """Return the digest of all that the build is made of."""
    paths = {it.relative_to(SOURCES).as_posix(): it for it in SOURCES.rglob("*") if it.is_file()}
    kept = sorted(it for it in paths if not it.startswith(NO_SOURCES))
    return digest("".join(f"{digest(paths[it].read_bytes())}  {it}\n" for it in kept).encode())


def entries(catalogue: Any, name: str = "") -> dict[str, str]:
    """Return the texts of a catalogue by where they stand."""
    if isinstance(catalogue, str):
        return {name: catalogue}
    return {
        key: text for part, it in catalogue.items() for key, text in entries(it, f"{name}/{part}").items()
    }


def texts(language: str) -> dict[str, str]:
    return entries(json.loads((TEXTS / f"{language}.json").read_text()))


def files_of(folder: Path) -> dict[str, bytes]:
    return {it.stem: gzip.decompress(it.read_bytes()) for it in folder.glob("*.gz")}


def test_the_build_is_of_these_sources() -> None:
    assert built()["sources"] == digest_of_sources(), "run `npm run build` in examples/portal"


def test_the_build_is_whole() -> None:
    files = files_of(portal.FOLDER)
    assert built()["files"] == {name: digest(content) for name, content in files.items()}
    named = re.findall(r'(?:src|href)="/portal/([^"]+)"', files["index.html"].decode())
    assert sorted([*named, "index.html"]) == sorted(files)


def test_the_page_holds_nothing_inline() -> None:
    page = files_of(portal.FOLDER)["index.html"].decode()
    assert "<style" not in page
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert " style=" not in page


def test_both_languages_have_every_text_with_the_same_blanks() -> None:
    dutch, french = texts("nl"), texts("fr")
    assert dutch.keys() == french.keys()
    assert {key for key in dutch if blanks(dutch[key]) != blanks(french[key])} == set()
    assert all(it.strip() for it in (*dutch.values(), *french.values()))


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_every_text_is_used() -> None:
    sources = "".join(it.read_text() for it in SOURCES.glob("src/**/*.ts*"))
    # The names of some are made where they are used.
    made = ("/delivery", "/refusals/")
    names = {it.split("/")[1] for it in texts("nl") if not it.startswith(made)}
    assert {it for it in names if f"'{it}'" not in sources} == set()


def test_what_it_asks_is_what_the_api_offers() -> None:
    operations = "\n".join(it.read_text() for it in sorted(SOURCES.glob("src/operations/*.graphql")))
    assert validate(build_schema(schema.sdl()), parse(operations)) == []


def test_what_it_is_made_with_is_fixed_and_names_no_place_to_get_it_from() -> None:
    said = json.loads((SOURCES / "package.json").read_text())
    packages = json.loads((SOURCES / "package-lock.json").read_text())["packages"]
    wanted = said["dependencies"] | said["devDependencies"]
    assert all(version[0].isdigit() for version in wanted.values())
    assert all("integrity" in it for path, it in packages.items() if path)
    assert all(it.keys().isdisjoint({"resolved", "funding"}) for it in packages.values())
