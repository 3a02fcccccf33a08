"""Opaque ids: they stand for one row, tell nothing of it, and are read by nobody else."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.opaque_ids import BLOCK, LETTERS, OpaqueIds

IDS = OpaqueIds(b"a key of 16 byte")
OTHER = OpaqueIds(b"another of 16 b.")
KEY = UUID("01890000-0000-7000-8000-000000000001")
NEXT = UUID("01890000-0000-7000-8000-000000000002")
NO_IDS: list[Callable[[str], str]] = [
    lambda _: "",
    lambda it: it[0],
    lambda it: it[1:],
    lambda it: "Z" + it[1:],
    lambda it: it[0].lower() + it[1:],
    lambda it: it[:-1],
    lambda it: it + "A",
    lambda it: it + "==",
    lambda it: it + " ",
    lambda it: it[:-1] + "é",
    lambda _: str(KEY),
]


@given(st.sampled_from(sorted(LETTERS)), st.lists(st.uuids(), max_size=5))
def test_ids_are_read_as_they_were_written(type_name: str, keys: list[UUID]) -> None:
    assert [IDS.read(it) for it in IDS.write(type_name, keys)] == [(type_name, it) for it in keys]


@given(st.lists(st.uuids(), max_size=5))
def test_keys_are_revealed_as_they_were_hidden(keys: list[UUID]) -> None:
    hidden = IDS.hide(keys)
    assert [len(it) for it in hidden] == [BLOCK] * len(keys)
    assert [IDS.reveal(it) for it in hidden] == keys


def test_an_id_is_the_same_for_good() -> None:
    assert IDS.write("Document", [KEY, KEY]) == IDS.write("Document", [KEY]) * 2
    assert OpaqueIds(b"a key of 16 byte").write("Document", [KEY]) == IDS.write("Document", [KEY])


def test_two_keys_in_a_row_have_ids_that_have_nothing_in_common() -> None:
    one, other = (int.from_bytes(it) for it in IDS.hide([KEY, NEXT]))
    assert (one ^ other).bit_count() > 32
    assert KEY.bytes != IDS.hide([KEY])[0]


def test_another_installation_has_other_ids() -> None:
    (written,) = IDS.write("Document", [KEY])
    assert OTHER.write("Document", [KEY]) != [written]
    found = OTHER.read(written)
    assert found is not None
    assert found[1] != KEY


def test_an_id_with_another_letter_is_of_another_type() -> None:
    (written,) = IDS.write("Document", [KEY])
    assert IDS.read(LETTERS["Relation"] + written[1:]) == ("Relation", KEY)


def test_every_type_has_a_letter_of_its_own() -> None:
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert {len(it) for it in LETTERS.values()} == {1}


def test_a_type_without_a_letter_has_no_ids() -> None:
    with pytest.raises(KeyError):
        IDS.write("Node", [KEY])


@given(st.text(max_size=30))
def test_garbage_is_no_id(text: str) -> None:
    found = IDS.read(text)
    assert found is None or IDS.write(found[0], [found[1]]) == [text]


@pytest.mark.parametrize("change", NO_IDS)
def test_what_is_not_written_like_an_id_is_none(change: Callable[[str], str]) -> None:
    (written,) = IDS.write("Document", [KEY])
    assert IDS.read(change(written)) is None
