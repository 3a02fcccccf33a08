"""API keys: what administrators make, look at and revoke, so that partners' programs can ask."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select, update

from auth import networks
from auth.api_keys import KeyToken
from core.errors import Invalid, Required
from core.folding import fold
from core.viewer import ApiScope, Language
from models import Account, ApiKey, Principal
from models.feed import LIVE_CHANNEL
from models.tables import LICENCE, AnyRow
from permissions.people import sees_api_key
from resolvers import gate, words
from resolvers.change import Change
from resolvers.idempotency import once
from resolvers.levels import looked_up
from resolvers.own_profile import name_for
from resolvers.reading import Reading

MOST_ADDRESSES: Final = 100
SCOPES: Final = ("input", "scopes")
EXPIRES_AT: Final = ("input", "expiresAt")
ADDRESSES: Final = ("input", "addresses")
API_KEY: Final = select(
    ApiKey.id,
    ApiKey.account_id,
    ApiKey.name,
    ApiKey.prefix,
    ApiKey.scopes,
    ApiKey.networks.label("addresses"),
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.last_used_at,
    ApiKey.revoked_at,
).where(ApiKey.licence_id == LICENCE, sees_api_key())
BY_IDS: Final = API_KEY.where(ApiKey.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
NEWEST_FIRST: Final = API_KEY.order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
REVOKE: Final = (
    update(ApiKey)
    .where(ApiKey.licence_id == LICENCE, ApiKey.id == bindparam("api_key"), ApiKey.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
    .returning(
        ApiKey.account_id,
        # What is open for it on any server ends once this is committed.
        func.pg_notify(LIVE_CHANNEL, func.concat(ApiKey.licence_id, " ", ApiKey.account_id)),
    )
)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """What is said of a program that is to ask."""

    name: str
    scopes: Sequence[ApiScope]
    expires_at: datetime | None = None
    addresses: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """A key that was made; the secret is None where it was shown before."""

    id: UUID
    secret: KeyToken | None


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the key of each id that came from outside, None in the place of what cannot be seen."""
    return await looked_up(request, BY_IDS, ids)


async def newest_first(request: Reading) -> Sequence[AnyRow]:
    """Return all keys that the viewer may see, the dead ones included."""
    return await request.rows(NEWEST_FIRST)


async def create_api_key(change: Change, said: NewApiKey, idempotency_key: str | None) -> Created:
    """Make a key, and the account that its program is to the firm. Only its digest is kept.

    Raise Forbidden, Required, TooLong, Invalid, Conflict.
    """
    gate.administrator(change)
    token = KeyToken.new(change.viewer.licence_id)
    made = await once(
        change, idempotency_key, "createApiKey", asdict(said), lambda: add_api_key(change, said, token)
    )
    return Created(made.id, token if made.is_new else None)


async def add_api_key(change: Change, said: NewApiKey, token: KeyToken) -> UUID:
    """Add the rows of a key; return its id. Raise Required, TooLong, Invalid."""
    name, scopes = name_for(said.name, "name"), scopes_for(said.scopes)
    require_future(said.expires_at, change.now)
    account = await add_account(change, name, token)
    key = change.add(
        ApiKey,
        account_id=account.id,
        name=name,
        prefix=token.prefix,
        digest=token.digest,
        scopes=scopes,
        networks=networks_for(said.addresses),
        created_at=change.now,
        created_by=change.viewer.account_id,
        expires_at=said.expires_at,
    )
    await change.session.flush()
    change.record("api_key.created", api_key=str(key.id), account=str(account.id), scopes=scopes)
    return key.id


async def add_account(change: Change, name: str, token: KeyToken) -> Account:
    """Add the account of a program: it can be given rights and be in groups, and nobody signs in with it."""
    principal = change.add(Principal, kind="ACCOUNT")
    await change.session.flush()
    account = change.add(
        Account,
        id=principal.id,
        role="SERVICE",
        username=token.prefix,
        username_folded=fold(token.prefix),
        display_name=name,
        display_name_folded=fold(name),
        language=Language.EN,
    )
    await words.rewrite_accounts(change, [account.id])
    await change.note_seen_anew([account.id])
    return account


def scopes_for(scopes: Sequence[ApiScope]) -> list[str]:
    """Return scopes as they are kept: each once, in their order. Raise Required."""
    if not scopes:
        raise Required(path=SCOPES)
    return [it.value for it in ApiScope if it in scopes]


def require_future(moment: datetime | None, now: datetime) -> None:
    """Require that a moment, where there is one, is still to come. Raise Invalid."""
    if moment is not None and moment <= now:
        raise Invalid("Choose a moment in the future.", path=EXPIRES_AT)


def networks_for(addresses: Sequence[str] | None) -> list[str] | None:
    """Return addresses and networks as they are kept, each once; None: any. Raise Required, Invalid."""
    if addresses is None:
        return None
    if not addresses:
        raise Required(path=ADDRESSES)
    if len(addresses) > MOST_ADDRESSES:
        raise Invalid("At most {most} addresses.", path=ADDRESSES, most=MOST_ADDRESSES)
    try:
        return list(dict.fromkeys(networks.kept(it.strip()) for it in addresses))
    except ValueError:
        message = "Give IP addresses, or networks such as 192.0.2.0/24 or 2001:db8::/32."
        raise Invalid(message, path=ADDRESSES) from None


async def revoke_api_key(change: Change, api_key_id: UUID) -> None:
    """Let nobody in with a key any more, from this moment on; to revoke it again changes nothing.

    Raise Forbidden, NotFound.
    """
    gate.administrator(change)
    await gate.one(change, look_up, api_key_id, path=("input", "apiKeyId"))
    for key in await change.rows(REVOKE, api_key=api_key_id, now=change.now):
        change.record("api_key.revoked", api_key=str(api_key_id), account=str(key.account_id))
