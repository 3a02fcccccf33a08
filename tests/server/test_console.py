"""The console: it asks what the API offers, speaks all languages, and is served as it was built."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse, validate

import schema
from core.viewer import Language
from languages import translate
from server.app import CONSOLE

SOURCES = Path(__file__).parents[2] / "console"
OPERATIONS = sorted((SOURCES / "src").glob("*/*.graphql"))
LANGUAGES = {it.stem: it for it in sorted((SOURCES / "src" / "words").iterdir())}
BUILT: dict[str, Any] = json.loads((CONSOLE.folder / "built.json").read_text())


def words(language: str) -> dict[str, Any]:
    return json.loads(LANGUAGES[language].read_text())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def hash_of_sources(folder: Path) -> str:
    """Return one hash of all that a build is made of, as console/built.ts makes it."""
    paths = (it.relative_to(folder) for it in folder.rglob("*") if it.is_file())
    ours = sorted(str(it) for it in paths if it.parts[0] != "node_modules")
    return digest("".join(f"{digest((folder / it).read_bytes())}  {it}\n" for it in ours).encode())


def test_what_is_served_was_built_from_what_stands_in_the_folder() -> None:
    assert BUILT["sources"] == hash_of_sources(SOURCES), "make console builds it anew"
    served = {it.stem: digest(gzip.decompress(it.read_bytes())) for it in CONSOLE.folder.glob("*.gz")}
    assert served == BUILT["files"]


def test_a_change_of_any_source_asks_for_another_build(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.tsx").write_text("1")
    (tmp_path / "node_modules").mkdir()
    before = hash_of_sources(tmp_path)
    (tmp_path / "node_modules" / "new.js").write_text("")
    assert hash_of_sources(tmp_path) == before
    (tmp_path / "src" / "main.tsx").write_text("2")
    changed = hash_of_sources(tmp_path)
    (tmp_path / "src" / "main.tsx").rename(tmp_path / "src" / "other.tsx")
    assert len({before, changed, hash_of_sources(tmp_path)}) == 3


def test_nothing_of_others_is_served_without_their_notice() -> None:
    notices = (CONSOLE.folder / "NOTICES.txt").read_text()
    for name in ("graphiql", "monaco-editor", "react", "graphql-language-service"):
        assert f"\n{name} " in notices
    assert "Permission is hereby granted" in notices


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda it: it.stem)
def test_an_operation_of_the_console_is_valid(path: Path) -> None:
    document = parse(path.read_text())
    assert validate(build_schema(schema.sdl()), document) == []
    if path.with_suffix(".json").exists():
        variables = json.loads(path.with_suffix(".json").read_text())
        defined = (it for it in document.definitions if isinstance(it, OperationDefinitionNode))
        names = {
            it.variable.name.value for operation in defined for it in operation.variable_definitions or ()
        }
        assert variables.keys() == names


def test_each_operation_is_used_and_each_example_has_variables() -> None:
    sources = "".join(it.read_text() for it in (SOURCES / "src").glob("*.ts*"))
    assert len(OPERATIONS) == 12
    for path in OPERATIONS:
        assert f"{path.parent.name}/{path.name}?raw" in sources
        assert path.with_suffix(".json").exists() == (path.parent.name == "examples")


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_the_console_says_the_same_in_each_language(language: str) -> None:
    said, english = words(language), words("en")
    assert said.keys() == english.keys()
    assert all(text and "  " not in text for word, text in said.items() if word != "errors")
    for message, text in said["errors"].items():
        assert text == translate(message, Language(language.upper()))
        assert text != message


def test_every_word_of_the_console_is_said_somewhere() -> None:
    sources = "".join(it.read_text() for it in (SOURCES / "src").glob("*.ts*"))
    assert {it for it in words("en") if it != "errors" and f'"{it}"' not in sources} == set()
    assert LANGUAGES.keys() == {"de", "en", "fr", "nl"}


@pytest.mark.parametrize("folder", [SOURCES, SOURCES.parent / "tests" / "browser" / "browsing"])
def test_packages_are_fixed_and_name_no_place_to_get_them_from(folder: Path) -> None:
    said = json.loads((folder / "package.json").read_text())
    wanted = said["dependencies"] | said.get("devDependencies", {})
    assert all(version[0].isdigit() for version in wanted.values())
    locked = (folder / "package-lock.json").read_text()
    assert "resolved" not in locked
    assert "://" not in locked
    packages = json.loads(locked)["packages"]
    assert all("integrity" in it for path, it in packages.items() if path)
