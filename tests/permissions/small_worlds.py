"""Small worlds for the rule of access: a few people and papers, and what a naive reader makes of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from core.rights import NO_RIGHTS, Right
from core.viewer import Language, Role, Viewer
from demo.firm import Firm, imagined
from models import AccountGroup, Document
from resolvers.database import Database
from resolvers.founding import Founded, add_principal, found_licence

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = 3
GROUPS = 2


@dataclass(frozen=True)
class Grant:
    """Rights for one principal: the people come first, then the groups."""

    principal: int
    rights: int
    minutes: int
    """When it was given, after the start."""
    source: str


@dataclass(frozen=True)
class Paper:
    """A document: whether it was deleted, when its content changed, and what was given on it."""

    is_deleted: bool
    minutes: int
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class SmallWorld:
    """The first of the people is a client, the others are staff; `groups` says who is in which."""

    groups: tuple[frozenset[int], ...]
    papers: tuple[Paper, ...]


# What chance seldom makes: a client who was first given READ, and later, from another source, only UPDATE.
SHARED_THEN_MORE = SmallWorld(
    groups=(frozenset(), frozenset()),
    papers=(
        Paper(is_deleted=False, minutes=0, grants=(Grant(0, 1, 1, "MANUAL"), Grant(0, 2, 2, "UPLOADER"))),
    ),
)


def small_worlds() -> st.SearchStrategy[SmallWorld]:
    """Return worlds with all that the rule speaks of, seldom more than once."""
    grants = st.builds(
        Grant,
        st.integers(0, PEOPLE + GROUPS - 1),
        st.integers(1, 15),
        minutes=st.integers(0, 5),
        source=st.sampled_from(["MANUAL", "UPLOADER"]),
    )
    # One grant for each principal and source is all that the table holds.
    several = st.lists(grants, max_size=4, unique_by=lambda it: (it.principal, it.source)).map(tuple)
    papers = st.builds(Paper, st.booleans(), st.integers(0, 5), several)
    members = st.frozensets(st.integers(1, PEOPLE - 1))
    return st.builds(
        SmallWorld,
        st.tuples(*[members] * GROUPS),
        st.lists(papers, min_size=1, max_size=4).map(tuple),
    )


@dataclass(frozen=True)
class Written:
    """A world in the database: the keys of its people, groups and papers, in order."""

    world: SmallWorld
    licence_id: UUID
    principals: tuple[UUID, ...]
    papers: tuple[UUID, ...]

    def viewer(self, person: int) -> Viewer:
        """Return one of the people as the one who asks."""
        of_groups = [
            self.principals[PEOPLE + at] for at, members in enumerate(self.world.groups) if person in members
        ]
        return Viewer(
            licence_id=self.licence_id,
            account_id=self.principals[person],
            session_id=UUID(int=0),
            seen_at=START,
            roles=frozenset({Role.CLIENT if person == 0 else Role.STAFF}),
            language=Language.NL,
            principals=(self.principals[person], *of_groups),
        )

    def reach(self, person: int) -> dict[UUID, Right]:
        """Return what a person may do with each paper that exists for him: the rule, as one would say it."""
        found: dict[UUID, Right] = {}
        for key, paper in zip(self.papers, self.world.papers, strict=True):
            rights = NO_RIGHTS
            for grant in paper.grants:
                if grant.principal == person or self.has_through_group(person, grant.principal):
                    rights |= Right(grant.rights)
            if Right.READ in rights and not paper.is_deleted:
                found[key] = rights
        return found

    def has_through_group(self, person: int, principal: int) -> bool:
        """Return whether a principal is a group that the person is in."""
        return principal >= PEOPLE and person in self.world.groups[principal - PEOPLE]

    def dated(self, person: int) -> dict[UUID, datetime]:
        """Return the date under which a client sees each paper: its last change, or the sharing with him."""
        return {
            key: START
            + timedelta(
                minutes=max(
                    [paper.minutes]
                    + [it.minutes for it in paper.grants if it.principal == person and it.rights & Right.READ]
                )
            )
            for key, paper in zip(self.papers, self.world.papers, strict=True)
        }


async def write(database: Database, slug: str, world: SmallWorld) -> Written:
    """Write a world into a licence of its own."""
    founded = await found_licence(database, slug, slug)
    async with database.change(founded.licence_id) as session:
        firm = Firm(session, founded, now=START, password_hash="-")
        people = [
            (await firm.account(f"{at}@{slug}.example", "STAFF" if at else "CLIENT", display_name=str(at))).id
            for at in range(PEOPLE)
        ]
        groups = [await write_group(session, founded, f"group {at}") for at in range(GROUPS)]
        principals = (*people, *groups)
        papers = [await write_paper(firm, paper, principals) for paper in world.papers]
    return Written(world, founded.licence_id, principals, tuple(papers))


async def write_group(session: AsyncSession, founded: Founded, name: str) -> UUID:
    """Add a group; who is in it is said by the viewer."""
    key = await add_principal(session, founded.licence_id, "GROUP")
    session.add(AccountGroup(licence_id=founded.licence_id, id=key, name=name))
    await session.flush()
    return key


async def write_paper(firm: Firm, paper: Paper, principals: tuple[UUID, ...]) -> UUID:
    """Add a document with exactly the grants it is said to have."""
    changed_at = START + timedelta(minutes=paper.minutes)
    document = Document(
        licence_id=firm.founded.licence_id,
        description="A paper",
        description_folded="a paper",
        created_at=START,
        updated_at=START + timedelta(minutes=10),
        content_updated_at=changed_at,
        created_by=principals[0],
        deleted_at=START if paper.is_deleted else None,
    )
    await firm.keep(document)
    await firm.version(document, imagined(str(document.id)), document.created_by)
    for grant in paper.grants:
        moment = START + timedelta(minutes=grant.minutes)
        await firm.grant(
            document, principals[grant.principal], Right(grant.rights), granted_at=moment, source=grant.source
        )
    return document.id
