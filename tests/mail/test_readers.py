"""The letters as their readers get them: whole pages, the same words twice, and nothing from elsewhere."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import pytest
from html5lib import HTMLParser

from core.viewer import Language
from mail.letters import Kind, compose
from models import Letter
from tests.api import Api
from tests.journeys.programs import SHARE
from tests.journeys.rows import rows
from tests.mail.correspondents import DETAILS, letter, page_of, text_of

# A front end may stand on a path and on a port of its own.
PORTAL = "https://portaal.kantoor.example:8443/klanten"
FIRM = 'Peeters & Zonen <Vermögen>, "Ça va", \'s-Gravenhage'
SEVERAL = ("document_shared", "document_uploaded")
TO_STAFF = ("access_granted", "access_granted_by_link")
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{str(kind): (str(kind), {}) for kind in Kind},
    **{f"{kind}, several": (kind, {"news": 12}) for kind in SEVERAL},
    **{f"{kind}, staff": (kind, {"details": {**DETAILS[kind], "role": "STAFF"}}) for kind in TO_STAFF},
}
ALL = pytest.mark.parametrize(("case", "language"), list(product(CASES, Language)))
# What a mail program shows without asking anybody; a link leads away only when somebody follows it.
ELEMENTS = {"html", "head", "meta", "title", "body", "div", "p", "a", "br", "b", "code"} | {
    *("table", "tbody", "tr", "td")
}
ATTRIBUTES = {"lang", "style", "charset", "name", "content", "href", "role"}


class Received(NamedTuple):
    """A letter, as a mail program reads its bytes."""

    message: EmailMessage
    text: str
    page: Element


def received(case: str, language: Language, **changes: Any) -> Received:
    """Return one of the letters after its way over the wire; the page must be flawless HTML."""
    return read(written(case, language, **changes))


def written(case: str, language: Language, **changes: Any) -> bytes:
    kind, of_case = CASES[case]
    said = {"language": language, "portal_url": PORTAL, "licence_name": FIRM, **of_case, **changes}
    return compose(letter(kind, **said)).as_bytes()


def read(wire: bytes) -> Received:
    message = message_from_bytes(wire, policy=policy.default)
    assert isinstance(message, EmailMessage)
    parser = HTMLParser(strict=True, namespaceHTMLElements=False)
    page: Element = parser.parse(page_of(message))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return Received(message, text_of(message).replace("\r\n", "\n"), page)


def words_of_page(page: Element) -> list[str]:
    """Return the words that a page shows, from its top to its end."""
    body = page.find("body")
    assert body is not None
    return " ".join(body.itertext()).split()


def words_of_text(text: str) -> list[str]:
    """Return the words of a text without its links, and without the colons that a page has lines for."""
    without_links = re.sub(r":\n<\S+>$", "", text, flags=re.MULTILINE)
    return re.sub(r"^(  [^:\n]+):", r"\1", without_links, flags=re.MULTILINE).split()


@ALL
def test_a_page_is_flawless_and_of_plain_parts(case: str, language: Language) -> None:
    page = received(case, language).page
    assert {it.tag for it in page.iter()} <= ELEMENTS
    assert {name for it in page.iter() for name in it.attrib} <= ATTRIBUTES
    assert [it for it in page.iter() if re.search(r"[@\\]|url|expression", it.get("style", ""))] == []


@ALL
def test_the_page_says_what_the_text_says_under_the_name_of_the_firm(case: str, language: Language) -> None:
    got = received(case, language)
    assert words_of_page(got.page) == FIRM.split() + words_of_text(got.text)


@ALL
def test_the_page_is_called_what_the_letter_is_about(case: str, language: Language) -> None:
    got = received(case, language)
    assert got.page.findtext("head/title") == got.message["Subject"]
    assert FIRM in got.message["Subject"] or case.startswith(("contact_changed", "document_uploaded"))


@ALL
def test_text_and_page_lead_to_the_same_places_of_the_portal(case: str, language: Language) -> None:
    got = received(case, language)
    links = re.findall(r"^<(.+)>$", got.text, re.MULTILINE)
    assert links == [it.attrib["href"] for it in got.page.iter("a")]
    shown = " ".join([got.text, *words_of_page(got.page), *links])
    assert [it for it in re.findall(r"\S*(?:://|www\.|mailto:|@)\S*", shown) if PORTAL not in it] == []
    assert [it for it in links if not re.fullmatch(re.escape(PORTAL) + r"(/first-password#\S+)?", it)] == []


@ALL
def test_a_letter_says_which_language_it_is_in(case: str, language: Language) -> None:
    got = received(case, language)
    assert (got.message["Content-Language"], got.page.get("lang")) == (language.lower(),) * 2


@ALL
def test_every_part_is_for_people(case: str, language: Language) -> None:
    message = received(case, language).message
    assert message.get_content_type() == "multipart/alternative"
    # The last one is what a mail program prefers (RFC 2046 section 5.1.4).
    assert [(it.get_content_type(), it.get_content_charset()) for it in message.iter_parts()] == [
        ("text/plain", "utf-8"),
        ("text/html", "utf-8"),
    ]


@ALL
def test_no_relay_has_to_break_a_line(case: str, language: Language) -> None:
    long = {"client_name": "Ægidius " * 30, "username": "o" * 64 + "@" + "kantoor." * 20 + "example"}
    kind, _ = CASES[case]
    details = {**DETAILS[kind], **long, "family_name": "Żółć-日本 " * 20}
    wire = written(case, language, details=details, licence_name="Vermögensverwaltung 日本 " * 30)
    headers, _, body = wire.partition(b"\r\n\r\n")
    assert max(map(len, headers.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert wire.isascii()


@pytest.mark.parametrize("case", CASES)
def test_in_french_a_colon_stands_apart_and_not_alone_on_a_line(case: str) -> None:
    text = received(case, Language.FR).text
    assert re.findall(r".*(?<!\u00a0)[?!:;](?!\S)", text) == []


async def test_no_letter_that_the_product_writes_names_a_document(api: Api) -> None:
    made = await api.upload("bert", "testament.txt", b"Aan Carla", description="Testament van Bert")
    assert made["userErrors"] == []
    said = {
        "documentId": api.id("Document", api.world.document.id),
        "principalId": api.id("Account", api.world.accounts["carla"].id),
        "rights": ["READ"],
    }
    assert (await api.gets("anna", SHARE, input=said))["setDocumentRights"]["userErrors"] == []
    told = await rows(api, Letter)
    assert sorted(it.kind for it in told) == ["document_shared", "document_uploaded"]
    for it in told:
        got = read(compose(letter(it.kind, recipient=it.recipient, details=it.details)).as_bytes())
        shown = " ".join(
            [*map(str, got.message.values()), got.text, *words_of_page(got.page), str(it.details)]
        )
        assert re.findall(r"(?i)testament|huwelijkscontract", shown) == []
