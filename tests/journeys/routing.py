"""The chain of a client's upload: a firm arranged for it, what is said of it, and who gets a letter."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import update

from models import Account, Dossier, DossierMember, Letter, Relation
from tests.api import Api
from tests.conftest import START
from tests.journeys.people import add_account, add_client
from tests.journeys.rows import rows, set_values, writing

EXPLAIN: Final = """query ($relation: ID!, $dossier: ID) {
  explainUploadRouting(relationId: $relation, dossierId: $dossier) {
    account { id } reason willReceive skippedBecause
  }
}"""
# The last word of a line of an explanation: what became of somebody.
TOLD: Final = "told"
WHY: Final = {
    "blocked": "This account is blocked.",
    "no address": "This account has no e-mail address.",
    "too late": "Somebody before this step is told already.",
}
REASONS: Final = {
    "dossier": "DOSSIER_MANAGER",
    "internal": "INTERNAL_MANAGER",
    "licence": "LICENCE_ADMINISTRATOR",
}
Step = Callable[[Api], Awaitable[None]]


def block(name: str) -> Step:
    return lambda api: set_values(api, Account, api.world.accounts[name].id, blocked_at=START)


def take_address(name: str, left: str | None = None) -> Step:
    return lambda api: set_values(api, Account, api.world.accounts[name].id, email=left)


def manage_dossier(name: str | None) -> Step:
    """Let somebody manage the dossier of Bert and Carla."""
    return lambda api: set_values(api, Dossier, api.world.dossier.id, manager_id=key_of(api, name))


def look_after(client: str, name: str | None) -> Step:
    return lambda api: set_values(
        api, Relation, api.world.relations[client].id, internal_manager_id=key_of(api, name)
    )


def key_of(api: Api, name: str | None) -> Any:
    return api.world.accounts[name].id if name else None


def another_dossier(role: str, client: str, name: str | None) -> Step:
    """Put a client into one more dossier, that somebody manages."""

    async def step(api: Api) -> None:
        async with writing(api) as firm:
            members = {role: api.world.relations[client]}
            await firm.dossier(f"Another of {client}", members, manager_id=key_of(api, name))

    return step


def make(client: str, role: str) -> Step:
    """Say what a client is in all of his dossiers."""

    async def step(api: Api) -> None:
        async with writing(api) as firm:
            of_client = DossierMember.relation_id == api.world.relations[client].id
            await firm.session.execute(update(DossierMember).where(of_client).values(role=role))

    return step


def promote(name: str) -> Step:
    async def step(api: Api) -> None:
        async with writing(api) as firm:
            await firm.join(firm.founded.administrators, api.world.accounts[name])

    return step


def arrives(client: str) -> Step:
    """Add a client who is in no dossier."""
    return lambda api: add_client(api, client)


async def hire(api: Api) -> None:
    """Add two more advisors, and Lotte, who is told nothing and asks in English."""
    for name in ("simon", "els", "lotte"):
        await add_account(api, name)
    await set_values(api, Account, api.world.accounts["lotte"].id, language="EN")


async def explanation(api: Api, client: str, dossier: Dossier | None = None, who: str = "lotte") -> list[str]:
    """Return what the API says of each in the chain: who, the step, and what becomes of him."""
    said = {"relation": api.id("Relation", api.world.relations[client].id)}
    said |= {"dossier": api.id("Dossier", dossier.id)} if dossier else {}
    steps = (await api.gets(who, EXPLAIN, **said))["explainUploadRouting"]
    names = {api.id("Account", it.id): name for name, it in api.world.accounts.items()}
    words = {reason: word for word, reason in REASONS.items()}
    return [f"{names[it['account']['id']]} {words[it['reason']]} {fate(it)}" for it in steps]


def fate(step: dict[str, Any]) -> str:
    """Return what becomes of somebody; he is told if, and only if, there is nothing against it."""
    assert step["willReceive"] == (step["skippedBecause"] is None)
    return TOLD if step["willReceive"] else {text: word for word, text in WHY.items()}[step["skippedBecause"]]


async def told(api: Api, client: str) -> list[str]:
    """Send a document in as a client; return who got a letter about it, each as often as he got one."""
    assert (await api.upload(client, "a.txt", b"words"))["userErrors"] == []
    names = {it.id: name for name, it in api.world.accounts.items()}
    letters = await rows(api, Letter, kind="document_uploaded")
    return sorted(names[it.account_id] for it in letters if it.account_id)


def those_told(lines: list[str]) -> list[str]:
    return sorted(it.split()[0] for it in lines if it.endswith(TOLD))


async def second_dossier(api: Api, role: str, name: str | None) -> Dossier:
    """Put Bert into one more dossier, that somebody manages, and return it."""
    await another_dossier(role, "bert", name)(api)
    (found,) = await rows(api, Dossier, name="Another of bert")
    return found
