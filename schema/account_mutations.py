"""What can be done about accounts: signing in, the profile, second factors, portal access."""

import strawberry

from execution import performed
from permissions.fields import IsAdministrator, IsPerson, IsStaff
from schema.account_care import (
    block_account,
    create_account,
    reset_password,
    reset_two_factor,
    unblock_account,
)
from schema.account_payloads import (
    AccountPayload,
    ChangePasswordPayload,
    ConfirmPasskeyEnrolmentPayload,
    ConfirmTwoFactorEnrolmentPayload,
    DisableTwoFactorPayload,
    PortalAccessPayload,
    RegenerateRecoveryCodesPayload,
    RemovePasskeyPayload,
    RevokeSessionPayload,
    SignInPayload,
    SignOutPayload,
    StartPasskeyEnrolmentPayload,
    StartPasskeyProofPayload,
    StartTwoFactorEnrolmentPayload,
    UpdateProfilePayload,
)
from schema.api_key import CreateApiKeyPayload, RevokeApiKeyPayload, create_api_key, revoke_api_key
from schema.passkeys import (
    confirm_passkey_enrolment,
    remove_passkey,
    start_passkey_enrolment,
    start_passkey_proof,
)
from schema.portal_access import grant_portal_access
from schema.prices import CHANGES, SECRETS
from schema.profile import change_password, revoke_session, update_profile
from schema.signing_in import complete_password_change, complete_two_factor, sign_in, sign_out
from schema.two_factor import (
    confirm_two_factor_enrolment,
    disable_two_factor,
    regenerate_recovery_codes,
    start_two_factor_enrolment,
)


@strawberry.type(description="What can be done about accounts.")
class AccountMutations:
    sign_in: SignInPayload | None = performed(
        sign_in, description="Signs in (aanmelden).", directives=[CHANGES]
    )
    complete_two_factor: SignInPayload | None = performed(
        complete_two_factor,
        description="Goes on with the second factor (2-factor authenticatie).",
        directives=[CHANGES],
    )
    complete_password_change: SignInPayload | None = performed(
        complete_password_change,
        description="Goes on with a password of one's own.",
        directives=[CHANGES],
    )
    sign_out: SignOutPayload | None = performed(
        sign_out,
        description="Ends the session that asks, for good.",
        permission_classes=[IsPerson],
        directives=[CHANGES],
    )
    revoke_session: RevokeSessionPayload | None = performed(
        revoke_session,
        description="Ends one of the viewer's sessions.",
        permission_classes=[IsPerson],
        directives=[CHANGES],
    )
    update_profile: UpdateProfilePayload | None = performed(
        update_profile,
        description="Changes the viewer's language and names.",
        permission_classes=[IsPerson],
        directives=[CHANGES],
    )
    change_password: ChangePasswordPayload | None = performed(
        change_password,
        description="Replaces the viewer's password; his other sessions end.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    start_two_factor_enrolment: StartTwoFactorEnrolmentPayload | None = performed(
        start_two_factor_enrolment,
        description="Begins with an authenticator app (activeer 2-factor authenticatie).",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    confirm_two_factor_enrolment: ConfirmTwoFactorEnrolmentPayload | None = performed(
        confirm_two_factor_enrolment,
        description="From now on signing in needs a code.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    disable_two_factor: DisableTwoFactorPayload | None = performed(
        disable_two_factor,
        description="Takes the app away: from now on signing in needs no code of it.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    regenerate_recovery_codes: RegenerateRecoveryCodesPayload | None = performed(
        regenerate_recovery_codes,
        description="Makes ten fresh recovery codes.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    start_passkey_enrolment: StartPasskeyEnrolmentPayload | None = performed(
        start_passkey_enrolment,
        description="Begins with a passkey.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    confirm_passkey_enrolment: ConfirmPasskeyEnrolmentPayload | None = performed(
        confirm_passkey_enrolment,
        description="Adds a passkey: from now on signing in needs a second factor.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    start_passkey_proof: StartPasskeyProofPayload | None = performed(
        start_passkey_proof,
        description="Asks one of the viewer's passkeys to sign, in place of a code.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    remove_passkey: RemovePasskeyPayload | None = performed(
        remove_passkey,
        description="Takes a passkey away.",
        permission_classes=[IsPerson],
        directives=[SECRETS],
    )
    grant_portal_access: PortalAccessPayload | None = performed(
        grant_portal_access,
        description="Verleen deze relatie toegang tot het klantenportaal.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    reset_password: PortalAccessPayload | None = performed(
        reset_password,
        description="Wachtwoord opnieuw instellen: a new first password is mailed.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    block_account: PortalAccessPayload | None = performed(
        block_account,
        description="Blokkeer gebruiker: nobody comes in with it any more.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    unblock_account: PortalAccessPayload | None = performed(
        unblock_account,
        description="Lets a blocked account in again.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    reset_two_factor: PortalAccessPayload | None = performed(
        reset_two_factor,
        description="Takes a lost second factor from somebody else's account.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    create_account: AccountPayload | None = performed(
        create_account,
        description="Adds a member of the staff, and mails a first password.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    create_api_key: CreateApiKeyPayload | None = performed(
        create_api_key,
        description="Lets a partner's program ask, within scopes; its secret is shown once.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    revoke_api_key: RevokeApiKeyPayload | None = performed(
        revoke_api_key,
        description="Ends an API key, at once and for good.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
