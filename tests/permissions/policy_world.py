"""The world that the policy speaks of: the cast of all tests, an advisor in no group, an auditor, papers.

Nothing in it is changed: what the policy says may be done is done, and not kept.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
from sqlalchemy import delete

from core.rights import Right
from models import Document, DocumentGrant
from resolvers.database import Database
from server.app import create_app
from storage.store import Store
from tests.api import Api
from tests.conftest import SetClock, ports_over
from tests.databases import PATIENT
from tests.journeys.people import add_account
from tests.journeys.rows import delete_document, row, set_values, writing
from tests.journeys.rules import change_document, put_into, set_rule
from tests.world import World, create_world

CAST: Final = ("anna", "arthur", "ines", "otto", "bert", "carla", "dirk", "eva", "nobody")
READ, UPDATE, DELETE, SECURITY = Right.READ, Right.UPDATE, Right.DELETE, Right.CHANGE_SECURITY


@dataclass(frozen=True)
class Stage:
    """The world, and the id of everything in it by what it is called."""

    api: Api
    clock: SetClock
    ids: dict[str, str]


@asynccontextmanager
async def open_stage(url: str, folder: Path) -> AsyncGenerator[Stage]:
    """Fill an empty database, sign everybody in, and yield the stage."""
    database = Database(url, PATIENT)
    clock = SetClock()
    ports = ports_over(database, Store.open(folder), clock, keys_in=folder.parent)
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
        api = Api(ports, await create_world(ports), http)
        await add_account(api, "ines")
        await add_account(api, "otto", "AUDITOR")
        papers = await write_papers(api)
        rules = await share_by_rules(api, papers)
        bert = api.world.accounts["bert"].id
        grant = await row(api, DocumentGrant, document_id=papers["the contract"].id, principal_id=bert)
        ids = {name: api.id(*it) for name, it in things(api.world, papers).items()}
        for who in CAST[:-1]:
            await api.token(who)
        yield Stage(api, clock, ids | rules | {"Bert's row": api.id("Grant", grant.id)})
    await database.close()


def things(world: World, papers: dict[str, Document]) -> dict[str, tuple[str, UUID]]:
    """Return type and key of everything that the policy names, by what it is called there."""
    firm, foreign = world.firm, world.other_firm
    return {
        **{f"{name}'s account": ("Account", it.id) for name, it in world.accounts.items()},
        **{name: ("Relation", it.id) for name, it in world.relations.items()},
        **{name: ("Document", it.id) for name, it in papers.items()},
        **{key: ("Category", id_) for key, id_ in firm.categories.items()},
        "the dossier": ("Dossier", world.dossier.id),
        "the users": ("Group", firm.users),
        "the administrators": ("Group", firm.administrators),
        "their users": ("Group", foreign.users),
        "their document": ("Document", world.foreign_document.id),
    }


class Paper(NamedTuple):
    """A document: to whom it was given by hand, and what else is said of it."""

    given: dict[str, Right]
    said: dict[str, Any]


def papers_of(world: World) -> dict[str, Paper]:
    """Return the papers, in the cast's dossier and made by Anna where nothing else is said."""
    bert, dirk = world.relations["bert"], world.relations["dirk"]
    return {
        "the note": Paper({}, {}),
        "Bert's own": Paper({}, {"maker": world.accounts["bert"], "dossier": None, "relations": [bert]}),
        "the draft": Paper({}, {"maker": world.accounts["ines"]}),
        "the report": Paper({"ines": READ, "otto": READ}, {"categories": ["reports"]}),
        "the half": Paper({"ines": READ | SECURITY}, {}),
        "the form": Paper({"bert": READ | UPDATE | DELETE}, {}),
        "the blind one": Paper({"dirk": UPDATE | DELETE}, {"relations": [dirk]}),
        "the old one": Paper({"dirk": READ}, {}),
        "what hangs on Dirk": Paper({}, {"relations": [dirk]}),
        "the thrown away": Paper({"bert": READ, "ines": READ}, {}),
        "the will of before": Paper({}, {"categories": ["wills"]}),
        "the deed": Paper({}, {}),
        "the double": Paper({"carla": UPDATE}, {}),
        "what was moved": Paper({}, {}),
        "the will without a dossier": Paper({}, {"dossier": None}),
        "the advice": Paper({}, {}),
    }


async def write_papers(api: Api) -> dict[str, Document]:
    """Write the papers; the draft is taken away from the firm's groups, and one is thrown away."""
    world = api.world
    written = {"the contract": world.document}
    async with writing(api) as firm:
        usual: dict[str, Any] = {"maker": world.accounts["anna"], "dossier": world.dossier}
        for name, paper in papers_of(world).items():
            written[name] = await firm.document(name, **(usual | paper.said))
            for who, rights in paper.given.items():
                await firm.grant(written[name], world.accounts[who].id, rights)
        await firm.session.execute(
            delete(DocumentGrant).where(
                DocumentGrant.licence_id == firm.founded.licence_id,
                DocumentGrant.document_id == written["the draft"].id,
                DocumentGrant.source == "DEFAULT",
            )
        )
    await delete_document(api, written["the thrown away"].id)
    return written


async def share_by_rules(api: Api, papers: dict[str, Document]) -> dict[str, str]:
    """Do what the policy says of rules, as Anna; return the ids of the rules."""
    keys = {name: it.id for name, it in papers.items()}
    rules = {
        f"the rule of {it}": (await set_rule(api, "anna", ["READ"], it))["rule"]["id"]
        for it in ("deeds", "wills", "advice")
    }
    for name in ("the deed", "the double", "what was moved"):
        await put_into(api, "deeds", document=keys[name])
    await put_into(api, "wills", document=keys["the will without a dossier"])
    await put_into(api, "advice", document=keys["the advice"])
    # What comes afterwards takes nothing away.
    await set_rule(api, "anna", [], "advice")
    await change_document(api, "anna", keys["what was moved"], categoryIds=[], dossierId=None)
    # The contract was shared with somebody else after Bert had it.
    later = api.ports.clock.now() + timedelta(hours=1)
    await set_values(api, Document, keys["the contract"], updated_at=later, revision=5)
    return rules
