"""What the operator does for a firm by command: its administrators, its seats, its mail, its sessions."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Integer, bindparam, delete, select, update

from auth import challenges
from auth.sessions import GROUPS, IS_ADMINISTRATOR, OF_SESSION, roles_of
from core.errors import Invalid, NotFound
from core.folding import fold
from core.viewer import Language, Viewer
from mail.addresses import address_for
from models import Account, AccountGroupMember, Challenge, Licence, Session
from models.tables import LICENCE
from resolvers import first_secrets, founding, groups
from resolvers.change import Change
from resolvers.entering import acting, steward
from resolvers.fetching import fetched
from resolvers.passwords import FIRM, own_words_of
from resolvers.ports import Ports
from resolvers.staff_accounts import NewAccount, add_account


class FirstSecret(StrEnum):
    """What new accounts are mailed to come in with."""

    PASSWORD = "PASSWORD"  # noqa: S105  no password
    LINK = "LINK"


# As the table demands.
KEPT_DAYS: Final = range(1, 366)
SET_LIMIT: Final = (
    update(Licence)
    .where(Licence.id == LICENCE)
    .values(client_login_limit=bindparam("seats", type_=Integer()))
)
BY_USERNAME: Final = select(Account.id).where(
    Account.licence_id == LICENCE, Account.username_folded == bindparam("username")
)
ACTOR: Final = select(
    Account.id,
    Account.role,
    Account.language,
    GROUPS.label("groups"),
    IS_ADMINISTRATOR.label("is_administrator"),
).where(
    Account.licence_id == LICENCE,
    Account.username_folded == bindparam("username"),
    Account.role == "STAFF",
    Account.blocked_at.is_(None),
)
# A sign-in under way ends with the sessions; the link of whoever was invited stays (A12).
UNDER_WAY: Final = delete(Challenge).where(
    Challenge.licence_id == LICENCE, Challenge.step != challenges.FIRST_PASSWORD
)
UNDER_WAY_OF_ONE: Final = UNDER_WAY.where(Challenge.account_id == bindparam("account"))
OF_ALL: Final = delete(Session).where(Session.licence_id == LICENCE).returning(Session.id, OF_SESSION)
OF_ONE: Final = OF_ALL.where(Session.account_id == bindparam("account"))


@asynccontextmanager
async def operating(ports: Ports, slug: str) -> AsyncGenerator[Change]:
    """Yield a transaction of the operator's in a licence. Raise NotFound."""
    found = await ports.database.licence_ids(slug)
    if not found:
        raise NotFound("There is no licence with this short name.")
    async with acting(ports, steward(found[0], ports.clock.now())) as change:
        yield change


async def create_licence(ports: Ports, slug: str, name: str) -> UUID:
    """Add a firm, with all that one starts with; return its id. Raise Invalid, AlreadyExists."""
    licence_id = uuid4()
    async with acting(ports, steward(licence_id, ports.clock.now())) as change:
        await founding.found(change.session, licence_id, slug, name)
        change.record("licence.created", slug=slug)
    return licence_id


async def remember(ports: Ports, kind: str, **details: Any) -> None:
    """Remember in every licence what the operator did to all of the installation."""
    for licence_id in await ports.database.licence_ids():
        async with acting(ports, steward(licence_id, ports.clock.now())) as change:
            change.record(kind, **details)


async def licences_of(ports: Ports, slug: str | None) -> dict[UUID, str]:
    """Return the short names of all licences by their ids, or that of one alone. Raise NotFound."""
    ids = await ports.database.licence_ids(slug)
    if slug and not ids:
        raise NotFound("There is no licence with this short name.")
    found: dict[UUID, str] = {}
    for licence_id in ids:
        async with ports.database.snapshot(licence_id) as connection:
            (firm,) = await fetched(connection, FIRM, {"licence": licence_id})
        found[licence_id] = firm.slug
    return found


async def acting_as(ports: Ports, slug: str, username: str, command: str) -> Viewer:
    """Return who works for a firm under this user name, with all that he may.

    That the operator acts in his name, and by which command, is remembered. Raise NotFound.
    """
    async with operating(ports, slug) as change:
        row = await change.row(ACTOR, username=fold(username))
        if row is None:
            raise NotFound("Nobody with this user name works for the firm.")
        change.record("command.run", command=command, account=str(row.id))
        return Viewer(
            licence_id=change.viewer.licence_id,
            account_id=row.id,
            session_id=row.id,
            seen_at=change.now,
            roles=roles_of(row),
            language=Language(row.language),
            principals=(row.id, *(row.groups or ())),
        )


async def create_administrator(ports: Ports, slug: str, said: NewAccount, password: str | None) -> UUID:
    """Add a member of the staff who administers the licence; return the account's id.

    Without a password a first one is mailed. Raise NotFound, Required, Invalid, TooLong, AlreadyExists,
    WeakPassword, TooManyTries.
    """
    async with operating(ports, slug) as change:
        account = await add_account(change, said)
        for row in await groups.built_in(change):
            change.add(AccountGroupMember, group_id=row.id, account_id=account.id)
        await change.session.flush()
        if password is None:
            await first_secrets.give(change, account, "access_granted")
        else:
            (firm,) = await change.rows(FIRM)
            own_words = (*own_words_of(account), firm.name, firm.slug)
            await ports.passwords.require_strength(password, own_words)
            account.password_hash = await ports.passwords.hash(password)
        change.record("account.created", account=str(account.id), by="operator")
        return account.id


async def set_client_logins(ports: Ports, slug: str, seats: int) -> None:
    """Set how many clients of a licence may have access (S084). Raise NotFound, Invalid."""
    if seats < 0:
        raise Invalid("There are no fewer than 0 client logins.")
    async with operating(ports, slug) as change:
        await change.rows(SET_LIMIT, seats=seats)
        change.record("licence.client_logins_set", seats=seats)


async def set_rules(
    ports: Ports,
    slug: str,
    *,
    first_secret: FirstSecret | None = None,
    staff_need_two_factor: bool | None = None,
    accepts_active_files: bool | None = None,
    changes_kept_days: int | None = None,
) -> None:
    """Set what a licence mails to new accounts (A12), demands of its staff, takes and keeps.

    None leaves it as it is. Raise NotFound, Invalid.
    """
    if changes_kept_days is not None and changes_kept_days not in KEPT_DAYS:
        raise Invalid("Changes are kept for 1 to 365 days.")
    said = {
        "first_secret": first_secret,
        "staff_need_two_factor": staff_need_two_factor,
        "accepts_active_files": accepts_active_files,
        "changes_kept_days": changes_kept_days,
    }
    changes = {name: it for name, it in said.items() if it is not None}
    async with operating(ports, slug) as change:
        await set_on_licence(change, changes)
        change.record("licence.rules_set", rules=changes)


async def set_mail(ports: Ports, slug: str, *, sender: str | None, reply_to: str | None) -> None:
    """Set whom a licence's letters come from, and whom answers go to; an empty text takes it away.

    None leaves it as it is. Raise NotFound, Invalid, TooLong.
    """
    said = {"mail_sender": sender, "mail_reply_to": reply_to}
    changes = {name: address_for(it) if it.strip() else None for name, it in said.items() if it is not None}
    async with operating(ports, slug) as change:
        await set_on_licence(change, changes)
        change.record("licence.mail_set", addresses=changes)


async def set_on_licence(change: Change, changes: Mapping[str, object]) -> None:
    """Set these columns of the viewer's licence."""
    licence = await change.session.get_one(Licence, change.viewer.licence_id)
    for name, value in changes.items():
        setattr(licence, name, value)


async def end_sessions(ports: Ports, slug: str, username: str | None) -> int:
    """End the sessions of a licence, or of one of its accounts; return how many. Raise NotFound."""
    async with operating(ports, slug) as change:
        if username is None:
            await change.rows(UNDER_WAY)
            ended = await change.rows(OF_ALL)
        else:
            account = await change.row(BY_USERNAME, username=fold(username))
            if account is None:
                raise NotFound("There is no account with this user name.")
            await change.rows(UNDER_WAY_OF_ONE, account=account.id)
            ended = await change.rows(OF_ONE, account=account.id)
        change.record("sessions.ended", username=username, count=len(ended))
        return len(ended)
