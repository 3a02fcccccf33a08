"""importRelations, importDossiers and importDocuments: rows from partners' programs, all of them or none."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import strawberry
from strawberry.scalars import ID

from core.errors import Correctable, Invalid, Problems
from core.viewer import Language
from resolvers import import_dossiers as dossiers
from resolvers import import_relations as relations
from resolvers import import_sent, matching_documents
from resolvers.import_dossiers import NamedMember
from resolvers.importing import MOST_ROWS, Outcome, Problem, Row
from resolvers.reading import Reading
from schema import ids
from schema.context import Info
from schema.given import given, left_out
from schema.relation_changes import CONTACT, DETAILS, ContactDetailsInput, ImportDetailsInput
from schema.user_errors import UserError, no_errors, verb
from schema.words import DossierRole, RelationKind

ROWS: Final = ("input", "rows")


@strawberry.input(
    description="A relation as another program knows it; what is left out stays as it is, null empties."
)
class ImportRelationRow:
    external_reference: str = strawberry.field(
        description="What that program calls it: with the same the same relation is meant again. The id of "
        "one that is here already will do."
    )
    kind: RelationKind | None = left_out("Person or company; without it a new one is a person.")
    given_name: str | None = left_out("Voornaam.")
    family_name: str | None = left_out("Familienaam.")
    company_name: str | None = left_out("Maatschappelijke naam.")
    title: str | None = left_out("Aanspreking, such as mevrouw.")
    email: str | None = left_out("E-mail; of somebody with portal access it changes on the sheet alone.")
    language: Language | None = left_out("Taal.")
    business_unit: str | None = left_out("The name of the business unit.")
    internal_manager: str | None = left_out("Interne beheerder: the user name of somebody on the staff.")
    accountant: str | None = left_out("Boekhouder: the external reference or the id of another relation.")
    contact: ContactDetailsInput | None = left_out("The contact tab.")
    details: ImportDetailsInput | None = left_out("The detail tab.")


@strawberry.input(description="Relations from another program.")
class ImportRelationsInput:
    rows: list[ImportRelationRow] = strawberry.field(description="At most 500.")
    dry_run: bool = strawberry.field(
        default=False, description="True: only tell what would come of it, and what is wrong."
    )


@strawberry.input(description="Somebody who is to be in a dossier.")
class ImportMember:
    relation: str = strawberry.field(description="The external reference or the id of a relation.")
    role: DossierRole = strawberry.field(description="What they are in it.")


@strawberry.input(
    description="A dossier as another program knows it; what is left out stays as it is, null empties."
)
class ImportDossierRow:
    external_reference: str = strawberry.field(
        description="What that program calls it: with the same the same dossier is meant again. The id of "
        "one that is here already will do."
    )
    name: str | None = left_out("Naam: 1 to 200 characters; a new one needs it.")
    business_unit: str | None = left_out("The name of the business unit.")
    manager: str | None = left_out("Beheerder: the user name of somebody on the staff.")
    members: list[ImportMember] | None = left_out(
        "All who are in it: exactly one main person, at most one partner; null changes nothing."
    )


@strawberry.input(description="Dossiers from another program.")
class ImportDossiersInput:
    rows: list[ImportDossierRow] = strawberry.field(description="At most 500.")
    dry_run: bool = strawberry.field(
        default=False, description="True: only tell what would come of it, and what is wrong."
    )


@strawberry.input(
    description="A document as another program knows it; what is left out stays as it is, null empties."
)
class ImportDocumentRow:
    external_reference: str = strawberry.field(
        description="What that program calls it: with the same the same document is meant again. The id of "
        "one that is here already will do."
    )
    upload_id: ID | None = left_out(
        "Of createUpload, once its bytes were sent; a new document needs it, and of one that is there other "
        "bytes become a new version."
    )
    description: str | None = left_out("Omschrijving: 1 to 255 characters; a new one needs it.")
    document_date: date | None = left_out("The date on the document.")
    dossier: str | None = left_out("The external reference or the id of a dossier.")
    categories: list[str] | None = left_out("All its categories, by their Dutch names.")
    relations: list[str] | None = left_out("The external references or ids of all relations it hangs on.")
    holdings: list[str] | None = left_out("The external references or ids of all holdings it hangs on.")
    business_unit: str | None = left_out("The name of the business unit.")


@strawberry.input(description="Documents from another program, whose files were sent before.")
class ImportDocumentsInput:
    rows: list[ImportDocumentRow] = strawberry.field(description="At most 500.")
    dry_run: bool = strawberry.field(
        default=False, description="True: only tell what would come of it, and what is wrong."
    )


@strawberry.type(description="What an import came to; with errors nothing was written.")
class ImportPayload:
    created: int | None = strawberry.field(default=None, description="How many are new.")
    updated: int | None = strawberry.field(default=None, description="How many were otherwise before.")
    unchanged: int | None = strawberry.field(default=None, description="How many were so already.")
    user_errors: list[UserError] = no_errors()


PLAIN: Final = (
    "kind",
    "given_name",
    "family_name",
    "company_name",
    "title",
    "email",
    "language",
    "business_unit",
    "internal_manager",
    "accountant",
)


def relation_in(place: int, row: ImportRelationRow) -> Row:
    """Return a row as the resolvers take it."""
    said = given(row, PLAIN)
    if row.contact:
        said |= given(row.contact, CONTACT)
    if row.details:
        said |= given(row.details, DETAILS)
    return Row(place, row.external_reference.strip(), said)


@verb(ImportPayload)
async def import_relations(info: Info, input: ImportRelationsInput) -> ImportPayload:
    read = [relation_in(at, it) for at, it in enumerate(required(input.rows))]
    rows, problems = relations.kept(read, info.context.now.date())
    do = relations.dry_run if input.dry_run else relations.import_relations
    return await imported(info, rows, problems, do)


def dossier_in(place: int, row: ImportDossierRow) -> Row:
    """Return a row as the resolvers take it."""
    said = given(row, ("name", "business_unit", "manager"))
    if row.members:
        said["members"] = [NamedMember(it.relation, it.role.value) for it in row.members]
    elif row.members == []:
        said["members"] = []
    return Row(place, row.external_reference.strip(), said)


@verb(ImportPayload)
async def import_dossiers(info: Info, input: ImportDossiersInput) -> ImportPayload:
    rows, problems = dossiers.kept([dossier_in(at, it) for at, it in enumerate(required(input.rows))])
    do = dossiers.dry_run if input.dry_run else dossiers.import_dossiers
    return await imported(info, rows, problems, do)


ABOUT_DOCUMENT: Final = (
    "description",
    "document_date",
    "dossier",
    "categories",
    "relations",
    "holdings",
    "business_unit",
)


def document_in(request: Reading, place: int, row: ImportDocumentRow) -> Row:
    """Return a row as the resolvers take it. Raise Invalid."""
    said = given(row, ABOUT_DOCUMENT)
    upload_id = given(row, ("upload_id",)).get("upload_id")
    if upload_id is not None:
        said["file"] = ids.read(request, "Upload", upload_id, *ROWS, str(place), "uploadId")
    return Row(place, row.external_reference.strip(), said)


@verb(ImportPayload)
async def import_documents(info: Info, input: ImportDocumentsInput) -> ImportPayload:
    read = [document_in(info.context, at, it) for at, it in enumerate(required(input.rows))]
    rows, problems = matching_documents.kept(read)
    do = import_sent.dry_run if input.dry_run else import_sent.import_sent
    return await imported(info, rows, problems, do, {"file": "uploadId"})


def required(rows: Sequence[Any]) -> Sequence[Any]:
    """Return the rows of an import. Raise Invalid for too many."""
    if len(rows) > MOST_ROWS:
        raise Invalid("At most {most} rows.", path=ROWS, most=MOST_ROWS)
    return rows


async def imported(
    info: Info,
    rows: Sequence[Row],
    wrong: Sequence[Problem],
    do: Callable[..., Awaitable[Outcome]],
    called: Mapping[str, str] = MappingProxyType({}),
) -> ImportPayload:
    """Return what rows came to, all of them or none; `wrong` is what is wrong already. Raise Problems.

    Fields that the input calls otherwise are `called` so.
    """
    async with info.context.change() as change:
        outcome = await do(change, rows)
        problems = [*wrong, *outcome.problems]
        if outcome.deferred and not problems:
            problems += (await do(change, outcome.deferred, {it.reference for it in rows})).problems
        require_none(problems, called)
    return ImportPayload(
        created=len(outcome.created), updated=len(outcome.updated), unchanged=len(outcome.unchanged)
    )


def require_none(problems: Sequence[Problem], called: Mapping[str, str]) -> None:
    """Require that nothing is wrong. Raise Problems, each at its place in the input, row by row."""
    if problems:
        told = sorted(problems, key=lambda it: it.place)
        raise Problems([placed(it, called) for it in told])


def placed(problem: Problem, called: Mapping[str, str]) -> Correctable:
    """Return what is wrong with a row, at its place in the input."""
    path = (called.get(it, it) for it in problem.error.path)
    return problem.error.at(*ROWS, str(problem.place), *path)
