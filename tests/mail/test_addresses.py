"""E-mail addresses: which ones are accepted, which ones a header may carry, and how they are written."""

from email import message_from_bytes
from email.utils import getaddresses

import idna
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Invalid, KluisError, Required, TooLong
from mail.addresses import address_for, ascii_address
from mail.letters import Unwritable, compose
from tests.mail.correspondents import letter

PLACE = ("input", "username")
SLOWLY = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BEFORE = "Before the @"
BEHIND = "Behind the @"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("bert@example.com", "bert@example.com"),
        ("Bert.Peeters+portal@Example.com", "Bert.Peeters+portal@example.com"),
        ("bert@localhost", "bert@localhost"),
        ("bert@bücher.example", "bert@xn--bcher-kva.example"),
        ("o'neill@example.com", "o'neill@example.com"),
    ],
)
def test_an_address_is_written_in_ascii(text: str, written: str) -> None:
    assert ascii_address(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bert",
        "@example.com",
        "bert@",
        "bert@example.com.",
        "bert@example.com。",
        "bert@ex ample.com",
        "bert@example..com",
        "bert..p@example.com",
        "bért@example.com",
        '"bert p"@example.com',
        "Bert <bert@example.com>",
        "bert@example.com\r\nBcc: eva@example.com",
        "bert@example.com\n",
        "bert\n@example.com",
        "bert@exam\r\nple.com",
        "bert@example.com,eva@example.com",
        "b" * 65 + "@example.com",
        "bert@" + ".".join(["a" * 60] * 5),
        "bert@" + ".".join(["a" * 60] * 4) + ".example",
    ],
)
def test_what_no_header_may_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        ascii_address(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("bert@example.com", "bert@example.com"),
        ("  Bert.Peeters+portal@EXAMPLE.com\n", "Bert.Peeters+portal@example.com"),
        ("o'neill_2@mail.example.co.uk", "o'neill_2@mail.example.co.uk"),
        ("bert@Bücher.example", "bert@bücher.example"),
        ("bert@xn--bcher-kva.example", "bert@bücher.example"),
        ("bert@straße.example", "bert@straße.example"),
        ("bert@example。com", "bert@example.com"),
        ("b" * 64 + "@example.com", "b" * 64 + "@example.com"),
        (f"{'b' * 9}@{'.'.join(['a' * 59] * 4)}.comp", f"{'b' * 9}@{'.'.join(['a' * 59] * 4)}.comp"),
    ],
)
def test_an_address_is_kept_as_people_read_it(text: str, kept: str) -> None:
    assert address_for(text) == kept
    assert address_for(kept) == kept


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", Required, "This is needed."),
        (" \n", Required, "This is needed."),
        ("bert", Invalid, "This is not an e-mail address."),
        ("bert\nexample.com", Invalid, "This is not an e-mail address."),
        ("b" * 300 + "@example.com", TooLong, "This is longer than 254 characters."),
        ("@example.com", Invalid, BEFORE),
        ("b" * 65 + "@example.com", Invalid, BEFORE),
        ("bért@example.com", Invalid, BEFORE),
        ("用户@example.com", Invalid, BEFORE),
        ("\u212aurt@example.com", Invalid, BEFORE),
        ('"bert p"@example.com', Invalid, BEFORE),
        ("bert p@example.com", Invalid, BEFORE),
        ("bert.@example.com", Invalid, BEFORE),
        (".bert@example.com", Invalid, BEFORE),
        ("bert..p@example.com", Invalid, BEFORE),
        ("bert\0@example.com", Invalid, BEFORE),
        ("bert\r\nBcc: eva@example.com", Invalid, BEFORE),
        ("Bert <bert@example.com>", Invalid, BEFORE),
        ("bert@example.com,eva@example.com", Invalid, BEFORE),
        ("bert@", Invalid, BEHIND),
        ("bert@b", Invalid, BEHIND),
        ("bert@localhost", Invalid, BEHIND),
        ("bert@kantoor.local", Invalid, BEHIND),
        ("bert@example.com.", Invalid, BEHIND),
        ("bert@.example.com", Invalid, BEHIND),
        ("bert@example..com", Invalid, BEHIND),
        ("bert@192.0.2.7", Invalid, BEHIND),
        ("bert@[192.0.2.7]", Invalid, BEHIND),
        ("bert@ex ample.com", Invalid, BEHIND),
        ("bert@exam\r\nple.com", Invalid, BEHIND),
        ("bert@example.com\u202e", Invalid, BEHIND),
        ("bert@xn--a.com", Invalid, BEHIND),
        ("bert@" + ".".join(["ü" * 40] * 5) + ".com", Invalid, BEHIND),
    ],
)
def test_what_no_letter_would_reach_is_refused_with_what_is_wrong(
    text: str, error: type[KluisError], words: str
) -> None:
    with pytest.raises(error) as refused:
        address_for(text, path=PLACE)
    assert str(refused.value).startswith(words)
    assert refused.value.path == PLACE


atoms = st.text(st.sampled_from("abz09.+-_'!#é\"\\ ()<>,;:\0\r\n\u2028@ꟸK"), max_size=12)
labels = st.text(st.sampled_from("abz09-_é日ßﬁİ。\u00ad\u200d\u202e\n @"), max_size=12) | st.from_regex(
    "xn--[a-z0-9-]{1,12}", fullmatch=True
)
domains = st.lists(labels, min_size=1, max_size=4).map(".".join)
padding = st.sampled_from(["", "", "", " ", "\n", ".", "x" * 60])
texts = st.builds("{}{}@{}{}".format, padding, atoms, domains, padding) | st.emails() | st.text(max_size=300)


@SLOWLY
@given(texts)
def test_whatever_is_accepted_can_be_written_to(text: str) -> None:
    try:
        kept = address_for(text)
    except KluisError:
        return
    message = compose(letter(recipient=kept))
    read = message_from_bytes(message.as_bytes())
    local_part, _, domain = kept.rpartition("@")
    assert getaddresses([str(read["To"])]) == [("", f"{local_part}@{idna.encode(domain).decode()}")]
    assert read.keys() == message.keys()
    assert [it for it in map(str, message.values()) if len(it.splitlines()) != 1] == []


@SLOWLY
@given(texts)
def test_whatever_cannot_be_written_to_is_refused(text: str) -> None:
    try:
        compose(letter(recipient=text.strip()))
    except Unwritable:
        with pytest.raises(KluisError):
            address_for(text)
