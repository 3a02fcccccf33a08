"""The stage of two firms: what is done there is done by the product's verbs, and told to the model."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, insert

from auth import sessions
from core.errors import KluisError
from core.rights import NO_RIGHTS, Right
from core.tokens import Token
from models import DossierMember
from models.tables import LICENCE
from resolvers import account_care, category_rules, deleting, documents, groups, sharing
from resolvers.category_rules import Grantee
from resolvers.change import Change
from resolvers.documents import Said
from resolvers.incoming import IncomingFile
from resolvers.ports import Ports
from resolvers.request import Request
from tests.conftest import SetClock
from tests.permissions.model import Rights
from tests.permissions.model_verbs import Model, Refused, require
from tests.permissions.two_firms import TwoFirms, write_two_firms

T = TypeVar("T")
Outcome = tuple[str, Any]
DONE: Final = "DONE"
A_SECOND: Final = timedelta(seconds=1)
TICKS: Final = {"R": "READ", "U": "UPDATE", "D": "DELETE", "S": "CHANGE_SECURITY"}
# There are no verbs for these yet.
JOIN: Final = insert(DossierMember).values(
    licence_id=LICENCE,
    dossier_id=bindparam("dossier_id"),
    relation_id=bindparam("relation_id"),
    role=bindparam("role"),
)
LEAVE: Final = delete(DossierMember).where(
    DossierMember.licence_id == LICENCE,
    DossierMember.dossier_id == bindparam("dossier_id"),
    DossierMember.relation_id == bindparam("relation_id"),
)


def ticks(letters: str) -> Rights:
    """Return rights that are written as letters, as the model has them."""
    return frozenset(TICKS[it] for it in letters)


def mask(letters: str) -> Right:
    """Return them as the product has them."""
    rights = NO_RIGHTS
    for it in letters:
        rights |= Right[TICKS[it]]
    return rights


class Stage:
    """Plays steps: each is done by the product and by the model, and both must come to the same."""

    def __init__(self, ports: Ports, clock: SetClock, world: TwoFirms) -> None:
        self.ports = ports
        self.clock = clock
        self.world = world
        self.made: dict[str, list[UUID]] = {"paper": [], "group": [], "rule": []}

    @classmethod
    async def opened(cls, ports: Ports, clock: SetClock) -> "Stage":
        """Return a stage with the cast on it, where nothing has happened."""
        return cls(ports, clock, await write_two_firms(ports.database, clock))

    def key(self, name: str) -> UUID:
        """Return the key of what is called so; what has not been made yet has the key of nothing."""
        return self.world.keys.get(name, self.world.keys["nothing"])

    def keys(self, names: Collection[str]) -> list[UUID]:
        return [self.key(it) for it in names]

    def names(self, kind: str) -> list[str]:
        """Return the names of all papers; `gone`: of those that are deleted; `rule`: of those in force."""
        models = self.world.models.values()
        if kind == "rule":
            over = [key for model in models for key, it in model.rules.items() if it.is_removed]
            return [f"rule {at}" for at, key in enumerate(self.made["rule"]) if key not in over]
        gone = [key for model in models for key, it in model.documents.items() if it.is_deleted]
        return [f"paper {at}" for at, key in enumerate(self.made["paper"]) if kind == "paper" or key in gone]

    def call(self, kind: str, key: UUID) -> None:
        """Give what was made its name: `paper 0`, `group 0`, `rule 0`."""
        if key not in self.made[kind]:
            self.world.keys[f"{kind} {len(self.made[kind])}"] = key
            self.made[kind].append(key)

    # What people do.
    async def upload(self, who: str, **said: Any) -> str:
        """Send a document in; `dossier` is a name, `categories` and `relations` are several."""
        asked, told = self.said(said, new=True)
        request = Request(self.ports, self.world.tokens[who])
        came_to = await outcome(self.send(request, Said("A paper", **asked)), request)
        return self.agreed(who, came_to, lambda model, me: model.upload(me, came_to[1], told), "paper")

    async def send(self, request: Request, said: Said) -> UUID:
        await request.open()
        return await documents.upload_document(request, IncomingFile("a.txt", bytes_of("A paper")), said)

    async def update(self, who: str, paper: str, **said: Any) -> str:
        """Change what is said of a document; nothing given: its description."""
        asked, told = self.said(said, new=False)
        changes = asked or {"description": "Another name"}
        return await self.does(
            who,
            lambda change: documents.update_document(change, self.key(paper), changes, None),
            lambda model, me: model.update(me, self.key(paper), told),
        )

    def said(self, said: dict[str, Any], *, new: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is said of a document, for the product and for the model."""
        asked: dict[str, Any] = {}
        told: dict[str, Any] = {}
        if "dossier" in said and not (new and said["dossier"] is None):
            asked["dossier_id"] = told["dossier"] = said["dossier"] and self.key(said["dossier"])
        for name, argument in (("categories", "category_ids"), ("relations", "relation_ids")):
            if name in said:
                asked[argument] = self.keys(said[name])
                told[name] = frozenset(asked[argument])
        return asked, told

    async def delete(self, who: str, paper: str) -> str:
        return await self.does(
            who,
            lambda change: deleting.delete_document(change, self.key(paper), None),
            lambda model, me: model.delete(me, self.key(paper)),
        )

    async def restore(self, who: str, paper: str) -> str:
        return await self.does(
            who,
            lambda change: deleting.restore_document(change, self.key(paper)),
            lambda model, me: model.restore(me, self.key(paper)),
        )

    async def set_rights(self, who: str, paper: str, to: str, rights: str) -> str:
        """Set a row of the rights tab; `rights` are letters of READ, UPDATE, DELETE and SECURITY."""
        document, principal = self.key(paper), self.key(to)
        return await self.does(
            who,
            lambda change: sharing.set_document_rights(change, document, principal, mask(rights), None),
            lambda model, me: model.set_rights(me, document, principal, ticks(rights)),
        )

    async def set_rule(self, who: str, category: str, to: str, rights: str) -> str:
        """Set a category's rule for somebody, a group, or the `portal users` of the dossier."""
        grantee, principal = self.grantee(to)
        came_to = await self.change(
            who,
            lambda change: category_rules.set_category_rule(
                change, self.key(category), grantee, mask(rights)
            ),
        )
        new = came_to[1] or uuid4()
        return self.agreed(
            who,
            came_to,
            lambda model, me: model.set_rule(me, new, self.key(category), principal, ticks(rights)),
            "rule",
        )

    def grantee(self, to: str) -> tuple[Grantee, UUID | None]:
        """Return whom a rule gives to, for the product and for the model."""
        if to == "portal users":
            return Grantee(), None
        key = self.key(to)
        is_group = any(key in model.groups for model in self.world.models.values())
        return (Grantee(group_id=key) if is_group else Grantee(account_id=key)), key

    async def apply_rule(self, who: str, rule: str, beside: int = 0) -> str:
        """Apply a rule; `beside` is how far the count that is given is beside the one that is true."""
        model, key = self.world.model_of(who), self.key(rule)
        due = model.due_today(self.key(who), key) if key in model.rules else []
        expected = len({id(it) for it, *_ in due}) + beside
        return await self.does(
            who,
            lambda change: category_rules.apply_category_rule(change, key, expected),
            lambda model, me: model.apply_rule(me, key, expected),
        )

    async def create_group(self, who: str, name: str) -> str:
        came_to = await self.change(who, lambda change: groups.create_group(change, name))
        return self.agreed(who, came_to, lambda model, me: model.create_group(me, came_to[1], name), "group")

    async def set_members(self, who: str, group: str, members: Collection[str]) -> str:
        inside = self.keys(members)
        return await self.does(
            who,
            lambda change: groups.set_group_members(change, self.key(group), inside),
            lambda model, me: model.set_members(me, self.key(group), inside),
        )

    async def block(self, by: str, who: str) -> str:
        """Block an account, or let it in again; whoever is let in signs in anew."""
        account, is_blocked = self.key(who), self.is_blocked(who)
        verb = account_care.unblock_account if is_blocked else account_care.block_account

        async def block(change: Change) -> None:
            await verb(change, account)

        code = await self.does(by, block, lambda model, me: model.block(me, account, blocked=not is_blocked))
        if is_blocked and code == DONE:
            await self.sign_in(who)
        return code

    def is_blocked(self, who: str) -> bool:
        return self.world.model_of(who).accounts[self.key(who)].is_blocked

    async def sign_in(self, who: str) -> None:
        licence = self.world.licences[self.world.firm_of(who)]
        token = self.world.tokens[who] = Token.new(licence)
        async with self.ports.database.change(licence) as session:
            sessions.open_session(session, self.key(who), token, self.clock.now(), "tests")

    # What there is no verb for.
    async def join_or_leave(self, who: str, dossier: str, role: str) -> str:
        """Let somebody into a dossier, or out of it; it has one main person and one partner."""
        firm = next(it for it, model in self.world.models.items() if self.key(dossier) in model.dossiers)
        relation, members = self.key(f"{who} himself"), self.world.models[firm].dossiers[self.key(dossier)]
        values = {"dossier_id": self.key(dossier), "relation_id": relation}
        if members.pop(relation, None):
            return await self.write(firm, LEAVE, **values)
        members[relation] = "OTHER" if role in members.values() and role not in {"CHILD", "OTHER"} else role
        return await self.write(firm, JOIN, **values, role=members[relation])

    async def write(self, firm: str, statement: Any, **values: Any) -> str:
        licence = self.world.licences[firm]
        async with self.ports.database.change(licence) as session:
            await session.execute(statement, {"licence": licence, **values})
        return DONE

    # What both come to.
    async def does(
        self,
        who: str,
        verb: Callable[[Change], Awaitable[T]],
        told: Callable[[Model, UUID], object],
    ) -> str:
        return self.agreed(who, await self.change(who, verb), told)

    async def change(self, who: str, verb: Callable[[Change], Awaitable[T]]) -> Outcome:
        """Do something in a transaction of its own; return what came of it."""
        request = Request(self.ports, self.world.tokens[who])
        return await outcome(within(request, verb), request)

    def agreed(
        self, who: str, came_to: Outcome, told: Callable[[Model, UUID], object], kind: str | None = None
    ) -> str:
        """Require that the model comes to the same; return the code. What was made is given a name."""
        model, me = self.world.model_of(who), self.key(who)
        model.now = self.clock.now()
        try:
            require(not model.accounts[me].is_blocked, "UNAUTHENTICATED")
            expected = (DONE, told(model, me))
        except Refused as refused:
            expected = (str(refused), None)
        assert came_to == expected
        if kind and came_to[1]:
            self.call(kind, came_to[1])
        return came_to[0]


async def within(request: Request, verb: Callable[[Change], Awaitable[T]]) -> T:
    async with request.change() as change:
        return await verb(change)


async def outcome(work: Awaitable[T], request: Request) -> Outcome:
    """Return the code that something came to, and its result."""
    try:
        return DONE, await work
    except KluisError as error:
        return error.code, None
    finally:
        await request.close()


async def bytes_of(text: str) -> AsyncGenerator[bytes]:
    yield text.encode()
