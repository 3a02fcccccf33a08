"""Category rules as journeys set and apply them, and what they have stamped."""

from typing import Any, Final
from uuid import UUID

from core.rights import Right
from models import CategoryRule, DocumentGrant, Event, Letter
from tests.api import Api
from tests.journeys.rows import rows, writing

RULE: Final = """
fragment AsRule on CategoryRule {
  id category { name } rights createdAt createdBy { displayName } removedAt
  grantee {
    __typename
    ... on PortalUsersOfDossier { description } ... on Account { displayName } ... on Group { name }
  }
}
"""
SET_RULE: Final = f"""
mutation ($input: SetCategoryRuleInput!) {{
  setCategoryRule(input: $input) {{
    category {{ name rules {{ ...AsRule }} }}
    rule {{ ...AsRule }}
    userErrors {{ __typename code message path }}
  }}
}}
{RULE}"""
PREVIEW: Final = """
query ($rule: ID!, $first: Int, $after: String) {
  previewCategoryRule(ruleId: $rule, first: $first, after: $after) {
    totalCount documents { description } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""
APPLY: Final = """
mutation ($input: ApplyCategoryRuleInput!) {
  applyCategoryRule(input: $input) { grantedCount userErrors { __typename code message path } }
}
"""
UPDATE: Final = """
mutation ($input: UpdateDocumentInput!) {
  updateDocument(input: $input) { document { id } userErrors { code path } }
}
"""
SET_RIGHTS: Final = """
mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) { userErrors { code path } } }
"""
PORTAL_USERS: Final = {"portalUsersOfDossier": True}


def category(api: Api, key: str) -> str:
    """Return the id of one of the first categories."""
    return api.id("Category", api.world.firm.categories[key])


async def set_rule(
    api: Api, who: str, rights: list[str], key: str = "wills", **grantee: Any
) -> dict[str, Any]:
    """Return what setCategoryRule answers, for the portal users where nobody else is named."""
    said = {"categoryId": category(api, key), "grantee": grantee or PORTAL_USERS, "rights": rights}
    return (await api.gets(who, SET_RULE, input=said))["setCategoryRule"]


async def standing_rule(
    api: Api, rights: Right, key: str = "wills", principal_id: UUID | None = None
) -> CategoryRule:
    """Write a rule that is in force, for the portal users where nobody else is named."""
    async with writing(api) as firm:
        rule = CategoryRule(
            licence_id=firm.founded.licence_id,
            category_id=firm.founded.categories[key],
            principal_id=principal_id,
            rights=int(rights),
            created_at=firm.now,
        )
        await firm.keep(rule)
    return rule


async def change_document(api: Api, who: str, key: UUID | None = None, **said: Any) -> None:
    """Change what is said of a document, the cast's where no other is named."""
    said = {"documentId": api.id("Document", key or api.world.document.id)} | said
    answer = (await api.gets(who, UPDATE, input=said))["updateDocument"]
    assert answer["userErrors"] == []


async def put_into(api: Api, *keys: str, who: str = "anna", document: UUID | None = None) -> None:
    """Make these a document's categories."""
    await change_document(api, who, document, categoryIds=[category(api, key) for key in keys])


async def stamped(api: Api, document: UUID | None = None) -> dict[str, Right]:
    """Return what rules have given on a document, all of them together, by the name of who was given it."""
    names = {it.id: name for name, it in api.world.accounts.items()}
    names |= {api.world.firm.users: "users", api.world.firm.administrators: "administrators"}
    key = document or api.world.document.id
    found: dict[str, Right] = {}
    for it in await rows(api, DocumentGrant, document_id=key, source="CATEGORY_RULE"):
        name = names[it.principal_id]
        found[name] = found.get(name, Right(0)) | Right(it.rights)
    return found


async def told(api: Api) -> list[str]:
    """Return to whom letters were written that something was shared, each as often as it was."""
    names = {it.id: name for name, it in api.world.accounts.items()}
    letters = await rows(api, Letter, kind="document_shared")
    return sorted(names[it.account_id] for it in letters if it.account_id)


async def events(api: Api, kind: str) -> list[dict[str, Any]]:
    """Return what is remembered of one kind."""
    return [it.details for it in await rows(api, Event, kind=kind)]


async def can(api: Api, who: str, document: UUID | None = None) -> list[str] | None:
    """Return what somebody may do with a document, None where it is not there for him."""
    query = "query ($id: ID!) { document(id: $id) { viewerCan } }"
    id_ = api.id("Document", document or api.world.document.id)
    found = (await api.gets(who, query, id=id_))["document"]
    return found and found["viewerCan"]
