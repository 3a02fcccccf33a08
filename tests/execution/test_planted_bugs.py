"""Bugs planted in the executor on purpose: the comparison with the oracle finds each of them."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings

from execution import BreadthFirst, failures
from execution.columns import GRANTED, Guarded, Level, Loaded
from execution.places import Place
from tests.execution.comparing import SPECIMENS, compare
from tests.execution.operations import Drawn

ENOUGH: Final = 200
Plant = Callable[[pytest.MonkeyPatch], None]


@cache
def some_operations() -> Sequence[Drawn]:
    """Return the same operations at every run, enough for each bug to show in one."""
    operations: list[Drawn] = []

    @settings(max_examples=ENOUGH, derandomize=True, phases=[Phase.generate], database=None, deadline=None)
    @given(SPECIMENS)
    def collect(operation: Drawn) -> None:
        operations.append(operation)

    collect()
    return operations


async def found_at() -> int | None:
    """Return which operation is the first that the executors answer differently; None if there is none."""
    for at, operation in enumerate(some_operations()):
        try:
            await compare(operation, has_key=at % 3 > 0)
        except AssertionError:
            return at
    return None


def null_does_not_rise(patch: pytest.MonkeyPatch) -> None:
    def itself(place: Place) -> Place:
        return place

    patch.setattr(failures, "nearest_nullable", itself)


def a_level_is_given_backwards(patch: pytest.MonkeyPatch) -> None:
    loaded = Loaded.loaded

    async def backwards(*given: Any) -> list[Any]:
        return [*await loaded(*given)][::-1]

    patch.setattr(Loaded, "loaded", backwards)


def a_fragment_is_dropped(patch: pytest.MonkeyPatch) -> None:
    execute = BreadthFirst.execute_operation

    async def dropping(executor: BreadthFirst) -> Any:
        executor.fragments.pop("Part0", None)
        return await execute(executor)

    patch.setattr(BreadthFirst, "execute_operation", dropping)


def no_permission_is_asked_for_another_name(patch: pytest.MonkeyPatch) -> None:
    verdicts = Guarded.verdicts

    def skipping(guarded: Guarded, level: Level) -> list[Any]:
        is_renamed = level.field.name != level.field.nodes[0].name.value
        return [GRANTED] * len(level.objects) if is_renamed else verdicts(guarded, level)

    patch.setattr(Guarded, "verdicts", skipping)


def paths_of_errors_are_off_by_one(patch: pytest.MonkeyPatch) -> None:
    locate = failures.located_error

    def beside(error: Exception, nodes: Any, keys: Sequence[str | int]) -> Any:
        return locate(error, nodes, [it + 1 if isinstance(it, int) else it for it in keys])

    patch.setattr(failures, "located_error", beside)


PLANTS: Final[Sequence[Plant]] = (
    null_does_not_rise,
    a_level_is_given_backwards,
    a_fragment_is_dropped,
    no_permission_is_asked_for_another_name,
    paths_of_errors_are_off_by_one,
)


async def test_without_a_planted_bug_nothing_is_found() -> None:
    assert await found_at() is None


@pytest.mark.parametrize("plant", PLANTS, ids=lambda it: it.__name__)
async def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert await found_at() is not None


async def test_what_is_drawn_reaches_what_can_go_wrong() -> None:
    """Of so many operations at least one in twenty has each of these."""
    texts = [it.text for it in some_operations()]
    for sign in (r"\$", "@skip", "@include", "fragment", r"\.\.\. on", "mutation", r"\b[abc]: ", "null"):
        assert sum(bool(re.search(sign, it)) for it in texts) > ENOUGH / 20, sign
    answers = [
        answer
        for at, operation in enumerate(some_operations())
        for answer in await compare(operation, has_key=at % 3 > 0)
    ]
    said = [" ".join(error["message"] for error in it["errors"]) for it in answers]
    for sign in ("broken", "Cannot return null", "You have no key|This one is odd", "lost", "torn"):
        assert sum(bool(re.search(sign, it)) for it in said) > len(said) / 20, sign
    assert sum(it["data"] is None for it in answers) < len(answers) / 4
