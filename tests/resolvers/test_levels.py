"""Levels: what one statement found, given back to each parent that asked."""

from types import SimpleNamespace
from typing import Any

from resolvers.levels import column, grouped, grouped_alike, matched


def row(**values: Any) -> Any:
    return SimpleNamespace(**values)


ONE, TWO, THREE = row(id=1, of="a"), row(id=2, of="b"), row(id=3, of="a")


def test_rows_are_grouped_by_whose_they_are_in_the_order_they_were_found() -> None:
    assert grouped([THREE, TWO, ONE], by="of", over=["b", "a"]) == [[TWO], [THREE, ONE]]


def test_whoever_has_no_rows_has_an_empty_group() -> None:
    assert grouped([ONE], by="of", over=["z", "a"]) == [[], [ONE]]


def test_whoever_asks_twice_is_answered_twice() -> None:
    assert grouped([ONE], by="of", over=["a", "a"]) == [[ONE], [ONE]]
    assert matched([ONE], over=[1, 1]) == [ONE, ONE]


def test_a_row_nobody_asked_for_is_left_out() -> None:
    assert grouped([ONE, TWO], by="of", over=["b"]) == [[TWO]]
    assert matched([ONE, TWO], over=[2]) == [TWO]


def test_rows_are_matched_by_their_ids_and_none_stands_for_the_others() -> None:
    assert matched([TWO, ONE], over=[1, 4, None, 2]) == [ONE, None, None, TWO]


def test_a_column_is_one_attribute_of_every_parent() -> None:
    assert column([ONE, TWO, THREE], "of") == ["a", "b", "a"]


def test_what_several_have_is_one_row() -> None:
    """So that it is executed once."""
    first, again, other = row(id=7, of="a"), row(id=7, of="b"), row(id=8, of="b")
    (of_a,), of_b = grouped_alike([first, again, other], by="of", over=["a", "b"])
    assert of_a is first
    assert [it.id for it in of_b] == [7, 8]
    assert of_b[0] is first
