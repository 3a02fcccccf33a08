"""The audience: after each step everybody looks by every path, and sees what the model says."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from auth import sessions
from auth.links import Holder, Link, Purpose
from core.errors import NotFound
from models import metadata
from resolvers import content
from resolvers.content import ContentLink
from resolvers.fetching import reads
from resolvers.opening import ADDRESS_LASTS
from resolvers.ports import Ports
from schema.context import Context
from tests.conftest import SetClock
from tests.permissions.model import Key
from tests.permissions.operation import Operation
from tests.permissions.stage import A_SECOND, DONE, Stage
from tests.permissions.views import Everything, Sight, View

# When a session was last used is no part of what is kept.
TABLES: Final = [it.name for it in metadata.sorted_tables if it.name not in {"licence", "session"}]
# What was refused left nothing but that.
LEFT_OUT: Final = {"event": " AND kind NOT LIKE '%.refused'"}
ROWS: Final = " UNION ALL ".join(
    f"SELECT {it}::text AS kept FROM {it} WHERE licence_id IN (:ours, :theirs){LEFT_OUT.get(it, '')}"  # noqa: S608  names of ours
    for it in TABLES
)
KEPT: Final = text(f"SELECT md5(string_agg(kept, '' ORDER BY kept)) FROM ({ROWS}) AS everything")  # noqa: S608  names of ours
# What was seen of a pair: who reads a document, how somebody's access to it is explained.
Seen = dict[tuple[str, Key, Key], Any]


async def everything_kept(stage: Stage) -> str:
    """Return a digest of what both firms keep."""
    async with stage.ports.database.snapshot(stage.world.licences["ours"]) as connection:
        return (await connection.execute(KEPT, stage.world.licences)).scalar_one()


class Audience:
    """Watches a stage, and counts what is played on it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.turn = 0
        self.kept = ""
        self.played: Counter[tuple[str, str]] = Counter()
        self.sessions: dict[str, UUID] = {}
        self.links: Seen = {}
        self.explained: Seen = {}

    @classmethod
    async def seated(cls, ports: Ports, clock: SetClock) -> "Audience":
        """Return the audience of a new stage."""
        audience = cls(await Stage.opened(ports, clock))
        audience.kept = await everything_kept(audience.stage)
        return audience

    async def play(self, verb: str, *given: Any, called: str = "", **named: Any) -> str:
        """Play a step a second after the last one, and let everybody look; return what it came to.

        What everybody sees is made of what is kept. So where nothing was done, nothing of that may have
        changed; one of the cast looks all the same.
        """
        self.stage.clock.advance(A_SECOND)
        code: str = await getattr(self.stage, verb)(*given, **named)
        self.played[called or verb, code] += 1
        before, self.kept = self.kept, await everything_kept(self.stage)
        await self.look(by_all=code == DONE)
        assert code == DONE or before == self.kept
        self.turn += 1
        return code

    async def look(self, *, by_all: bool) -> None:
        """Look at everything, all or one of those who are signed in."""
        everything, everybody = Everything.on(self.stage), list[View]()
        for firm, licence in self.stage.world.licences.items():
            async with self.stage.ports.database.snapshot(licence) as connection:
                views = await self.views(firm, connection, everything)
                written = await views[0].written() if views else ()
                everybody += views
                for view in views if by_all else views[self.turn % len(views) :][:1]:
                    await view.check(written)
                if by_all:
                    await self.explain(firm, views)
        if by_all:
            await self.open_contents()
            if everybody:
                asker = everybody[self.turn % len(everybody)]
                token = self.stage.world.tokens[asker.who]
                await Operation(asker, Context(self.stage.ports, token)).check()

    async def views(self, firm: str, connection: AsyncConnection, everything: Everything) -> list[View]:
        """Return how those of a firm who are signed in look; whoever is blocked has no session."""
        model, found, now = self.stage.world.models[firm], list[View](), self.stage.clock.now()
        for who in self.stage.world.cast_of(firm):
            me = self.stage.key(who)
            viewer = await sessions.viewer_with(reads(connection), self.stage.world.tokens[who], now)
            assert (viewer is None) == model.accounts[me].is_blocked
            if viewer:
                self.sessions[who] = viewer.session_id
                assert {*viewer.principals} == model.principals(me)
                sight = Sight(self.stage.ports, viewer, connection)
                found.append(View(who, model, me, sight, everything, self.turn))
        return found

    async def explain(self, firm: str, views: list[View]) -> None:
        """Ask why everybody can or cannot reach a document, and whatever else the step has changed."""
        model = self.stage.world.models[firm]
        alive = [key for key, it in model.documents.items() if not it.is_deleted]
        for at, key in enumerate(alive):
            holders = [it for it in views if "CHANGE_SECURITY" in it.reach.get(key, ())]
            is_due = at == self.turn % len(alive)
            for principal in (*model.accounts, *model.groups):
                says = model.explained(principal, model.documents[key])
                if holders and (is_due or self.explained.get((firm, key, principal)) != says):
                    self.explained[firm, key, principal] = says
                    asker = holders[self.turn % len(holders)]
                    await asker.explained(cast("UUID", key), cast("UUID", principal))

    async def open_contents(self) -> None:
        """Open a document as everybody, and whatever the step has opened or closed to him."""
        for nth, who in enumerate(self.sessions):
            model, me = self.stage.world.model_of(who), self.stage.key(who)
            reach: Mapping[Key, Any] = {} if model.accounts[me].is_blocked else model.reach(me)
            for at, key in enumerate(model.documents):
                is_due = (at, nth % 2) == (self.turn % len(model.documents), self.turn % 2)
                if is_due or self.links.get((who, key, me)) != (key in reach):
                    self.links[who, key, me] = key in reach
                    assert await self.opens(who, cast("UUID", key)) == (key in reach)

    async def opens(self, who: str, document: UUID) -> bool:
        """Return whether the address of a document's bytes opens in somebody's session."""
        ports, licence = self.stage.ports, self.stage.world.licences[self.stage.world.firm_of(who)]
        holder, expires_at = Holder(licence, self.sessions[who]), self.stage.clock.now() + ADDRESS_LASTS
        link = Link(holder, expires_at, ContentLink(document, 1, inline=False).said)
        try:
            sealed = link.seal(ports.keys.links, Purpose.CONTENT)
            found = await content.find_content(ports, sealed, come_from="198.51.100.7")
        except NotFound:
            return False
        pieces = await content.first_of(ports, licence, found.row)
        return b"".join([it async for it in pieces]) == b"A paper"
