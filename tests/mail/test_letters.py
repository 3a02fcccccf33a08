"""The letters: what each says, in whose name, and that nothing can be smuggled into them."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.viewer import Language
from mail.letters import Kind, Unwritable, compose
from tests.mail.correspondents import (
    ACCESS,
    ANNA,
    CARLA,
    DETAILS,
    LINK,
    NOTICES,
    PASSWORD,
    PORTAL,
    SECRETS,
    Reader,
    letter,
    page_of,
    text_of,
)

ALL = list(product(Kind, Language))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("document_shared", "Peeters & Zonen has shared 12 documents with you in the client portal."),
        ("document_uploaded", "Bert Peeters has added 12 documents to the client portal."),
    ],
)
def test_a_letter_tells_how_many_things_it_tells_of(kind: str, words: str) -> None:
    message = compose(letter(kind, language=Language.EN, news=12))
    assert words in " ".join(text_of(message).split())
    assert words.replace("&", "&amp;") in " ".join(page_of(message).split())


def test_the_access_letter_says_what_the_manual_wants() -> None:
    message = compose(letter("access_granted"))
    text = " ".join(text_of(message).split())
    assert text.startswith("Geachte mevrouw Peeters, ")
    assert "Peeters & Zonen geeft u toegang tot het klantenportaal." in text
    assert "in het kader van uw vermogensplanning" in text
    assert f"Internetadres: {PORTAL} Gebruikersnaam: carla Wachtwoord: {PASSWORD} " in text
    assert "uw profiel, rechtsboven" in text
    assert "vervalt over 5 dagen, op donderdag 3 december 2026 om 11:55 uur (Brusselse tijd)." in text
    assert "Vraag dan uw adviseur om een nieuw wachtwoord." in text
    assert text.endswith("Uw kantoor Peeters & Zonen")


@pytest.mark.parametrize(
    ("language", "days", "moment"),
    [
        (Language.FR, "dans 5 jours", "le jeudi 3 décembre 2026 à 11:55 (heure de Bruxelles)"),
        (Language.DE, "in 5 Tagen", "am Donnerstag, 3. Dezember 2026, um 11:55 Uhr (Brüsseler Zeit)"),
        (Language.EN, "in 5 days", "on Thursday, 3 December 2026 at 11:55 (Brussels time)"),
    ],
)
def test_the_expiry_is_told_in_the_language_of_the_letter(language: Language, days: str, moment: str) -> None:
    text = " ".join(text_of(compose(letter("access_granted", language=language))).split())
    assert days in text
    assert moment in text


def test_in_summer_the_clock_of_brussels_is_two_hours_ahead() -> None:
    details = {**ACCESS, "expires_at": "2027-07-01T22:30:00+00:00"}
    assert "vrijdag 2 juli 2027 om 00:30 uur" in " ".join(
        text_of(compose(letter("access_granted", details=details))).split()
    )


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_text_and_page_say_the_same(kind: Kind, language: Language) -> None:
    message = compose(letter(kind, language=language, details={**ACCESS, **DETAILS[kind]}))
    text, page = text_of(message), Reader(page_of(message))
    without_links = [word for word in text.replace(":", " ").split() if not word.startswith("//")]
    assert set(without_links) - {"https", "<https"} <= set(" ".join(page.words).replace(":", " ").split())
    assert text.count(PORTAL) == (0 if kind in NOTICES else 1 + (kind in SECRETS))


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_a_page_links_to_the_portal_and_nowhere_else(kind: Kind, language: Language) -> None:
    page = Reader(page_of(compose(letter(kind, language=language))))
    own = LINK if kind.endswith("by_link") else PORTAL
    # A letter that warns asks nobody to follow a link: others write such letters to steal passwords.
    assert page.links == ([] if kind in NOTICES else [own])
    assert not page.tags & {"img", "script", "link", "style", "iframe"}


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_no_document_is_named(kind: Kind, language: Language) -> None:
    details = {**DETAILS[kind], "description": "Testament", "file_name": "testament.pdf"}
    message = compose(letter(kind, language=language, details=details))
    said = text_of(message) + page_of(message)
    # Whoever sent a file that was refused is told which one.
    named = said.count("estament")
    assert named == (2 if kind is Kind.FILE_REFUSED else 0)
    assert "estament" not in str(message["Subject"])


@pytest.mark.parametrize("kind", [it for it in Kind if it not in SECRETS])
def test_a_notification_carries_no_password(kind: Kind) -> None:
    message = compose(letter(kind, secret=PASSWORD))
    assert PASSWORD not in text_of(message) + page_of(message)


def test_the_letter_about_an_upload_names_the_client() -> None:
    message = compose(letter("document_uploaded", language=Language.EN))
    assert message["Subject"] == "Bert Peeters added a document"
    assert text_of(message).startswith("Dear Anna,")
    assert "Bert Peeters has added a document" in text_of(message)
    assert "Your office" not in text_of(message)


def test_the_letter_about_contact_details_names_the_client_and_tells_none_of_them() -> None:
    message = compose(letter("contact_changed", language=Language.EN))
    assert message["Subject"] == "Bert Peeters has changed contact details"
    said = " ".join(text_of(message).split())
    assert said.startswith("Dear Anna,")
    assert "Sign in to see the sheet as it is now." in said


@pytest.mark.parametrize(
    ("names", "salutation"),
    [
        (CARLA, "Geachte mevrouw Peeters,"),
        ({**CARLA, "title": "Dhr."}, "Geachte heer Peeters,"),
        ({**CARLA, "title": "Monsieur"}, "Geachte heer Peeters,"),
        ({**CARLA, "title": "Dr."}, "Geachte Carla,"),
        (ANNA, "Geachte Anna,"),
        ({**CARLA, "family_name": None}, "Geachte Carla,"),
        ({"title": "Mevr.", "given_name": None, "family_name": "Peeters"}, "Geachte mevrouw Peeters,"),
        ({"title": None, "given_name": None, "family_name": None}, "Geachte heer of mevrouw,"),
        ({}, "Geachte heer of mevrouw,"),
    ],
)
def test_the_salutation_has_title_and_surname_or_the_first_name(
    names: dict[str, Any], salutation: str
) -> None:
    assert text_of(compose(letter(details=names))).splitlines()[0] == salutation


def test_the_headers_say_who_writes_to_whom_about_what() -> None:
    message = compose(letter())
    assert message["From"] == "Peeters & Zonen <portal@example.com>"
    assert message["To"] == "carla@example.com"
    assert message["Subject"] == "Nieuw voor u in het klantenportaal van Peeters & Zonen"
    assert message["Date"] == "Sat, 28 Nov 2026 10:55:00 +0000"
    assert message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "nl"


def test_an_answer_goes_to_whom_the_firm_says() -> None:
    assert compose(letter())["Reply-To"] is None
    read = message_from_bytes(compose(letter(reply_to="kantoor@bücher.example")).as_bytes())
    assert read["Reply-To"] == "kantoor@xn--bcher-kva.example"
    assert read["From"] == "Peeters & Zonen <portal@example.com>"


def test_every_attempt_writes_the_same_message() -> None:
    assert compose(letter("access_granted")).as_bytes() == compose(letter("access_granted")).as_bytes()


@pytest.mark.parametrize(
    ("kind", "missing"),
    [*product(SECRETS, ("username", "expires_at")), ("document_uploaded", "client_name")],
)
def test_a_letter_without_its_details_is_not_written(kind: str, missing: str) -> None:
    details = {name: value for name, value in DETAILS[kind].items() if name != missing}
    with pytest.raises(Unwritable, match=missing):
        compose(letter(kind, details=details))


@pytest.mark.parametrize("kind", SECRETS)
def test_a_letter_without_its_secret_is_not_written(kind: str) -> None:
    with pytest.raises(Unwritable, match="single_use_link" if kind.endswith("by_link") else "password"):
        compose(letter(kind, secret=None))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "poem"},
        {"kind": "security"},
        {"kind": "account_deleted"},
        {"kind": "../html/layout"},
        {"recipient": "nobody"},
        {"recipient": "a@example.com\r\nBcc: eva@example.com"},
        {"sender": "portal"},
        {"reply_to": "portal@example.com\r\nBcc: eva@example.com"},
        {"details": {**ACCESS, "expires_at": "tomorrow"}},
        {"details": {**ACCESS, "expires_at": None}},
        {"details": {**ACCESS, "expires_at": "2026-12-03T10:55:00"}},
    ],
)
def test_what_cannot_be_composed_is_said(changes: dict[str, Any]) -> None:
    with pytest.raises(Unwritable):
        compose(replace(letter("access_granted"), **changes))


def test_markup_in_a_name_is_shown_and_not_obeyed() -> None:
    details = {**DETAILS["document_uploaded"], "client_name": "<a href=//evil.example>Bert</a>"}
    message = compose(letter("document_uploaded", details=details, licence_name="A <b>& Co"))
    page = page_of(message)
    assert "&lt;a href=//evil.example&gt;Bert&lt;/a&gt;" in page
    assert "A &lt;b&gt;&amp; Co" in page
    assert "&amp;amp;" not in page
    assert Reader(page).tags <= {"html", "head", "meta", "title", "body", "div", "p", "a", "br"}
    assert Reader(page).links == [PORTAL]
    assert "<a href=//evil.example>Bert</a>" in text_of(message)


def test_a_name_does_not_add_lines_to_a_letter() -> None:
    details = {**DETAILS["document_uploaded"], "client_name": "Bert\r\n\r\nUw kantoor"}
    lines = text_of(compose(letter("document_uploaded", details=details))).splitlines()
    assert lines[2].startswith("Bert Uw kantoor heeft een document toegevoegd")


def test_braces_in_a_name_are_not_placeholders() -> None:
    details = {**DETAILS["document_uploaded"], "client_name": "{licence.__class__}"}
    message = compose(letter("document_uploaded", details=details))
    assert "{licence.__class__}" in str(message["Subject"])


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=90)


@given(names, names)
def test_no_name_breaks_a_header(firm: str, client: str) -> None:
    details = {**DETAILS["document_uploaded"], "client_name": client}
    written = compose(letter("document_uploaded", licence_name=firm, details=details)).as_bytes()
    read = message_from_bytes(written)
    assert read.keys() == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
        "Content-Language",
    ]  # fmt: skip
    assert [address for _, address in getaddresses([str(read["From"])])] == ["portal@example.com"]
    assert max(len(line) for line in written.splitlines()) <= 998
    assert str(make_header(decode_header(str(read["Subject"])))).endswith("toegevoegd")


@given(st.text('abc éß,;"<>()\\@.:日 ', min_size=1, max_size=90))
@example("Planning Financiële Zonen Zonen Kantoor Financiële Vermögens- N.V. Zonen")
def test_a_firm_keeps_its_name(name: str) -> None:
    read = message_from_bytes(compose(letter(licence_name=name)).as_bytes())
    [(shown, _)] = getaddresses([str(read["From"])])
    assert str(make_header(decode_header(shown))) == " ".join(name.split())
