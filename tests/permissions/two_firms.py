"""Two firms with a cast, in the database and in the model; who is there and what for is said once."""

from dataclasses import dataclass, field
from itertools import count
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import bindparam, update

from auth import sessions
from core.clock import Clock
from core.tokens import Token
from demo import firm as rows
from models import Account, Category, Relation
from models.tables import LICENCE
from resolvers.database import Database
from resolvers.founding import Founded, found_licence
from tests.permissions.model import Account as Somebody
from tests.permissions.model import Group, Key
from tests.permissions.model_verbs import Model

CAST: Final = {
    "ours": {"arthur": "STAFF", "anna": "STAFF", "otto": "AUDITOR"}
    | dict.fromkeys(("bert", "carla", "dirk"), "CLIENT"),
    "theirs": {"eva": "STAFF"},
}
ADMINISTRATORS: Final = {"arthur", "eva"}
# Noor and Fred are in the files, but have no account.
DOSSIERS: Final = {
    "ours": {
        "callewaert": {"bert": "MAIN_PERSON", "carla": "PARTNER", "noor": "CHILD"},
        "schyns": {"dirk": "MAIN_PERSON", "carla": "CHILD"},
    },
    "theirs": {"fredericks": {"fred": "MAIN_PERSON"}},
}
CATEGORIES: Final = {
    "ours": {"contracts": "contracts", "deeds": "deeds", "archived": "identity_cards"},
    "theirs": {"their contracts": "contracts"},
}
GROUPS: Final = {"ours": ("administrators", "users"), "theirs": ("their administrators", "their users")}
ARCHIVE: Final = (
    update(Category)
    .where(Category.licence_id == LICENCE, Category.id == bindparam("category"))
    .values(is_archived=True)
)
slugs: Final = (f"firm-{number}" for number in count())


@dataclass
class TwoFirms:
    """Everybody and everything by name: the keys, the sessions, and the model of each firm."""

    licences: dict[str, UUID] = field(default_factory=dict[str, UUID])
    models: dict[str, Model] = field(default_factory=dict[str, Model])
    keys: dict[str, UUID] = field(default_factory=lambda: {"nothing": uuid4()})
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])

    def firm_of(self, who: str) -> str:
        """Return whose somebody is."""
        return next(name for name, cast in CAST.items() if who in cast)

    def cast_of(self, firm: str) -> list[str]:
        """Return who is of a firm and can sign in."""
        return [who for who in self.tokens if who in CAST[firm]]

    def model_of(self, who: str) -> Model:
        """Return the model of somebody's firm."""
        return self.models[self.firm_of(who)]


async def write_two_firms(database: Database, clock: Clock) -> TwoFirms:
    """Write both firms, and open a session for everybody."""
    world = TwoFirms()
    for name in CAST:
        founded = await found_licence(database, next(slugs), name)
        world.licences[name] = founded.licence_id
        world.models[name] = Model({}, {}, {}, set(), {})
        async with database.change(founded.licence_id) as session:
            firm = rows.Firm(session, founded, now=clock.now(), password_hash="-")
            await FirmWriter(name, firm, founded, world).write()
    return world


@dataclass
class FirmWriter:
    """Writes one firm twice: into the database, and into its model."""

    name: str
    firm: rows.Firm
    founded: Founded
    world: TwoFirms

    async def write(self) -> None:
        await self.write_categories()
        people = {who for members in DOSSIERS[self.name].values() for who in members}
        relations = {it: await self.firm.relation(it, it, email=f"{it}@x.example") for it in sorted(people)}
        self.model.relations = {it.id for it in relations.values()}
        self.world.keys |= {f"{who} himself": it.id for who, it in relations.items()}
        for who, role in CAST[self.name].items():
            await self.enter(who, role, relations.get(who))
        self.write_groups()
        for dossier, members in DOSSIERS[self.name].items():
            written = await self.firm.dossier(dossier, {role: relations[it] for it, role in members.items()})
            self.world.keys[dossier] = written.id
            self.model.dossiers[written.id] = {relations[it].id: role for it, role in members.items()}

    @property
    def model(self) -> Model:
        return self.world.models[self.name]

    async def write_categories(self) -> None:
        """Take the licence's first categories, one of them archived."""
        archived = self.founded.categories["identity_cards"]
        await self.firm.session.execute(ARCHIVE, {"licence": self.founded.licence_id, "category": archived})
        self.model.categories = {it: it == archived for it in self.founded.categories.values()}
        called = CATEGORIES[self.name]
        self.world.keys |= {name: self.founded.categories[key] for name, key in called.items()}

    async def enter(self, who: str, role: str, relation: Relation | None) -> None:
        """Give somebody an account, and sign him in."""
        account = await self.account(who, role, relation)
        self.world.keys[who] = account.id
        self.model.accounts[account.id] = Somebody(role, relation.id if relation else None)
        token = self.world.tokens[who] = Token.new(self.founded.licence_id)
        sessions.open_session(self.firm.session, account.id, token, self.firm.now, "tests")

    async def account(self, who: str, role: str, relation: Relation | None) -> Account:
        if role == "STAFF":
            return await self.firm.staff(f"{who}@x.example", who, who, administrator=who in ADMINISTRATORS)
        if relation:
            return await self.firm.client(relation)
        return await self.firm.account(f"{who}@x.example", role, display_name=who)

    def write_groups(self) -> None:
        """Know the built-in groups; who is in them was written with the accounts."""
        staff = {who for who, role in CAST[self.name].items() if role == "STAFF"}
        leading, using = GROUPS[self.name]
        members = {leading: staff & ADMINISTRATORS, using: staff}
        self.world.keys |= {leading: self.founded.administrators, using: self.founded.users}
        for group, built_in in ((leading, "ADMINISTRATORS"), (using, "USERS")):
            inside: set[Key] = {self.world.keys[it] for it in members[group]}
            self.model.groups[self.world.keys[group]] = Group(built_in.title(), built_in, inside)
