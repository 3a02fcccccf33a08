"""The firm's files as people keep them: each of their mutations, with all that it answers."""

from typing import Any, Final
from uuid import UUID

from models import BusinessUnit, DocumentHolding
from tests.api import Api
from tests.journeys.programs import lets_in
from tests.journeys.rows import writing

RELATION: Final = """{
  id kind displayName givenName familyName companyName title email language externalReference revision
  createdAt updatedAt businessUnit { name } internalManager { displayName }
  contact { street postalCode municipality phone secondPhone mobile fax deliveryMethod }
  details {
    birthDate birthPlace nationalRegisterNumber professionalCategory naceCode profession
    retirementAge retirementYear activityEndAge activityEndYear lifeExpectancyYear isDeceased isDisabled
    identityCardNumber identityCardValidUntil accountant { displayName }
  }
}"""
DOSSIER: Final = """{
  id name externalReference revision createdAt updatedAt
  businessUnit { name } manager { displayName } members { role relation { displayName } }
}"""
HOLDING: Final = """{
  id kind name reference externalReference revision createdAt updatedAt dossier { name }
}"""
CATEGORY: Final = "{ id name position isArchived revision translations { nl fr de en } }"
LICENCE: Final = """{
  name settings { firstSecret staffNeedTwoFactor acceptsActiveFiles mailSender mailReplyTo }
}"""
OWN_SHEET: Final = """{
  displayName revision contact {
    street postalCode municipality phone secondPhone mobile fax deliveryMethod
  }
}"""
# What each mutation answers beside what went wrong.
ANSWERS: Final = {
    "createRelation": f"relation {RELATION} relationEdge {{ cursor node {{ id }} }}",
    "updateRelation": f"relation {RELATION} relationEdge {{ cursor node {{ id }} }}",
    "deleteRelation": "deletedRelationId",
    "createDossier": f"dossier {DOSSIER} dossierEdge {{ cursor node {{ id }} }}",
    "updateDossier": f"dossier {DOSSIER} dossierEdge {{ cursor node {{ id }} }}",
    "deleteDossier": "deletedDossierId",
    "createHolding": f"holding {HOLDING}",
    "updateHolding": f"holding {HOLDING}",
    "deleteHolding": "deletedHoldingId",
    "createCategory": f"category {CATEGORY}",
    "updateCategory": f"category {CATEGORY}",
    "createBusinessUnit": "businessUnit { id name }",
    "updateBusinessUnit": "businessUnit { id name }",
    "deleteBusinessUnit": "deletedBusinessUnitId",
    "updateLicence": f"licence {LICENCE}",
    "updateContactDetails": f"relation {OWN_SHEET}",
}
WENT_WRONG: Final = """userErrors {
  __typename code message path ... on ConflictError { currentRevision } ... on InUseError { usedBy { id } }
}"""
# By which mutation, and by which argument, a thing of each type is deleted.
DELETING: Final = {
    "Relation": ("deleteRelation", "relationId"),
    "Dossier": ("deleteDossier", "dossierId"),
    "Holding": ("deleteHolding", "holdingId"),
    "BusinessUnit": ("deleteBusinessUnit", "businessUnitId"),
}
MAIN_PERSON: Final = "MAIN_PERSON"


def mutation(name: str) -> str:
    """Return the operation of a mutation."""
    taken = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {taken}!) {{ {name}(input: $input) {{ {ANSWERS[name]} {WENT_WRONG} }} }}"


async def tries(api: Api, who: str, name: str, /, **said: Any) -> dict[str, Any]:
    """Return what a mutation answers."""
    return (await api.gets(who, mutation(name), input=said))[name]


async def does(api: Api, who: str, name: str, /, **said: Any) -> Any:
    """Return what a mutation made, changed or deleted; it went well."""
    payload = await tries(api, who, name, **said)
    assert payload["userErrors"] == []
    return next(iter(payload.values()))


def relation(api: Api, name: str) -> str:
    """Return the id of one of the cast's relation."""
    return api.id("Relation", api.world.relations[name].id)


def dossier(api: Api) -> str:
    """Return the id of the cast's dossier."""
    return api.id("Dossier", api.world.dossier.id)


def unit(api: Api) -> str:
    """Return the id of the firm's first business unit."""
    return api.id("BusinessUnit", api.world.firm.business_unit)


def member(api: Api, name: str, role: str = MAIN_PERSON) -> dict[str, str]:
    """Return somebody of the cast as he is to be in a dossier."""
    return {"relationId": relation(api, name), "role": role}


async def add_unit(api: Api, name: str = "Kust") -> UUID:
    """Add a business unit to the firm; return its key."""
    async with writing(api) as firm:
        made = BusinessUnit(licence_id=firm.founded.licence_id, name=name)
        await firm.keep(made)
    return made.id


async def add_holding(api: Api, name: str = "Polis", **values: Any) -> UUID:
    """Add a policy to the firm's files; return its key."""
    async with writing(api) as firm:
        return (await firm.holding(name, **values)).id


async def hang(api: Api, holding_id: UUID, document_id: UUID | None = None) -> None:
    """Hang a document on a holding, the cast's where no other is named."""
    hung = {"document_id": document_id or api.world.document.id, "holding_id": holding_id}
    async with writing(api) as firm:
        await firm.keep(DocumentHolding(licence_id=firm.founded.licence_id, **hung))


async def let_programs_in(api: Api) -> None:
    """Let two programs join the cast: `crm` changes relations, `reader` reads all and changes documents."""
    await lets_in(api, "crm", "RELATIONS_READ", "RELATIONS_WRITE")
    await lets_in(api, "reader", "RELATIONS_READ", "DOCUMENTS_READ", "DOCUMENTS_WRITE")
