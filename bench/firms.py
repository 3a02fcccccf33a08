"""The firms of the bench: their staff, their households, and everybody's way to sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bench.names import address_of, name_of, register_number_of
from bench.rows import Ids, Rows
from core.folding import fold
from core.words import Entry
from models import (
    Account,
    AccountGroupMember,
    AccountWord,
    Dossier,
    DossierMember,
    DossierWord,
    Principal,
    Relation,
    RelationWord,
)
from resolvers import words
from resolvers.founding import Founded

STAFF: Final = 10
# Every so many households have a child.
CHILD_IN_EVERY: Final = 3
# Their numbers are behind those of all parents.
FIRST_CHILD: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Household:
    """A dossier with the main person and the partner, who both use the portal."""

    dossier: UUID
    relations: tuple[UUID, UUID]
    clients: tuple[UUID, UUID]


@dataclass(slots=True)
class Firm:
    """A licence and who is in it."""

    founded: Founded
    staff: list[UUID]
    households: list[Household]


def folded(names: dict[str, str]) -> dict[str, str]:
    """Return names, and what they are sorted by."""
    return names | {"display_name_folded": fold(names["display_name"])}


class People:
    """Writes the people of one licence, all of whom were there at the same moment."""

    def __init__(self, rows: Rows, ids: Ids, founded: Founded, moment: datetime) -> None:
        self.rows = rows
        self.ids = ids
        self.founded = founded
        self.moment = moment

    def add(self, table: type[Any], **values: Any) -> None:
        """Add a row of this licence."""
        self.rows.add(table, licence_id=self.founded.licence_id, **values)

    def staff(self) -> list[UUID]:
        """Add the staff, the first of whom administers the licence; return their accounts."""
        accounts = [self.account("STAFF", number, None) for number in range(STAFF)]
        for account in accounts:
            self.add(AccountGroupMember, group_id=self.founded.users, account_id=account)
        self.add(AccountGroupMember, group_id=self.founded.administrators, account_id=accounts[0])
        return accounts

    def household(self, number: int, manager: UUID) -> Household:
        """Add a couple with their dossier, and with a child in some."""
        members = [2 * number, 2 * number + 1]
        members += [FIRST_CHILD + number] if number % CHILD_IN_EVERY == 0 else []
        relations = [self.relation(it, manager) for it in members]
        dossier = self.dossier(f"{name_of(2 * number)['display_name']} {number}", manager, members)
        roles = ("MAIN_PERSON", "PARTNER", "CHILD")
        for role, relation in zip(roles, relations, strict=False):
            self.add(DossierMember, dossier_id=dossier, relation_id=relation, role=role)
        clients = [self.account("CLIENT", 2 * number + at, relations[at]) for at in (0, 1)]
        return Household(dossier, (relations[0], relations[1]), (clients[0], clients[1]))

    def account(self, role: str, number: int, relation: UUID | None) -> UUID:
        """Add an account that has no password: its session is opened for it."""
        id_ = self.ids.new(self.moment)
        username = f"{role.lower()}-{number}@bench.example"
        self.add(Principal, id=id_, kind="ACCOUNT")
        self.add(
            Account,
            id=id_,
            role=role,
            username=username,
            username_folded=username,
            email=username,
            language="NL",
            relation_id=relation,
            display_name_folded=fold(name_of(number)["display_name"]),
            **name_of(number),
        )
        account = Account(username=username, **folded(name_of(number)))
        self.be_found(AccountWord, id_, words.of_account(account))
        return id_

    def relation(self, number: int, manager: UUID) -> UUID:
        """Add a person."""
        id_ = self.ids.new(self.moment)
        names = name_of(number)
        found_by = {"email": address_of(number), "national_register_number": register_number_of(number)}
        self.add(
            Relation,
            id=id_,
            kind="PERSON",
            display_name_folded=fold(names["display_name"]),
            language="NL",
            business_unit_id=self.founded.business_unit,
            internal_manager_id=manager,
            street=f"Kouterdreef {number}",
            postal_code="9000",
            municipality="Gent",
            **found_by,
            **names,
        )
        self.be_found(RelationWord, id_, words.of_relation(Relation(**folded(names), **found_by)))
        return id_

    def dossier(self, name: str, manager: UUID, members: Sequence[int]) -> UUID:
        """Add a dossier."""
        id_ = self.ids.new(self.moment)
        unit = self.founded.business_unit
        self.add(
            Dossier, id=id_, name=name, name_folded=fold(name), business_unit_id=unit, manager_id=manager
        )
        names = [name_of(it)["display_name"] for it in members]
        dossier = Dossier(name=name, name_folded=fold(name))
        self.be_found(DossierWord, id_, words.of_dossier(dossier, names))
        return id_

    def be_found(
        self,
        kind: type[RelationWord] | type[DossierWord] | type[AccountWord],
        id_: UUID,
        entries: Sequence[Entry],
    ) -> None:
        """Let something be found by its words."""
        for it in entries:
            self.add(kind, id=id_, **it._asdict())
