"""What mutations about accounts answer with: signing in, the profile, second factors, portal access."""

from collections.abc import Sequence
from typing import Final

import strawberry
from strawberry.scalars import ID

from execution import batched, derived
from models.tables import AnyRow
from resolvers import accounts, passkeys, profiles, relations
from resolvers.reading import Reading
from resolvers.signing_in import Step
from resolvers.two_factor import Enrolment
from schema.enrolment import TwoFactorEnrolment
from schema.passkey import Passkey
from schema.payloads import Key, named_by
from schema.people import Account, Viewer
from schema.relation import Relation
from schema.user_errors import UserError, no_errors

RECOVERY_CODES: Final = (
    "Ten, each of which works once in place of a second factor, shown once; null for whoever had one before."
)


async def viewers_of(payloads: Sequence[object], request: Reading) -> list[AnyRow | None]:
    account = await profiles.own_account(request)
    return [account for _ in payloads]


@strawberry.type(description="What a sign-in came to.")
class SignInPayload:
    step: Step | None = strawberry.field(default=None, description="What is needed next.")
    token: str | None = strawberry.field(default=None, description="For API clients; browsers get a cookie.")
    challenge: str | None = strawberry.field(default=None, description="Hand it to the next step.")
    passkey_options: str | None = strawberry.field(
        default=None,
        description="What `navigator.credentials.get` takes, as JSON; null where there is no passkey.",
    )
    viewer: Viewer | None = batched(viewers_of, description="Who is signed in now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What a sign-out came to.")
class SignOutPayload:
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of somebody's portal access came to.")
class PortalAccessPayload:
    account_id: Key = None
    relation_id: Key = None
    account: Account | None = batched(
        named_by("account_id", accounts.look_up), description="The account as it is now."
    )
    relation: Relation | None = batched(
        named_by("relation_id", relations.by_ids), description="The relation as it is now."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of one's profile came to.")
class UpdateProfilePayload:
    viewer: Viewer | None = batched(viewers_of, description="The profile as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the change of one's password came to.")
class ChangePasswordPayload:
    viewer: Viewer | None = batched(viewers_of, description="The profile as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What ending a session came to.")
class RevokeSessionPayload:
    revoked_session_id: ID | None = strawberry.field(default=None, description="Of the session that ended.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What beginning with an authenticator app came to.")
class StartTwoFactorEnrolmentPayload:
    started: strawberry.Private[Enrolment | None] = None
    enrolment: TwoFactorEnrolment | None = derived(
        lambda it: it.started, description="What the app needs; shown once."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What the first code of an app came to.")
class ConfirmTwoFactorEnrolmentPayload:
    recovery_codes: list[str] | None = strawberry.field(default=None, description=RECOVERY_CODES)
    viewer: Viewer | None = batched(viewers_of, description="The profile as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What taking the second factor away came to.")
class DisableTwoFactorPayload:
    viewer: Viewer | None = batched(viewers_of, description="The profile as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What beginning with a passkey came to.")
class StartPasskeyEnrolmentPayload:
    challenge: str | None = strawberry.field(default=None, description="Hand it to the confirmation.")
    options: str | None = strawberry.field(
        default=None, description="What `navigator.credentials.create` takes, as JSON."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What a new passkey came to.")
class ConfirmPasskeyEnrolmentPayload:
    passkey_id: Key = None
    passkey: Passkey | None = batched(
        named_by("passkey_id", passkeys.look_up), description="The passkey; it counts from now on."
    )
    recovery_codes: list[str] | None = strawberry.field(default=None, description=RECOVERY_CODES)
    viewer: Viewer | None = batched(viewers_of, description="The profile as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What asking for a passkey in a session came to.")
class StartPasskeyProofPayload:
    challenge: str | None = strawberry.field(default=None, description="Hand it back beside `credential`.")
    options: str | None = strawberry.field(
        default=None, description="What `navigator.credentials.get` takes, as JSON."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What taking a passkey away came to.")
class RemovePasskeyPayload:
    removed_passkey_id: ID | None = strawberry.field(default=None, description="Of the passkey that is gone.")
    viewer: Viewer | None = batched(viewers_of, description="The profile as it is now.")
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What new recovery codes came to.")
class RegenerateRecoveryCodesPayload:
    recovery_codes: list[str] | None = strawberry.field(
        default=None, description="Ten fresh ones; the old ones are void. Shown once."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.type(description="What a new account came to.")
class AccountPayload:
    account_id: Key = None
    account: Account | None = batched(named_by("account_id", accounts.look_up), description="The account.")
    user_errors: list[UserError] = no_errors()
