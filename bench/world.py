"""A demo world with many documents."""

from datetime import timedelta

from sqlalchemy import select

from core.rights import Right
from demo import world
from demo.firm import Firm
from models import Account, Dossier
from resolvers.ports import Ports


async def write(ports: Ports, documents: int) -> None:
    """Write the demo world, and so many more documents that its client may read."""
    founded = await world.write_world(ports)
    ids = await world.account_ids(ports.database)
    now = ports.clock.now()
    async with ports.database.change(founded.licence_id) as session:
        anna = await session.get_one(Account, (founded.licence_id, ids["advisor"]))
        by_name = select(Dossier).where(Dossier.name == "Test klantenportaal")
        dossier = (await session.execute(by_name)).scalar_one()
        firm = Firm(session, founded, now=now, password_hash="")
        for number in range(documents):
            document = await firm.document(
                f"Document {number}",
                anna,
                dossier=dossier,
                categories=list(founded.categories)[number % 9 : number % 9 + 1],
                at=now - timedelta(minutes=number),
            )
            await firm.grant(document, ids["client"], Right.READ)
