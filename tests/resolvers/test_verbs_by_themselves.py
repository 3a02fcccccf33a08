"""Verbs of the staff and of administrators refuse by themselves, whatever guards the fields above them."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from core.errors import Forbidden
from core.rights import Right
from models import AccountGroup, CategoryRule, Event
from resolvers import category_rules, groups, letters, portal_access
from resolvers.category_rules import Grantee
from resolvers.change import Change
from resolvers.request import Request
from tests.api import Api
from tests.journeys.people import add_account
from tests.journeys.rows import rows
from tests.journeys.rules import standing_rule

Verb = Callable[[Change, Api], Awaitable[object]]


async def apply_a_rule(change: Change, api: Api) -> None:
    (rule,) = await rows(api, CategoryRule)
    await category_rules.apply_category_rule(change, rule.id, 0)


OF_STAFF: dict[str, Verb] = {
    "set a rule": lambda change, api: category_rules.set_category_rule(
        change, api.world.firm.categories["wills"], Grantee(), Right.READ
    ),
    "apply a rule": apply_a_rule,
    "give access": lambda change, api: portal_access.grant_portal_access(
        change, api.world.relations["femke"].id
    ),
}
OF_ADMINISTRATORS: dict[str, Verb] = {
    "make a group": lambda change, _: groups.create_group(change, "Notarissen"),
    "fill a group": lambda change, api: groups.set_group_members(change, api.world.firm.users, []),
    "try a letter again": lambda change, _: letters.retry_letter(change, uuid4()),
}
REFUSED = [(who, name) for name in OF_STAFF for who in ("bert", "olga")] + [
    (who, name) for name in OF_ADMINISTRATORS for who in ("bert", "olga", "anna")
]


@pytest.mark.parametrize(("who", "name"), REFUSED)
async def test_who_is_not_what_a_verb_asks_for_is_refused(api: Api, who: str, name: str) -> None:
    await add_account(api, "olga", "AUDITOR")
    await standing_rule(api, Right.READ, "deeds")
    request = Request(api.ports, await api.token(who))
    with pytest.raises(Forbidden):
        async with request.change() as change:
            await (OF_STAFF | OF_ADMINISTRATORS)[name](change, api)
    assert len(await rows(api, CategoryRule)) == 1
    assert len(await rows(api, AccountGroup)) == 2
    assert await rows(api, Event) == []
