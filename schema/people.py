"""Licences, business units, accounts and groups, and the viewer's own profile."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import ID

from core.viewer import Language, Role
from execution import batched, derived, plain
from models.tables import AnyRow
from permissions.fields import IsAdministrator, IsStaff, IsStaffOrOwn, StaffReadsRelations
from resolvers import groups, licences, passkeys, profiles, relations
from resolvers.named_lists import NamedPage
from resolvers.operating import FirstSecret
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema.connections import AccountConnection, After, Before, First, Last
from schema.ids import identity
from schema.nodes import Node
from schema.passkey import Passkey
from schema.prices import PAGE, about
from schema.words import AccountStatus

if TYPE_CHECKING:  # they import this module
    from schema.relation import Relation

RelationWord = Annotated["Relation", strawberry.lazy("schema.relation")]


@strawberry.type(description="A part of a firm (business eenheid).")
class BusinessUnit(Node):
    id: ID = identity("BusinessUnit")
    name: str = strawberry.field(description="Such as MAIN.")


@strawberry.type(description="How many of the licence's client logins (50 included) are in use.")
class ClientLogins:
    used: int = strawberry.field(description="Invited clients included, blocked ones not.")
    limit: int = strawberry.field(description="How many there may be.")


async def units_of(parents: Sequence[AnyRow], request: Reading) -> list[Sequence[AnyRow]]:
    units = await licences.units(request)
    return [units for _ in parents]


async def logins_of(parents: Sequence[AnyRow], request: Reading) -> list[ClientLogins]:
    used = await licences.seats_taken(request)
    return [ClientLogins(used=used, limit=parent.client_login_limit) for parent in parents]


@strawberry.type(description="What administrators, and the operator, have set for the firm.")
class LicenceSettings:
    first_secret: FirstSecret = derived(
        lambda it: FirstSecret(it.first_secret), description="What new accounts are mailed to come in with."
    )
    staff_need_two_factor: bool = strawberry.field(description="Whether the staff need a second factor.")
    accepts_active_files: bool = strawberry.field(
        description="Whether files that can run something may be sent in; they are only ever downloaded."
    )
    changes_kept_days: int = strawberry.field(description="For how many days `changes` goes back.")
    mail_sender: str | None = strawberry.field(
        description="Whom its letters come from, which the operator sets; null: the installation's address."
    )
    mail_reply_to: str | None = strawberry.field(
        description="Whom answers to its letters go to; null: the sender."
    )


@strawberry.type(description="A firm that holds a licence (licentiehouder).")
class Licence(Node):
    id: ID = identity("Licence")
    name: str = strawberry.field(description="As it stands under its mails.")
    slug: str = strawberry.field(description="Its short name, for signing in where there are several.")
    business_units: list[BusinessUnit] = batched(
        units_of, description="Its parts, by name.", directives=[about(5)]
    )
    client_logins: ClientLogins | None = batched(
        logins_of, description="How many client logins are in use; for staff.", permission_classes=[IsStaff]
    )
    settings: LicenceSettings | None = derived(
        lambda it: it, description="Its rules; for administrators.", permission_classes=[IsAdministrator]
    )


def status_of(account: Any) -> AccountStatus:
    """Return how far an account has come."""
    if account.blocked_at:
        return AccountStatus.BLOCKED
    return AccountStatus.INVITED if account.initial_password_expires_at else AccountStatus.ACTIVE


async def relations_of(parents: Sequence[Any], request: Reading) -> list[AnyRow | None]:
    return await relations.named_by(request, parents, "relation_id")


async def second_factors_of(parents: Sequence[Any], request: Reading) -> list[bool]:
    enabled = await profiles.with_two_factor(request, [it.id for it in parents])
    return [it.id in enabled for it in parents]


@strawberry.type(description="Somebody who can sign in (gebruiker).")
class Account(Node):
    id: ID = identity("Account")
    display_name: str = strawberry.field(description="Not unique: two people may share it.")
    role: Role = strawberry.field(description="What it is to the firm.")
    username: str | None = plain(
        description="What it signs in with (gebruikersnaam); for staff and its owner.",
        permission_classes=[IsStaffOrOwn],
    )
    status: AccountStatus | None = derived(
        status_of,
        description="How far it has come; for staff and its owner.",
        permission_classes=[IsStaffOrOwn],
    )
    initial_password_expires_at: datetime | None = plain(
        description="When the mailed password ends; null once it has been replaced; for staff and its owner.",
        permission_classes=[IsStaffOrOwn],
    )
    last_signed_in_at: datetime | None = plain(
        description="When it last signed in; for staff and its owner.",
        permission_classes=[IsStaffOrOwn],
    )
    two_factor_enabled: bool | None = batched(
        second_factors_of,
        description="Whether it needs a second factor (2-factor authenticatie); for staff and its owner.",
        permission_classes=[IsStaffOrOwn],
    )
    relation: RelationWord | None = batched(
        relations_of, description="The relation whose portal account it is (portalgebruiker)."
    )


async def members_of(
    parents: Sequence[AnyRow],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[NamedPage]:
    return await groups.members(request, parents, PageAsked(first, after, last, before))


@strawberry.type(description="Accounts that are given rights together (groep).")
class Group(Node):
    id: ID = identity("Group")
    name: str = strawberry.field(description="Such as Administrators or Users.")
    is_built_in: bool = derived(
        lambda it: it.built_in is not None, description="Whether every licence has it."
    )
    members: AccountConnection | None = batched(
        members_of,
        description="Who is in it, by name.",
        permission_classes=[StaffReadsRelations],
        directives=[PAGE],
    )


Principal = Annotated[
    Account | Group, strawberry.union("Principal", description="Whoever can appear in the rights matrix.")
]


@strawberry.type(description="The viewer's second factor.")
class TwoFactorStatus:
    enabled: bool = derived(
        lambda it: it.enabled_at is not None,
        description="Whether signing in needs one: a code of an app, or a passkey.",
    )
    enabled_at: datetime | None = strawberry.field(description="Since when.")
    recovery_codes_left: int = strawberry.field(description="Of the ten that were shown.")
    required: bool = strawberry.field(
        description="Whether the firm demands one of its staff: without one nothing but the profile can be "
        "reached."
    )


def are_current(parents: Sequence[AnyRow], request: Reading) -> list[bool]:
    return [it.id == request.viewer.session_id for it in parents]


@strawberry.type(description="A browser or program in which the viewer is signed in.")
class Session:
    id: ID = identity("Session")
    created_at: datetime = strawberry.field(description="When it was opened.")
    last_seen_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends at the latest.")
    user_agent: str | None = strawberry.field(description="What the browser or program calls itself.")
    is_current: bool = batched(are_current, description="Whether it is the one that asks.")


async def licences_of(parents: Sequence[Any], request: Reading) -> list[AnyRow]:
    licence = await licences.own(request)
    return [licence for _ in parents]


def roles_of(parents: Sequence[Any], request: Reading) -> list[list[Role]]:
    roles = [role for role in Role if role in request.viewer.roles]
    return [roles for _ in parents]


async def factors_of(parents: Sequence[Any], request: Reading) -> list[AnyRow]:
    status = await profiles.two_factor(request)
    return [status for _ in parents]


async def passkeys_of(parents: Sequence[Any], request: Reading) -> list[Sequence[AnyRow]]:
    listed = await passkeys.of_viewer(request)
    return [listed for _ in parents]


async def sessions_of(parents: Sequence[Any], request: Reading) -> list[Sequence[AnyRow]]:
    sessions = await profiles.open_sessions(request)
    return [sessions for _ in parents]


@strawberry.type(description="The signed-in account and what belongs to it: the profile page (Mijn profiel).")
class Viewer:
    account: Account = derived(lambda it: it, description="The account itself.")
    licence: Licence = batched(licences_of, description="The firm.")
    roles: list[Role] = batched(roles_of, description="What the viewer is to the firm.")
    given_name: str | None = strawberry.field(description="Voornaam.")
    family_name: str | None = strawberry.field(description="Familienaam.")
    email: str | None = strawberry.field(description="Where mail goes to.")
    language: Language = strawberry.field(description="Taal.")
    must_change_password: bool = derived(
        lambda it: it.initial_password_expires_at is not None,
        description="Whether the mailed password is still to be replaced by one's own.",
    )
    two_factor: TwoFactorStatus = batched(factors_of, description="The second factor.")
    passkeys: list[Passkey] = batched(
        passkeys_of, description="The viewer's passkeys, the oldest first.", directives=[about(2)]
    )
    sessions: list[Session] = batched(
        sessions_of, description="Where the viewer is signed in.", directives=[about(5)]
    )
