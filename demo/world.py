"""The demo world: one firm with its people, their dossiers, and papers that can be opened."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from core.rights import Right
from core.viewer import Language
from demo.firm import File, Firm
from demo.papers import PAPERS, Paper, content
from models import Account, Dossier, Relation
from resolvers.database import Database
from resolvers.founding import Founded, found_licence
from resolvers.ports import Ports

SLUG: Final = "demo"
# Everybody's, in a world of invented people on a machine of one's own.
PASSWORD: Final = "kluis-demo-2026"  # noqa: S105  that is what it is for
ROLES: Final = {
    "administrator": "arthur@delinde.example",
    "advisor": "anna@delinde.example",
    "client": "bert@callewaert.example",
    "partner": "carla@verlinden.example",
    "outsider": "dirk@schyns.example",
}
# Whom each household's papers are shared with beside the firm, by description.
PRIVATE_TO_BERT: Final = frozenset({"Testament Bert"})
NOT_SHARED_YET: Final = frozenset({"Persoonlijk financieel plan 2026"})


@dataclass(frozen=True, slots=True)
class Household:
    """A dossier and those of its people who use the portal."""

    dossier: Dossier
    people: tuple[Relation, ...]
    clients: tuple[Account, ...]


async def is_empty(database: Database) -> bool:
    """Return whether there is no licence yet."""
    return not await database.licence_ids()


async def write_world(ports: Ports) -> Founded:
    """Write the demo world into an empty database; its files go into the store before their rows."""
    password_hash = await ports.passwords.hash(PASSWORD)
    now = ports.clock.now()
    founded = await found_licence(ports.database, SLUG, "Planningskantoor De Linde")
    files = {paper.file_name: await keep(ports, founded.licence_id, paper) for paper in PAPERS}
    async with ports.database.change(founded.licence_id) as session:
        firm = Firm(
            session, founded, now=now - timedelta(days=90), password_hash=password_hash, keys=ports.keys
        )
        await firm.staff(ROLES["administrator"], "Arthur", "Maes", administrator=True)
        anna = await firm.staff(ROLES["advisor"], "Anna", "Lindeman")
        simon = await firm.staff("simon@delinde.example", "Simon", "Lambert", language=Language.FR)
        households = {
            "callewaert": await callewaert(firm, anna),
            "schyns": await schyns(firm, simon),
            "delhaye": await delhaye(firm, simon),
        }
        for number, paper in enumerate(PAPERS):
            moment = now - timedelta(days=60 - 4 * number, minutes=17 * number)
            await add_paper(firm, paper, files[paper.file_name], households[paper.family], anna, moment)
        # Made after the papers: it shares none of them until somebody applies it (S052).
        await firm.rule("advice", Right.READ, maker=anna)
    return founded


async def keep(ports: Ports, licence_id: UUID, paper: Paper) -> File:
    """Put the bytes of a paper into the store."""

    async def chunks() -> AsyncGenerator[bytes]:
        yield content(paper)

    stored = await ports.files.put(licence_id, chunks(), limit=ports.upload_limit)
    return File(paper.file_name, paper.media_type, stored)


async def callewaert(firm: Firm, anna: Account) -> Household:
    """Add the dossier of the manual's journey: a client, his partner, and two children."""
    address = {"street": "Kouterdreef 18", "postal_code": "9000", "municipality": "Gent"}
    bert = await firm.relation(
        "Bert", "Callewaert", title="mijnheer", email=ROLES["client"], internal_manager_id=anna.id, **address
    )
    carla = await firm.relation(
        "Carla", "Verlinden", title="mevrouw", email=ROLES["partner"], internal_manager_id=anna.id, **address
    )
    noor = await firm.relation("Noor", "Callewaert", **address)
    jef = await firm.relation("Jef", "Callewaert", **address)
    members = {"MAIN_PERSON": bert, "PARTNER": carla, "CHILD": noor, "OTHER": jef}
    dossier = await firm.dossier("Test klantenportaal", members, manager_id=anna.id)
    await firm.holding("Gezinswoning Kouterdreef 18", "ASSET", dossier_id=dossier.id)
    await firm.holding("Woonkrediet", "LIABILITY", dossier_id=dossier.id, reference="763-0412345-67")
    await firm.holding("Levensverzekering Bert", dossier_id=dossier.id, reference="LV-2009-118")
    clients = (await firm.client(bert), await firm.client(carla))
    return Household(dossier, (bert, carla), clients)


async def schyns(firm: Firm, simon: Account) -> Household:
    """Add a dossier with a client who speaks German."""
    dirk = await firm.relation(
        "Dirk",
        "Schyns",
        title="Herr",
        email=ROLES["outsider"],
        language=Language.DE,
        municipality="Eupen",
        internal_manager_id=simon.id,
    )
    dossier = await firm.dossier("Schyns", {"MAIN_PERSON": dirk}, manager_id=simon.id)
    return Household(dossier, (dirk,), (await firm.client(dirk),))


async def delhaye(firm: Firm, simon: Account) -> Household:
    """Add a dossier whose people have no access yet: Sophie can be given it, Luc has no e-mail address."""
    place = {"language": Language.FR, "municipality": "Namur", "internal_manager_id": simon.id}
    luc = await firm.relation("Luc", "Delhaye", title="monsieur", **place)
    sophie = await firm.relation(
        "Sophie", "Marchand", title="madame", email="sophie@marchand.example", **place
    )
    dossier = await firm.dossier("Atelier Delhaye", {"MAIN_PERSON": luc, "PARTNER": sophie})
    return Household(dossier, (luc, sophie), ())


async def add_paper(
    firm: Firm, paper: Paper, file: File, household: Household, anna: Account, moment: datetime
) -> None:
    """Add a paper as the firm keeps it, or as a client has just sent it."""
    if paper.category is None:
        await firm.document(
            paper.description, household.clients[0], file=file, relations=household.people[:1], at=moment
        )
        return
    document = await firm.document(
        paper.description,
        anna,
        file=file,
        document_date=paper.document_date,
        dossier=household.dossier,
        categories=(paper.category,),
        relations=household.people,
        at=moment,
    )
    if paper.description in NOT_SHARED_YET:
        return
    readers = household.clients[:1] if paper.description in PRIVATE_TO_BERT else household.clients
    for client in readers:
        await firm.grant(
            document, client.id, Right.READ, granted_by=anna.id, granted_at=moment + timedelta(minutes=5)
        )


async def account_ids(database: Database) -> dict[str, UUID]:
    """Return the ids of those who can sign in to the demo, by what they are in it."""
    (licence_id,) = await database.licence_ids(SLUG)
    statement = select(Account.username, Account.id).where(Account.licence_id == licence_id)
    async with database.snapshot(licence_id) as connection:
        found = {row.username: row.id for row in await connection.execute(statement)}
    return {role: found[username] for role, username in ROLES.items()}
