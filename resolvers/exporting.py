"""The firm's files as tables: each row says what an import of it would, so that importing it changes nothing."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, and_, any_, bindparam, func, select
from sqlalchemy.orm import aliased

from core.viewer import Viewer
from models import (
    Account,
    BusinessUnit,
    Category,
    Document,
    DocumentCategory,
    DocumentHolding,
    DocumentRelation,
    DocumentVersion,
    Dossier,
    DossierMember,
    Holding,
    Relation,
)
from models.tables import LICENCE, AnyRow, AnySelect
from resolvers import gate, import_relations
from resolvers.change import Change
from resolvers.document_rows import these
from resolvers.entering import acting
from resolvers.opening import OF_FILE
from resolvers.ports import Ports

PAGE: Final = 500
AFTER: Final = bindparam("after", type_=Uuid())
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
FIRST: Final = UUID(int=0)
Accountant: Final = aliased(Relation)


def named(unit_id: Any, manager_id: Any) -> Any:
    """Return what a statement joins to name the business unit and who is in charge."""
    unit = and_(BusinessUnit.licence_id == LICENCE, BusinessUnit.id == unit_id)
    return (BusinessUnit, unit), (Account, and_(Account.licence_id == LICENCE, Account.id == manager_id))
