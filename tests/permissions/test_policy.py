"""The access policy of the product, to be read from top to bottom: who may what, and where it is said so.

S is a sentence of the manual, A one of our readings. What is NOT_THERE is as if it never was, and so is what
a change does not find; FORBIDDEN is what somebody may see but not do. Who is signed out is told to sign in,
but where a row says something else.

Anna is an advisor and Arthur the administrator; both are in the group Users. Ines is an advisor in no group,
Otto an auditor. Bert and his partner Carla are clients of one dossier, with their child Noor, who has no
account; Dirk is a client of another, Femke a relation without access. Eva administers another firm.
"""

import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Final, NamedTuple

import pytest
import pytest_asyncio

from resolvers import database
from tests import databases
from tests.databases import roll_back
from tests.permissions.policy_questions import (
    ALLOWED,
    IN_LIST,
    NONE,
    NOT_THERE,
    SEES,
    SIGN_IN,
    Question,
    The,
    changes,
    document,
    does,
    node,
    number,
    rule,
    shares,
    shown,
    uploads,
    value,
)
from tests.permissions.policy_world import CAST, Stage, open_stage

FORBIDDEN: Final = "FORBIDDEN"
NOT_FOUND: Final = "NOT_FOUND"
NOT_LINKED: Final = "NOT_LINKED_TO_CLIENT"
INVALID: Final = "INVALID"
CONFLICT: Final = "CONFLICT"
SEARCH: Final = '{ documents(filter: {descriptionContains: "HUWELIJK"}) { totalCount nodes { id } } }'
IN_DOSSIER: Final = "query ($id: ID!) { dossier(id: $id) { documents { nodes { id } } } }"
ON_RELATION: Final = "query ($id: ID!) { relation(id: $id) { documents { nodes { id } } } }"
IN_CATEGORY: Final = "query ($id: ID!) { node(id: $id) { ... on Category { documents { nodes { id } } } } }"
EXPLAIN: Final = (
    "query ($d: ID!, $p: ID!) {{ explainAccess(documentId: $d, principalId: $p) {{ {} {{ id }} }} }}"
)
WHO: Final = "grants { principal { __typename ... on Account { username } } }"
REVISION: Final = "query ($id: ID!) { document(id: $id) { revision } }"
PREVIEW: Final = "query ($id: ID!) { previewCategoryRule(ruleId: $id) { totalCount } }"
A_MOMENT: Final = timedelta(seconds=10)
EVERY_RIGHT: Final = "READ UPDATE DELETE CHANGE_SECURITY"


class Row(NamedTuple):
    """A sentence of the policy: where it comes from, how it is asked, and who is given which verdict."""

    where: str
    says: str
    ask: Question
    verdicts: dict[str, str]


# A table is read line by line.
# fmt: off
READING: Final = [
    Row("S039 S042 A1",
        "The contract is there for the firm and for Bert, with whom it was shared: to read is all it takes.",
        document("the contract"), {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S046", "A new document of the firm's is the firm's alone, in whose dossier it may be.",
        document("the note"), {SEES: "anna arthur", NOT_THERE: "ines otto bert carla dirk eva"}),
    Row("S080 A9", "What Bert sent is his to read, and the firm's.",
        document("Bert's own"), {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S044", "Nobody sees more by what he is: what Ines took away from the groups not even Arthur reads.",
        document("the draft"), {SEES: "ines", NOT_THERE: "anna arthur otto bert carla dirk eva"}),
    Row("S044",
        "Who is in no group reads what was shared with her by name, and an auditor no more than that.",
        document("the report"), {SEES: "anna arthur ines otto", NOT_THERE: "bert carla dirk eva"}),
    Row("A1", "What was shared with Dirk stays shared when the link is gone.",
        document("the old one"), {SEES: "anna arthur dirk", NOT_THERE: "ines otto bert carla eva"}),
    Row("S043", "Who may change and delete but not read does not know that it exists.",
        document("the blind one"), {SEES: "anna arthur", NOT_THERE: "ines otto bert carla dirk eva"}),
    Row("A30", "What was deleted is there for nobody, whoever could read it.",
        document("the thrown away"), {NOT_THERE: "anna arthur ines otto bert carla dirk eva"}),
    Row("S002", "What is another firm's is there for that firm alone.",
        document("their document"), {SEES: "eva", NOT_THERE: "anna arthur ines otto bert carla dirk"}),
]
BY_RULE: Final = [
    Row("S050 S051 A2 A3", "A deed is read by everybody in the dossier who has access to the portal.",
        document("the deed"), {SEES: "anna arthur bert carla", NOT_THERE: "ines otto dirk eva"}),
    Row("S052 A4", "A will that was there before the rule is not shared by it.",
        document("the will of before"), {SEES: "anna arthur", NOT_THERE: "ines otto bert carla dirk eva"}),
    Row("A6", "Without a dossier a rule shares nothing yet.",
        document("the will without a dossier"),
        {SEES: "anna arthur", NOT_THERE: "ines otto bert carla dirk eva"}),
    Row("S053", "What a rule has shared stays shared when the rule is gone.",
        document("the advice"), {SEES: "anna arthur bert carla", NOT_THERE: "ines otto dirk eva"}),
    Row("A5", "And when the document has left the category and the dossier.",
        document("what was moved"), {SEES: "anna arthur bert carla", NOT_THERE: "ines otto dirk eva"}),
    Row("A7", "Rights from several rows are added up, and nothing is denied.",
        value("document", "the double", "viewerCan", "viewerCan"),
        {EVERY_RIGHT: "anna arthur", "READ UPDATE": "carla", "READ": "bert",
         NOT_THERE: "ines otto dirk eva"}),
]
BY_EVERY_PATH: Final = [
    Row("S039", "The list of documents holds the contract for the same as may open it.",
        shown("the contract", IN_LIST), {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S039", "So does the search for its words,",
        shown("the contract", SEARCH), {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S039", "and the number of what is found;",
        number(SEARCH, "documents", "totalCount"),
        {"1": "anna arthur bert", "0": "ines otto carla dirk eva"}),
    Row("S039", "so does its id,",
        node("the contract"), {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S040", "the list of its dossier,",
        shown("the contract", IN_DOSSIER, id=The("the dossier")),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S040", "the list of the client it hangs on,",
        shown("the contract", ON_RELATION, id=The("bert")),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S064", "the list of its category,",
        shown("the contract", IN_CATEGORY, id=The("contracts")),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("A24", "and an address to open it at.",
        value("document", "the contract", "contentUrl", "contentUrl"),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S075 S078", "What Bert sent is found in the list of his dossier, though it is in none itself,",
        shown("Bert's own", IN_DOSSIER, id=The("the dossier")),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S075", "and on his personal sheet.",
        shown("Bert's own", ON_RELATION, id=The("bert")),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S077", "It hangs on him,",
        value("document", "Bert's own", "relations { id }", "relations", 0),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S077", "and is in no category.",
        value("document", "Bert's own", "categories { id }", "categories"),
        {NONE: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
]
OF_A_DOCUMENT: Final = [
    Row("S043 S045", "Each right is a tick by itself: Bert may do with the form what was ticked for him.",
        value("document", "the form", "viewerCan", "viewerCan"),
        {EVERY_RIGHT: "anna arthur", "READ UPDATE DELETE": "bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S076 S081", "Whoever reads it sees its categories and its dossier,",
        value("document", "the contract", "dossier { id } categories { id }", "dossier"),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S076", "but a dossier only who is in it: Dirk does not see whose the old one is.",
        value("document", "the old one", "dossier { id }", "dossier"),
        {SEES: "anna arthur", NOT_THERE: "ines otto bert carla dirk eva"}),
    Row("S047", "Whoever reads it sees who made it,",
        value("document", "the contract", "createdAt createdBy { displayName }", "createdBy"),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S047", "by name alone: how the advisor signs in is no client's business,",
        value("document", "the contract", "createdBy { username }", "createdBy", "username"),
        {SEES: "anna arthur", FORBIDDEN: "bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("A22", "and when it came in and was last changed, beside the date on it.",
        value("document", "the contract", "documentDate createdAt updatedAt", "updatedAt"),
        {SEES: "anna arthur bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S048 A23",
        "That it was shared with others is an update for the firm, and nothing that a client learns of.",
        number(REVISION, "document", "revision", id=The("the contract")),
        {"5": "anna arthur", "1": "bert", NOT_THERE: "ines otto carla dirk eva"}),
]
RIGHTS_TAB: Final = [
    Row("S042 S044", "The rights tab is for whoever may change the security of the document,",
        value("document", "the contract", "grants { id }", "grants"),
        {SEES: "anna arthur", FORBIDDEN: "bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S044", "not for who may only read it, though she be an advisor,",
        value("document", "the report", "grants { id }", "grants"),
        {SEES: "anna arthur", FORBIDDEN: "ines otto", NOT_THERE: "bert carla dirk eva"}),
    Row("S044", "and for nobody by what he is.",
        value("document", "the draft", "grants { id }", "grants"),
        {SEES: "ines", NOT_THERE: "anna arthur otto bert carla dirk eva"}),
    Row("A21", "It tells people of the same name apart by what they are and how they sign in.",
        value("document", "the contract", WHO, "grants"),
        {SEES: "anna arthur", FORBIDDEN: "bert", NOT_THERE: "ines otto carla dirk eva"}),
    Row("S044", "A row of it is there by its id for the same.",
        node("Bert's row"), {SEES: "anna arthur", NOT_THERE: "ines otto bert carla dirk eva"}),
    Row("A4", "Why Bert can read it is explained to staff who may change its security,",
        shown("Bert's row", EXPLAIN.format("grants"), d=The("the contract"), p=The("bert's account")),
        {SEES: "anna arthur", FORBIDDEN: "otto bert carla dirk", NOT_THERE: "ines eva"}),
    Row("A4", "and not to who may only read it.",
        shown("the users", EXPLAIN.format("viaGroups"), d=The("the report"), p=The("anna's account")),
        {SEES: "anna arthur", FORBIDDEN: "ines otto bert carla dirk", NOT_THERE: "eva"}),
]
SHARING: Final = [
    Row("S040 S041 S042",
        "The contract can be shared with Carla, the partner in its dossier, by who may change its security.",
        shares("the contract", "carla's account", "READ"),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S040 A1", "Dirk cannot be given it before it is linked to him;",
        shares("the contract", "dirk's account", "READ"),
        {NOT_LINKED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S040", "what hangs on him he can be given.",
        shares("what hangs on Dirk", "dirk's account", "READ"),
        {ALLOWED: "anna arthur", NOT_FOUND: "ines otto bert carla dirk eva"}),
    Row("A1", "What he was given once can be taken from him without a link.",
        shares("the old one", "dirk's account"),
        {ALLOWED: "anna arthur", FORBIDDEN: "dirk", NOT_FOUND: "ines otto bert carla eva"}),
    Row("S042", "Noor has no account, and cannot be given anything,",
        shares("the contract", "noor", "READ"),
        {NOT_FOUND: "anna arthur ines otto carla dirk eva", FORBIDDEN: "bert"}),
    Row("S020 S042", "nor can Femke before she has access to the portal.",
        shares("the contract", "femke", "READ"),
        {NOT_FOUND: "anna arthur ines otto carla dirk eva", FORBIDDEN: "bert"}),
    Row("A8", "A client can be given to change it and to delete it,",
        shares("the contract", "bert's account", "READ", "UPDATE", "DELETE"),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("A8", "but never to change its security.",
        shares("the contract", "bert's account", "READ", "CHANGE_SECURITY"),
        {INVALID: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S042", "Who may only read cannot share, though she be an advisor.",
        shares("the report", "carla's account", "READ"),
        {ALLOWED: "anna arthur", FORBIDDEN: "ines otto", NOT_FOUND: "bert carla dirk eva"}),
    Row("S045", "Who may read and change security gives to read,",
        shares("the half", "otto's account", "READ"),
        {ALLOWED: "anna arthur ines", NOT_FOUND: "otto bert carla dirk eva"}),
    Row("S045", "and nothing that she has not herself.",
        shares("the half", "otto's account", "READ", "UPDATE"),
        {ALLOWED: "anna arthur", FORBIDDEN: "ines", NOT_FOUND: "otto bert carla dirk eva"}),
    Row("S046", "Somebody on the staff must keep the right to change its security.",
        shares("the draft", "ines's account", "READ"),
        {INVALID: "ines", NOT_FOUND: "anna arthur otto bert carla dirk eva"}),
    Row("S044", "Nobody of another firm is given anything.",
        shares("the contract", "eva's account", "READ"),
        {NOT_FOUND: "anna arthur ines otto carla dirk eva", FORBIDDEN: "bert"}),
]
CHANGING: Final = [
    Row("S045", "Who may change a document says it otherwise; to read it is not enough.",
        changes("the contract", description="Nieuw"),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("A8", "A client may, where it was ticked for him.",
        changes("the form", description="Nieuw"),
        {ALLOWED: "anna arthur bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S043", "Not where he may not read.",
        changes("the blind one", description="Nieuw"),
        {ALLOWED: "anna arthur", NOT_FOUND: "ines otto bert carla dirk eva"}),
    Row("S017 S079 S081", "The firm alone classifies: not even what he may change gets a category from Bert,",
        changes("the form", categoryIds=[The("deeds"), The("wills")]),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S079", "or a dossier,",
        changes("the form", dossierId=The("the dossier")),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S018", "or a relation to hang on.",
        changes("the form", relationIds=[The("carla")]),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("S044", "The administrator changes nothing that was not shared with him or his groups.",
        changes("the draft", description="Nieuw"),
        {ALLOWED: "ines", NOT_FOUND: "anna arthur otto bert carla dirk eva"}),
    Row("S015", "The firm and its clients send documents in; an auditor changes nothing.",
        uploads(), {ALLOWED: "anna arthur ines bert carla dirk eva", FORBIDDEN: "otto"}),
    Row("S017", "A client does so without saying where they belong,",
        uploads(categoryIds=[The("deeds")]),
        {ALLOWED: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S077", "nor in which dossier.",
        uploads(dossierId=The("the dossier")),
        {ALLOWED: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S045 A30", "Who may delete a document does; to read it is not enough.",
        does("deleteDocument", documentId=The("the contract")),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("A8 A30", "A client may, where it was ticked for him.",
        does("deleteDocument", documentId=The("the form")),
        {ALLOWED: "anna arthur bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("A9", "What he sent he may read, and not delete.",
        does("deleteDocument", documentId=The("Bert's own")),
        {ALLOWED: "anna arthur", FORBIDDEN: "bert", NOT_FOUND: "ines otto carla dirk eva"}),
    Row("A30", "Who could delete it brings it back; for everybody else it is gone.",
        does("restoreDocument", documentId=The("the thrown away")),
        {ALLOWED: "anna arthur", NOT_FOUND: "ines otto bert carla dirk eva"}),
    Row("A30", "What is there cannot be brought back.",
        does("restoreDocument", documentId=The("the contract")),
        {NOT_FOUND: "anna arthur ines otto bert carla dirk eva"}),
]
CATEGORIES: Final = [
    Row("S064 A26",
        "A client sees a category only if it is on a document that he may read; so does an auditor.",
        shown("contracts", "{ categories { id } }"),
        {SEES: "anna arthur ines bert", NOT_THERE: "otto carla dirk eva"}),
    Row("A26", "Otto, that of the report.",
        shown("reports", "{ categories { id } }"),
        {SEES: "anna arthur ines otto", NOT_THERE: "bert carla dirk eva"}),
    Row("A26", "By its id it is there for the same.",
        node("deeds"), {SEES: "anna arthur ines bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S050", "Whom a category shares with is for staff to know;",
        value("node", "deeds", "... on Category { rules { id } }", "rules"),
        {SEES: "anna arthur ines", FORBIDDEN: "bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S050", "a client sees what was shared with him, not why.",
        node("the rule of deeds"), {SEES: "anna arthur ines", NOT_THERE: "otto bert carla dirk eva"}),
    Row("S053", "A rule that is gone can still be looked up.",
        node("the rule of advice"), {SEES: "anna arthur ines", NOT_THERE: "otto bert carla dirk eva"}),
    Row("S050", "The staff set rules.",
        rule(), {ALLOWED: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("A8", "Not even a rule lets clients change security.",
        rule(rights=["READ", "CHANGE_SECURITY"]),
        {INVALID: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S051 A2", "A rule reaches clients through their dossier, never by name.",
        rule(grantee={"accountId": The("bert's account")}),
        {INVALID: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S050", "A rule of ours gives nothing to another firm.",
        rule(grantee={"groupId": The("their users")}),
        {NOT_FOUND: "anna arthur ines eva", FORBIDDEN: "otto bert carla dirk"}),
    Row("A4", "What a rule would share today is shown to staff, as far as they may share it by hand,",
        number(PREVIEW, "previewCategoryRule", "totalCount", id=The("the rule of wills")),
        {"1": "anna arthur", "0": "ines", FORBIDDEN: "otto bert carla dirk", NOT_THERE: "eva"}),
    Row("A4", "and shared only if it is still as it was shown.",
        does("applyCategoryRule", ruleId=The("the rule of wills"), expectedCount=1),
        {ALLOWED: "anna arthur", CONFLICT: "ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S053", "A rule that is gone shares nothing more.",
        does("applyCategoryRule", ruleId=The("the rule of advice"), expectedCount=0),
        {NOT_FOUND: "anna arthur ines eva", FORBIDDEN: "otto bert carla dirk"}),
]
PEOPLE: Final = [
    Row("S041", "A client sees who is in his dossier; an auditor sees nobody.",
        node("carla"), {SEES: "anna arthur ines bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S041", "Noor too, who has no account.",
        node("noor"), {SEES: "anna arthur ines bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S041", "Femke, who is in no dossier of theirs, is the firm's to see alone.",
        node("femke"), {SEES: "anna arthur ines", NOT_THERE: "otto bert carla dirk eva"}),
    Row("S026", "A client sees of his partner the name,",
        value("relation", "carla", "displayName", "displayName"),
        {SEES: "anna arthur ines bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S026", "not the address,",
        value("relation", "carla", "email", "email"),
        {SEES: "anna arthur ines carla", FORBIDDEN: "bert", NOT_THERE: "otto dirk eva"}),
    Row("S027", "and the personal details of nobody, himself included,",
        value("relation", "bert", "details { isDeceased }", "details"),
        {SEES: "anna arthur ines", FORBIDDEN: "bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S022", "nor whether somebody has access to the portal.",
        value("relation", "bert", "portalAccount { id }", "portalAccount"),
        {SEES: "anna arthur ines", FORBIDDEN: "bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S041", "The dossier is there for staff and for who is in it,",
        node("the dossier"), {SEES: "anna arthur ines bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S041", "in the list of dossiers too,",
        shown("the dossier", "{ dossiers { nodes { id } } }"),
        {SEES: "anna arthur ines bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S072", "but who manages it is the firm's business.",
        value("dossier", "the dossier", "manager { id }", "manager"),
        {SEES: "anna arthur ines", FORBIDDEN: "bert carla", NOT_THERE: "otto dirk eva"}),
    Row("S029", "The list of relations is for staff,",
        shown("bert", "{ relations { nodes { id } } }"),
        {SEES: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_THERE: "eva"}),
    Row("S025", "the list of accounts,",
        shown("bert's account", "{ accounts { nodes { id } } }"),
        {SEES: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_THERE: "eva"}),
    Row("S005", "and that of groups.",
        shown("the users", "{ groups { id } }"),
        {SEES: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_THERE: "eva"}),
    Row("S025", "An account is there by its id for staff and for its owner,",
        node("bert's account"), {SEES: "anna arthur ines bert", NOT_THERE: "otto carla dirk eva"}),
    Row("S044", "a group for staff.",
        node("the users"), {SEES: "anna arthur ines", NOT_THERE: "otto bert carla dirk eva"}),
    Row("S020 S021", "The staff give access to the portal,",
        does("grantPortalAccess", relationId=The("femke")),
        {ALLOWED: "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S020", "to whoever has an e-mail address.",
        does("grantPortalAccess", relationId=The("noor")),
        {"NO_EMAIL": "anna arthur ines", FORBIDDEN: "otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S005", "Administrators alone make groups,",
        does("createGroup", name="Notarissen"),
        {ALLOWED: "arthur eva", FORBIDDEN: "anna ines otto bert carla dirk"}),
    Row("S005", "and say who is in theirs.",
        does("setGroupMembers", groupId=The("the users"), accountIds=[The("anna's account")]),
        {ALLOWED: "arthur", FORBIDDEN: "anna ines otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S040", "A client is in no group: through it he would be given what is not linked to him.",
        does("setGroupMembers", groupId=The("the users"), accountIds=[The("bert's account")]),
        {INVALID: "arthur", FORBIDDEN: "anna ines otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S005", "The last administrator stays.",
        does("setGroupMembers", groupId=The("the administrators"), accountIds=[]),
        {INVALID: "arthur", FORBIDDEN: "anna ines otto bert carla dirk", NOT_FOUND: "eva"}),
    Row("S054", "Who is signed out is nobody.",
        number("{ viewer { account { role } } }", "viewer", "account", "role"),
        {"STAFF": "anna ines", "ADMINISTRATOR": "arthur eva", "AUDITOR": "otto", "CLIENT": "bert carla dirk",
         NOT_THERE: "nobody"}),
]
# fmt: on
POLICY: Final = [
    *READING,
    *BY_RULE,
    *BY_EVERY_PATH,
    *OF_A_DOCUMENT,
    *RIGHTS_TAB,
    *SHARING,
    *CHANGING,
    *CATEGORIES,
    *PEOPLE,
]
# How dates are written says nothing of access.
ABOUT_ACCESS: Final = {f"S0{number}" for number in (*range(39, 54), *range(75, 82)) if number != 49} | {
    f"A{number}" for number in (*range(1, 10), *range(21, 24), 30)
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    folder = tmp_path_factory.mktemp("policy") / "files"
    async with databases.fresh() as url, open_stage(url, folder) as opened:
        yield opened


def expected(row: Row) -> dict[str, str]:
    """Return the verdict for each of the cast; who is signed out is told to sign in."""
    return {"nobody": SIGN_IN} | {
        who: verdict for verdict, names in row.verdicts.items() for who in names.split()
    }


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", POLICY, ids=lambda row: f"{row.where}: {row.says}")
async def test_the_policy(stage: Stage, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is done here is not kept: the next row finds the same world.
    monkeypatch.setattr(database, "commit", roll_back)
    # A moment later, when everybody has points again.
    stage.clock.advance(A_MOMENT)
    assert {who: await row.ask(stage, who) for who in CAST} == expected(row)


def test_every_row_gives_each_of_the_cast_one_verdict() -> None:
    for row in POLICY:
        named = " ".join(row.verdicts.values()).split()
        assert (row.says, sorted({*named, "nobody"})) == (row.says, sorted(CAST))
        assert (row.says, len(named)) == (row.says, len(set(named)))


def test_every_sentence_about_access_has_a_row() -> None:
    named = {it for row in POLICY for it in row.where.split()}
    assert all(re.fullmatch(r"S\d{3}|A\d{1,2}", it) for it in named)
    assert ABOUT_ACCESS - named == set()
