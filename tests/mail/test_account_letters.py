"""The letters about accounts: how to come in, what has changed, and what to do about it."""

import re
from itertools import product

import pytest

from core.viewer import Language
from languages import translate
from mail.letters import Kind, compose
from mail.writing import TEMPLATES
from models import Letter
from tests.api import Api
from tests.journeys.rows import rows
from tests.mail.correspondents import (
    ACCESS,
    BY_LINK,
    DETAILS,
    LINK,
    PORTAL,
    SECRETS,
    TOKEN,
    WARNINGS,
    Reader,
    letter,
    page_of,
    text_of,
)

RESETS = ("password_reset", "password_reset_by_link")
WHEN = {
    Language.NL: "op zaterdag 28 november 2026 om 11:55 uur (Brusselse tijd)",
    Language.FR: "le samedi 28 novembre 2026 à 11:55 (heure de Bruxelles)",
    Language.DE: "am Samstag, 28. November 2026, um 11:55 Uhr (Brüsseler Zeit)",
    Language.EN: "on Saturday, 28 November 2026 at 11:55 (Brussels time)",
}
WHAT_TO_DO = {
    Language.NL: "Verwittig dan onmiddellijk uw kantoor",
    Language.FR: "Prévenez alors immédiatement votre bureau",
    Language.DE: "benachrichtigen Sie bitte sofort Ihr Büro",
    Language.EN: "Then tell your office at once",
}
NEWS = {
    "account_blocked": "You cannot sign in any more, and you have been signed out on all devices.",
    "account_unblocked": "You sign in as before, with the user name and the password that you had.",
    "access_granted_by_link": "There you find the documents for your wealth planning",
    "password_reset": "If you use two-step verification, it stays as it is.",
    "password_reset_by_link": "A password or a link that you had before does not work any more",
    "password_changed": "The old one does not work any more",
    "two_factor_enabled": "Keep your recovery codes in a safe place",
    "two_factor_disabled": "your recovery codes do not work any more either",
    "two_factor_reset": "The administrator of your office has switched off two-step verification",
    "recovery_codes_made": "The old ones do not work any more.",
    "passkey_added": "From now on you confirm every sign-in in a second step, such as this passkey.",
    "passkey_removed": "It does not work any more.",
    "file_refused": "Malware was found in a file that you sent to the client portal.",
    "username_changed": "From now on you sign in with the new one, and letters go to it.",
}
SUBJECTS = {
    "account_blocked": "Your access to the client portal of Peeters & Zonen was closed",
    "account_unblocked": "Your access to the client portal of Peeters & Zonen was opened again",
    "access_granted_by_link": "Your access to the client portal of Peeters & Zonen",
    "password_reset": "Your password for the client portal of Peeters & Zonen was reset",
    "password_reset_by_link": "Your password for the client portal of Peeters & Zonen was reset",
    "password_changed": "Your password for the client portal of Peeters & Zonen was changed",
    "two_factor_enabled": "An authenticator app was added for the client portal of Peeters & Zonen",
    "two_factor_disabled": "The authenticator app for the client portal of Peeters & Zonen was removed",
    "two_factor_reset": "Two-step verification for the client portal of Peeters & Zonen was switched off",
    "recovery_codes_made": "New recovery codes for the client portal of Peeters & Zonen",
    "passkey_added": "A passkey was added for the client portal of Peeters & Zonen",
    "passkey_removed": "A passkey for the client portal of Peeters & Zonen was removed",
    "file_refused": "A file that you sent to the client portal of Peeters & Zonen cannot be opened",
    "username_changed": "Your user name for the client portal of Peeters & Zonen has changed",
}


def words_of(kind: str, language: Language = Language.EN) -> str:
    """Return what the text of a letter says, on one line."""
    return " ".join(text_of(compose(letter(kind, language=language))).split())


@pytest.mark.parametrize("kind", NEWS)
def test_a_letter_says_what_has_changed(kind: str) -> None:
    assert compose(letter(kind, language=Language.EN))["Subject"] == SUBJECTS[kind]
    words = words_of(kind)
    assert words.startswith("Dear Mrs Peeters, ")
    assert NEWS[kind] in words
    assert words.endswith("Your office Peeters & Zonen")


@pytest.mark.parametrize(("kind", "language"), list(product((*WARNINGS, *RESETS), Language)))
def test_a_letter_about_security_says_when_it_happened_and_what_to_do(kind: str, language: Language) -> None:
    page = " ".join(Reader(page_of(compose(letter(kind, language=language)))).words)
    for words in (words_of(kind, language), page):
        assert WHEN[language] in words
        assert WHAT_TO_DO[language] in words


@pytest.mark.parametrize("language", list(Language))
def test_whoever_is_blocked_is_told_since_when_and_whom_to_ask_and_shown_no_way_in(
    language: Language,
) -> None:
    message = compose(letter("account_blocked", language=language))
    words = words_of("account_blocked", language)
    assert WHEN[language] in words
    ask = translate("Do you have questions about this? Then ask your office.", language)
    assert " ".join(ask.split()) in words
    assert "://" not in text_of(message) + page_of(message)
    assert translate("Open the portal", language) not in words


@pytest.mark.parametrize(("kind", "language"), list(product(Kind, Language)))
def test_a_letter_holds_no_placeholder(kind: Kind, language: Language) -> None:
    message = compose(letter(kind, language=language))
    written = str(message["Subject"]) + text_of(message) + page_of(message)
    assert re.findall(r"[{}]|\bNone\b|\w+_\w+", written.replace(TOKEN, "")) == []


@pytest.mark.parametrize(("kind", "language"), list(product(Kind, Language)))
def test_a_text_has_no_gaps(kind: Kind, language: Language) -> None:
    assert "\n\n\n" not in text_of(compose(letter(kind, language=language)))


@pytest.mark.parametrize("kind", list(Kind))
def test_each_language_has_words_of_its_own(kind: Kind) -> None:
    letters = [compose(letter(kind, language=language)) for language in Language]
    assert len({str(it["Subject"]) for it in letters}) == len(Language)
    paragraphs = [it for one in letters for it in text_of(one).split("\n\n")[1:-1]]
    assert len(set(paragraphs)) == len(paragraphs)


@pytest.mark.parametrize("kind", ["access_granted", "password_reset"])
def test_a_first_password_comes_with_all_that_is_needed_to_sign_in(kind: str) -> None:
    words = words_of(kind)
    assert f"Internet address: {PORTAL} User name: carla Password: {SECRETS[kind]} " in words
    assert "you choose a password of your own" in words
    assert "expires in 5 days, on Thursday, 3 December 2026 at 11:55 (Brussels time)." in words


@pytest.mark.parametrize("kind", BY_LINK)
def test_a_link_comes_with_all_that_is_needed_to_sign_in(kind: str) -> None:
    words = words_of(kind)
    assert f"Internet address: {PORTAL} User name: carla " in words
    assert f"Choose a password: <{LINK}>" in words
    assert "The link works once, and expires in 5 days, on Thursday, 3 December 2026 at 11:55" in words


@pytest.mark.parametrize(("kind", "language"), list(product(BY_LINK, Language)))
def test_a_letter_with_a_link_tells_no_password(kind: str, language: Language) -> None:
    message = compose(letter(kind, language=language))
    names = [line.split(":")[0].strip() for line in text_of(message).splitlines()]
    assert translate("User name", language) in names
    assert translate("Password", language) not in names
    names = re.findall(r"<td[^>]*>(.*?)<br>", page_of(message))
    assert names == [translate(it, language) for it in ("Internet address", "User name")]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("access_granted", "ask your adviser for a new password"),
        ("access_granted_by_link", "ask your adviser for a new link"),
        ("password_reset", "ask your office for a new password"),
        ("password_reset_by_link", "ask your office for a new link"),
    ],
)
def test_who_comes_too_late_is_told_whom_to_ask(kind: str, asked: str) -> None:
    assert asked in words_of(kind)


@pytest.mark.parametrize("kind", ["access_granted", "access_granted_by_link"])
def test_staff_are_told_of_their_work_and_not_of_their_wealth(kind: str) -> None:
    message = compose(letter(kind, language=Language.EN, details={**ACCESS, "role": "STAFF"}))
    words = " ".join(text_of(message).split())
    assert "There you work with the dossiers of the clients." in words
    assert "ask your office for a new" in words
    assert "wealth" not in words
    assert "adviser" not in words


async def test_a_new_account_says_whether_it_is_one_of_staff(api: Api) -> None:
    create = "mutation ($input: CreateAccountInput!) { createAccount(input: $input) { userErrors { code } } }"
    colleague = {"username": "hugo@delinde.example", "givenName": "Hugo", "familyName": "Maes"}
    await api.gets("arthur", create, input=colleague)
    grant = "mutation ($input: GrantPortalAccessInput!) { grantPortalAccess(input: $input) { __typename } }"
    await api.gets("anna", grant, input={"relationId": api.id("Relation", api.world.relations["femke"].id)})
    told = {it.recipient: it.details["role"] for it in await rows(api, Letter)}
    assert told == {colleague["username"]: "STAFF", "femke@dupont.example": "CLIENT"}


@pytest.mark.parametrize("kind", ["access_granted", "access_granted_by_link"])
def test_a_letter_that_does_not_say_the_role_is_one_to_a_client(kind: str) -> None:
    to_client = letter(kind, details={**ACCESS, "role": "CLIENT"})
    assert compose(letter(kind)).as_bytes() == compose(to_client).as_bytes()


def test_every_kind_has_a_letter_and_every_letter_a_kind() -> None:
    assert {path.stem for path in (TEMPLATES / "letters").iterdir()} == set(Kind) == set(DETAILS)


def test_every_letter_that_is_told_of_can_be_written() -> None:
    verbs = "".join(path.read_text() for path in (TEMPLATES.parents[1] / "resolvers").glob("*.py"))
    told = set(re.findall(r'\.tell(?:_news)?\(\s*"(\w+)"', verbs))
    given_first = set(re.findall(r'first_secrets\.give\([^"()]*"(\w+)"\)', verbs))
    assert {"password_changed", "document_shared"} <= told
    assert given_first == {"access_granted", "password_reset"}
    assert told | given_first | {f"{kind}_by_link" for kind in given_first} <= set(Kind)
