"""The watch over the log: a test in which a secret is logged fails, whoever logged it and at what level."""

import logging
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from auth import recovery_codes, totp
from auth.api_keys import KeyToken
from auth.opaque_ids import OpaqueIds
from core.tokens import Token, typeable_password
from tests import world
from tests.canaries import CLIENTS, PASSWORDS, Watch, holds_secret
from tests.journeys import every_secret, invited, steps
from tests.mail import correspondents
from tests.server import desks

ROOT: Final = Path(__file__).parents[2]
LICENCE: Final = UUID(int=2**127 + 12345)
SAMPLES: Final = 200
OF_TESTS: Final = [
    world.PASSWORD,
    steps.NEW,
    invited.OWN_PASSWORD,
    every_secret.FEMKES,
    every_secret.CARLAS,
    every_secret.WRONG,
    every_secret.IN_THE_WRONG_FIELD,
    desks.PASSWORD,
    *correspondents.SECRETS.values(),
]
MAKERS: Final = {
    "a token": lambda: str(Token.new(LICENCE)),
    "an API key": lambda: str(KeyToken.new(LICENCE)),
    "a first password": typeable_password,
    "a recovery code": lambda: recovery_codes.new_codes()[0],
    "the address of an app": lambda: totp.address(totp.new_secret(), "bert@callewaert.example", "Kluis"),
}
IN_A_RUN: Final = """
import logging
import pytest

@pytest.fixture
def leaky():
    yield
    logging.getLogger("anything").debug("he typed %r", "a password for tests")

def test_a_leak():
    logging.getLogger("anything.at.all").debug("he typed %r", "a password for tests")

def test_a_leak_afterwards(leaky):
    pass

def test_nothing(caplog):
    logging.getLogger("anything").info("he typed something")
    assert caplog.messages == []
"""


def report() -> pytest.TestReport:
    place = ("tests/x.py", 0, "test_x")
    return pytest.TestReport("tests/x.py::test_x", place, {}, outcome="passed", longrepr=None, when="call")


def logged(watch: Watch, words: str, *values: object, name: str = "kluis.errors", **named: Any) -> None:
    """Let the watch make one record."""
    watch(name, logging.DEBUG, "x.py", 1, words, values, named.get("error"))


def outcome(watch: Watch) -> str:
    """Return how a test ends during which the watch was on."""
    told = report()
    watch.insist(told)
    return told.outcome


@pytest.mark.parametrize("secret", [*PASSWORDS, *OF_TESTS])
def test_every_password_of_the_tests_is_watched_for(secret: str) -> None:
    assert holds_secret(f"he typed '{secret}'")


@pytest.mark.parametrize("what", MAKERS)
def test_what_the_product_makes_is_known_by_its_shape(what: str) -> None:
    made = [MAKERS[what]() for _ in range(SAMPLES)]
    for text in made:
        for said in (text, f"token={text}", f"('{text}',)", f"the end: {text}."):
            assert holds_secret(said), said


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(sha256(b"x").hexdigest(), id="a digest"),
        pytest.param(str(uuid4()), id="a key"),
        pytest.param(uuid4().hex, id="the number of a request"),
        pytest.param(KeyToken.new(LICENCE).prefix, id="the prefix of an API key"),
        pytest.param(OpaqueIds(b"k" * 16).write("Account", [uuid4()])[0], id="an id"),
        pytest.param("wy/7q/" + "a2b7" * 7, id="the place of a document's bytes"),
        pytest.param(repr(Token.new(LICENCE)), id="a token as it is shown"),
    ],
)
def test_what_is_no_secret_may_be_logged(text: str) -> None:
    assert not holds_secret(text)


def test_a_secret_is_found_in_words_in_values_and_in_an_exception() -> None:
    secret = str(Token.new(LICENCE))
    error = ValueError(f"no such token: {secret}")
    watch = Watch()
    for words, values in ((f"it is {secret}", ()), ("it is %s", (secret,)), ("it is %d", (secret,))):
        logged(watch, words, *values)
        assert outcome(watch) == "failed"
    logged(watch, "it failed", error=(ValueError, error, None))
    assert outcome(watch) == "failed"
    logged(watch, "it is %r", Token.parse(secret))
    assert outcome(watch) == "passed"


def test_a_leak_is_told_once_with_whoever_wrote_it() -> None:
    watch, told = Watch(), report()
    logged(watch, world.PASSWORD, name="some.library")
    watch.insist(told)
    assert told.longrepr == f"a secret was logged\nDEBUG of some.library: {world.PASSWORD}"
    assert outcome(watch) == "passed"


@pytest.mark.parametrize("name", CLIENTS)
def test_what_the_tests_ask_with_may_write_what_it_sends(name: str) -> None:
    watch = Watch()
    logged(watch, world.PASSWORD, name=f"{name}.http11")
    assert outcome(watch) == "passed"


def test_the_watch_is_on_in_every_test() -> None:
    assert isinstance(logging.getLogRecordFactory(), Watch)
    assert logging.getLogger("whatever").isEnabledFor(logging.DEBUG)


def test_a_test_that_logs_a_secret_fails(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(IN_A_RUN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    ran = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "a secret was logged\nDEBUG of anything.at.all: he typed 'a password for tests'" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("1 failed, 2 passed, 1 error in ")
