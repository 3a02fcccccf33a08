"""Rights: four bits, and what all and none of them are."""

from core.rights import ALL_RIGHTS, NO_RIGHTS, Right


def test_the_bits_are_those_in_the_tables() -> None:
    assert {it.name: it.value for it in Right} == {"READ": 1, "UPDATE": 2, "DELETE": 4, "CHANGE_SECURITY": 8}


def test_all_rights_are_all_four() -> None:
    assert list(ALL_RIGHTS) == list(Right)


def test_no_rights_are_none() -> None:
    assert not any(it in NO_RIGHTS for it in Right)
