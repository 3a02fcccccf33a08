"""updateProfile, changePassword and revokeSession."""

from typing import Any, Final

import strawberry
from strawberry.scalars import ID

from core.viewer import Language
from resolvers import own_profile, passwords
from schema import ids
from schema.account_payloads import ChangePasswordPayload, RevokeSessionPayload, UpdateProfilePayload
from schema.context import Info
from schema.user_errors import verb

NAMES: Final = ("language", "given_name", "family_name")


@strawberry.input(description="What is to be changed of oneself; what is left out stays as it is.")
class UpdateProfileInput:
    language: Language | None = strawberry.field(
        default=strawberry.UNSET, description="Taal: of messages and mails, from now on."
    )
    given_name: str | None = strawberry.field(default=strawberry.UNSET, description="Voornaam.")
    family_name: str | None = strawberry.field(default=strawberry.UNSET, description="Familienaam.")


@strawberry.input(description="A new password, and the one it replaces.")
class ChangePasswordInput:
    old_password: str = strawberry.field(description="Oud paswoord.")
    new_password: str = strawberry.field(
        description="Nieuw paswoord: at least 12 characters, hard to guess, without names of one's own."
    )
    new_password_confirmation: str = strawberry.field(description="Bevestig nieuw paswoord.")


@strawberry.input(description="Which session is to end.")
class RevokeSessionInput:
    session_id: ID = strawberry.field(description="One of one's own.")


def given(input: UpdateProfileInput) -> dict[str, Any]:
    """Return what was given of an input."""
    said = {name: getattr(input, name) for name in NAMES}
    return {name: value for name, value in said.items() if value is not strawberry.UNSET}


@verb(UpdateProfilePayload)
async def update_profile(info: Info, input: UpdateProfileInput) -> UpdateProfilePayload:
    async with info.context.change() as change:
        await own_profile.update_profile(change, given(input))
    return UpdateProfilePayload()


@verb(ChangePasswordPayload)
async def change_password(info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
    await passwords.change_password(
        info.context, input.old_password, input.new_password, input.new_password_confirmation
    )
    return ChangePasswordPayload()


@verb(RevokeSessionPayload)
async def revoke_session(info: Info, input: RevokeSessionInput) -> RevokeSessionPayload:
    session_id = ids.read(info.context, "Session", input.session_id, "input", "sessionId")
    async with info.context.change() as change:
        await own_profile.revoke_session(change, session_id)
    return RevokeSessionPayload(revoked_session_id=input.session_id)
