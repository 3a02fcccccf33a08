"""createCategory and updateCategory."""

from typing import Any, Final

import strawberry
from strawberry.scalars import ID

from resolvers import categories, category_changes
from resolvers.idempotency import once
from schema import ids
from schema.context import Info
from schema.file_payloads import CategoryPayload
from schema.given import given, left_out
from schema.idempotency import idempotency_key
from schema.user_errors import verb


@strawberry.input(description="One name in four languages; Dutch stands for each that is left out.")
class TranslationsInput:
    nl: str = strawberry.field(description="Nederlands: 1 to 100 characters, and no other category's.")
    fr: str | None = strawberry.field(default=None, description="Français.")
    de: str | None = strawberry.field(default=None, description="Deutsch.")
    en: str | None = strawberry.field(default=None, description="English.")


@strawberry.input(description="A new category.")
class CreateCategoryInput:
    name: TranslationsInput = strawberry.field(description="Its name.")
    position: int | None = strawberry.field(
        default=None, description="Its place in the firm's list; without it the last."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What is to be changed; what is left out stays as it is.")
class UpdateCategoryInput:
    category_id: ID = strawberry.field(description="Which category.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )
    name: TranslationsInput | None = left_out("Its name, in all languages at once.")
    position: int | None = left_out("Its place in the firm's list.")
    is_archived: bool | None = left_out(
        "Whether it is no longer given to documents; those that have it keep it."
    )


PLAIN: Final = ("position", "is_archived")


def names_in(name: TranslationsInput) -> dict[str, Any]:
    """Return a name by the columns of its languages."""
    return {column: getattr(name, language.value.lower()) for language, column in categories.NAMES.items()}


@verb(CategoryPayload)
async def create_category(info: Info, input: CreateCategoryInput) -> CategoryPayload:
    said = {**names_in(input.name), "position": input.position}
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createCategory",
            said,
            lambda: category_changes.create_category(change, said),
        )
    return CategoryPayload(category_id=made.id)


@verb(CategoryPayload)
async def update_category(info: Info, input: UpdateCategoryInput) -> CategoryPayload:
    category_id = ids.read(info.context, "Category", input.category_id, "input", "categoryId")
    said = given(input, PLAIN) | (names_in(input.name) if input.name else {})
    async with info.context.change() as change:
        await category_changes.update_category(change, category_id, said, input.if_revision)
    return CategoryPayload(category_id=category_id)
