"""Rules of categories: whom each document that enters one is shared with, from then on, S050-S053."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, update

from core.errors import Conflict, Invalid
from core.rights import NO_RIGHTS, Right
from models import Category, CategoryRule, Document
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow
from permissions.people import sees_category_rule
from resolvers import accounts, categories, gate, groups, sharing, stamping
from resolvers.change import Change
from resolvers.levels import column, grouped, looked_up
from resolvers.reading import Reading

CATEGORY_ID: Final = ("input", "categoryId")
RIGHTS: Final = ("input", "rights")
GRANTEE: Final = ("input", "grantee")
RULE_ID: Final = ("input", "ruleId")
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
# Those that were taken away are rows still: what they stamped is explained by them.
RULE: Final = select(
    CategoryRule.id,
    CategoryRule.category_id,
    CategoryRule.principal_id,
    CategoryRule.rights,
    CategoryRule.created_at,
    CategoryRule.created_by,
    CategoryRule.removed_at,
).where(CategoryRule.licence_id == LICENCE, sees_category_rule())
BY_IDS: Final = RULE.where(CategoryRule.id == IDS)
IN_FORCE: Final = RULE.where(CategoryRule.removed_at.is_(None))
OF_CATEGORIES: Final = IN_FORCE.where(CategoryRule.category_id == IDS).order_by(
    CategoryRule.created_at, CategoryRule.id
)
IN_FORCE_BY_IDS: Final = IN_FORCE.where(CategoryRule.id == IDS)
CATEGORY: Final = bindparam("category", type_=Uuid())
# Whoever changes the rules of a category holds it alone.
HOLD_CATEGORY: Final = (
    select(Category.id).where(Category.licence_id == LICENCE, Category.id == CATEGORY).with_for_update()
)
FOR_GRANTEE: Final = IN_FORCE.where(
    CategoryRule.category_id == CATEGORY,
    CategoryRule.principal_id.is_not_distinct_from(bindparam("principal", type_=Uuid())),
)
REMOVE: Final = (
    update(CategoryRule)
    .where(CategoryRule.licence_id == LICENCE, CategoryRule.id == bindparam("rule", type_=Uuid()))
    .values(removed_at=bindparam("now"))
)
# In an order of its own: two who apply rules to the same documents wait for each other, and never both.
LOCKED_STANDING: Final = stamping.STANDING.order_by(Document.id).with_for_update(of=Document)


@dataclass(frozen=True, slots=True)
class Grantee:
    """Whom a rule gives to: an account, a group, or neither: the portal users of the dossier."""

    account_id: UUID | None = None
    group_id: UUID | None = None

    @property
    def principal_id(self) -> UUID | None:
        """Return the key that a rule keeps, None for the portal users of the dossier."""
        return self.account_id or self.group_id


async def of_categories(request: Reading, parents: Sequence[Any]) -> list[list[AnyRow]]:
    """Return the rules of each category that are in force, the oldest first."""
    ids = column(parents, "id")
    return grouped(await request.rows(OF_CATEGORIES, ids=ids), by="category_id", over=ids)


async def by_ids(request: Reading, ids: Sequence[UUID | None]) -> list[AnyRow | None]:
    """Return each rule that the viewer may see, in force or not, None in the place of every other id."""
    return await looked_up(request, BY_IDS, ids)


async def in_force(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return each rule that is in force and that the viewer may see, None in the place of every other id."""
    return await looked_up(request, IN_FORCE_BY_IDS, ids)


async def set_category_rule(
    change: Change, category_id: UUID, grantee: Grantee, rights: Right
) -> UUID | None:
    """Say what a grantee is given on each document that enters a category from now on; nothing: no rule.

    Nothing that stands is changed by it (S052, S053). Return the id of the rule, None when there is none.
    Raise Forbidden, NotFound, Invalid.
    """
    gate.staff(change)
    await change.rows(HOLD_CATEGORY, category=category_id)
    await gate.one(change, categories.by_ids, category_id, path=CATEGORY_ID)
    await require_can_be_given(change, grantee, rights)
    standing = await change.row(FOR_GRANTEE, category=category_id, principal=grantee.principal_id)
    if rights == (standing.rights if standing else NO_RIGHTS):
        return standing.id if standing else None
    if standing:
        await change.rows(REMOVE, rule=standing.id, now=change.now)
    rule_id = await add_rule(change, category_id, grantee, rights) if rights else None
    principal = str(grantee.principal_id) if grantee.principal_id else None
    change.record("category.rule_set", category=str(category_id), principal=principal, rights=int(rights))
    # Clients see the category, and are not told how the firm shares what is in it.
    await change.note(ChangeKind.CHANGED, "Category", category_id, [change.viewer.account_id])
    return rule_id


async def add_rule(change: Change, category_id: UUID, grantee: Grantee, rights: Right) -> UUID:
    """Add a rule; return its id."""
    rule = change.add(
        CategoryRule,
        category_id=category_id,
        principal_id=grantee.principal_id,
        rights=int(rights),
        created_at=change.now,
        created_by=change.viewer.account_id,
    )
    await change.session.flush()
    return rule.id


async def require_can_be_given(change: Change, grantee: Grantee, rights: Right) -> None:
    """Require that a rule can give these rights to this grantee. Raise NotFound, Invalid."""
    if grantee.group_id:
        await gate.one(change, groups.look_up, grantee.group_id, path=(*GRANTEE, "groupId"))
    elif grantee.account_id:
        place = (*GRANTEE, "accountId")
        account = await gate.one(change, accounts.look_up, grantee.account_id, path=place)
        if account.role == "CLIENT":
            message = "A rule reaches clients through their dossier: choose the portal users of the dossier."
            raise Invalid(message, path=place)
    elif Right.CHANGE_SECURITY in rights:
        raise Invalid("A client cannot change the security of a document.", path=RIGHTS)


async def apply_category_rule(change: Change, rule_id: UUID, expected_count: int) -> int:
    """Give what a rule gives on the documents that stand already; return how many grants that made.

    Only on as many documents as the preview said, and only where the viewer could do the same by hand. Raise
    Forbidden, NotFound, Conflict.
    """
    gate.staff(change)
    await gate.one(change, in_force, rule_id, path=RULE_ID)
    locked = {it.document_id for it in await change.rows(LOCKED_STANDING, rule=rule_id)}
    # Whoever held them may have shared them meanwhile: what is due is read when nobody else can.
    due = [it for it in await change.rows(stamping.STANDING, rule=rule_id) if it.document_id in locked]
    documents = {it.document_id for it in due}
    if len(documents) != expected_count:
        counted = "By now the count is {count}. Look at the documents again before you go on."
        raise Conflict(counted, path=("input", "expectedCount"), count=len(documents))
    await stamping.stamp(change, due)
    await sharing.touch(change, list(documents))
    change.record("category.rule_applied", rule=str(rule_id), documents=len(documents), grants=len(due))
    return len(due)
