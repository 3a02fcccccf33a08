"""The writing desk: turns a letter's kind and values into a subject, a text and a page, from one template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.viewer import Language
from languages import locale_of, translate
from mail.salutations import form_of_address

TEMPLATES = Path(__file__).parent / "templates"
# Moments are told on the clock that the firms and their clients live by; the letters say which.
ZONE = ZoneInfo("Europe/Brussels")
SALUTATIONS = {
    "mr": "Dear Mr {name},",
    "mrs": "Dear Mrs {name},",
    "first_name": "Dear {name},",
    "unknown": "Dear Sir or Madam,",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """What the recipient reads; where it carries a secret, no log must show it."""

    subject: str
    text: str = field(repr=False)
    page: str = field(repr=False)


def desk(layout: str, *, autoescape: bool) -> Environment:
    """Return the templates of the letters on one layout; a value that is missing is an error."""
    return Environment(
        loader=FileSystemLoader([TEMPLATES / layout, TEMPLATES / "passages", TEMPLATES / "letters"]),
        undefined=StrictUndefined,
        auto_reload=False,
        autoescape=autoescape,  # noqa: S701  off for plain text alone
        trim_blocks=True,
        lstrip_blocks=True,
    )


TEXT = desk("text", autoescape=False)
PAGE = desk("html", autoescape=True)


def write(kind: str, language: Language, values: Mapping[str, Any], written_at: datetime) -> Writing:
    """Return the words of a letter; raises TemplateError, ValueError or TypeError where a value is amiss."""
    words = words_of(language)
    told: dict[str, Any] = dict(values) | times(language, written_at) | {"language": language.lower()}
    told["dear"] = dear(words, values)
    subject = heading(kind, told | {"_": words})
    told["subject"] = subject
    text = TEXT.get_template(f"{kind}.jinja").render(told, _=words).strip() + "\n"
    page = PAGE.get_template(f"{kind}.jinja").render(told, _=words)
    return Writing(subject, text, page)


def heading(kind: str, values: dict[str, Any]) -> str:
    """Return the subject, which is a block of the letter's template."""
    template = TEXT.get_template(f"{kind}.jinja")
    return "".join(template.blocks["subject"](template.new_context(values)))


def dear(words: Callable[..., str], values: Mapping[str, Any]) -> str:
    """Return the salutation: formal with title and surname, or with the first name (S032)."""
    title, given_name, family_name = (values.get(it) for it in ("title", "given_name", "family_name"))
    form = form_of_address(title, given_name, family_name)
    name = given_name if form == "first_name" else family_name
    return words(SALUTATIONS[form], name=name)


def words_of(language: Language) -> Callable[..., str]:
    """Return the `_` of the templates."""

    def words(message: str, **values: object) -> str:
        return translate(message, language, **values)

    return words


def times(language: Language, written_at: datetime) -> dict[str, Callable[[str], str]]:
    """Return how a template tells an ISO 8601 moment: its day, its hour, how long after `written_at`."""
    locale = locale_of(language)

    def at(iso: str) -> datetime:
        # A value that is missing says so when it is made a string.
        return datetime.fromisoformat(str(iso))

    def day(iso: str) -> str:
        return format_date(at(iso).astimezone(ZONE), "full", locale)

    def hour(iso: str) -> str:
        return format_time(at(iso), "short", ZONE, locale)

    def until(iso: str) -> str:
        return format_timedelta(at(iso) - written_at, "day", add_direction=True, locale=locale)

    return {"day": day, "hour": hour, "until": until}
