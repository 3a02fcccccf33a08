"""The figures of the journeys as tables."""

from collections.abc import Sequence
from typing import Final

from bench.flood_rounds import percentile
from bench.journey_mix import MIX
from bench.journey_rates import MIDDLE, SLOW, SLOWEST, Highest, Step, gave_way
from bench.report import Sheet

NONE: Final = "none"


def tables(found: Sequence[Highest]) -> list[Sheet]:
    """Return the tables."""
    return [of_highest(found), of_cores(found), of_parts(found), *(of_steps(it) for it in found)]


def of_highest(found: Sequence[Highest]) -> Sheet:
    """Return the highest rates."""
    columns = ("Server processes", "Steps of journeys a second", "Requests a second")
    rows = [[str(it.workers), *row_of(it)] for it in found]
    return Sheet("The highest rate", (*columns, "p50 ms", "p95 ms", "p99 ms", "Errors"), rows)


def row_of(found: Highest) -> list[str]:
    """Return the highest rate with one number of processes."""
    if not (step := found.carried):
        return [NONE] * 6
    waits = (f"{step.wait(it):.0f}" for it in (MIDDLE, SLOW, SLOWEST))
    return [f"{step.rate:.0f}", f"{step.requests_a_second:.0f}", *waits, str(step.errors)]


def of_cores(found: Sequence[Highest]) -> Sheet:
    """Return what was in use at the highest rate and at the lowest that failed."""
    columns = ("Processes, a second", "Server", "Database", "Generator", "Whole machine", "Sent late, p95 ms")
    rows = [
        [f"{it.workers}, {step.rate:.0f} {name}", *cores_of(step), full]
        for it in found
        for name, step, full in (
            ("carried", it.carried, ""),
            ("not carried", it.failed, gave_way(it.failed, it.workers) if it.failed else ""),
        )
        if step
    ]
    return Sheet("Cores in use, and what was full", (*columns, "Full"), rows)


def cores_of(step: Step) -> list[str]:
    """Return the cores in use, and how late the generator was."""
    cores = step.cores
    used = (cores.server, cores.database, cores.generator, cores.busy)
    return [*(f"{it:.2f}" for it in used), f"{step.late:.1f}"]


def of_parts(found: Sequence[Highest]) -> Sheet:
    """Return how long each part of the journeys took at the highest rate."""
    steps = [(it.workers, it.carried) for it in found if it.carried]
    columns = [f"{what} ms, {workers}" for workers, _ in steps for what in ("p50", "p95")]
    rows = [
        [
            part.name,
            f"{part.percent} %",
            *(
                f"{percentile(step.found.waits[part.name], percent):.0f}"
                for _, step in steps
                for percent in (MIDDLE, SLOW)
            ),
        ]
        for part in MIX
    ]
    return Sheet("Its parts, by server processes", ("What", "Share", *columns), rows)


def of_steps(found: Highest) -> Sheet:
    """Return all steps with one number of processes, in their order."""
    columns = ("A second", "Answered", "p50 ms", "p95 ms", "p99 ms", "Errors", "Carried")
    rows = [
        [
            f"{it.rate:.0f}",
            str(len(it.found.all_waits)),
            *(f"{it.wait(percent):.0f}" for percent in (MIDDLE, SLOW, SLOWEST)),
            str(it.errors),
            outcome_of(it),
        ]
        for it in found.steps
    ]
    return Sheet(f"The steps with {found.workers} server process(es)", columns, rows)


def outcome_of(step: Step) -> str:
    """Return whether a step was carried, in a word or two."""
    if step.is_carried:
        return "yes"
    return "no, given up" if step.found.gave_up else "no"


def in_a_line(step: Step) -> str:
    """Return a step as it is told on the terminal."""
    waits = ", ".join(f"p{it} {step.wait(it):.0f} ms" for it in (MIDDLE, SLOW, SLOWEST))
    errors = f", {dict(step.found.errors)}" if step.errors else ""
    names = ("server", "database", "generator", "all", "late, ms")
    cores = ", ".join(f"{name} {it}" for name, it in zip(names, cores_of(step), strict=True))
    return f"{step.rate:.0f} a second: {outcome_of(step)}; {waits}{errors}; cores: {cores}"
