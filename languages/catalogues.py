"""The catalogues: one gettext file per language; the English text is the key, so English has none."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.viewer import Language

FOLDER = Path(__file__).parent
# How Belgians write dates and numbers; English as in Europe, with the day before the month.
LOCALES = {
    Language.NL: Locale("nl", "BE"),
    Language.FR: Locale("fr", "BE"),
    Language.DE: Locale("de", "BE"),
    Language.EN: Locale("en", "GB"),
}


@cache
def translations(language: Language) -> NullTranslations:
    """Return the words of a language, read once; those of English are the messages themselves (A25)."""
    if language is Language.EN:
        return NullTranslations()
    compiled = BytesIO()
    with (FOLDER / f"{language.lower()}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=LOCALES[language]))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(message: str, language: Language, **values: object) -> str:
    """Return `message` in a language with its `{placeholders}` filled; raises KeyError where one is not."""
    return translations(language).gettext(message).format(**values)


def locale_of(language: Language) -> Locale:
    """Return how dates and numbers are written in a language."""
    return LOCALES[language]
