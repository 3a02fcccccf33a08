"""Who is told of an upload: the chain S072-S074 with A18-A20, as a table of sentences."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import update

from auth.passwords import CHEAPEST
from core.viewer import Language
from demo.firm import Firm
from models import Account, Dossier, DossierMember, Relation
from resolvers.ports import Ports
from resolvers.request import Request
from resolvers.routing import told_of_upload
from tests.api import Api
from tests.conftest import START
from tests.world import World


class Office:
    """The cast's firm, with two more on the staff, as each sentence rearranges it."""

    def __init__(self, ports: Ports, world: World) -> None:
        self.ports = ports
        self.world = world
        self.accounts = dict(world.accounts)

    async def hire(self, name: str, *, administrator: bool = False) -> None:
        async with self.ports.database.change(self.world.firm.licence_id) as session:
            firm = Firm(session, self.world.firm, now=START, password_hash=CHEAPEST.hash("x"))
            address = f"{name}@de-linde.example"
            self.accounts[name] = await firm.staff(address, name, "", administrator=administrator)

    async def open_dossier(self, role: str, client: str, manager: str | None) -> None:
        async with self.ports.database.change(self.world.firm.licence_id) as session:
            firm = Firm(session, self.world.firm, now=START, password_hash="")
            named = self.accounts[manager].id if manager else None
            await firm.dossier("Another", {role: self.world.relations[client]}, manager_id=named)

    async def set(self, kind: Any, name: str, **values: Any) -> None:
        """Change the row of an account, a relation or the dossier of Bert and Carla."""
        rows: dict[Any, Any] = {Account: self.accounts, Relation: self.world.relations}
        key = self.world.dossier.id if kind is Dossier else rows[kind][name].id
        async with self.ports.database.change(self.world.firm.licence_id) as session:
            await session.execute(update(kind).where(kind.id == key).values(**values))

    async def set_role(self, client: str, role: str) -> None:
        async with self.ports.database.change(self.world.firm.licence_id) as session:
            of_client = DossierMember.relation_id == self.world.relations[client].id
            await session.execute(update(DossierMember).where(of_client).values(role=role))


Step = Callable[[Office], Awaitable[None]]


def block(name: str) -> Step:
    return lambda office: office.set(Account, name, blocked_at=START)


def take_address(name: str) -> Step:
    return lambda office: office.set(Account, name, email=None)


def manage_dossier(name: str | None) -> Step:
    return lambda office: office.set(Dossier, "", manager_id=office.accounts[name].id if name else None)


def look_after(client: str, name: str | None) -> Step:
    return lambda office: office.set(
        Relation, client, internal_manager_id=office.accounts[name].id if name else None
    )


def make(client: str, role: str) -> Step:
    return lambda office: office.set_role(client, role)


def another_dossier(role: str, client: str, name: str | None) -> Step:
    return lambda office: office.open_dossier(role, client, name)


def promote(name: str) -> Step:
    return lambda office: office.hire(name, administrator=True)


CHAIN: list[tuple[str, str, list[Step], set[str]]] = [
    ("the manager of the dossier is told", "bert", [look_after("bert", "simon")], {"anna"}),
    ("the partner has the same manager", "carla", [], {"anna"}),
    (
        "the managers of all dossiers are told",
        "bert",
        [another_dossier("PARTNER", "bert", "simon")],
        {"anna", "simon"},
    ),
    (
        "the manager of two dossiers is told once",
        "bert",
        [another_dossier("MAIN_PERSON", "bert", "anna")],
        {"anna"},
    ),
    (
        "the manager of a dossier in which he is a child is not told",
        "bert",
        [another_dossier("CHILD", "bert", "simon")],
        {"anna"},
    ),
    (
        "a child alone goes on to the internal manager",
        "bert",
        [make("bert", "CHILD"), look_after("bert", "simon")],
        {"simon"},
    ),
    (
        "somebody else in the dossier goes on to the internal manager",
        "bert",
        [make("bert", "OTHER"), look_after("bert", "simon")],
        {"simon"},
    ),
    (
        "a dossier without a manager goes on to the internal manager",
        "bert",
        [manage_dossier(None), look_after("bert", "simon")],
        {"simon"},
    ),
    (
        "one dossier with a manager is enough",
        "bert",
        [manage_dossier(None), another_dossier("PARTNER", "bert", "els"), look_after("bert", "simon")],
        {"els"},
    ),
    (
        "a blocked manager goes on to the internal manager",
        "bert",
        [block("anna"), look_after("bert", "simon")],
        {"simon"},
    ),
    (
        "a manager without an address goes on to the internal manager",
        "bert",
        [take_address("anna"), look_after("bert", "simon")],
        {"simon"},
    ),
    (
        "of two managers the one who can be reached is told",
        "bert",
        [another_dossier("PARTNER", "bert", "simon"), block("anna")],
        {"simon"},
    ),
    (
        "the partner's internal manager does not count",
        "bert",
        [manage_dossier(None), look_after("bert", None), look_after("carla", "simon")],
        {"arthur"},
    ),
    ("without any manager the administrator is told", "dirk", [], {"arthur"}),
    ("all administrators are told", "dirk", [promote("els")], {"arthur", "els"}),
    (
        "a blocked internal manager goes on to the administrator",
        "dirk",
        [look_after("dirk", "simon"), block("simon")],
        {"arthur"},
    ),
    (
        "an internal manager without an address goes on to the administrator",
        "dirk",
        [look_after("dirk", "simon"), take_address("simon")],
        {"arthur"},
    ),
    (
        "an administrator who cannot be reached is not told",
        "dirk",
        [promote("els"), block("arthur")],
        {"els"},
    ),
    ("where nobody can be reached nobody is told", "dirk", [take_address("arthur")], set()),
]


@pytest.mark.parametrize(
    ("uploader", "steps", "told"), [it[1:] for it in CHAIN], ids=[it[0].replace(" ", "_") for it in CHAIN]
)
async def test_the_chain(api: Api, uploader: str, steps: list[Step], told: set[str]) -> None:
    office = Office(api.ports, api.world)
    await office.hire("simon")
    if not any(it.__qualname__.startswith("promote") for it in steps):
        await office.hire("els")
    for step in steps:
        await step(office)
    request = Request(api.ports, await api.token(uploader))
    await request.open()
    found = await told_of_upload(request)
    await request.close()
    assert [it.id for it in found] == sorted(office.accounts[it].id for it in told)
    assert [it.email for it in found] == [f"{name_of(office, it.id)}@de-linde.example" for it in found]
    assert {Language(it.language) for it in found} <= {Language.NL, Language.EN}


def name_of(office: Office, account_id: object) -> str:
    return next(name for name, it in office.accounts.items() if it.id == account_id)
