"""The console: what it asks the API is what the API offers."""

import re
from html import unescape
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import schema

SERVER = Path(__file__).parents[2] / "server"
EXAMPLE = re.compile(r'<template class="example" data-name="([^"]+)".*?>(.*?)</template>', re.DOTALL)
OF_SCRIPT = re.compile(r'const [A-Z_]+ = "((?:query|mutation) .*?)";')
EXAMPLES = EXAMPLE.findall((SERVER / "console.html").read_text())
OPERATIONS = OF_SCRIPT.findall((SERVER / "console.js").read_text())


def test_the_page_has_examples_and_its_script_has_operations() -> None:
    assert len(EXAMPLES) == 6
    assert len(OPERATIONS) == 6


@pytest.mark.parametrize("operation", [unescape(text) for _, text in EXAMPLES] + OPERATIONS)
def test_an_operation_of_the_console_is_valid(operation: str) -> None:
    assert validate(build_schema(schema.sdl()), parse(operation)) == []
