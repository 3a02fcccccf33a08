"""The guides for integrators: each of their examples is a file that a test runs, word by word."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
GUIDES: Final = ROOT / "docs" / "integrating"
# A line that names a file, and the example under it.
EXAMPLE: Final = re.compile(
    r"^`(tests/clients/[\w./-]+)`:\n\n```(\w+)\n.*?^```$", flags=re.MULTILINE | re.DOTALL
)


def guides() -> list[Path]:
    """Return the pages, by name."""
    return sorted(GUIDES.glob("*.md"))


def filled(text: str) -> str:
    """Return the text of a guide with the files that it names as they are now."""
    return EXAMPLE.sub(example, text)


def example(found: re.Match[str]) -> str:
    """Return the name and the text of one file."""
    name, language = found.groups()
    return f"`{name}`:\n\n```{language}\n{(ROOT / name).read_text()}```"


def shown(text: str) -> set[str]:
    """Return the files that a guide shows."""
    return {found[1] for found in EXAMPLE.finditer(text)}
