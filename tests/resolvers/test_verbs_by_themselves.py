"""Verbs of the staff and of administrators refuse by themselves, whatever guards the fields above them."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from core.errors import Forbidden
from core.rights import Right
from models import AccountGroup, CategoryRule, Event
from resolvers import (
    category_changes,
    category_rules,
    dossier_changes,
    groups,
    holding_changes,
    letters,
    licence_changes,
    portal_access,
    relation_changes,
)
from resolvers.category_rules import Grantee
from resolvers.change import Change
from resolvers.request import Request
from tests.api import Api
from tests.journeys.people import add_account
from tests.journeys.rows import rows
from tests.journeys.rules import standing_rule

# What a verb would begin with, were it not refused.
NAME = {"name": "x", "kind": "PERSON"}
Verb = Callable[[Change, Api], Awaitable[object]]


async def apply_a_rule(change: Change, api: Api) -> None:
    (rule,) = await rows(api, CategoryRule)
    await category_rules.apply_category_rule(change, rule.id, 0)


OF_STAFF: dict[str, Verb] = {
    "set a rule": lambda change, api: category_rules.set_category_rule(
        change, api.world.firm.categories["wills"], Grantee(), Right.READ
    ),
    "apply a rule": apply_a_rule,
    "add a category": lambda change, _: category_changes.create_category(change, NAME),
    "change a category": lambda change, _: category_changes.update_category(change, uuid4(), {}),
    "add a relation": lambda change, _: relation_changes.create_relation(change, NAME),
    "change a relation": lambda change, _: relation_changes.update_relation(change, uuid4(), {}),
    "delete a relation": lambda change, _: relation_changes.delete_relation(change, uuid4()),
    "open a dossier": lambda change, _: dossier_changes.create_dossier(change, NAME),
    "change a dossier": lambda change, _: dossier_changes.update_dossier(change, uuid4(), {}),
    "delete a dossier": lambda change, _: dossier_changes.delete_dossier(change, uuid4()),
    "add a holding": lambda change, _: holding_changes.create_holding(change, NAME),
    "change a holding": lambda change, _: holding_changes.update_holding(change, uuid4(), {}),
    "delete a holding": lambda change, _: holding_changes.delete_holding(change, uuid4()),
    "give access": lambda change, api: portal_access.grant_portal_access(
        change, api.world.relations["femke"].id
    ),
}
OF_ADMINISTRATORS: dict[str, Verb] = {
    "make a group": lambda change, _: groups.create_group(change, "Notarissen"),
    "fill a group": lambda change, api: groups.set_group_members(change, api.world.firm.users, []),
    "set the rules": lambda change, _: licence_changes.update_licence(change, {}),
    "add a unit": lambda change, _: licence_changes.create_business_unit(change, "Kust"),
    "rename a unit": lambda change, _: licence_changes.update_business_unit(change, uuid4(), "Kust"),
    "delete a unit": lambda change, _: licence_changes.delete_business_unit(change, uuid4()),
    "try a letter again": lambda change, _: letters.retry_letter(change, uuid4()),
}
REFUSED = {
    "bert": OF_STAFF | OF_ADMINISTRATORS,
    "olga": OF_STAFF | OF_ADMINISTRATORS,
    "anna": OF_ADMINISTRATORS,
}


@pytest.mark.parametrize("who", REFUSED)
async def test_who_is_not_what_a_verb_asks_for_is_refused(api: Api, who: str) -> None:
    await add_account(api, "olga", "AUDITOR")
    await standing_rule(api, Right.READ, "deeds")
    request = Request(api.ports, await api.token(who))
    for do in REFUSED[who].values():
        with pytest.raises(Forbidden):
            async with request.change() as change:
                await do(change, api)
    assert len(await rows(api, CategoryRule)) == 1
    assert len(await rows(api, AccountGroup)) == 2
    assert await rows(api, Event) == []
