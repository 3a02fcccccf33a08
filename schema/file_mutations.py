"""What can be done with the firm's files: relations, dossiers, holdings, categories, business units."""

import strawberry

from execution import performed
from permissions.fields import IsAdministrator, IsPerson, IsStaff, StaffWritesRelations, WritesDocuments
from schema.category_changes import create_category, update_category
from schema.dossier_changes import create_dossier, delete_dossier, update_dossier
from schema.file_payloads import (
    BusinessUnitPayload,
    CategoryPayload,
    DeleteBusinessUnitPayload,
    DeleteDossierPayload,
    DeleteHoldingPayload,
    DeleteRelationPayload,
    DossierPayload,
    HoldingPayload,
    LicencePayload,
    RelationPayload,
)
from schema.holding_changes import create_holding, delete_holding, update_holding
from schema.importing import ImportPayload, import_documents, import_dossiers, import_relations
from schema.licence_changes import (
    create_business_unit,
    delete_business_unit,
    update_business_unit,
    update_licence,
)
from schema.prices import CHANGES, IMPORTED
from schema.relation_changes import (
    create_relation,
    delete_relation,
    update_contact_details,
    update_relation,
)


@strawberry.type
class FileMutations:
    create_relation: RelationPayload | None = performed(
        create_relation,
        description="Adds a person or a company to the firm's files.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    update_relation: RelationPayload | None = performed(
        update_relation,
        description="Changes what is said of a relation.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    delete_relation: DeleteRelationPayload | None = performed(
        delete_relation,
        description="Deletes a relation that nothing uses (schrappen).",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    update_contact_details: RelationPayload | None = performed(
        update_contact_details,
        description="A client corrects how he is reached; whoever looks after him is told.",
        permission_classes=[IsPerson],
        directives=[CHANGES],
    )
    create_dossier: DossierPayload | None = performed(
        create_dossier,
        description="Opens a dossier.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    update_dossier: DossierPayload | None = performed(
        update_dossier,
        description="Changes a dossier, and who is in it; it shares nothing and takes nothing away.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    delete_dossier: DeleteDossierPayload | None = performed(
        delete_dossier,
        description="Deletes a dossier in which nothing is.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    create_holding: HoldingPayload | None = performed(
        create_holding,
        description="Adds an asset, a liability or a policy.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    update_holding: HoldingPayload | None = performed(
        update_holding,
        description="Changes an asset, a liability or a policy.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    delete_holding: DeleteHoldingPayload | None = performed(
        delete_holding,
        description="Deletes an asset, a liability or a policy on which no document hangs.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES],
    )
    create_category: CategoryPayload | None = performed(
        create_category,
        description="Adds a category of documents.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    update_category: CategoryPayload | None = performed(
        update_category,
        description="Changes a category: its names, its place, whether it is given still.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    import_relations: ImportPayload | None = performed(
        import_relations,
        description="Adds relations from another program, or changes those that it names again: all or none.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES, IMPORTED],
    )
    import_dossiers: ImportPayload | None = performed(
        import_dossiers,
        description="Opens dossiers from another program, or changes those that it names again: all or none.",
        permission_classes=[StaffWritesRelations],
        directives=[CHANGES, IMPORTED],
    )
    import_documents: ImportPayload | None = performed(
        import_documents,
        description="Makes documents of files that were sent before, or changes those that it names again: "
        "all or none.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES, IMPORTED],
    )
    update_licence: LicencePayload | None = performed(
        update_licence,
        description="Sets the name and the rules of the firm.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    create_business_unit: BusinessUnitPayload | None = performed(
        create_business_unit,
        description="Adds a business unit (business eenheid).",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    update_business_unit: BusinessUnitPayload | None = performed(
        update_business_unit,
        description="Gives a business unit another name.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    delete_business_unit: DeleteBusinessUnitPayload | None = performed(
        delete_business_unit,
        description="Deletes a business unit to which nothing belongs.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
