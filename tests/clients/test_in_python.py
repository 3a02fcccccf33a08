"""Clients in Python, each in an environment of its own, do what an advisor does."""

import json
from pathlib import Path

import schema
from tests.api import Api
from tests.clients import suites
from tests.clients.live import TOLD, live, prepare


async def test_gql_checks_operations_against_the_published_schema_and_does_what_an_advisor_does(
    api: Api, tmp_path: Path
) -> None:
    await prepare(api)
    folder = suites.in_folder("gql", tmp_path)
    python = suites.environment(folder)
    async with live(api) as told:
        assert json.loads(await suites.run(folder, python, "journey.py", told=told)) == TOLD


async def test_what_ariadne_codegen_makes_does_what_an_advisor_does(api: Api, tmp_path: Path) -> None:
    await prepare(api)
    folder = suites.in_folder("ariadne", tmp_path)
    (folder / "schema.graphql").write_text(schema.sdl())
    python = suites.environment(folder)
    await suites.run(folder, python, "-m", "ariadne_codegen")
    async with live(api) as told:
        assert json.loads(await suites.run(folder, python, "journey.py", told=told)) == TOLD
