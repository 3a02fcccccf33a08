"""Permissions: who is asked how often, and what stands in the place of what is refused."""

from typing import Any

import pytest

from tests.execution.cases import Case, ask, check, check_later
from tests.execution.fates import Visit

NO_KEY = "You have no key."
ODD = "This one is odd."
BEHIND_LOCKS = "{ kin { number locked mustLocked lockedKin { number } loud } }"
DOORS = {
    "who has the key reads what is locked": Case(
        BEHIND_LOCKS,
        {
            "kin": [
                {
                    "number": it,
                    "locked": f"label {it}",
                    "mustLocked": f"word {it}",
                    "lockedKin": [{"number": it}, {"number": it + 1}],
                    "loud": f"WORD {it}",
                }
                for it in (1, 2)
            ]
        },
    ),
    "who has none is refused each of it, and what must not be null makes its object null": Case(
        BEHIND_LOCKS,
        {"kin": [None, None]},
        [(NO_KEY, ["kin", at, name]) for at in range(2) for name in ("locked", "mustLocked")],
        has_key=False,
    ),
    "who has none is refused at the top": Case(
        "{ word vault { number } again: vault { number } mustVault { number } spoken }",
        None,
        [(NO_KEY, [name]) for name in ("vault", "again", "mustVault")],
        has_key=False,
    ),
    "a permission can refuse some and not others, whatever the field reads from": Case(
        "{ kin { even evenKin { number } evenSpoken } }",
        {
            "kin": [
                {"even": None, "evenKin": None, "evenSpoken": None},
                {"even": "label 2", "evenKin": [{"number": 2}, {"number": 3}], "evenSpoken": "word 2"},
            ]
        },
        [(ODD, ["kin", 0, name]) for name in ("even", "evenKin", "evenSpoken")],
    ),
    "a refusal of what must not be null makes its object null": Case(
        "{ kin { mustEven } }",
        {"kin": [None, {"mustEven": "word 2"}]},
        [(ODD, ["kin", 0, "mustEven"])],
    ),
    "a permission that raises refuses with that error": Case(
        "{ kin { spooked } }",
        {"kin": [{"spooked": "label 1"}, {"spooked": None}]},
        [("2 is haunted", ["kin", 1, "spooked"])],
    ),
    "of two permissions both must allow": Case(
        "{ kin { twiceLocked } }",
        {"kin": [{"twiceLocked": None}, {"twiceLocked": "word 2"}]},
        [(ODD, ["kin", 0, "twiceLocked"])],
    ),
    "of two permissions the first that refuses says why": Case(
        "{ specimen { twiceLocked } }",
        {"specimen": {"twiceLocked": None}},
        [(NO_KEY, ["specimen", "twiceLocked"])],
        has_key=False,
    ),
    "a permission can look at the arguments": Case(
        "{ kin { fine it: fine(fate: MISSING) } }",
        {"kin": [{"fine": f"word {it}", "it": None} for it in (1, 2)]},
        [("Only the fine ones.", ["kin", at, "it"]) for at in range(2)],
    ),
    "a silent refusal is null, or a list without items, and no error": Case(
        "{ kin { hidden hiddenKin { number } } }",
        {
            "kin": [
                {"hidden": None, "hiddenKin": []},
                {"hidden": "label 2", "hiddenKin": [{"number": 2}, {"number": 3}]},
            ]
        },
    ),
    "of a silent refusal and another one the one that was said last comes first": Case(
        "{ kin { lockedHidden } }",
        {"kin": [{"lockedHidden": None}, {"lockedHidden": None}]},
        [(NO_KEY, ["kin", 1, "lockedHidden"])],
        has_key=False,
    ),
    "a mutation is not performed for who may not": Case(
        "mutation { label { done } lockedLabel { done } it: label { done } }",
        {"label": {"done": ["label 1"]}, "lockedLabel": None, "it": {"done": ["label 1", "label 1"]}},
        [(NO_KEY, ["lockedLabel"])],
        has_key=False,
    ),
}
LATER = {
    "a permission that has to be waited for allows": Case(
        "{ kin { laterLocked } }", {"kin": [{"laterLocked": "word 1"}, {"laterLocked": "word 2"}]}
    ),
    "a permission that has to be waited for refuses": Case(
        "{ kin { laterLocked number } }",
        {"kin": [{"laterLocked": None, "number": 1}, {"laterLocked": None, "number": 2}]},
        [(NO_KEY, ["kin", 0, "laterLocked"]), (NO_KEY, ["kin", 1, "laterLocked"])],
        has_key=False,
    ),
    "what is loaded later is refused at once": Case(
        "{ kin { laterEven } }",
        {"kin": [{"laterEven": None}, {"laterEven": "word 2"}]},
        [(ODD, ["kin", 0, "laterEven"])],
    ),
}


@pytest.mark.parametrize("says", DOORS)
async def test_nobody_gets_what_he_may_not_have(says: str) -> None:
    await check(DOORS[says])


@pytest.mark.parametrize("says", LATER)
async def test_nobody_gets_later_what_he_may_not_have(says: str) -> None:
    await check_later(LATER[says])


@pytest.fixture
def visit() -> Visit:
    return Visit()


@pytest.mark.parametrize("name", ["locked", "mustLocked", "lockedKin { number }"])
async def test_a_permission_that_does_not_look_at_the_object_is_asked_once(visit: Visit, name: str) -> None:
    await ask(f"{{ plants(count: 4) {{ {name} }} }}", visit)
    assert visit.asked == [f"HasKey {name.removesuffix(' { number }')}"]


@pytest.mark.parametrize("name", ["even", "mustEven", "evenKin { number }", "evenSpoken", "loud"])
async def test_any_other_is_asked_for_each_object(visit: Visit, name: str) -> None:
    await ask(f"{{ plants(count: 4) {{ {name} }} }}", visit)
    assert len(visit.asked) == 4


async def test_of_two_permissions_one_that_looks_at_the_object_is_enough(visit: Visit) -> None:
    await ask("{ plants { twiceLocked } }", visit)
    assert visit.asked == ["HasKey twiceLocked", "NotOdd twiceLocked"] * 2


async def test_objects_of_each_type_are_asked_about_for_themselves(visit: Visit) -> None:
    await ask("{ kin(count: 4) { __typename locked } }", visit)
    assert visit.asked == ["HasKey locked"] * 3


async def test_each_name_of_a_field_is_asked_about(visit: Visit) -> None:
    await ask("{ specimen { locked it: locked } }", visit)
    assert visit.asked == ["HasKey locked", "HasKey it"]


@pytest.mark.parametrize(
    ("has_key", "name", "loaded"),
    [
        (False, "lockedKin { number }", []),
        (False, "mustLocked", []),
        (True, "evenKin { number }", [("evenKin", [6, 0])]),
        (True, "twiceLocked", [("twiceLocked", [6, 0])]),
        (False, "twiceLocked", []),
    ],
)
async def test_nothing_is_loaded_for_who_may_not_have_it(*, has_key: bool, name: str, loaded: Any) -> None:
    visit = Visit(has_key)
    await ask(f"{{ plants(count: 4) {{ {name} }} }}", visit)
    assert visit.calls == [("plants", [1]), *loaded]


async def test_what_is_refused_is_not_done() -> None:
    visit = Visit(has_key=False)
    await ask("mutation { lockedLabel { done } }", visit)
    assert visit.done == []
