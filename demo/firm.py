"""A firm filled by hand: rows as they are given, with no rule of the product in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.keys import Keys
from core.folding import fold
from core.rights import ALL_RIGHTS, Right
from core.viewer import Language
from core.words import Entry
from models import (
    Account,
    AccountGroupMember,
    AccountWord,
    CategoryRule,
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentRelation,
    DocumentVersion,
    Dossier,
    DossierMember,
    DossierWord,
    Entity,
    Holding,
    HoldingWord,
    Relation,
    RelationWord,
)
from models.words import Word
from resolvers import wording, words
from resolvers.file_rows import Place
from resolvers.founding import Founded, add_principal
from storage.files import Stored


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a document, kept already."""

    name: str
    media_type: str
    stored: Stored


def imagined(name: str) -> File:
    """Return a file that nobody will open: a row needs one."""
    digest = sha256(name.encode()).digest()
    return File(f"{name}.pdf", "application/pdf", Stored(digest.hex(), b"", 1, digest))


class Firm:
    """Adds people and papers to a licence, within one transaction."""

    def __init__(
        self,
        session: AsyncSession,
        founded: Founded,
        *,
        now: datetime,
        password_hash: str,
        keys: Keys | None = None,
    ) -> None:
        """Without `keys` the files of its documents can not be opened."""
        self.session = session
        self.keys = keys
        self.founded = founded
        self.now = now
        self.password_hash = password_hash

    async def staff(
        self, address: str, given: str, family: str, *, administrator: bool = False, **values: Any
    ) -> Account:
        """Add somebody who works for the firm."""
        values |= {"given_name": given, "family_name": family, "display_name": f"{given} {family}"}
        account = await self.account(address, "STAFF", **values)
        await self.join(self.founded.users, account)
        if administrator:
            await self.join(self.founded.administrators, account)
        return account

    async def account(self, address: str, role: str, *, display_name: str, **values: Any) -> Account:
        """Add an account that signs in with its address."""
        defaults = {"language": Language.NL, "password_hash": self.password_hash, "email": address}
        account = Account(
            licence_id=self.founded.licence_id,
            id=await add_principal(self.session, self.founded.licence_id, "ACCOUNT"),
            role=role,
            username=address,
            username_folded=fold(address),
            display_name=display_name,
            display_name_folded=fold(display_name),
            **(defaults | values),
        )
        await self.keep(account)
        self.be_found(AccountWord, account.id, words.of_account(account))
        return account

    async def join(self, group_id: UUID, account: Account) -> None:
        """Put an account into a group."""
        row = AccountGroupMember(licence_id=self.founded.licence_id, group_id=group_id, account_id=account.id)
        await self.keep(row)

    async def relation(self, given: str, family: str, **values: Any) -> Relation:
        """Add a person to the firm's files."""
        name = f"{given} {family}"
        defaults = {"kind": "PERSON", "language": Language.NL, "business_unit_id": self.founded.business_unit}
        relation = Relation(
            licence_id=self.founded.licence_id,
            display_name=name,
            display_name_folded=fold(name),
            given_name=given,
            family_name=family,
            created_at=self.now,
            updated_at=self.now,
            **(defaults | values),
        )
        await self.keep(relation)
        self.be_found(RelationWord, relation.id, words.of_relation(relation))
        return relation

    async def client(self, relation: Relation, **values: Any) -> Account:
        """Give a relation access to the portal."""
        assert relation.email
        of_relation = {
            "given_name": relation.given_name,
            "family_name": relation.family_name,
            "language": relation.language,
            "relation_id": relation.id,
        }
        name: str = values.pop("display_name", relation.display_name)
        return await self.account(relation.email, "CLIENT", display_name=name, **(of_relation | values))

    async def dossier(self, name: str, members: dict[str, Relation], **values: Any) -> Dossier:
        """Add a dossier; `members` says who is what in it."""
        dossier = Dossier(
            licence_id=self.founded.licence_id,
            name=name,
            name_folded=fold(name),
            business_unit_id=self.founded.business_unit,
            created_at=self.now,
            updated_at=self.now,
            **values,
        )
        await self.keep(dossier)
        for role, relation in members.items():
            await self.keep(
                DossierMember(
                    licence_id=self.founded.licence_id,
                    dossier_id=dossier.id,
                    relation_id=relation.id,
                    role=role,
                )
            )
        names = [it.display_name for it in members.values()]
        self.be_found(DossierWord, dossier.id, words.of_dossier(dossier, names))
        return dossier

    async def holding(self, name: str, kind: str = "POLICY", **values: Any) -> Holding:
        """Add an asset, a liability or a policy."""
        said = {"kind": kind, "name": name, "name_folded": fold(name), **values}
        times = {"created_at": self.now, "updated_at": self.now}
        holding = Holding(licence_id=self.founded.licence_id, **said, **times)
        await self.keep(holding)
        self.be_found(HoldingWord, holding.id, words.of_holding(holding))
        return holding

    async def document(  # noqa: PLR0913  all that a paper can be
        self,
        description: str,
        maker: Account,
        *,
        file: File | None = None,
        document_date: date | None = None,
        dossier: Dossier | None = None,
        categories: Sequence[str] = (),
        relations: Sequence[Relation] = (),
        at: datetime | None = None,
        **values: Any,
    ) -> Document:
        """Add a document with one version, its links, and the rights of the firm's groups and its maker."""
        moment = at or self.now
        document = Document(
            licence_id=self.founded.licence_id,
            description=description,
            description_folded=fold(description),
            document_date=document_date,
            business_unit_id=self.founded.business_unit,
            dossier_id=dossier.id if dossier else None,
            category_ids=sorted(self.founded.categories[key] for key in categories),
            created_by=maker.id,
            updated_by=maker.id,
            content_updated_by=maker.id,
            **({"created_at": moment, "updated_at": moment, "content_updated_at": moment} | values),
        )
        await self.keep(document)
        await wording.write_words(
            self.session, self.founded.licence_id, {document.id: document.description_folded}
        )
        await self.version(document, file or imagined(str(document.id)), maker.id)
        for key in categories:
            await self.link(DocumentCategory, document, category_id=self.founded.categories[key])
        for relation in relations:
            await self.link(DocumentRelation, document, relation_id=relation.id)
        for group in (self.founded.administrators, self.founded.users):
            await self.grant(document, group, ALL_RIGHTS, source="DEFAULT", granted_at=moment)
        own = ("CREATOR", ALL_RIGHTS) if maker.role == "STAFF" else ("UPLOADER", Right.READ)
        await self.grant(document, maker.id, own[1], source=own[0], granted_at=moment)
        return document

    async def version(self, document: Document, file: File, maker_id: UUID | None) -> None:
        """Add the bytes of a document."""
        await self.link(
            DocumentVersion,
            document,
            number=1,
            file_name=file.name,
            media_type=file.media_type,
            **self.of_file(document, file.stored),
            scan_state="NOT_SCANNED",
            created_at=document.created_at,
            created_by=maker_id,
        )

    def of_file(self, document: Document, stored: Stored) -> dict[str, Any]:
        """Return what the first version of a document keeps of its file."""
        if self.keys:
            place = Place.of_version(self.founded.licence_id, document.id, 1)
            return place.columns(self.keys, stored)
        return {
            "object_key": stored.object_key,
            "byte_size": stored.byte_size,
            "sha256": stored.sha256,
        }

    async def grant(
        self, document: Document, principal_id: UUID, rights: Right, **values: Any
    ) -> DocumentGrant:
        """Give rights on a document, whoever may receive them."""
        defaults = {"source": "MANUAL", "granted_at": self.now}
        row = DocumentGrant(
            licence_id=self.founded.licence_id,
            document_id=document.id,
            principal_id=principal_id,
            rights=int(rights),
            **(defaults | values),
        )
        await self.keep(row)
        return row

    async def rule(self, category: str, rights: Right, *, maker: Account, **values: Any) -> CategoryRule:
        """Add a rule of a category; without a `principal_id` it gives to the portal users of the dossier."""
        row = CategoryRule(
            licence_id=self.founded.licence_id,
            category_id=self.founded.categories[category],
            rights=int(rights),
            created_at=self.now,
            created_by=maker.id,
            **values,
        )
        await self.keep(row)
        return row

    async def link(
        self,
        kind: type[DocumentCategory] | type[DocumentRelation] | type[DocumentVersion],
        document: Document,
        **values: Any,
    ) -> None:
        """Add a row that belongs to a document."""
        await self.keep(kind(licence_id=self.founded.licence_id, document_id=document.id, **values))

    def be_found(
        self,
        kind: type[Word],
        id_: UUID,
        entries: Sequence[Entry],
    ) -> None:
        """Let something be found by its words; nothing refers to these."""
        of = {"licence_id": self.founded.licence_id, "id": id_}
        self.session.add_all([kind(**of, **entry._asdict()) for entry in entries])

    async def keep(self, row: Entity) -> None:
        """Write a row now, so that the next one can refer to it."""
        self.session.add(row)
        await self.session.flush()
