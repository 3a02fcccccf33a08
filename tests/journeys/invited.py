"""Whoever was mailed a first secret: what the letter holds, and how he comes in with it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import update

from models import Letter, Licence
from resolvers.change import letter_seal
from tests.api import Api
from tests.journeys.rows import rows

STEP: Final = "{ step token challenge viewer { email language } userErrors { code path } }"
SIGN_IN: Final = f"mutation ($input: SignInInput!) {{ it: signIn(input: $input) {STEP} }}"
CHOOSE: Final = f"""mutation ($input: CompletePasswordChangeInput!) {{
  it: completePasswordChange(input: $input) {STEP} }}"""
OWN_PASSWORD: Final = "vier groene olifanten dansen"


async def mail_links(api: Api) -> None:
    """Let the licence mail links that work once, in place of first passwords (A12)."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        await session.execute(update(Licence).where(Licence.id == licence_id).values(first_secret="LINK"))


async def opened(api: Api, letter: Letter) -> str:
    """Return the secret in a letter, as the worker opens it."""
    assert letter.sealed
    return api.ports.keys.open(letter.sealed, bound_to=letter_seal(letter.licence_id, letter.id)).decode()


async def letters(api: Api, kind: str) -> Sequence[Letter]:
    """Return the letters of a kind, the oldest first."""
    return sorted((it for it in await rows(api, Letter) if it.kind == kind), key=lambda it: it.id)


async def mailed(api: Api, kind: str) -> str:
    """Return the secret in the newest letter of a kind."""
    return await opened(api, (await letters(api, kind))[-1])


async def signs_in(api: Api, username: str, password: str) -> dict[str, Any]:
    """Take the first step of a sign-in."""
    said = {"username": username, "password": password, "licence": "de-linde"}
    return (await api.gets("nobody", SIGN_IN, input=said))["it"]


async def chooses(api: Api, challenge: str, password: str = OWN_PASSWORD) -> dict[str, Any]:
    """Go on with a password of one's own, from a step or from the mailed link."""
    said = {"challenge": challenge, "newPassword": password, "newPasswordConfirmation": password}
    return (await api.gets("nobody", CHOOSE, input=said))["it"]


def outcome(payload: dict[str, Any]) -> str:
    """Return the step that comes next, or the code of what went wrong."""
    return payload["step"] or payload["userErrors"][0]["code"]
