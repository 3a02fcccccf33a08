"""Codes of an authenticator app: those of the standard, one step early or late, and no others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import tink
from pyotp.totp import TOTP

from auth import totp
from auth.keys import Keys, open_keys
from tests.conftest import START

# "12345678901234567890", the secret of RFC 6238, appendix B.
OF_THE_STANDARD: Final = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
STEP: Final = timedelta(seconds=30)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return open_keys(tmp_path / "keys.json")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.time_step(OF_THE_STANDARD, code, moment) == seconds // 30


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_early_or_late_and_tells_its_own_step(
    steps: int,
    is_right: bool,  # noqa: FBT001
) -> None:
    code = TOTP(OF_THE_STANDARD).at(START + steps * STEP)
    own_step = int(START.timestamp()) // 30 + steps
    assert totp.time_step(OF_THE_STANDARD, code, START) == (own_step if is_right else None)


@pytest.mark.parametrize("written", ["{a} {b}", " {a}{b}\n", "{a}\N{NO-BREAK SPACE}{b}"])
def test_blanks_in_a_code_do_not_matter(written: str) -> None:
    code = TOTP(OF_THE_STANDARD).at(START)
    assert totp.time_step(OF_THE_STANDARD, written.format(a=code[:3], b=code[3:]), START)


@pytest.mark.parametrize("code", ["", " ", "abcdef", "0" * 5000, "é", "\N{GRINNING FACE}", "-1", "1e5"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp.time_step(OF_THE_STANDARD, code, START) is None


def test_a_code_is_right_as_a_whole_alone() -> None:
    code = TOTP(OF_THE_STANDARD).at(START)
    for changed in (code[:-1], f"{code}0", f"0{code}", f"{code}{code}"):
        assert totp.time_step(OF_THE_STANDARD, changed, START) is None


def test_a_secret_has_160_bits_and_is_new_every_time() -> None:
    secrets = {totp.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(TOTP(it).byte_secret()) for it in secrets} == {20}


def test_the_address_names_the_product_and_the_account() -> None:
    written = totp.address(OF_THE_STANDARD, "bert@callewaert.example", "Kluis")
    assert written == f"otpauth://totp/Kluis:bert%40callewaert.example?secret={OF_THE_STANDARD}&issuer=Kluis"


def test_a_secret_is_kept_sealed_for_its_account_alone(keys: Keys) -> None:
    licence_id, account_id = uuid4(), uuid4()
    sealed = totp.seal(keys, OF_THE_STANDARD, licence_id, account_id)
    assert OF_THE_STANDARD.encode() not in sealed
    assert totp.open_sealed(keys, sealed, licence_id, account_id) == OF_THE_STANDARD
    for other in ((licence_id, uuid4()), (uuid4(), account_id), (account_id, licence_id)):
        with pytest.raises(tink.TinkError):
            totp.open_sealed(keys, sealed, *other)
