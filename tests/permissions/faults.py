"""Faults that the audience finds: each breaks one arm of the rule, in a scene in which that shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import literal, select

from core.rights import Right
from models.tables import LICENCE
from permissions.people import SEES_CATEGORIES
from resolvers import explanations, grants, keepers, sharing
from tests.permissions.plants import (
    Plant,
    a_blocked_account_is_explained_as_any,
    a_rule_that_goes_takes_back,
    advisors_manage_everybody,
    all_is_held,
    clients_join,
    content_asks_for_no_right,
    gate_of,
    nobody_asks,
    nothing_enters_anew,
    rules_fire_at_every_change,
    rules_fire_without_a_dossier,
    the_count_is_not_compared,
    the_tab_is_open_to_readers,
    told,
    whoever_reads,
    without_groups,
    without_himself,
)

ENTERS: Final = "a rule shares what enters its category within a dossier, with all who are in it"
STANDS: Final = "a rule that changes or goes changes nothing that stands"
DATED: Final = "who was first given READ, and more by another row later, finds it under the first date"
BLOCKED: Final = "who is blocked is given nothing and opens nothing"
APPLIED: Final = "what stands is shared when a rule is applied, as much of it as was seen"
NO_MORE: Final = "nobody gives more than he has"
ANEW: Final = "in another dossier everything enters anew"
LINKED: Final = "by hand only with whom it is linked to"
DELETED: Final = "what is deleted is there for nobody, and comes back by who could delete it"
GROUPS: Final = "a group gives what it has to who is in it, while he is"
KEPT: Final = "somebody on the staff keeps every document, and the licence an administrator"
FOREIGN: Final = "the other firm is not there"


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which scene it shows, and how it is planted."""

    name: str
    scene: str
    plant: Plant
    rewrites: bool = False


def sql(name: str, scene: str, pattern: str, instead: str, within: str = "") -> Fault:
    """Return a fault in all statements that have a part like this."""
    return Fault(name, scene, lambda it: it.rewrite(pattern, instead, within), rewrites=True)


NO_BLOCK: Final = r"account\.blocked_at IS NULL"
ALIVE: Final = r"document(?:_\d+)?\.deleted_at IS NULL"
FAULTS: Final[Sequence[Fault]] = (
    # Who may see what.
    Fault("grants to his groups do not count", GROUPS, told(without_groups)),
    Fault("grants to himself do not count", ENTERS, told(without_himself)),
    sql("deleted documents are there", DELETED, ALIVE, "true"),
    sql("deleted documents are counted", DELETED, ALIVE, "true", r"count\(\*\) AS total"),
    sql("any right lets read", DELETED, r"\.rights & \$\d+::INTEGER != \$\d+::INTEGER", ".rights > 0"),
    sql("one grant hides the others", GROUPS, r"bit_or\(document_grant\.", "min(document_grant."),
    sql("any grant dates a document", DATED, r"(FILTER \(WHERE [^)]+) != ", r"\1 >= "),
    sql("a category has all documents", ENTERS, r"document_category\.category_id = parent\.id", "true"),
    sql(
        "a dossier's list forgets what hangs on its members",
        ENTERS,
        r"dossier_member\.dossier_id = parent\.id",
        "false",
    ),
    Fault("clients see all categories", ENTERS, told(lambda viewer: viewer, **{SEES_CATEGORIES.key: True})),
    sql("categories of deleted documents are seen", DELETED, ALIVE, "true", r"^SELECT category\.id"),
    # Stamping.
    Fault("rules fire without a dossier", ENTERS, rules_fire_without_a_dossier, rewrites=True),
    Fault("rules fire at every change", STANDS, rules_fire_at_every_change),
    sql("rules fire that are gone", STANDS, r"category_rule\.removed_at IS NULL", "true", "portal_user"),
    Fault("a rule that goes takes back", STANDS, a_rule_that_goes_takes_back),
    Fault("in another dossier nothing enters anew", ANEW, nothing_enters_anew),
    sql("rules give to who is blocked", BLOCKED, NO_BLOCK, "true", "portal_user"),
    sql(
        "rules give more than who acts has",
        NO_MORE,
        r"category_rule\.rights & access\.rights",
        "category_rule.rights",
    ),
    sql(
        "rules give to the portal users of all dossiers",
        ENTERS,
        r"portal_user\.dossier_id = document\.dossier_id",
        "true",
    ),
    sql(
        "rules give to main person and partner alone",
        ENTERS,
        r"(WHERE dossier_member\.licence_id = \$\d+::UUID)",
        r"\1 AND dossier_member.role IN ('MAIN_PERSON', 'PARTNER')",
        "portal_user",
    ),
    sql(
        "a rule is applied where the viewer can not share by hand",
        APPLIED,
        r"(category_rule\.id = \$\d+::UUID) AND access\.rights & \$\d+::INTEGER != \$\d+::INTEGER",
        r"\1",
    ),
    sql(
        "a preview counts what is there already",
        APPLIED,
        r"& ~coalesce",
        "| coalesce",
        r"AS total\s+FROM due",
    ),
    Fault("a rule is applied whatever the count", APPLIED, the_count_is_not_compared),
    # Sharing by hand.
    Fault("the gate asks for READ alone", DELETED, gate_of("document", Right.READ)),
    Fault("one gives more than he has", NO_MORE, all_is_held),
    Fault(
        "no link is asked for",
        LINKED,
        lambda it: it.replace(sharing, "LINKED", select(literal(1)).where(LICENCE.is_not(None))),
    ),
    sql(
        "a child is given by hand",
        LINKED,
        r"dossier_member\.role = ANY \(ARRAY\[[^\]]+\]\)",
        "dossier_member.role IS NOT NULL",
    ),
    sql(
        "what a rule gave is not withdrawn by hand",
        KEPT,
        r"(DELETE FROM document_grant WHERE)",
        r"\1 document_grant.source = 'MANUAL' AND",
    ),
    # Groups and keepers.
    sql(
        "who leaves a group keeps what it has",
        GROUPS,
        r"(DELETE FROM account_group_member WHERE)",
        r"\1 false AND",
    ),
    Fault("clients are in groups", GROUPS, clients_join),
    Fault("nobody keeps a document", KEPT, nobody_asks(keepers, "require_keeper")),
    Fault("a group that keeps documents is left", KEPT, nobody_asks(keepers, "require_kept_without")),
    Fault("the last administrator goes", KEPT, nobody_asks(keepers, "require_administrator")),
    sql("who is blocked keeps documents", KEPT, NO_BLOCK, "true", r"^SELECT account\.id \n"),
    # Deleting, explaining, opening.
    Fault("whoever reads brings back", DELETED, gate_of("deleted_document", Right.READ)),
    sql(
        "explanations know of no groups",
        GROUPS,
        r"(account_group_member\.account_id = \$\d+::UUID)",
        r"\1 AND false",
        r"^SELECT account_group_member\.group_id",
    ),
    Fault("who is blocked is explained as any", BLOCKED, a_blocked_account_is_explained_as_any),
    Fault("whoever reads is told why others do", NO_MORE, whoever_reads(explanations)),
    Fault("whoever reads finds rows of rights tabs", NO_MORE, whoever_reads(grants)),
    Fault("whoever reads is shown the rights tab", ENTERS, the_tab_is_open_to_readers),
    Fault("an address opens whatever one may read", ENTERS, content_asks_for_no_right),
    # Who is let in.
    Fault("advisors block their colleagues", GROUPS, advisors_manage_everybody),
    # The other licence.
    *(
        sql(
            f"whoever knows its key finds {one} of another licence",
            FOREIGN,
            rf"\b{table}\.licence_id = \$\d+::UUID",
            "true",
            rf"FROM {table} .*\b{table}\.id = ANY",
        )
        for one, table in (
            ("a dossier", "dossier"),
            ("a relation", "relation"),
            ("a category", "category"),
            ("an account", "account"),
            ("a group", "account_group"),
        )
    ),
)
