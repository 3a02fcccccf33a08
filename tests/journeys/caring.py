"""Accounts that are cared for: what is done with them, and what came of it."""

from typing import Any, Final
from uuid import UUID

from models import Account, Event
from tests.api import Api
from tests.journeys.rows import row, rows, writing

VERBS: Final = ("resetPassword", "blockAccount", "unblockAccount", "resetTwoFactor")
PLACE: Final = ["input", "accountId"]


def mutation(verb: str) -> str:
    """Return the operation that carries out one of the verbs."""
    return f"""mutation ($input: {verb[0].upper()}{verb[1:]}Input!) {{
      it: {verb}(input: $input) {{
        account {{ status initialPasswordExpiresAt }}
        relation {{ displayName }}
        userErrors {{ code message path }}
      }} }}"""


async def does(api: Api, who: str, verb: str, to: str | UUID) -> dict[str, Any]:
    """Return what a verb answers, said of one of the cast or of an id."""
    key = api.world.accounts[to].id if isinstance(to, str) else to
    return (await api.gets(who, mutation(verb), input={"accountId": api.id("Account", key)}))["it"]


async def is_somebody(api: Api, who: str) -> bool:
    """Return whether the session of one of the cast still counts."""
    return (await api.gets(who, "{ viewer { email } }"))["viewer"] is not None


async def account_of(api: Api, who: str) -> Account:
    """Return the account of one of the cast as it stands."""
    return await row(api, Account, id=api.world.accounts[who].id)


async def events(api: Api) -> list[str]:
    """Return what is remembered of accounts."""
    return [it.kind for it in await rows(api, Event) if it.kind.startswith("account.")]


async def joins(api: Api, name: str, *, administrator: bool = False) -> Account:
    """Let somebody join the firm and the cast."""
    async with writing(api) as firm:
        address = f"{name}@de-linde.example"
        added = await firm.staff(address, name.title(), "Wouters", administrator=administrator)
    api.world.accounts[name] = added
    return added
