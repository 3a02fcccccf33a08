"""The catalogues: every word of the product is there in every language, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from itertools import chain, product
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from core.errors import KluisError
from core.viewer import Language
from languages import locale_of, translate, translations
from languages.catalogues import FOLDER
from mail.writing import SALUTATIONS, TEMPLATES
from schema.category_rule import PORTAL_USERS
from schema.routing import WHY_PASSED_OVER

FLOORS = (
    "server",
    "demo",
    "schema",
    "resolvers",
    "permissions",
    "auth",
    "mail",
    "storage",
    "models",
    "execution",
)
TRANSLATED = (Language.NL, Language.FR, Language.DE)


def errors(parent: type[KluisError] = KluisError) -> Iterator[type[KluisError]]:
    for child in parent.__subclasses__():
        yield child
        yield from errors(child)


def spoken(module: ast.Module) -> Iterator[str | None]:
    """Yield the messages that a module gives to errors; None for one that cannot be read off."""
    kinds = {error.__name__ for error in errors()}
    nodes = list(ast.walk(module))
    texts = {
        target.id: node.value.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in kinds
            and node.args
        ):
            first = node.args[0]
            text = texts.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
            yield text if isinstance(text, str) else None


def raised() -> set[str | None]:
    paths = [path for floor in FLOORS for path in (FOLDER.parent / floor).rglob("*.py")]
    return {text for path in paths for text in spoken(ast.parse(path.read_text()))}


def messages() -> set[str | None]:
    of_errors = {error.message for error in errors() if hasattr(error, "message")}
    of_letters: set[str] = set()
    for path in TEMPLATES.rglob("*.jinja"):
        with path.open("rb") as template:
            found = babel_extract(template, ["_"], [], {"silent": "false"})
            # With values beside it, a message is the first of a tuple.
            of_letters |= {str(it[0] if isinstance(it, tuple) else it) for _, _, it, _ in found}
    of_answers = {PORTAL_USERS, *WHY_PASSED_OVER.values()}
    return of_errors | raised() | of_letters | set(SALUTATIONS.values()) | of_answers


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def catalogue(language: Language) -> Catalog:
    with (FOLDER / f"{language.lower()}.po").open("rb") as source:
        return read_po(source, abort_invalid=True)


def entries(language: Language) -> dict[Any, Any]:
    return {entry.id: entry for entry in catalogue(language) if entry.id}


def test_the_messages_of_errors_and_letters_are_all_found() -> None:
    found = messages()
    assert {"Sign in first.", "This exists already."} <= found
    assert {"The file is empty.", "This is not an id."} <= found
    assert {"Your office", "Open the portal", "Dear Mr {name},"} <= found


def test_every_message_of_an_error_can_be_read_off_the_source() -> None:
    assert None not in raised()
    assert set(spoken(ast.parse("raise Invalid(f'{x}')"))) == {None}
    assert set(spoken(ast.parse("words = 'No.'\nraise Invalid(words, path=())"))) == {"No."}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_message_and_no_other(language: Language) -> None:
    assert set(entries(language)) == messages()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_nothing_empty_unsure_or_left_over(language: Language) -> None:
    assert [it.id for it in entries(language).values() if not it.string or it.fuzzy] == []
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_the_message(language: Language) -> None:
    pairs = {it.id: it.string for it in entries(language).values()}
    assert {it: placeholders(pairs[it]) for it in pairs} == {it: placeholders(it) for it in pairs}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_ends_as_the_message_does(language: Language) -> None:
    ends = {it.id: it.string[-1] for it in entries(language).values() if it.id[-1] in ".,:"}
    assert ends == {it: it[-1] for it in ends}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_client_is_addressed_formally(language: Language) -> None:
    familiar = {
        Language.NL: r"\b(je|jij|jouw)\b",
        Language.FR: r"\b(tu|ton|ta|tes)\b",
        Language.DE: r"\b(du|dein)\b",
    }
    words = chain.from_iterable(entries(language)[it].string.lower().splitlines() for it in entries(language))
    assert [it for it in words if re.search(familiar[language], it)] == []


def test_a_message_is_translated_and_filled() -> None:
    message = "This is longer than {limit} characters."
    assert translate(message, Language.NL, limit=5) == "Dit is langer dan 5 tekens."
    assert translate(message, Language.EN, limit=5) == "This is longer than 5 characters."


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        translate("This is longer than {limit} characters.", Language.FR)


def test_a_catalogue_is_read_once() -> None:
    for language in Language:
        assert translations(language) is translations(language)


def test_every_language_has_its_way_of_writing_dates() -> None:
    assert [str(locale_of(it)) for it in Language] == ["nl_BE", "fr_BE", "de_BE", "en_GB"]


def test_the_languages_differ() -> None:
    words = {translate(message, it) for message, it in product(["Your office"], Language)}
    assert len(words) == len(Language)
