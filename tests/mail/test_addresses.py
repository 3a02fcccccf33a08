"""E-mail addresses: which ones a header may carry, and how they are written."""

import pytest

from mail.addresses import ascii_address


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
