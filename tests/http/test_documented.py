"""What the page for integrators says is what the server does: codes, statuses and numbers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.errors import FileUnreadable, KluisError
from execution import Limits
from resolvers import points, strangers
from schema.operation import CHARACTERS_A_POINT, DEAREST, LIMITS, MOST_AT_ONCE
from server.answers import NOT_TOLD_BY_STATUS, STATUSES
from server.bodies import MOST_PARTS
from server.content_view import REFUSED
from server.content_view import STATUSES as STATUSES_OF_FILES
from server.http_rules import BESIDE_THE_FILE, HttpRules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "http.md").read_text()
# Where an operation is refused before anything of it is carried out.
REFUSING = {"Unreadable", "DocumentRefused"}
OF_OPERATIONS = re.compile(r"^\| `([A-Z_]+)` \| (\d+) \| .+ \|$", re.MULTILINE)
OF_FIELDS = re.compile(r"^\| `([A-Z_]+)` \| \D[^|]* \|$", re.MULTILINE)
STATUS = re.compile(r"^\| (\d+) \| [^|]+ \|$", re.MULTILINE)
RAISED_BY_HAND = {"INVALID", "TOO_EXPENSIVE"}


def refusals() -> Iterator[str]:
    """The codes with which documents are refused, as the code spells them."""
    for floor in ("execution", "schema", "server"):
        for file in (ROOT / floor).glob("*.py"):
            for found in ast.walk(ast.parse(file.read_text())):
                match found:
                    case ast.Call(func=ast.Name(name), args=[ast.Constant(str(code)), *_]) if (
                        name in REFUSING
                    ):
                        yield code
                    case _:
                        pass


def errors(kind: type[KluisError] = KluisError) -> Iterator[str]:
    """The codes of the product's own errors."""
    for it in kind.__subclasses__():
        if "code" in vars(it):
            yield it.code
        yield from errors(it)


def test_every_code_of_an_operation_is_told_with_its_status() -> None:
    told = {code: int(status) for code, status in OF_OPERATIONS.findall(PAGE)}
    codes = {*refusals(), *STATUSES, *RAISED_BY_HAND}
    assert told == {code: STATUSES.get(code, NOT_TOLD_BY_STATUS) for code in codes}


def test_every_other_code_is_told() -> None:
    told = [*OF_FIELDS.findall(PAGE), *dict(OF_OPERATIONS.findall(PAGE))]
    assert sorted(told) == sorted({*errors(), *refusals(), *STATUSES})


def test_every_status_is_told() -> None:
    told = {int(it) for it in STATUS.findall(PAGE.partition("\n## Answers\n")[2])}
    assert told >= {200, NOT_TOLD_BY_STATUS, *STATUSES.values()}
    assert told == {200, 400, 401, 403, 405, 406, 408, 413, 415, 429, 500, 503, 504}


def test_every_status_of_an_upload_is_told() -> None:
    told = {int(it) for it in STATUS.findall(PAGE.partition("\n## Files\n")[2].partition("\n## ")[0])}
    of_reading = {STATUSES_OF_FILES[FileUnreadable]}
    assert told == {204, 408, REFUSED, *STATUSES_OF_FILES.values()} - of_reading


def limits(rules: HttpRules, of: Limits) -> Iterator[str]:
    """The rows of limits as they must stand."""
    yield f"| JSON, as a body or as a part | {rules.largest_json >> 10} KiB |"
    yield f"| A form | `KLUIS_UPLOAD_LIMIT` and {BESIDE_THE_FILE >> 20} MiB beside it |"
    yield f"| Files, and other parts, of a form | {MOST_PARTS} of each |"
    yield f"| Nesting of JSON | {rules.deepest_json} |"
    yield f"| Characters, tokens, comments of a document | {of.characters}, {of.tokens}, {of.comments} |"
    yield f"| Levels, fields, aliases of a document | {of.depth}, {of.fields}, {of.aliases} |"
    yield f"| Directives, and at one place | {of.directives}, {of.directives_at_one_place} |"
    yield f"| Root fields of a query, of a mutation | {of.query_roots}, {of.mutation_roots} |"
    for once in of.once:
        yield f"| `{once}` in one document | 1 |"
    yield f"| Operations of an account at once, of a server | {MOST_AT_ONCE}, {rules.at_once} |"
    yield f"| Time to send a body, to carry it out | {rules.read_within:.0f} s, {rules.answer_within:.0f} s |"
    of_accounts, of_addresses = points.BUCKET, strangers.BUCKET
    yield f"| An account | {of_accounts.capacity} | {of_accounts.per_second} | {DEAREST} |"
    yield f"| {of_addresses.capacity} | {of_addresses.per_second} | {of_addresses.capacity} |"
    yield f"one more for each {CHARACTERS_A_POINT}\ncharacters"


def test_every_limit_is_told() -> None:
    assert [it for it in limits(HttpRules(), LIMITS) if it not in PAGE] == []
