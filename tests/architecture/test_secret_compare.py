"""No secret is compared with == or in: how long that takes tells how much of it was right (ASVS 11.2.4)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FLOORS: Final = (
    "auth",
    "core",
    "demo",
    "execution",
    "languages",
    "mail",
    "models",
    "permissions",
    "resolvers",
    "schema",
    "server",
    "storage",
)
WORDS: Final = "passwords?|tokens?|secrets?|digests?|hash|codes?|challenges?|nonces?|credentials?|signatures?"
SECRET: Final = re.compile(rf"(^|_)({WORDS}|bearer|cookie|seed|hmac|mac)($|_)")
COMPARING: Final = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
# Where it is right, and why.
EXPLAINED: Final = {
    # The spelling of what came, with what came.
    ("auth/api_keys.py", "str(token) == text"),
    # A word of somebody's name, in the password that he has just chosen.
    ("auth/strength.py", "word in fold(password)"),
    # Of what was said before: whoever knows the key knows that.
    ("resolvers/idempotency.py", "(known.verb, known.input_digest) != (verb, digest)"),
    # Both came with one request.
    ("resolvers/passwords.py", "password != confirmation"),
    # What a mail server answered.
    ("mail/transport.py", "refusal.code not in NOT_ABOUT_THE_LETTER"),
    # Of events: auditors may know them.
    ("resolvers/chain_checks.py", "self.digest != row.digest"),
    ("resolvers/chain_checks.py", "self.heads.get(row.number, row.digest) != row.digest"),
    ("resolvers/chain_checks.py", "head != walk.digest"),
    # Of a file, with which nothing is opened.
    ("storage/files.py", "digest.digest() != stored.sha256"),
    # Of files that whoever has the backup reads, and of what was sent in by the drill itself.
    ("server/backups.py", "content.pop('sha256') != digest_of_text(content['manifest'])"),
    ("server/drill.py", "hashlib.sha256(vault.opens(id_)).hexdigest() != digest"),
    # Documents that are known to everybody who has the front end.
    ("server/trusted_documents.py", "self.texts.get(hash_of(text)) == text"),
}


def comparisons(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a program compares what reads as a secret, and how."""
    for it in ast.walk(ast.parse(text)):
        if isinstance(it, ast.Compare) and any(isinstance(operator, COMPARING) for operator in it.ops):
            sides = [it.left, *it.comparators]
            if not any(isinstance(side, ast.Constant) for side in sides) and any(map(is_secret, sides)):
                yield it.lineno, ast.unparse(it)


def is_secret(side: ast.expr) -> bool:
    """Return whether a value reads as a secret; constants and columns do not: the database finds digests."""
    return any(SECRET.search(name) for name in names_of(side) if name == name.lower())


def names_of(side: ast.expr) -> Iterator[str]:
    """Yield the names that a value is made of, but those of columns, and of what something is taken from."""
    if isinstance(side, ast.Name):
        yield side.id
    elif isinstance(side, ast.Attribute) and not is_table(side.value):
        yield side.attr
    for part in parts_of(side):
        yield from names_of(part)


def parts_of(side: ast.expr) -> list[ast.expr]:
    """Return the values that a value is made of."""
    if isinstance(side, ast.Call):
        return [side.func, *side.args]
    if isinstance(side, ast.Subscript):
        return [side.value]
    return side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else []


def is_table(value: ast.expr) -> bool:
    """Return whether a value is a class."""
    return isinstance(value, ast.Name) and value.id[0].isupper()


def test_no_secret_is_compared_in_a_time_that_tells_something() -> None:
    found = {
        (str(path.relative_to(ROOT)), spelled)
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
        for _, spelled in comparisons(path.read_text())
    }
    assert found == EXPLAINED


@pytest.mark.parametrize(
    "text",
    [
        "token == given",
        "given != self.token",
        "account.password_hash == password",
        "row.digest == sha256(given).digest()",
        "hmac.new(key, given).digest() != mark",
        "code in codes",
        "code not in (now, before)",
        "challenge.nonce == given[0]",
        "known['x'] == secrets[0]",
        "(name, secret) == pair",
        "x if cookie == kept else y",
    ],
)
def test_a_comparison_of_a_secret_is_found(text: str) -> None:
    assert list(comparisons(text)) == [(1, text if " if " not in text else "cookie == kept")]


@pytest.mark.parametrize(
    "text",
    [
        "hmac.compare_digest(token, given)",
        "Session.digest == bindparam('digest')",
        "Challenge.step == any_(STEPS)",
        "found.step == challenges.FIRST_PASSWORD",
        "licence.first_secret == 'LINK'",
        "len(raw) != SECRET_BYTES",
        "token is None",
        "number == 1",
        "encoding == decoded",
    ],
)
def test_any_other_comparison_is_not(text: str) -> None:
    assert list(comparisons(text)) == []
