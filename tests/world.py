"""The cast and what they share.

Anna is an advisor, Arthur the licence's administrator, Bert a client who has a document, Carla his partner in
the dossier, Dirk a client who may see nothing of it, Eva an advisor of another licence.
"""

from dataclasses import dataclass

from auth.passwords import CHEAPEST
from core.rights import Right
from core.viewer import Language
from demo.firm import Firm
from models import Account, Document, Dossier, Relation
from resolvers.founding import Founded, found_licence
from resolvers.ports import Ports

PASSWORD = "a password for tests"


@dataclass(frozen=True)
class World:
    """Everybody and everything, by name."""

    firm: Founded
    other_firm: Founded
    accounts: dict[str, Account]
    relations: dict[str, Relation]
    dossier: Dossier
    document: Document
    """Bert's: he may read it, and nobody else but the staff."""
    foreign_document: Document
    """Of Eva's firm."""


async def create_world(ports: Ports) -> World:
    """Write the cast into an empty database."""
    ours = await found_licence(ports.database, "de-linde", "Kantoor De Linde")
    theirs = await found_licence(ports.database, "het-ander", "Het Ander Kantoor")
    async with ports.database.change(theirs.licence_id) as session:
        firm = Firm(session, theirs, now=ports.clock.now(), password_hash=CHEAPEST.hash(PASSWORD))
        eva = await firm.staff("eva@het-ander.example", "Eva", "Claes", administrator=True)
        foreign_document = await firm.document("Geheim van een ander", eva)
    async with ports.database.change(ours.licence_id) as session:
        firm = Firm(session, ours, now=ports.clock.now(), password_hash=CHEAPEST.hash(PASSWORD))
        arthur = await firm.staff("arthur@de-linde.example", "Arthur", "Maes", administrator=True)
        anna = await firm.staff("anna@de-linde.example", "Anna", "Lindeman", language=Language.EN)
        relations = await create_relations(firm, anna)
        dossier = await firm.dossier(
            "Test klantenportaal",
            {"MAIN_PERSON": relations["bert"], "PARTNER": relations["carla"], "CHILD": relations["noor"]},
            manager_id=anna.id,
        )
        await firm.dossier("Schyns", {"MAIN_PERSON": relations["dirk"]})
        accounts = {name: await firm.client(relations[name]) for name in ("bert", "carla", "dirk")}
        document = await firm.document(
            "Huwelijkscontract",
            anna,
            dossier=dossier,
            categories=["contracts"],
            relations=[relations["bert"]],
        )
        await firm.grant(document, accounts["bert"].id, Right.READ)
    accounts |= {"anna": anna, "arthur": arthur, "eva": eva}
    return World(ours, theirs, accounts, relations, dossier, document, foreign_document)


async def create_relations(firm: Firm, anna: Account) -> dict[str, Relation]:
    """Add the clients, a child without an address, and Femke who has no access yet."""
    return {
        "bert": await firm.relation(
            "Bert",
            "Callewaert",
            title="mijnheer",
            email="bert@callewaert.example",
            internal_manager_id=anna.id,
        ),
        "carla": await firm.relation("Carla", "Verlinden", email="carla@verlinden.example"),
        "dirk": await firm.relation("Dirk", "Schyns", email="dirk@schyns.example", language=Language.DE),
        "noor": await firm.relation("Noor", "Callewaert"),
        "femke": await firm.relation("Femke", "Dupont", email="femke@dupont.example", language=Language.FR),
    }
