"""The house rules that a machine can hold: each over all files, and each shown to fire on what breaks it."""

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {"var", "node_modules", "typings"}
LONGEST = 300  # lines
SAYS_NOTHING = "utils?|helpers?|managers?|handlers?|handle|services?|base|common|misc|data|process"
BANNED = re.compile(rf"(^|_)({SAYS_NOTHING})(_|$)")
# The manual's word for an advisor (beheerder), and what libraries ask us to call a method.
ALLOWED = re.compile(
    r"internal_managers?|managers?_(id|of)|^handle_([A-Z]+|starttag|endtag|data)$|^process_errors$|^_handle_ws_message$"
)
ASKS_THE_SYSTEM = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "os.environ", "os.getenv"}
MAY_ASK = {"core/clock.py", "server/settings.py", "run.py"}

Rule = Callable[[str, str], Iterator[str]]


def python_files() -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(it for it in folders if it not in NOT_OURS and not it.startswith("."))
        found += [Path(folder) / it for it in sorted(files) if it.endswith(".py")]
    return found


def is_short(path: str, text: str) -> Iterator[str]:
    """Rule 3; a migration is written once and a test file is a list: both may be longer."""
    if len(text.splitlines()) > LONGEST and not path.startswith(("alembic/versions/", "tests/")):
        yield f"{len(text.splitlines())} lines"


def says_what_it_owns(_path: str, text: str) -> Iterator[str]:
    """Rule 2: the first line, or the second one under a shebang, is a sentence."""
    lines = text.removeprefix("#!/usr/bin/env python3\n").splitlines() or [""]
    if not re.match(r'^"""[^ ].*[.:]("""|)$', lines[0]):
        yield f"begins with {lines[0]!r}"


def has_plain_names(path: str, text: str) -> Iterator[str]:
    """STYLE: words that say nothing are no part of the name of a module, a class or a function."""
    names = [*Path(path).with_suffix("").parts]
    found = ast.walk(ast.parse(text))
    names += [
        it.name for it in found if isinstance(it, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for name in (it for it in names if not it.startswith("test_")):  # a test's name is a sentence
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", ALLOWED.sub("", name)).lower()
        if BANNED.search(words):
            yield f"the name {name}"


def asks_the_clock_and_the_settings(path: str, text: str) -> Iterator[str]:
    """Rule 13; a test or a fault is the edge itself, and may look at the environment it changes."""
    if path in MAY_ASK or path.startswith(("tests/", "faults/")):
        return
    for found in ast.walk(ast.parse(text)):
        if isinstance(found, ast.Attribute):
            asked = ".".join(ast.unparse(found).split(".")[-2:])
            if asked in ASKS_THE_SYSTEM:
                yield f"line {found.lineno} asks {asked}"


def is_the_standard_library_below(path: str, text: str) -> Iterator[str]:
    """The core, and the way in, need nothing but Python."""
    if not path.startswith("core/") and path != "run.py":
        return
    for found in ast.walk(ast.parse(text)):
        names = [it.name for it in found.names] if isinstance(found, ast.Import) else []
        names += [found.module or ""] if isinstance(found, ast.ImportFrom) else []
        for name in names:
            if name.split(".")[0] not in {*sys.stdlib_module_names, "core"}:
                yield f"imports {name}"


RULES: list[Rule] = [
    is_short,
    says_what_it_owns,
    has_plain_names,
    asks_the_clock_and_the_settings,
    is_the_standard_library_below,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda it: it.__name__)
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    found = [
        f"{path}: {complaint}"
        for path in (str(it.relative_to(ROOT)) for it in python_files())
        for complaint in rule(path, (ROOT / path).read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (is_short, "auth/sessions.py", "x = 1\n" * 301),
        (says_what_it_owns, "auth/sessions.py", "import os\n"),
        (says_what_it_owns, "auth/sessions.py", '"""sessions"""\n'),
        (says_what_it_owns, "auth/sessions.py", ""),
        (has_plain_names, "auth/session_utils.py", ""),
        (has_plain_names, "auth/sessions.py", "class SessionManager: pass"),
        (has_plain_names, "auth/sessions.py", "def session_manager(): pass"),
        (has_plain_names, "auth/sessions.py", "async def process_sessions(): pass"),
        (
            asks_the_clock_and_the_settings,
            "auth/sessions.py",
            "from datetime import datetime\ndatetime.now()",
        ),
        (asks_the_clock_and_the_settings, "auth/sessions.py", "import datetime\ndatetime.datetime.now()"),
        (asks_the_clock_and_the_settings, "auth/sessions.py", "import os\nos.environ['A']"),
        (is_the_standard_library_below, "core/clock.py", "import os, sqlalchemy.orm"),
        (is_the_standard_library_below, "run.py", "from server import gate"),
    ],
)
def test_a_rule_fires_on_what_breaks_it(rule: Rule, path: str, text: str) -> None:
    assert list(rule(path, text))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (is_short, "auth/sessions.py", "x = 1\n" * 300),
        (is_short, "alembic/versions/0001_tables.py", "x = 1\n" * 301),
        (says_what_it_owns, "run.py", '#!/usr/bin/env python3\n"""The way in."""\n'),
        (says_what_it_owns, "auth/sessions.py", '"""Sessions: made, read and ended.\n\nMore."""\n'),
        (has_plain_names, "resolvers/relations.py", "def set_internal_manager(): pass"),
        (has_plain_names, "tests/core/test_tokens.py", "def test_two_tokens_have_nothing_in_common(): pass"),
        (has_plain_names, "mail/sink.py", "async def handle_DATA(): pass"),
        (has_plain_names, "models/tables.py", "def database(): pass"),
        (asks_the_clock_and_the_settings, "core/clock.py", "from datetime import datetime\ndatetime.now()"),
        (asks_the_clock_and_the_settings, "auth/sessions.py", "clock.now()"),
        (is_the_standard_library_below, "core/errors.py", "from core.rights import Rights\nimport enum"),
        (is_the_standard_library_below, "auth/keys.py", "import tink"),
    ],
)
def test_a_rule_is_silent_on_what_keeps_it(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(path, text))
