"""Every list that is cut by cursors, and how what is in it comes, changes and goes."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, update

from core.folding import fold
from core.viewer import Language, Role, Viewer
from demo.firm import Firm
from models import (
    Account,
    AccountGroupMember,
    Document,
    DocumentVersion,
    Dossier,
    DossierMember,
    Letter,
    Relation,
)
from models.tables import LICENCE
from resolvers import accounts, document_lists, dossiers, groups, letters, relations, versions, words
from resolvers.change import Change
from resolvers.document_lists import DocumentPage, DocumentsAsked
from resolvers.document_sets import Scope
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.request import Request
from tests.conftest import START

Page = NamedPage | DocumentPage


@dataclass(slots=True)
class Place:
    """A firm in which lists are walked, and what they belong to."""

    firm: Firm
    viewer: Viewer
    maker: Account
    relation: Relation
    dossier: Dossier
    document: Document
    category: UUID
    added: int = 0

    def address(self) -> str:
        """Return an address that nobody has yet."""
        self.added += 1
        return f"walk-{self.added}@x.example"


async def furnish(firm: Firm) -> Place:
    """Write what the lists belong to, but for what is in them."""
    maker = await firm.staff("maker@x.example", "Maker", "Zz", administrator=True)
    relation = await firm.relation("Zz", "Zz")
    dossier = await firm.dossier("Zz", {"MAIN_PERSON": relation})
    viewer = Viewer(
        licence_id=firm.founded.licence_id,
        account_id=maker.id,
        session_id=UUID(int=0),
        seen_at=START,
        roles=frozenset({Role.STAFF, Role.ADMINISTRATOR}),
        language=Language.NL,
        principals=(maker.id,),
    )
    category = next(iter(firm.founded.categories.values()))
    return Place(firm, viewer, maker, relation, dossier, await firm.document("Zz", maker), category)


Add = Callable[[Place, str], Coroutine[Any, Any, UUID]]
Alter = Callable[[Place, Change, UUID, str], Coroutine[Any, Any, None]]
Remove = Callable[[Place, Change, UUID], Coroutine[Any, Any, None]]
Find = Callable[[Place, Request, PageAsked], Coroutine[Any, Any, Page]]


@dataclass(frozen=True, slots=True)
class Walked:
    """One list: how a page of it is found, and how something comes into it, is changed, and goes."""

    find: Find
    add: Add
    alter: Alter
    remove: Remove


async def carry_out(change: Change, statement: Any, key: UUID, **values: Any) -> None:
    await change.session.flush()
    table = statement.table
    if values:
        statement = statement.values(**values)
    await change.rows(statement.where(table.c.licence_id == LICENCE, table.c.id == key))


def named(name: str) -> dict[str, str]:
    return {"display_name": name, "display_name_folded": fold(name)}


async def add_relation(place: Place, name: str) -> UUID:
    return (await place.firm.relation(name, "Peeters")).id


async def alter_relation(_: Place, change: Change, key: UUID, name: str) -> None:
    await carry_out(change, update(Relation), key, **named(f"{name} Peeters"))
    await words.rewrite_relations(change, [key])


async def remove_relation(_: Place, change: Change, key: UUID) -> None:
    await carry_out(change, update(Relation), key, deleted_at=START)
    await words.rewrite_relations(change, [key])


async def add_dossier(place: Place, name: str) -> UUID:
    return (await place.firm.dossier(f"{name} Peeters", {"MAIN_PERSON": place.relation})).id


async def alter_dossier(_: Place, change: Change, key: UUID, name: str) -> None:
    name = f"{name} Peeters"
    await carry_out(change, update(Dossier), key, name=name, name_folded=fold(name))
    await words.rewrite_dossiers(change, [key])


async def remove_dossier(_: Place, change: Change, key: UUID) -> None:
    await change.rows(
        delete(DossierMember).where(DossierMember.licence_id == LICENCE, DossierMember.dossier_id == key)
    )
    await carry_out(change, delete(Dossier), key)
    await words.rewrite_dossiers(change, [key])


async def add_account(place: Place, name: str) -> UUID:
    return (await place.firm.account(place.address(), "STAFF", display_name=f"{name} Peeters")).id


async def alter_account(_: Place, change: Change, key: UUID, name: str) -> None:
    await carry_out(change, update(Account), key, **named(f"{name} Peeters"))
    await words.rewrite_accounts(change, [key])


async def remove_account(_: Place, change: Change, key: UUID) -> None:
    await carry_out(change, delete(Account), key)
    await words.rewrite_accounts(change, [key])


async def add_member(place: Place, name: str) -> UUID:
    account = await add_account(place, name)
    row = {"licence_id": place.viewer.licence_id, "account_id": account}
    await place.firm.session.execute(
        insert(AccountGroupMember).values(group_id=place.firm.founded.administrators, **row)
    )
    return account


async def remove_member(_: Place, change: Change, key: UUID) -> None:
    of = AccountGroupMember
    await change.rows(delete(of).where(of.licence_id == LICENCE, of.account_id == key))


def moment(name: str) -> Any:
    """Return a moment that depends on a name, the same for some."""
    return START + timedelta(minutes=ord(name[0]) % 5)


async def add_letter(place: Place, name: str) -> UUID:
    at = moment(name)
    row = {"licence_id": place.viewer.licence_id, "kind": "x", "recipient": "x", "language": "NL"}
    letter = Letter(queued_at=at, due_at=at, details={}, **row)
    await place.firm.keep(letter)
    return letter.id


async def alter_letter(_: Place, change: Change, key: UUID, name: str) -> None:
    await carry_out(change, update(Letter), key, queued_at=moment(name))


async def remove_letter(_: Place, change: Change, key: UUID) -> None:
    await carry_out(change, delete(Letter), key)


async def add_version(place: Place, _: str) -> UUID:
    place.added += 1
    version = DocumentVersion(
        licence_id=place.viewer.licence_id,
        document_id=place.document.id,
        number=1 + place.added,
        file_name="x",
        media_type="x/x",
        byte_size=1,
        sha256=bytes(32),
        object_key=f"walk-{place.added}",
        scan_state="CLEAN",
        created_at=START,
    )
    await place.firm.keep(version)
    return version.id


async def alter_version(_: Place, change: Change, key: UUID, name: str) -> None:
    await carry_out(change, update(DocumentVersion), key, file_name=name)


async def remove_version(_: Place, change: Change, key: UUID) -> None:
    await carry_out(change, delete(DocumentVersion), key)


async def add_document(place: Place, name: str) -> UUID:
    categories = [key for key, it in place.firm.founded.categories.items() if it == place.category]
    document = await place.firm.document(
        name,
        place.maker,
        dossier=place.dossier,
        categories=categories,
        relations=[place.relation],
        at=moment(name),
    )
    return document.id


async def alter_document(_: Place, change: Change, key: UUID, name: str) -> None:
    at = moment(name)
    await carry_out(change, update(Document), key, updated_at=at, content_updated_at=at)


async def remove_document(_: Place, change: Change, key: UUID) -> None:
    await carry_out(change, update(Document), key, deleted_at=START)


def documents_of(scope: Scope) -> Find:
    async def find(place: Place, request: Request, page: PageAsked) -> Page:
        parents = {
            Scope.DOSSIER: place.dossier.id,
            Scope.RELATION: place.relation.id,
            Scope.CATEGORY: place.category,
        }
        asked = DocumentsAsked(page)
        (found,) = await document_lists.documents_of(request, scope, [parents[scope]], asked)
        return found

    return find


def searched(search: Callable[..., Coroutine[Any, Any, Page]], text: str | None) -> Find:
    return lambda _, request, page: search(request, page, text)


async def find_letters(_: Place, request: Request, page: PageAsked) -> Page:
    return await letters.newest_first(request, page, None)


async def find_versions(place: Place, request: Request, page: PageAsked) -> Page:
    (found,) = await versions.of_documents(request, [place.document], page)
    return found


async def find_members(place: Place, request: Request, page: PageAsked) -> Page:
    (group,) = await groups.look_up(request, [place.firm.founded.administrators])
    (found,) = await groups.members(request, [group], page)
    return found


OF_RELATIONS: Final = (add_relation, alter_relation, remove_relation)
OF_DOSSIERS: Final = (add_dossier, alter_dossier, remove_dossier)
OF_ACCOUNTS: Final = (add_account, alter_account, remove_account)
OF_DOCUMENTS: Final = (add_document, alter_document, remove_document)
WALKED: Final[dict[str, Walked]] = {
    "relations": Walked(searched(relations.search, None), *OF_RELATIONS),
    "relations that are searched": Walked(searched(relations.search, "pee"), *OF_RELATIONS),
    "dossiers": Walked(searched(dossiers.search, None), *OF_DOSSIERS),
    "dossiers that are searched": Walked(searched(dossiers.search, "pee"), *OF_DOSSIERS),
    "accounts": Walked(searched(accounts.search, None), *OF_ACCOUNTS),
    "accounts that are searched": Walked(searched(accounts.search, "pee"), *OF_ACCOUNTS),
    "letters": Walked(find_letters, add_letter, alter_letter, remove_letter),
    "members of a group": Walked(find_members, add_member, alter_account, remove_member),
    "versions of a document": Walked(find_versions, add_version, alter_version, remove_version),
    **{
        f"documents of a {scope.value.lower()}": Walked(documents_of(scope), *OF_DOCUMENTS) for scope in Scope
    },
}
