"""Clients in TypeScript: their types are made from the schema, hold, and do what an advisor does."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

import schema
from server import trusted_documents
from server.trusted_documents import Mode
from tests.api import Api
from tests.clients import suites
from tests.clients.live import TOLD, live, prepare

CODEGEN: Final = "node_modules/@graphql-codegen/cli/cjs/bin.js"
COMPILER: Final = "node_modules/typescript/bin/tsc"
OF_RELAY: Final = "node_modules/relay-compiler/cli.js"


async def typed(suite: str, place: Path, told: dict[str, str]) -> Path:
    """Return the folder of a suite whose types are made from the schema of a server, and hold."""
    folder = suites.with_packages(suites.in_folder(suite, place))
    await suites.run(folder, suites.node(), CODEGEN, "--config", "codegen.ts", told=told)
    await suites.run(folder, suites.node(), COMPILER)
    return folder


async def journey(folder: Path, told: dict[str, str], *hooks: str) -> dict[str, Any]:
    """Return what the journey of a suite tells."""
    return json.loads(await suites.run(folder, suites.node(), *hooks, "journey.ts", told=told))


async def test_types_are_made_from_the_published_schema_and_only_known_documents_are_asked(
    api: Api, tmp_path: Path
) -> None:
    await prepare(api)
    async with live(api) as told:
        folder = await typed("codegen", tmp_path, told)
    known = trusted_documents.read(folder / "gql" / "persisted-documents.json", Mode.ONLY)
    async with live(api, documents=known) as told:
        assert await journey(folder, told) == TOLD


@pytest.mark.parametrize("suite", ["apollo", "urql"])
async def test_a_client_with_a_cache_does_what_an_advisor_does(api: Api, tmp_path: Path, suite: str) -> None:
    await prepare(api)
    async with live(api) as told:
        folder = await typed(suite, tmp_path, told)
        assert await journey(folder, told) == TOLD


async def test_relay_compiles_against_the_schema_and_does_what_an_advisor_does(
    api: Api, tmp_path: Path
) -> None:
    await prepare(api)
    folder = suites.with_packages(suites.in_folder("relay", tmp_path))
    (folder / "schema.graphql").write_text(schema.sdl())
    (folder / "persisted.json").write_text("{}")
    await suites.run(folder, suites.node(), OF_RELAY, "relay.config.json")
    await suites.run(folder, suites.node(), COMPILER)
    known = trusted_documents.read(folder / "persisted.json", Mode.ONLY)
    async with live(api, documents=known) as told:
        assert await journey(folder, told, "--import", "./hooks.mjs") == TOLD
