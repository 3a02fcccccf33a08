"""The audits of GraphQL over HTTP, by npm's graphql-http, against the running server."""

import json
from collections import Counter
from pathlib import Path

from server.app import create_app
from server.http_rules import HttpRules
from tests.api import Api
from tests.http import node_suite
from tests.http.serving import served

SUITE = Path(__file__).with_name("audits")
ALL = 61
OF_INTROSPECTION = {
    "2EA1": "SHOULD allow map {variables} parameter when accepting application/graphql-response+json",
    "28B9": "MUST allow map {variables} parameter when accepting application/json",
}
OF_GET = {
    "5A70": "MAY accept application/x-www-form-urlencoded formatted GET requests",
    "D6D5": "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting "
    "application/graphql-response+json",
    "6A70": "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json",
}


async def audited(api: Api, headers: dict[str, str], *, allows_get: bool) -> list[dict[str, str]]:
    """Return what came of each audit."""
    app = create_app(api.ports, rules=HttpRules(allows_get=allows_get))
    async with served(app) as url:
        return await node_suite.told_by(SUITE, "audits.mjs", f"{url}/graphql", json.dumps(headers))


async def test_who_may_introspect_and_read_by_get_finds_nothing_to_complain_of(api: Api) -> None:
    results = await audited(api, await api.headers("anna"), allows_get=True)
    assert Counter(it["status"] for it in results) == {"ok": ALL}, results


async def test_nobody_misses_what_needs_introspection_or_get_and_nothing_else(api: Api) -> None:
    results = await audited(api, {}, allows_get=False)
    assert len(results) == ALL
    missed = {it["id"]: it["name"] for it in results if it["status"] != "ok"}
    assert missed == OF_INTROSPECTION | OF_GET


def test_what_the_suite_needs_is_fixed_and_names_no_place_to_get_it_from() -> None:
    said = json.loads((SUITE / "package.json").read_text())
    locked = (SUITE / "package-lock.json").read_text()
    assert all(version[0].isdigit() for version in said["dependencies"].values())
    assert "resolved" not in locked
    assert "://" not in locked
    packages = json.loads(locked)["packages"]
    assert all("integrity" in it for path, it in packages.items() if path)
