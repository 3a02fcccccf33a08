"""A firm with a thing of every type that has an id, and what in it only some may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from core.rights import Right
from demo.firm import Firm
from models import (
    Account,
    AccountGroup,
    ApiKey,
    BusinessUnit,
    CategoryRule,
    Document,
    DocumentGrant,
    DocumentHolding,
    DocumentVersion,
    Dossier,
    Event,
    Feed,
    FeedEntry,
    Letter,
    Relation,
)
from resolvers.founding import add_principal

Things = dict[str, UUID]
"""Keys by what they are of: a type, and after a comma what is special about the thing."""


async def fill(firm: Firm, advisor: Account, words: str) -> Things:
    """Add a thing of each type, all of which the staff may see; whatever has a name has these words in it."""
    client, newcomer = [
        await firm.relation(name, words, email=f"{name}@{words}.example") for name in ("Gaston", "Nele")
    ]
    unused = await firm.relation("Unused", words)
    account = await firm.client(client)
    dossier = await firm.dossier(f"Dossier, {words}", {"MAIN_PERSON": client}, manager_id=advisor.id)
    document = await firm.document(
        f"Deed, {words}", advisor, dossier=dossier, categories=["deeds"], relations=[client]
    )
    deleted = await firm.document(f"Draft, {words}", advisor, deleted_at=firm.now)
    group_id = await add_group(firm, f"Group, {words}")
    await enter_in_feed(firm, Document=document.id, Dossier=dossier.id, Relation=newcomer.id)
    holding = (await firm.holding(f"Policy, {words}", dossier_id=dossier.id)).id
    await hang(firm, document, holding)
    await remember(firm, words, account_id=account.id, document_id=document.id, relation_id=client.id)
    return {
        "Account": account.id,
        "Account, of staff": advisor.id,
        "ApiKey": await add_api_key(firm, f"Program, {words}"),
        "BusinessUnit": firm.founded.business_unit,
        "BusinessUnit, unused": await add_unit(firm, f"Unit, {words}"),
        "Category": firm.founded.categories["deeds"],
        "CategoryRule": await add_rule(firm, group_id),
        "Document": document.id,
        "Document, deleted": deleted.id,
        "DocumentVersion": await version_of(firm, document),
        "Dossier": dossier.id,
        "Dossier, empty": (await firm.dossier(f"Nothing, {words}", {})).id,
        "Grant": (await firm.grant(document, account.id, Right.READ)).id,
        "Group": group_id,
        "Group, built in": firm.founded.users,
        "Holding": holding,
        "Holding, unused": (await firm.holding(f"House, {words}")).id,
        "Letter": await add_letter(firm, account, words),
        "Licence": firm.founded.licence_id,
        "Relation": client.id,
        "Relation, unused": unused.id,
        "Relation, without access": newcomer.id,
    }


async def version_of(firm: Firm, document: Document) -> UUID:
    """Return the id of a document's only version."""
    found = select(DocumentVersion.id).where(DocumentVersion.document_id == document.id)
    return (await firm.session.scalars(found)).one()


async def add_group(firm: Firm, name: str) -> UUID:
    """Add a group without members; return its id."""
    licence_id = firm.founded.licence_id
    key = await add_principal(firm.session, licence_id, "GROUP")
    await firm.keep(AccountGroup(licence_id=licence_id, id=key, name=name))
    return key


async def add_api_key(firm: Firm, name: str) -> UUID:
    """Add a program that may read documents; return the id of its key."""
    account = await firm.account(f"{name}@program.example", "SERVICE", display_name=name, password_hash=None)
    of = {"licence_id": account.licence_id, "account_id": account.id}
    key = ApiKey(**of, name=name, prefix="pk", digest=name.encode(), scopes=["DOCUMENTS_READ"])
    await firm.keep(key)
    return key.id


async def add_rule(firm: Firm, group_id: UUID) -> UUID:
    """Let a group read each deed from now on; return the id of the rule."""
    rule = CategoryRule(
        licence_id=firm.founded.licence_id,
        category_id=firm.founded.categories["deeds"],
        principal_id=group_id,
        rights=int(Right.READ),
    )
    await firm.keep(rule)
    return rule.id


async def add_unit(firm: Firm, name: str) -> UUID:
    """Add a business unit to which nothing belongs; return its id."""
    unit = BusinessUnit(licence_id=firm.founded.licence_id, name=name)
    await firm.keep(unit)
    return unit.id


async def hang(firm: Firm, document: Document, holding_id: UUID) -> None:
    """Hang a document on a holding."""
    hung = {"document_id": document.id, "holding_id": holding_id}
    await firm.keep(DocumentHolding(licence_id=firm.founded.licence_id, **hung))


async def add_letter(firm: Firm, to: Account, words: str) -> UUID:
    """Add a letter that was set aside; return its id."""
    letter = Letter(
        licence_id=firm.founded.licence_id,
        account_id=to.id,
        kind="password_changed",
        recipient=to.email,
        language=to.language,
        details={"title": None, "given_name": words, "family_name": words},
        state="FAILED",
        last_error=f"550 {words} is not here",
        queued_at=firm.now,
        due_at=firm.now,
    )
    await firm.keep(letter)
    return letter.id


async def remember(firm: Firm, words: str, **of: UUID) -> None:
    """Add an event about these, which says the words."""
    said = {"occurred_at": firm.now, "details": {"note": words}}
    await firm.keep(Event(licence_id=firm.founded.licence_id, kind=words, **said, **of))


async def enter_in_feed(firm: Firm, **subjects: UUID) -> None:
    """Enter in the feed that these were made, and let it come so far."""
    licence_id = firm.founded.licence_id
    for number, (subject, key) in enumerate(subjects.items(), 1):
        entry = {"kind": "CREATED", "subject": subject, "subject_id": key, "occurred_at": firm.now}
        await firm.keep(FeedEntry(licence_id=licence_id, number=number, **entry))
    await firm.keep(Feed(licence_id=licence_id, numbered_up_to=len(subjects)))


async def of_one_alone(firm: Firm, keeper: Account) -> Things:
    """Add what nobody else on the staff may see: papers that no group has a right on, and a relation gone."""
    papers = [
        await firm.document(f"Of {keeper.display_name}", keeper, deleted_at=it) for it in (None, firm.now)
    ]
    groups = (firm.founded.users, firm.founded.administrators)
    of_papers = DocumentGrant.document_id.in_([it.id for it in papers])
    await firm.session.execute(delete(DocumentGrant).where(of_papers, DocumentGrant.principal_id.in_(groups)))
    kept = select(DocumentGrant.id).where(DocumentGrant.document_id == papers[0].id)
    gone = await firm.relation("Gone", keeper.display_name, deleted_at=firm.now)
    return {
        "Document": papers[0].id,
        "Document, deleted": papers[1].id,
        "DocumentVersion": await version_of(firm, papers[0]),
        "Grant": (await firm.session.scalars(kept)).one(),
        "Relation": gone.id,
    }


async def of_client(firm: Firm, client: Account, relation: Relation) -> Things:
    """Add what a client has himself: a dossier, and papers that he sent in, which he may read and no more."""
    dossier = await firm.dossier(f"Dossier of {client.display_name}", {"MAIN_PERSON": relation})
    hung: dict[str, Any] = {"dossier": dossier, "categories": ["wills"], "relations": [relation]}
    paper = await firm.document("Sent in", client, **hung)
    deleted = await firm.document("Sent in by mistake", client, deleted_at=firm.now)
    return {
        "Account": client.id,
        "Category": firm.founded.categories["wills"],
        "Document": paper.id,
        "Document, deleted": deleted.id,
        "DocumentVersion": await version_of(firm, paper),
        "Dossier": dossier.id,
        "Relation": relation.id,
    }


async def share_what_hangs_on(firm: Firm, things: Things, maker: Account, client: Account) -> None:
    """Share a paper with a client who may not see the dossier, the relation, the holding it hangs on."""
    licence_id = firm.founded.licence_id
    dossier = await firm.session.get_one(Dossier, (licence_id, things["Dossier"]))
    relation = await firm.session.get_one(Relation, (licence_id, things["Relation"]))
    paper = await firm.document("Shared", maker, dossier=dossier, relations=[relation])
    await hang(firm, paper, things["Holding"])
    await firm.grant(paper, client.id, Right.READ)
