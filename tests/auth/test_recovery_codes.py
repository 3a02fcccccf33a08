"""Recovery codes: ten that nobody guesses, as people write them down, kept as digests."""

import re
from hashlib import sha256
from uuid import UUID

import pytest

from auth import recovery_codes

ACCOUNT = UUID(int=1)
CODE = "abcd-efgh-ijkl-mn23"


def test_there_are_ten_of_80_bits_in_groups_of_four() -> None:
    codes = recovery_codes.new_codes()
    assert len(codes) == 10
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", it) for it in codes)


def test_no_two_are_the_same() -> None:
    codes = [code for _ in range(20) for code in recovery_codes.new_codes()]
    assert len(set(codes)) == 200
    assert len({code[:4] for code in codes}) > 190


@pytest.mark.parametrize(
    "written",
    ["ABCD-EFGH-IJKL-MN23", "abcdefghijklmn23", " abcd efgh\tijkl mn23\n", "Abcd–Efgh–Ijkl–Mn23"],  # noqa: RUF001  as text programs write it
)
def test_case_blanks_and_hyphens_do_not_matter(written: str) -> None:
    assert recovery_codes.digest(ACCOUNT, written) == recovery_codes.digest(ACCOUNT, CODE)


@pytest.mark.parametrize(
    "written",
    ["", "abcd-efgh-ijkl-mn24", "abcd-efgh-ijkl-mn2", "abcd-efgh-ijkl-mn233", "efgh-abcd-ijkl-mn23"],
)
def test_every_letter_and_its_place_matters(written: str) -> None:
    assert recovery_codes.digest(ACCOUNT, written) != recovery_codes.digest(ACCOUNT, CODE)


def test_the_same_code_of_another_account_is_another_digest() -> None:
    assert recovery_codes.digest(UUID(int=2), CODE) != recovery_codes.digest(ACCOUNT, CODE)


def test_a_digest_has_32_bytes_and_is_of_the_account_too() -> None:
    bare = CODE.replace("-", "").upper().encode()
    kept = recovery_codes.digest(ACCOUNT, CODE)
    assert len(kept) == 32
    assert kept != sha256(bare).digest()
