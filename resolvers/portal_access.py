"""Portal access, given on the relation's sheet (portalgebruiker): S020-S022, S031-S038, S083."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from core.errors import AlreadyExists, Correctable, NoEmail, NoSeatLeft
from core.folding import fold
from core.viewer import Language
from mail.addresses import address_for
from models import Account, Licence, Principal
from models.tables import LICENCE, AnyRow
from resolvers import first_secrets, gate, licences, relations, words
from resolvers.change import Change

RELATION_PATH: Final = ("input", "relationId")
# Whoever holds the licence's row counts the seats alone, so that two can not take the last one. Rows that
# refer to it are let be: two who have each added one would wait for each other.
LOCKED: Final = (
    select(Licence.client_login_limit).where(Licence.id == LICENCE).with_for_update(key_share=True)
)
TAKEN: Final = select(Account.id).where(Account.licence_id == LICENCE)


async def grant_portal_access(change: Change, relation_id: UUID) -> UUID:
    """Give a relation an account whose user name is its e-mail address, and mail it a first secret.

    Return the account's id. Raise Forbidden, NotFound, NoEmail, AlreadyExists, NoSeatLeft.
    """
    gate.staff(change)
    relation = await gate.one(change, relations.to_refer_to, relation_id, path=RELATION_PATH)
    address = address_of(relation)
    await require_seat(change, RELATION_PATH)
    await require_new(change, relation_id, address)
    account = await add_account(change, relation, address)
    await first_secrets.give(change, account, "access_granted")
    change.record("account.access_granted", relation_id=relation_id, account=str(account.id))
    return account.id


def address_of(relation: AnyRow) -> str:
    """Return where letters to a relation go, as it is kept. Raise NoEmail also where none would arrive."""
    if not (relation.email or "").strip():
        raise NoEmail(path=RELATION_PATH)
    try:
        return address_for(relation.email)
    except Correctable:
        raise NoEmail(
            "The e-mail address of this relation is not right: no mail can be sent to it.", path=RELATION_PATH
        ) from None


async def require_seat(change: Change, path: gate.Path) -> None:
    """Require a free client login of the licence's (S083, A14). Raise NoSeatLeft."""
    (licence,) = await change.rows(LOCKED)
    if await licences.seats_taken(change) >= licence.client_login_limit:
        raise NoSeatLeft(path=path, limit=licence.client_login_limit)


async def require_new(change: Change, relation_id: UUID, username: str) -> None:
    """Require that neither the relation nor the user name has an account (A15). Raise AlreadyExists."""
    same = (Account.relation_id == relation_id) | (Account.username_folded == fold(username))
    if await change.rows(TAKEN.where(same)):
        message = "There is an account for this relation or with this e-mail address already."
        raise AlreadyExists(message, path=RELATION_PATH)


async def add_account(change: Change, relation: AnyRow, address: str) -> Account:
    """Add a client's account, that nothing opens yet."""
    principal = change.add(Principal, kind="ACCOUNT")
    await change.session.flush()
    account = change.add(
        Account,
        id=principal.id,
        role="CLIENT",
        username=address,
        username_folded=fold(address),
        given_name=relation.given_name,
        family_name=relation.family_name,
        display_name=relation.display_name,
        display_name_folded=fold(relation.display_name),
        email=address,
        language=relation.language or Language.NL,
        relation_id=relation.id,
    )
    await words.rewrite_accounts(change, [account.id])
    await change.note_seen_anew([account.id])
    return account
