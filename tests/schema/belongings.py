"""What is ours and whose it is: the rows of the cast's firm, their ids, and the words in them."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import select

import models
from core.rights import Right
from models import (
    BusinessUnit,
    CategoryRule,
    Document,
    DocumentHolding,
    Dossier,
    DossierMember,
    Entity,
    Holding,
    Letter,
    Licence,
    Passkey,
    Relation,
    Session,
)
from tests.api import Api
from tests.journeys.full_firm import enter_in_feed, remember
from tests.journeys.rows import set_values, writing
from tests.schema.programs import install
from tests.schema.words import definitions, fields_of, name_of

# Types whose rows are in a table of another name.
TABLES: Final[Mapping[str, str]] = {"Group": "AccountGroup", "Grant": "DocumentGrant"}
# Types that a mutation shows once, and no query ever again.
SHOWN_ONCE: Final = {"TwoFactorEnrolment", "UploadTicket"}
# From here on a text says more than a word that anybody may use.
TELLING: Final = 8


def tables() -> dict[str, type[Any]]:
    """Return the table of each type that has an id."""
    named = {name_of(it) for it in definitions() if not it.is_input and "id" in fields_of(it)}
    found = sorted(named - SHOWN_ONCE - {"Node"})
    return {name: getattr(models, TABLES.get(name, name)) for name in found}


async def fill(api: Api) -> None:
    """Add to the cast's firm a row of each kind that it has none of, and words that only staff may read."""
    await install(api)
    for who in ("arthur", "bert", "dirk"):
        await api.token(who)
    for who, it in api.world.relations.items():
        said = {name: f"{name} of {who}" for name in ("phone", "national_register_number")}
        await set_values(api, Relation, it.id, external_reference=f"relation {who}", **said)
    await set_values(api, Dossier, api.world.dossier.id, external_reference="dossier 1")
    await set_values(api, Document, api.world.document.id, external_reference="document 1")
    async with writing(api) as firm:
        arthur = api.world.accounts["arthur"]
        passkey = {
            "name": "Key of Arthur",
            "credential_id": b"of Arthur",
            "public_key": b"shown to us",
            "sign_count": 0,
        }
        await firm.keep(
            Passkey(
                licence_id=arthur.licence_id,
                account_id=arthur.id,
                created_at=api.ports.clock.now(),
                **passkey,
            )
        )
        await firm.keep(
            Letter(
                licence_id=arthur.licence_id,
                account_id=api.world.accounts["bert"].id,
                kind="document_shared",
                recipient="bert@callewaert.example",
                language="NL",
                details={"given_name": "Bert"},
                sealed=b"sealed for Bert",
                state="FAILED",
                last_error="550 there is no Bert here",
                queued_at=api.ports.clock.now(),
                due_at=api.ports.clock.now(),
            )
        )
        policy = Holding(
            licence_id=arthur.licence_id,
            kind="POLICY",
            name="Policy of Bert",
            name_folded="policy of bert",
            dossier_id=api.world.dossier.id,
            external_reference="policy 1",
        )
        await firm.keep(policy)
        hung = {"document_id": api.world.document.id, "holding_id": policy.id}
        await firm.keep(DocumentHolding(licence_id=arthur.licence_id, **hung))
        for principal_id in (None, firm.founded.users, api.world.accounts["anna"].id):
            rule = CategoryRule(
                licence_id=firm.founded.licence_id,
                category_id=firm.founded.categories["contracts"],
                principal_id=principal_id,
                rights=int(Right.READ),
                created_at=api.ports.clock.now(),
                created_by=api.world.accounts["anna"].id,
            )
            await firm.keep(rule)
        await enter_in_feed(firm, Dossier=api.world.dossier.id)
        of = {"account_id": arthur.id, "document_id": api.world.document.id}
        await remember(firm, "of our firm alone", **of, relation_id=api.world.relations["bert"].id)


async def rows_of(api: Api, licence_id: UUID) -> list[Any]:
    """Return all rows of a firm."""
    found: list[Any] = []
    async with api.ports.database.change(licence_id) as session:
        for mapper in Entity.registry.mappers:
            kind: Any = mapper.class_
            key = kind.id if kind is Licence else kind.licence_id
            found += (await session.scalars(select(kind).where(key == licence_id))).all()
    return found


async def rows_known_to(api: Api, who: str) -> list[Any]:
    """Return the rows that one of the cast may know of: those of Eva's firm; of ours, what is one's own."""
    account = api.world.accounts[who]
    rows = await rows_of(api, account.licence_id)
    if who == "eva":
        return rows
    own = {account.id, account.relation_id} - {None}
    memberships = [it for it in rows if isinstance(it, DossierMember) and it.relation_id in own]
    own |= {it.dossier_id for it in memberships}
    own |= {it.id for it in rows if isinstance(it, Licence | BusinessUnit)}
    own |= {it.id for it in rows if isinstance(it, Session) and it.account_id == account.id}
    return memberships + [it for it in rows if getattr(it, "id", None) in own]


def ids_of(api: Api, rows: Iterable[Any]) -> dict[str, list[str]]:
    """Return the ids by which the API knows rows, by their types."""
    found = {name: [it for it in rows if type(it) is kind] for name, kind in tables().items()}
    return {name: api.ports.ids.write(name, [it.id for it in some]) for name, some in found.items()}


def words_of(rows: Iterable[Any]) -> set[str]:
    """Return the texts and the digests in rows, as far as they tell something."""
    values = chain.from_iterable(values_of(it) for it in rows)
    texts = {it.hex() if isinstance(it, bytes) else it for it in values if isinstance(it, str | bytes)}
    return {it for it in texts if len(it) >= TELLING}


def values_of(row: Any) -> list[Any]:
    """Return what is in the columns of a row; what begins with a line is SQLAlchemy's own."""
    columns = cast("dict[str, Any]", vars(row))
    return [value for name, value in columns.items() if not name.startswith("_")]
