"""setCategoryRule, previewCategoryRule and applyCategoryRule."""

from collections.abc import Sequence
from typing import Annotated, Final

import strawberry
from strawberry.scalars import ID

from core.errors import Invalid
from core.rights import Right
from execution import ListSize, batched, derived
from resolvers import category_rules, rule_previews
from resolvers.category_rules import Grantee
from resolvers.paging import DEFAULT_SIZE, PageAsked
from resolvers.reading import Reading
from resolvers.rule_previews import RulePreview as Preview
from schema import ids
from schema.connections import After, First, page_info
from schema.context import Info
from schema.document import Document
from schema.nodes import PageInfo
from schema.payloads import ApplyCategoryRulePayload, SetCategoryRulePayload
from schema.prices import COUNTED
from schema.user_errors import verb
from schema.words import rights_of

PREVIEW: Final = ListSize(assumed_size=DEFAULT_SIZE, slicing_arguments=["first"], sized_fields=["documents"])


@strawberry.input(one_of=True, description="Exactly one of these.")
class GranteeInput:
    portal_users_of_dossier: bool | None = strawberry.field(
        default=strawberry.UNSET, description="True: everybody in the dossier who has access to the portal."
    )
    account_id: ID | None = strawberry.field(
        default=strawberry.UNSET, description="Somebody of the firm, or a program; never a client."
    )
    group_id: ID | None = strawberry.field(default=strawberry.UNSET, description="A group.")


@strawberry.input(description="What a grantee is given on each document that enters a category from now on.")
class SetCategoryRuleInput:
    category_id: ID = strawberry.field(description="Which category.")
    grantee: GranteeInput = strawberry.field(description="Who is given the rights.")
    rights: list[Right] = strawberry.field(
        description="An empty list removes the rule; what it has shared stays shared."
    )


@strawberry.input(description="Shares today's documents too: only when they are as many as the preview said.")
class ApplyCategoryRuleInput:
    rule_id: ID = strawberry.field(description="A rule that is in force.")
    expected_count: int = strawberry.field(description="What the preview gave as `totalCount`.")


async def totals_of(parents: Sequence[Preview], request: Reading) -> list[int]:
    return await rule_previews.totals(request, parents)


@strawberry.type(description="What a category rule would share if it were applied to the documents of today.")
class RulePreview:
    total_count: int = batched(
        totals_of,
        description="How many documents somebody would be given more rights on than he has.",
        directives=[COUNTED],
    )
    documents: list[Document] = derived(
        lambda it: it.edges.rows, description="One page of them, the newest first."
    )
    page_info: PageInfo = derived(page_info, description="Where the page stands.")


RuleId = Annotated[ID, strawberry.argument(description="A rule that is in force.")]


async def preview_category_rule(
    roots: Sequence[None],
    request: Reading,
    *,
    rule_id: RuleId,
    first: First = None,
    after: After = None,
) -> list[Preview | None]:
    key = ids.read(request, "CategoryRule", rule_id, "ruleId")
    return [await rule_previews.preview(request, key, PageAsked(first, after))]


def grantee_in(request: Reading, given: GranteeInput) -> Grantee:
    """Return whom a rule is to give to. Raise Invalid."""
    place = ("input", "grantee")
    if given.account_id:
        return Grantee(account_id=ids.read(request, "Account", given.account_id, *place, "accountId"))
    if given.group_id:
        return Grantee(group_id=ids.read(request, "Group", given.group_id, *place, "groupId"))
    if given.portal_users_of_dossier:
        return Grantee()
    raise Invalid("Say to whom the rule gives.", path=place)


@verb(SetCategoryRulePayload)
async def set_category_rule(info: Info, input: SetCategoryRuleInput) -> SetCategoryRulePayload:
    category_id = ids.read(info.context, "Category", input.category_id, "input", "categoryId")
    grantee = grantee_in(info.context, input.grantee)
    async with info.context.change() as change:
        rule_id = await category_rules.set_category_rule(
            change, category_id, grantee, rights_of(input.rights)
        )
    return SetCategoryRulePayload(category_id=category_id, rule_id=rule_id)


@verb(ApplyCategoryRulePayload)
async def apply_category_rule(info: Info, input: ApplyCategoryRuleInput) -> ApplyCategoryRulePayload:
    rule_id = ids.read(info.context, "CategoryRule", input.rule_id, "input", "ruleId")
    async with info.context.change() as change:
        count = await category_rules.apply_category_rule(change, rule_id, input.expected_count)
    return ApplyCategoryRulePayload(granted_count=count)
