"""The rules of sharing in plain Python: what each verb does, and when it is refused with which code."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.permissions.model import ALL, NOTHING, Document, Firm, Group, Key, Rights, Row, Rule


class Refused(Exception):
    """Nothing is done; its argument is the code."""


def require(holds: object, code: str) -> None:
    if not holds:
        raise Refused(code)


class Model(Firm):
    """A firm in which people do things. Each verb checks everything before it changes anything."""

    # Who can be given something.
    def is_linked(self, document: Document, client: Key) -> bool:
        """By hand a client is given only what hangs on him, or is in a dossier of his or his partner's."""
        relation = self.accounts[client].relation
        role = self.dossiers.get(document.dossier, {}).get(relation)
        return relation in document.relations or role in {"MAIN_PERSON", "PARTNER"}

    def could_give(self, key: Key, row: Row) -> bool:
        """Whether a row of a rights tab could be given today; what could not stays, and is flagged."""
        document, (to, why, _) = self.documents[key], row
        if not self.is_client(to) or self.is_linked(document, to):
            return True
        in_dossier = self.accounts[to].relation in self.dossiers.get(document.dossier, {})
        return why == "CATEGORY_RULE" and in_dossier

    # Documents: sent in, classified, deleted, brought back.
    def upload(self, who: Key, new: Key, said: Mapping[str, Any]) -> Key:
        if not self.is_staff(who):
            require(self.is_client(who) and not said, "FORBIDDEN")
        self.require_classifiable(None, said)
        document = self.documents[new] = Document(self.now, self.now, self.now)
        for key, group in self.groups.items():
            if group.built_in:
                document.give(key, "DEFAULT", None, ALL, self.now)
        if self.is_staff(who):
            document.give(who, "CREATOR", None, ALL, self.now)
            self.classify(who, document, said)
        else:
            document.give(who, "UPLOADER", None, frozenset({"READ"}), self.now)
            document.relations = frozenset({self.accounts[who].relation})
        return new

    def update(self, who: Key, key: Key, said: Mapping[str, Any]) -> None:
        document = self.gate(who, key, "UPDATE")
        require(self.is_staff(who) or not said, "FORBIDDEN")
        self.require_classifiable(document, said)
        document.changed_at = document.said_at = self.now
        self.classify(who, document, said)

    def require_classifiable(self, document: Document | None, said: Mapping[str, Any]) -> None:
        require(said.get("dossier") in {None, *self.dossiers}, "NOT_FOUND")
        require(self.relations >= said.get("relations", NOTHING), "NOT_FOUND")
        categories = said.get("categories", NOTHING)
        require(self.categories.keys() >= categories, "NOT_FOUND")
        entered = categories - (document.categories if document else NOTHING)
        require(not any(self.categories[it] for it in entered), "INVALID")

    def classify(self, who: Key, document: Document, said: Mapping[str, Any]) -> None:
        """A rule stamps what enters its category within a dossier; in another one everything enters anew."""
        dossier, before = document.dossier, document.categories
        for name, value in said.items():
            setattr(document, name, value)
        entered = document.categories - (before if document.dossier == dossier else NOTHING)
        rules = {key: it for key, it in self.rules.items() if not it.is_removed and it.category in entered}
        self.stamp((document, *due) for key in rules for due in [*self.due(who, document, key)])

    def delete(self, who: Key, key: Key) -> None:
        document = self.gate(who, key, "DELETE")
        document.is_deleted, document.changed_at = True, self.now

    def restore(self, who: Key, key: Key) -> None:
        require(key in self.documents and self.documents[key].is_deleted, "NOT_FOUND")
        document = self.documents[key]
        require(self.given(document, *self.principals(who)) >= {"READ", "DELETE"}, "NOT_FOUND")
        document.is_deleted, document.changed_at = False, self.now

    def gate(self, who: Key, key: Key, right: str) -> Document:
        require(key in self.reach(who), "NOT_FOUND")
        require(right in self.reach(who)[key], "FORBIDDEN")
        return self.documents[key]

    # Sharing by hand.
    def set_rights(self, who: Key, key: Key, principal: Key, rights: Rights) -> None:
        document = self.gate(who, key, "CHANGE_SECURITY")
        require(principal in self.accounts or principal in self.groups, "NOT_FOUND")
        require(rights <= self.rights(who, document), "FORBIDDEN")
        if self.is_client(principal):
            require("CHANGE_SECURITY" not in rights, "INVALID")
            require(not rights or self.is_linked(document, principal), "NOT_LINKED_TO_CLIENT")
        before = dict(document.tab)
        for row in self.rows(document, principal):
            del document.tab[row]
        if rights:
            document.give(principal, "MANUAL", None, rights, self.now)
        if not self.is_kept(document):
            document.tab = before
            raise Refused("INVALID")
        document.changed_at = self.now

    # Sharing by rules.
    def set_rule(self, who: Key, new: Key, category: Key, grantee: Key | None, rights: Rights) -> Key | None:
        require(self.is_staff(who), "FORBIDDEN")
        require(category in self.categories, "NOT_FOUND")
        require(grantee is None or grantee in self.accounts or grantee in self.groups, "NOT_FOUND")
        require(not self.is_client(grantee), "INVALID")
        require(grantee is not None or "CHANGE_SECURITY" not in rights, "INVALID")
        for key, rule in self.rules.items():
            if (rule.category, rule.grantee, rule.is_removed) == (category, grantee, False):
                if rule.rights == rights:
                    return key
                rule.is_removed = True
        if not rights:
            return None
        self.rules[new] = Rule(category, grantee, rights)
        return new

    def apply_rule(self, who: Key, rule: Key, expected: int) -> int:
        require(self.is_staff(who), "FORBIDDEN")
        require(self.sees_in_force(who, rule), "NOT_FOUND")
        due = self.due_today(who, rule)
        require(len({id(it[0]) for it in due}) == expected, "CONFLICT")
        self.stamp(due)
        for document, *_ in due:
            document.changed_at = self.now
        return len(due)

    def due_today(self, who: Key, rule: Key) -> list[tuple[Document, Key, Key, Rights]]:
        """Of what stands, where he may share by hand and somebody would be given more than he has by name."""
        return [
            (document, rule, to, rights)
            for document in self.documents.values()
            if self.rules[rule].category in document.categories
            and "CHANGE_SECURITY" in self.rights(who, document)
            for _, to, rights in self.due(who, document, rule)
            if not rights <= self.given(document, to)
        ]

    def due(self, who: Key, document: Document, key: Key) -> Iterator[tuple[Key, Key, Rights]]:
        """Whom a rule gives what on a document in a dossier: no more than whoever acts holds."""
        rule, members = self.rules[key], self.dossiers.get(document.dossier, {})
        rights = rule.rights & self.rights(who, document)
        portal_users = [
            it
            for it, account in self.accounts.items()
            if account.role == "CLIENT" and not account.is_blocked and account.relation in members
        ]
        if rights and document.dossier is not None:
            for to in portal_users if rule.grantee is None else [rule.grantee]:
                yield key, to, rights

    def stamp(self, due: Iterable[tuple[Document, Key, Key, Rights]]) -> None:
        for document, rule, to, rights in [*due]:
            document.give(to, "CATEGORY_RULE", rule, rights, self.now)

    # Groups.
    def create_group(self, who: Key, new: Key, name: str) -> Key:
        require(self.administrates(who), "FORBIDDEN")
        require(name not in {it.name for it in self.groups.values()}, "ALREADY_EXISTS")
        self.groups[new] = Group(name)
        return new

    def set_members(self, who: Key, key: Key, members: Iterable[Key]) -> None:
        require(self.administrates(who), "FORBIDDEN")
        require(key in self.groups, "NOT_FOUND")
        require(all(it in self.accounts for it in members), "NOT_FOUND")
        require(not any(self.is_client(it) for it in members), "INVALID")
        group = self.groups[key]
        require(not group.built_in or all(self.is_staff(it) for it in members), "INVALID")
        before, group.members = group.members, set(members)
        touched = (
            [it for it in self.documents.values() if self.rows(it, key)] if before - group.members else []
        )
        if not self.has_administrator() or not all(map(self.is_kept, touched)):
            group.members = before
            raise Refused("INVALID")

    def has_administrator(self) -> bool:
        return any(
            self.administrates(who) and account.role == "STAFF" and not account.is_blocked
            for who, account in self.accounts.items()
        )

    # Who is let in.
    def block(self, who: Key, key: Key, *, blocked: bool) -> None:
        require(self.is_staff(who), "FORBIDDEN")
        require(key in self.accounts, "NOT_FOUND")
        require(self.is_client(key) or self.administrates(who), "FORBIDDEN")
        account, theirs = self.accounts[key], self.principals(key)
        before, account.is_blocked = account.is_blocked, blocked
        touched = [it for it in self.documents.values() if blocked and self.rows(it, *theirs)]
        if self.is_staff(key) and not (self.has_administrator() and all(map(self.is_kept, touched))):
            account.is_blocked = before
            raise Refused("INVALID")
