"""Lines: what is left of a text that comes from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.lines import one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Peeters & Zonen", "Peeters & Zonen"),
        ("  Peeters \t Zonen ", "Peeters Zonen"),
        ("Peeters\r\nBcc: eva@example.com", "Peeters Bcc: eva@example.com"),
        ("Peeters\u2028Zonen\u2029", "Peeters Zonen"),
        ("gpj.\u202eexe", "gpj. exe"),
        ("no\0thing", "no thing"),
        ("caf\udce9", "caf"),
        ("Søren Łącki 日本", "Søren Łącki 日本"),
    ],
)
def test_a_text_becomes_one_visible_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_every_line_can_be_written_down(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line.encode() is not None
