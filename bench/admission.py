"""What it costs to admit a document that is known already, against parsing and validating it."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from graphql import parse, validate

import schema
from bench.operations import Operation
from bench.ratios import Ratio, ratio_of
from execution import Question
from schema.operation import Operations

ROUNDS: Final = 9
KNOWN_AT_ONCE: Final = 2_000
UNKNOWN_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class Admission:
    """What one document costs, in microseconds of CPU, and the second against the first, round by round."""

    name: str
    known: float
    unknown: float
    ratio: Ratio


def admissions(operations: Sequence[Operation]) -> list[Admission]:
    """Return what each operation's document costs."""
    door = Operations(schema.build())
    # What else this program holds is left out of the garbage collector's rounds.
    gc.freeze()
    return [admission(door, it) for it in operations]


def admission(door: Operations, operation: Operation) -> Admission:
    """Return what the document of one operation costs."""
    text = operation.query
    graphql: Any = door.schema
    door.guard.examine(Question(text))

    def known() -> object:
        return door.guard.recall(Question(text))

    def unknown() -> object:
        return validate(graphql, parse(text))

    assert known()
    rounds = [(cpu_of(known, KNOWN_AT_ONCE), cpu_of(unknown, UNKNOWN_AT_ONCE)) for _ in range(ROUNDS)]
    return Admission(
        operation.name,
        median(one for one, _ in rounds) * 1e6,
        median(other for _, other in rounds) * 1e6,
        ratio_of([other / one for one, other in rounds]),
    )


def cpu_of(work: Callable[[], object], times: int) -> float:
    """Return the CPU time of doing something once, in seconds."""
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times
