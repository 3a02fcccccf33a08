"""The documents tell what is there: links, paths, the index of decisions, the first commands, error lines."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {"var", "node_modules"}
DECISIONS = ROOT / "docs" / "decisions"
OPERATIONS = ROOT / "docs" / "operations.md"
# What stops a program with one line on the terminal.
STOPS = {"BadKeys", "BadSetting", "CannotRun", "NotStarted"}
SHORTEST = 9  # characters that say something
LONG_ENOUGH = 28  # characters that find a line
LINK = re.compile(r"\]\(([^)\s]+)\)")
TICKED = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"\.?[\w*.-]+(/[\w*.-]+)*/?")
ENDINGS = (".py", ".md", ".toml", ".po", ".jinja", ".mako", ".ini", ".html", ".js")


def documents() -> list[Path]:
    found = (it for it in ROOT.rglob("*.md") if not NOT_OURS & set(it.relative_to(ROOT).parts))
    return sorted(it for it in found if not any(part.startswith(".") for part in it.relative_to(ROOT).parts))


def broken_links(text: str, folder: Path) -> Iterator[str]:
    for target in LINK.findall(FENCED.sub("", text)):
        path, _, place = target.partition("#")
        is_there = (folder / path).exists() if path else place in places(text)
        if not is_there and not re.match(r"[a-z]+:", target):
            yield target


def places(text: str) -> set[str]:
    """The anchors of the headings, as a browser's address names them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}


def missing_paths(text: str) -> Iterator[str]:
    for ticked in TICKED.findall(FENCED.sub("", text)):
        if (
            PATH.fullmatch(ticked)
            and is_of_the_repository(ticked)
            and not list(ROOT.glob(ticked.rstrip("/")))
        ):
            yield ticked


def is_of_the_repository(path: str) -> bool:
    """Whether it could be a path of ours: it ends like a file of ours, or begins with one of our folders."""
    first = path.partition("/")[0]
    if first in NOT_OURS | {"."}:
        return False
    return path.endswith(ENDINGS) or ("/" in path and (ROOT / first).is_dir())


def stopping_lines(source: str) -> Iterator[str]:
    """The first fixed words of every line with which a file of ours stops a program."""
    for found in ast.walk(ast.parse(source)):
        match found:
            case ast.Raise(exc=ast.Call(func=ast.Name(name), args=[message, *_])) if name in STOPS:
                yield from fixed_words(message)[:1]
            case _:
                pass


def fixed_words(message: ast.expr) -> list[str]:
    """The parts of a message that are always the same and tell something."""
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    texts = (it.value for it in parts if isinstance(it, ast.Constant))
    return [words for it in texts if len(words := str(it).strip(" .,:(")) > SHORTEST]


def untold(source: str, operations: str) -> list[str]:
    """The lines that a document does not tell; it may shorten their ends."""
    return [it for it in stopping_lines(source) if it[:LONG_ENOUGH] not in operations]


@pytest.mark.parametrize("path", documents(), ids=lambda it: str(it.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    assert list(broken_links(path.read_text(), path.parent)) == []


@pytest.mark.parametrize("path", documents(), ids=lambda it: str(it.relative_to(ROOT)))
def test_every_path_in_a_document_is_there(path: Path) -> None:
    assert list(missing_paths(path.read_text())) == []


def test_the_index_of_decisions_lists_every_page_with_its_title() -> None:
    index = (DECISIONS / "README.md").read_text()
    pages = sorted(DECISIONS.glob("0*.md"))
    wanted = [title_row(it.name, it.read_text()) for it in pages]
    assert [it for it in index.splitlines() if it.startswith("| [")] == wanted


def title_row(name: str, text: str) -> str:
    number, _, title = text.splitlines()[0].removeprefix("# ").partition(" ")
    return f"| [{number}]({name}) | {title} |"


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("0*.md")), ids=lambda it: it.stem)
def test_every_decision_has_its_three_parts_and_its_own_number(path: Path) -> None:
    text = path.read_text()
    assert re.findall("^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert text.startswith(f"# {path.name[:4]} ")


def test_the_readme_begins_with_the_two_commands() -> None:
    beginning = (ROOT / "README.md").read_text().splitlines()[:25]
    for command in ("python3 run.py", "python3 run.py test"):
        assert any(re.match(rf"{command}( +#|$)", line) for line in beginning), command


@pytest.mark.parametrize("floor", ["server", "auth", "mail", "storage"])
def test_operations_tells_every_line_that_stops_a_program(floor: str) -> None:
    operations = OPERATIONS.read_text()
    found = [
        line for it in sorted((ROOT / floor).glob("*.py")) for line in untold(it.read_text(), operations)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["[a](nowhere.md)", "see [a](../nowhere/) here", "[a](#no-such-heading)\n# Another heading"]
)
def test_a_link_to_nowhere_is_found(text: str) -> None:
    assert list(broken_links(text, ROOT))


@pytest.mark.parametrize(
    "text",
    [
        "[a](README.md)",
        "[a](docs/decisions/README.md#decisions)",
        "[a](https://nowhere.example/a.md)",
        "[a](#its-users-own)\n## Its user's own",
        "```\n[a](nowhere.md)\n```",
    ],
)
def test_a_link_to_somewhere_is_fine(text: str) -> None:
    assert list(broken_links(text, ROOT)) == []


@pytest.mark.parametrize("text", ["`auth/nothing.py`", "`nothing.py`", "`server/none/`", "`auth/*.nothing`"])
def test_a_path_to_nothing_is_found(text: str) -> None:
    assert list(missing_paths(text))


@pytest.mark.parametrize(
    "text",
    ["`auth/keys.py`", "`auth/`", "`run.py`", "`alembic/versions/*.py`", "`application/pdf`", "`var/x.py`"],
)
def test_a_path_to_something_or_of_somebody_else_is_fine(text: str) -> None:
    assert list(missing_paths(text)) == []


def test_a_line_that_is_told_nowhere_is_found() -> None:
    source = 'raise NotStarted(f"{folder} is upside down: {why}") from error\nraise ValueError("other")'
    assert untold(source, "") == ["is upside down"]
    assert untold(source, "| `... is upside down: ...` | Turn it |") == []
