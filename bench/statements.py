"""How many statements an operation costs the product, that of the session included."""

from collections.abc import Sequence
from typing import Final

import httpx

from bench.load import NotTheSame
from bench.operations import Operation
from resolvers.ports import Ports
from server.app import create_app
from tests.statements import counting

TIMES: Final = 5


async def statements_of(ports: Ports, operations: Sequence[Operation]) -> dict[str, int]:
    """Return how many statements each operation sends; each runs a few times, within this process."""
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
        return {it.name: await count(ports, http, it) for it in operations}


async def count(ports: Ports, http: httpx.AsyncClient, operation: Operation) -> int:
    """Return how many statements one operation sends at most: now and then it must take points ahead."""
    body = {"query": operation.query, "variables": operation.variables}
    headers = {"Authorization": f"Bearer {operation.token}"}
    counts: list[int] = []
    for _ in range(TIMES):
        async with counting(ports.database) as statements:
            answer = await http.post("/graphql", json=body, headers=headers)
        if "errors" in answer.json():
            raise NotTheSame(answer.text)
        counts.append(len(statements))
    return max(counts)
