"""The guides show what is tested: every example is a file of a suite, and every file is shown."""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.clients import guides
from tests.clients.suites import HERE, LOCKS, REQUIREMENTS

SUITES: Final = [it for it in sorted(HERE.iterdir()) if it.is_dir() and it.name != "__pycache__"]
UNSHOWN: Final = {*LOCKS, REQUIREMENTS, "requirements.in"}


@pytest.mark.parametrize("guide", guides.guides(), ids=lambda it: it.stem)
def test_a_guide_shows_the_files_as_they_are_tested(guide: Path) -> None:
    if os.environ.get("WRITE_GUIDES"):
        guide.write_text(guides.filled(guide.read_text()))
    text = guide.read_text()
    assert guides.filled(text) == text
    # Nothing that looks like an example of several lines stands beside them.
    assert guides.EXAMPLE.sub("", text).count("```ts") == 0


@pytest.mark.parametrize("suite", SUITES, ids=lambda it: it.name)
def test_every_file_of_a_suite_is_shown_in_a_guide(suite: Path) -> None:
    shown = {it for guide in guides.guides() for it in guides.shown(guide.read_text())}
    files = {it for it in suite.iterdir() if it.is_file() and it.name not in UNSHOWN}
    assert {str(it.relative_to(guides.ROOT)) for it in files} <= shown


def test_an_example_that_drifted_is_found() -> None:
    name = "tests/clients/relay/relay.config.json"
    right = guides.filled(f"`{name}`:\n\n```json\n```\n\nMore.")
    assert right == f"`{name}`:\n\n```json\n{(guides.ROOT / name).read_text()}```\n\nMore."
    assert guides.filled(right.replace("typescript", "flow")) == right
    assert guides.shown(right) == {name}


def locked() -> list[Path]:
    return sorted(HERE.glob("*/package-lock.json"))


@pytest.mark.parametrize("lock", locked(), ids=lambda it: it.parent.name)
def test_what_a_suite_needs_is_fixed_and_names_no_place_to_get_it_from(lock: Path) -> None:
    text = lock.read_text()
    assert "resolved" not in text
    assert "://" not in text
    assert '"integrity"' in text


@pytest.mark.parametrize("wanted", sorted(HERE.glob("*/requirements.txt")), ids=lambda it: it.parent.name)
def test_what_a_client_in_python_needs_is_fixed_by_its_hashes(wanted: Path) -> None:
    text = wanted.read_text()
    assert "://" not in text
    assert text.count("==") <= text.count("--hash=sha256:")
