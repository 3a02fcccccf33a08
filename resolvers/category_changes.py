"""What the firm does with its categories: adds, names and archives them, S017, S019."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from core.errors import Required
from models import Category
from models.feed import ChangeKind
from models.tables import LICENCE
from resolvers import categories, editing, gate
from resolvers.change import Change
from resolvers.relation_fields import NAME, kept_by, whole

CATEGORY: Final = ("input", "categoryId")
IN_NAME: Final = {column: ("name", it.value.lower()) for it, column in categories.NAMES.items()}
DUTCH: Final = ("input", *IN_NAME["name_nl"])
PLACES: Final = whole(0, 1_000_000)
FIELDS: Final = {**dict.fromkeys(categories.NAMES.values(), NAME), "position": PLACES, "is_archived": bool}
# What a category can be without.
FOREIGN: Final = frozenset(categories.NAMES.values()) - {"name_nl"}
LAST: Final = select(func.coalesce(func.max(Category.position), 0).label("position")).where(
    Category.licence_id == LICENCE
)


async def create_category(change: Change, said: Mapping[str, Any]) -> UUID:
    """Add a category, behind all others where no place is given; return its id.

    Raise Forbidden, Problems, Required, AlreadyExists for a Dutch name that is another one's.
    """
    gate.staff(change)
    columns = checked(said)
    if columns.get("position") is None:
        (last,) = await change.rows(LAST)
        columns["position"] = last.position + 1
    category = change.add(Category, updated_at=change.now, **columns)
    await editing.write(change, path=DUTCH)
    change.record("category.created", category=str(category.id), name=category.name_nl)
    await change.note(ChangeKind.CREATED, "Category", category.id)
    return category.id


async def update_category(
    change: Change, category_id: UUID, said: Mapping[str, Any], if_revision: int | None = None
) -> None:
    """Change a category: only what is given; one that is archived stays on the documents that have it.

    Raise Forbidden, NotFound, Conflict, Problems, Required, AlreadyExists.
    """
    gate.staff(change)
    category = await editing.held(
        change, Category, categories.by_ids, category_id, path=CATEGORY, if_revision=if_revision
    )
    columns = {name: it for name, it in checked(said).items() if it is not None or name in FOREIGN}
    changed = editing.set_on(category, columns)
    if not changed:
        return
    editing.count_change(category, change.now)
    await editing.write(change, path=DUTCH)
    change.record("category.updated", category=str(category_id), changed=sorted(changed))
    await change.note(ChangeKind.CHANGED, "Category", category_id)


def checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for what is said. Raise Problems, Required for one without a Dutch name."""
    columns = kept_by(said, FIELDS, IN_NAME)
    if "name_nl" in columns and not columns["name_nl"]:
        raise Required(path=DUTCH)
    return columns
