"""Another e-mail address for a portal user: his user name follows when the firm says so (A16)."""

import asyncio
from typing import Any, Final

import pytest

from models import Account, Event, Letter, Relation
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.keeping import does, relation, tries
from tests.journeys.rows import row, rows, set_values, writing
from tests.journeys.rules import events
from tests.journeys.waiting import somebody_waits
from tests.world import PASSWORD

NEW: Final = "bert@nieuw.example"
FORMER: Final = "bert@callewaert.example"
SIGN_IN: Final = """mutation ($input: SignInInput!) {
  signIn(input: $input) { step userErrors { code } }
}"""
MOVES: Final = ["input", "movesPortalAccount"]


async def gives(api: Api, name: str = "bert", /, **said: Any) -> dict[str, Any]:
    return await tries(api, "anna", "updateRelation", relationId=relation(api, name), **said)


async def stands(api: Api) -> tuple[str | None, str, str | None]:
    """Return the address of Bert's relation, his user name, and where his mail goes."""
    known = await row(api, Relation, id=api.world.relations["bert"].id)
    account = await row(api, Account, id=api.world.accounts["bert"].id)
    return known.email, account.username, account.email


async def lets_in(api: Api, username: str) -> bool:
    said = {"username": username, "password": PASSWORD, "licence": "de-linde"}
    return (await api.gets("nobody", SIGN_IN, input=said))["signIn"]["step"] == "SIGNED_IN"


async def test_without_a_word_about_it_nothing_changes(api: Api) -> None:
    payload = await gives(api, email=NEW, title="dr.")
    assert (payload["relation"], mistakes(payload)) == (None, [("REQUIRED", MOVES)])
    assert await stands(api) == (FORMER, FORMER, FORMER)
    assert (await row(api, Relation, id=api.world.relations["bert"].id)).title == "mijnheer"
    assert await rows(api, Letter) == []
    assert await rows(api, Event) == []


async def test_the_user_name_follows_and_both_addresses_are_told(api: Api) -> None:
    payload = await gives(api, email="Bert@nieuw.example", movesPortalAccount=True)
    assert payload["userErrors"] == []
    assert await stands(api) == ("Bert@nieuw.example",) * 3
    letters = {it.recipient: it for it in await rows(api, Letter)}
    assert letters.keys() == {FORMER, "Bert@nieuw.example"}
    for it in letters.values():
        assert (it.kind, it.account_id) == ("username_changed", api.world.accounts["bert"].id)
        assert (it.details["former"], it.details["username"]) == (FORMER, "Bert@nieuw.example")
    account = {"account": str(api.world.accounts["bert"].id)}
    assert await events(api, "account.username_changed") == [account]
    assert await lets_in(api, NEW)
    assert not await lets_in(api, FORMER)


async def test_the_user_name_stays_when_the_firm_says_so(api: Api) -> None:
    payload = await gives(api, email=NEW, movesPortalAccount=False)
    assert payload["userErrors"] == []
    assert await stands(api) == (NEW, FORMER, FORMER)
    assert await rows(api, Letter) == []
    assert await events(api, "account.username_changed") == []
    assert await lets_in(api, FORMER)
    # and it can follow later
    assert (await gives(api, email="b@nieuw.example", movesPortalAccount=True))["userErrors"] == []
    assert await stands(api) == ("b@nieuw.example",) * 3


async def test_an_address_can_be_taken_away_when_the_user_name_stays(api: Api) -> None:
    assert mistakes(await gives(api, email=None)) == [("REQUIRED", MOVES)]
    payload = await gives(api, email=None, movesPortalAccount=True)
    assert mistakes(payload) == [("REQUIRED", ["input", "email"])]
    assert await stands(api) == (FORMER, FORMER, FORMER)
    assert (await gives(api, email=None, movesPortalAccount=False))["userErrors"] == []
    assert await stands(api) == (None, FORMER, FORMER)
    # what comes in its place is asked for in the same way
    assert mistakes(await gives(api, email=NEW)) == [("REQUIRED", MOVES)]
    assert (await gives(api, email=NEW, movesPortalAccount=True))["userErrors"] == []
    assert await stands(api) == (NEW, NEW, NEW)


@pytest.mark.parametrize(
    "said", [{"title": "dr."}, {"email": FORMER}, {"title": "x", "movesPortalAccount": True}]
)
async def test_what_changes_no_address_is_not_asked_about(api: Api, said: dict[str, Any]) -> None:
    assert (await gives(api, **said))["userErrors"] == []
    assert await stands(api) == (FORMER, FORMER, FORMER)
    assert await rows(api, Letter) == []


async def test_nothing_is_asked_of_whoever_has_no_portal_access(api: Api) -> None:
    assert (await gives(api, "femke", email=NEW))["userErrors"] == []
    assert (await gives(api, "noor", email=NEW, movesPortalAccount=True))["userErrors"] == []
    assert await rows(api, Letter) == []


@pytest.mark.parametrize("taken", ["ANNA@de-linde.example", "carla@verlinden.example"])
async def test_a_user_name_of_somebody_else_is_not_taken(api: Api, taken: str) -> None:
    payload = await gives(api, email=taken, movesPortalAccount=True)
    assert mistakes(payload) == [("ALREADY_EXISTS", ["input", "email"])]
    assert await stands(api) == (FORMER, FORMER, FORMER)
    assert await rows(api, Letter) == []
    # the address itself may be shared
    assert (await gives(api, email=taken, movesPortalAccount=False))["userErrors"] == []


async def test_ones_own_user_name_may_be_written_otherwise(api: Api) -> None:
    await gives(api, email=NEW, movesPortalAccount=False)
    assert (await gives(api, email="BERT@callewaert.example", movesPortalAccount=True))["userErrors"] == []
    assert await stands(api) == ("BERT@callewaert.example",) * 3


async def test_another_firms_user_names_are_no_obstacle(api: Api) -> None:
    payload = await gives(api, email="eva@het-ander.example", movesPortalAccount=True)
    assert payload["userErrors"] == []


async def test_a_user_name_that_somebody_takes_meanwhile_is_not_taken_twice(
    api: Api, database_url: str
) -> None:
    await api.token("anna")
    async with writing(api) as firm:
        await firm.client(api.world.relations["femke"], display_name="Femke")
        said = {"email": "femke@dupont.example", "movesPortalAccount": True}
        waiting = asyncio.create_task(gives(api, **said))
        await somebody_waits(database_url)
    assert mistakes(await waiting) == [("ALREADY_EXISTS", ["input", "email"])]
    assert await stands(api) == (FORMER, FORMER, FORMER)


async def test_whoever_is_blocked_is_told_too(api: Api) -> None:
    await set_values(api, Account, api.world.accounts["bert"].id, blocked_at=api.ports.clock.now())
    assert (await gives(api, email=NEW, movesPortalAccount=True))["userErrors"] == []
    assert len(await rows(api, Letter)) == 2


async def test_his_sessions_go_on(api: Api) -> None:
    await api.token("bert")
    await does(
        api, "anna", "updateRelation", relationId=relation(api, "bert"), email=NEW, movesPortalAccount=True
    )
    assert await api.gets("bert", "{ viewer { email } }") == {"viewer": {"email": NEW}}
