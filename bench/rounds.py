"""The comparison: every server in every round, in changing order, so that noise hits all alike."""

from dataclasses import dataclass
from statistics import median, quantiles

import orjson

from bench.load import Cost, NotTheSame, answer, measure
from bench.operations import Operation
from bench.ratios import Ratio, ratio_of
from bench.servers import Server


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    requests: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one operation cost each server, a cost for each round."""

    operation: Operation
    size: int
    costs: dict[str, list[Cost]]

    def cpu(self, name: str) -> float:
        """Return the CPU time of a request, in milliseconds."""
        return median(it.cpu for it in self.costs[name]) * 1e3

    def a_second(self, name: str) -> float:
        """Return how many requests were answered in a second."""
        return median(len(it.waits) / it.took for it in self.costs[name])

    def waits(self, name: str) -> tuple[float, float]:
        """Return how long half of the requests waited, and 95 of a hundred, in milliseconds."""
        cuts = quantiles([wait for it in self.costs[name] for wait in it.waits], n=20)
        return cuts[9] * 1e3, cuts[18] * 1e3

    def ratio(self, name: str, to: str) -> Ratio:
        """Return the CPU time of one server against that of another in the same round."""
        pairs = zip(self.costs[name], self.costs[to], strict=True)
        return ratio_of([one.cpu / other.cpu for one, other in pairs])


async def compare(servers: list[Server], operation: Operation, effort: Effort) -> Figures:
    """Measure one operation. Raise NotTheSame when the servers do not answer the same."""
    expected = await same_answers(servers, operation)
    costs: dict[str, list[Cost]] = {server.name: [] for server in servers}

    async def take(server: Server) -> Cost:
        body = expected[server.name]
        return await measure(server, operation, body, requests=effort.requests, at_once=effort.at_once)

    for server in servers:
        await take(server)
    for number in range(effort.rounds):
        at = number % len(servers)
        for server in servers[at:] + servers[:at]:
            costs[server.name].append(await take(server))
    return Figures(operation, len(expected[servers[0].name]), costs)


async def same_answers(servers: list[Server], operation: Operation) -> dict[str, bytes]:
    """Return each server's answer, once it was found to have the same data as all the others'."""
    bodies = {server.name: await answer(server, operation) for server in servers}
    answers = {name: orjson.loads(body) for name, body in bodies.items()}
    first = next(iter(answers.values()))
    for name, said in answers.items():
        if "errors" in said or None in said["data"].values() or said["data"] != first["data"]:
            raise NotTheSame(f"{operation.name}, {name}: {bodies[name].decode()[:500]}")
    return bodies
