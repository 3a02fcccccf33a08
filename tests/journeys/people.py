"""Whom a journey adds to the cast: clients in a dossier, staff in no group, auditors, groups."""

from collections.abc import Sequence
from uuid import UUID

from core.rights import NO_RIGHTS, Right
from models import AccountGroup, Document, DossierMember
from resolvers.founding import add_principal
from tests.api import Api
from tests.journeys.rows import writing


async def add_client(api: Api, name: str, role: str | None = None) -> None:
    """Add a client, who is something in the cast's dossier or in none."""
    async with writing(api) as firm:
        relation = await firm.relation(name.title(), "Peeters", email=f"{name}@peeters.example")
        api.world.relations[name] = relation
        api.world.accounts[name] = await firm.client(relation)
    if role:
        await add_to_dossier(api, name, role)


async def add_to_dossier(api: Api, name: str, role: str) -> None:
    """Make a relation something in the cast's dossier."""
    member = {"dossier_id": api.world.dossier.id, "relation_id": api.world.relations[name].id, "role": role}
    async with writing(api) as firm:
        await firm.keep(DossierMember(licence_id=firm.founded.licence_id, **member))


async def add_account(api: Api, name: str, role: str = "STAFF") -> None:
    """Add an account that is in no group."""
    async with writing(api) as firm:
        address = f"{name}@de-linde.example"
        api.world.accounts[name] = await firm.account(address, role, display_name=name.title())


async def add_advisor(
    api: Api, name: str, rights: Right = NO_RIGHTS, documents: Sequence[Document] | None = None
) -> None:
    """Add somebody on the staff who is in no group, with rights on some documents, or on the cast's one."""
    await add_account(api, name)
    async with writing(api) as firm:
        for document in documents or [api.world.document] if rights else ():
            await firm.grant(document, api.world.accounts[name].id, rights)


async def add_group(api: Api, name: str, *members: str) -> UUID:
    """Add a group of the firm's own with these of the cast in it; return its key."""
    async with writing(api) as firm:
        licence_id = firm.founded.licence_id
        group_id = await add_principal(firm.session, licence_id, "GROUP")
        await firm.keep(AccountGroup(licence_id=licence_id, id=group_id, name=name))
        for member in members:
            await firm.join(group_id, api.world.accounts[member])
    return group_id


def account(api: Api, who: str) -> str:
    """Return the id of one of the cast's account."""
    return api.id("Account", api.world.accounts[who].id)
