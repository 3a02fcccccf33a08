"""The rule of access in plain Python: the specification that everything people see is held against.

A firm is what one licence holds. What belongs to another firm is in none of its dictionaries.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

Key = Hashable
Rights = frozenset[str]
Row = tuple[Key, str, Key | None]  # of a rights tab: to whom, why, by which rule
NOTHING: Final[Rights] = frozenset()
ALL: Final[Rights] = frozenset({"READ", "UPDATE", "DELETE", "CHANGE_SECURITY"})
KEEPS: Final[Rights] = frozenset({"READ", "CHANGE_SECURITY"})


@dataclass
class Account:
    role: str
    relation: Key | None = None
    is_blocked: bool = False


@dataclass
class Group:
    name: str
    built_in: str | None = None
    members: set[Key] = field(default_factory=set[Key])


@dataclass
class Rule:
    category: Key
    grantee: Key | None  # none: the portal users of the dossier
    rights: Rights
    is_removed: bool = False


@dataclass
class Document:
    made_at: Any
    changed_at: Any  # in any way
    said_at: Any  # what all who read it see of it was changed
    dossier: Key | None = None
    categories: frozenset[Key] = frozenset()
    relations: frozenset[Key] = frozenset()
    is_deleted: bool = False
    tab: dict[Row, tuple[Rights, Any]] = field(default_factory=dict[Row, tuple[Rights, Any]])

    def give(self, to: Key, why: str, rule: Key | None, rights: Rights, now: Any) -> None:
        held, since = self.tab.get((to, why, rule), (NOTHING, now))
        self.tab[to, why, rule] = (held | rights, since if rights <= held else now)


@dataclass
class Firm:
    accounts: dict[Key, Account]
    groups: dict[Key, Group]
    dossiers: dict[Key, dict[Key, str]]  # relation: what it is in the dossier
    relations: set[Key]
    categories: dict[Key, bool]  # whether it is archived
    documents: dict[Key, Document] = field(default_factory=dict[Key, Document])
    rules: dict[Key, Rule] = field(default_factory=dict[Key, Rule])
    now: Any = None

    # Who somebody is, and what he has.
    def is_staff(self, who: Key) -> bool:
        return self.accounts[who].role == "STAFF"

    def is_client(self, who: Key) -> bool:
        return who in self.accounts and self.accounts[who].role == "CLIENT"

    def administrates(self, who: Key) -> bool:
        return any(who in it.members for it in self.groups.values() if it.built_in == "ADMINISTRATORS")

    def principals(self, who: Key) -> set[Key]:
        return {who} | {key for key, group in self.groups.items() if who in group.members}

    def rows(self, document: Document, *principals: Key) -> dict[Row, tuple[Rights, Any]]:
        return {row: given for row, given in document.tab.items() if row[0] in principals}

    def given(self, document: Document, *principals: Key) -> Rights:
        return NOTHING.union(*(rights for rights, _ in self.rows(document, *principals).values()))

    def rights(self, who: Key, document: Document) -> Rights:
        """What somebody may do with a document; nothing: it does not exist for him."""
        rights = self.given(document, *self.principals(who))
        return rights if "READ" in rights and not document.is_deleted else NOTHING

    def reach(self, who: Key) -> dict[Key, Rights]:
        return {key: held for key, it in self.documents.items() if (held := self.rights(who, it))}

    def is_kept(self, document: Document) -> bool:
        staff = [who for who, it in self.accounts.items() if it.role == "STAFF" and not it.is_blocked]
        return any(self.given(document, *self.principals(who)) >= KEEPS for who in staff)

    # What leads to documents, and what is told of them.
    def sees_dossier(self, who: Key, dossier: Key) -> bool:
        members = self.dossiers.get(dossier)
        return members is not None and (self.is_staff(who) or self.accounts[who].relation in members)

    def sees_relation(self, who: Key, relation: Key) -> bool:
        own = self.accounts[who].relation
        together = any(own in it and relation in it for it in self.dossiers.values())
        return relation in self.relations and (self.is_staff(who) or relation == own or together)

    def sees_category(self, who: Key, category: Key) -> bool:
        on_readable = any(category in self.documents[it].categories for it in self.reach(who))
        return category in self.categories and (self.is_staff(who) or on_readable)

    def sees_account(self, who: Key, account: Key) -> bool:
        return account in self.accounts and (self.is_staff(who) or account == who)

    def sees_group(self, who: Key, group: Key) -> bool:
        return group in self.groups and self.is_staff(who)

    def sees_principal(self, who: Key, principal: Key) -> bool:
        return self.sees_account(who, principal) or self.sees_group(who, principal)

    def sees_rule(self, who: Key, rule: Key) -> bool:
        return rule in self.rules and self.is_staff(who)

    def sees_in_force(self, who: Key, rule: Key) -> bool:
        return self.sees_rule(who, rule) and not self.rules[rule].is_removed

    def is_in_dossier(self, document: Document, dossier: Key) -> bool:
        """In the dossier's list: by itself, or because it hangs on a member."""
        return document.dossier == dossier or bool(document.relations & self.dossiers[dossier].keys())

    def dated(self, who: Key, document: Document) -> Any:
        """A client sees the last change that concerns him, the others the last one of any kind."""
        shared = [since for held, since in self.rows(document, who).values() if "READ" in held]
        return max([document.said_at, *shared]) if self.is_client(who) else document.changed_at

    def explained(self, principal: Key, document: Document) -> tuple[Rights, set[Row], set[Key], str | None]:
        """The rights, the rows that give them, the groups between, and what keeps him from the document."""
        rows = self.rows(document, *self.principals(principal))
        rights, groups = self.rights(principal, document), {row[0] for row in rows} - {principal}
        blocked = principal in self.accounts and self.accounts[principal].is_blocked
        obstacle = "BLOCKED" if blocked else None
        obstacle = "NOT_SHARED" if not rows else obstacle if rights else "CANNOT_READ"
        return (NOTHING if obstacle else rights), set(rows), groups, obstacle
