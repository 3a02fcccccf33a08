"""Texts that no database can keep: found wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.texts import holds_unstorable

UNSTORABLE = ["\0", "a\0", "\ud800", "\udfff", "ok\udc00"]


@pytest.mark.parametrize("text", UNSTORABLE)
@pytest.mark.parametrize("place", ["alone", "list", "value", "key", "deep"])
def test_a_text_that_cannot_be_kept_is_found(text: str, place: str) -> None:
    places: dict[str, object] = {
        "alone": text,
        "list": ["ok", text],
        "value": {"ok": text},
        "key": {text: "ok"},
        "deep": {"input": [{"ok": ["ok", {"ok": text}]}]},
    }
    assert holds_unstorable(places[place])


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda it: st.lists(it) | st.dictionaries(st.text("abcé😀"), it),
    )
)
def test_every_other_value_can_be_kept(value: object) -> None:
    assert not holds_unstorable(value)
