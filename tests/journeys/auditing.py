"""The audit trail as journeys read it."""

from collections.abc import Sequence
from typing import Any

from resolvers.sealing import seal
from tests.api import Api
from tests.journeys.people import add_account

EVENTS = """
query ($filter: AuditFilter, $first: Int, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { number kind occurredAt account { displayName } documentId relationId details { name value } }
  }
}
"""


async def events(api: Api, who: str = "arthur", **asked: Any) -> dict[str, Any]:
    """Return one page of the audit trail as one of the cast sees it."""
    return (await api.gets(who, EVENTS, **asked))["auditEvents"]


async def kinds(api: Api, who: str = "arthur", **narrowed: Any) -> list[str]:
    """Return the kinds of events, the newest first."""
    return [it["kind"] for it in (await events(api, who, filter=narrowed))["nodes"]]


def said(event: dict[str, Any]) -> dict[str, str]:
    """Return the details of an event by their names."""
    return {it["name"]: it["value"] for it in event["details"]}


async def auditor(api: Api) -> str:
    """Add somebody who audits the cast's firm; return his name."""
    await add_account(api, "olga", "AUDITOR")
    return "olga"


async def seal_all(api: Api) -> int:
    """Seal what happened in the cast's firm."""
    return await seal(api.ports.database, api.world.firm.licence_id, api.ports.clock.now())


def names(nodes: Sequence[dict[str, Any]]) -> list[str | None]:
    """Return whose doing each was."""
    return [it["account"] and it["account"]["displayName"] for it in nodes]
