"""Second factors as a journey needs them: added, shown at a sign-in, and shown in a session."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from pyotp.totp import TOTP
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from core.tokens import pack
from models import Event
from tests.api import Api
from tests.auth.software_authenticator import Said, SoftwareAuthenticator
from tests.conftest import SetClock
from tests.journeys.rows import rows
from tests.world import PASSWORD

ERRORS: Final = "userErrors { code message path }"
START: Final = f"""mutation ($input: StartPasskeyEnrolmentInput!) {{
  it: startPasskeyEnrolment(input: $input) {{ challenge options {ERRORS} }} }}"""
CONFIRM: Final = f"""mutation ($input: ConfirmPasskeyEnrolmentInput!) {{
  it: confirmPasskeyEnrolment(input: $input) {{
    passkey {{ id name createdAt lastUsedAt }} recoveryCodes
    viewer {{ twoFactor {{ enabled enabledAt recoveryCodesLeft }} passkeys {{ id }} }} {ERRORS} }} }}"""
PROOF: Final = f"""mutation ($input: StartPasskeyProofInput!) {{
  it: startPasskeyProof(input: $input) {{ challenge options {ERRORS} }} }}"""
REMOVE: Final = f"""mutation ($input: RemovePasskeyInput!) {{
  it: removePasskey(input: $input) {{
    removedPasskeyId
    viewer {{ twoFactor {{ enabled recoveryCodesLeft }} passkeys {{ id }} }} {ERRORS} }} }}"""
START_APP: Final = f"""mutation ($input: StartTwoFactorEnrolmentInput!) {{
  it: startTwoFactorEnrolment(input: $input) {{ enrolment {{ id secret }} {ERRORS} }} }}"""
CONFIRM_APP: Final = f"""mutation ($input: ConfirmTwoFactorEnrolmentInput!) {{
  it: confirmTwoFactorEnrolment(input: $input) {{ recoveryCodes {ERRORS} }} }}"""
DISABLE: Final = f"""mutation ($input: DisableTwoFactorInput!) {{
  it: disableTwoFactor(input: $input) {{
    viewer {{ twoFactor {{ enabled recoveryCodesLeft }} }} {ERRORS} }} }}"""
REGENERATE: Final = f"""mutation ($input: RegenerateRecoveryCodesInput!) {{
  it: regenerateRecoveryCodes(input: $input) {{ recoveryCodes {ERRORS} }} }}"""
SIGN_IN: Final = f"""mutation ($input: SignInInput!) {{
  it: signIn(input: $input) {{ step token challenge passkeyOptions {ERRORS} }} }}"""
COMPLETE: Final = f"""mutation ($input: CompleteTwoFactorInput!) {{
  it: completeTwoFactor(input: $input) {{
    step token challenge passkeyOptions viewer {{ email }} {ERRORS} }} }}"""
WRONG: Final = {
    "another page": Said(origin="http://kluis.example"),
    "another party": Said(rp_id="kluis.example"),
    "another challenge": Said(challenge=pack(b"n" * 32)),
    "another purpose": Said(type="payment.get"),
    "nobody present": Said(flags=0),
    "another page around it": Said(cross_origin=True),
}
WAITING: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
# Longer than a try takes to come back.
A_WHILE: Final = timedelta(minutes=2)


def codes_of(payload: dict[str, Any]) -> list[str]:
    """Return the codes of the errors in a payload."""
    return [it["code"] for it in payload["userErrors"]]


async def copies(api: Api) -> Sequence[Event]:
    """Return what is remembered of passkeys that seem to be copies."""
    return [it for it in await rows(api, Event) if it.kind == "passkey.cloned"]


async def waiting(database_url: str, number: int) -> None:
    """Return once so many wait for what another has locked."""
    engine = create_async_engine(database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with asyncio.timeout(20), engine.connect() as connection:
        while (await connection.execute(WAITING)).scalar_one() < number:  # noqa: ASYNC110  the database's
            await asyncio.sleep(0.01)


class Journey:
    """Somebody with a browser, authenticators and an app."""

    def __init__(self, api: Api, clock: SetClock) -> None:
        self.api = api
        self.clock = clock

    def authenticator(self, **values: Any) -> SoftwareAuthenticator:
        """Return a new authenticator at the page of the portal."""
        return SoftwareAuthenticator(self.api.ports.origins[0], **values)

    async def does(self, who: str, mutation: str, **said: Any) -> dict[str, Any]:
        """Return the payload of a mutation."""
        return (await self.api.gets(who, mutation, input=said))["it"]

    async def begins(self, who: str, **proof: Any) -> dict[str, Any]:
        """Begin with a passkey."""
        return await self.does(who, START, password=PASSWORD, **proof)

    async def confirms(
        self,
        who: str,
        begun: dict[str, Any],
        it: SoftwareAuthenticator,
        said: Said | None = None,
        name: str = "Sleutelhanger",
    ) -> dict[str, Any]:
        """Let an authenticator make a passkey, and send it."""
        credential = it.make(begun["options"], said)
        return await self.does(who, CONFIRM, challenge=begun["challenge"], name=name, credential=credential)

    async def adds(self, who: str, it: SoftwareAuthenticator, **proof: Any) -> dict[str, Any]:
        """Add a passkey; the tries that it takes come back."""
        added = await self.confirms(who, await self.begins(who, **proof), it)
        assert added["userErrors"] == []
        self.clock.advance(A_WHILE)
        return added

    async def adds_app(self, who: str, **proof: Any) -> tuple[TOTP, list[str] | None]:
        """Add an app; return it, and the recovery codes that are shown."""
        begun = await self.does(who, START_APP, password=PASSWORD, **proof)
        app = TOTP(begun["enrolment"]["secret"])
        added = await self.does(
            who, CONFIRM_APP, enrolmentId=begun["enrolment"]["id"], code=app.at(self.clock.now())
        )
        assert added["userErrors"] == []
        self.clock.advance(A_WHILE)
        return app, added["recoveryCodes"]

    async def signs_in(self, who: str) -> dict[str, Any]:
        """Take the first step of a sign-in."""
        username = self.api.world.accounts[who].username
        said = {"username": username, "password": PASSWORD, "licence": "de-linde"}
        return await self.does("nobody", SIGN_IN, **said)

    async def completes(
        self, asked: dict[str, Any], it: SoftwareAuthenticator, said: Said | None = None
    ) -> dict[str, Any]:
        """Take the second step with a passkey."""
        return await self.shows(asked, credential=it.sign(asked["passkeyOptions"], said))

    async def shows(self, asked: dict[str, Any], **proof: str) -> dict[str, Any]:
        """Take the second step with anything."""
        return await self.does("nobody", COMPLETE, challenge=asked["challenge"], **proof)

    async def proves(self, who: str, it: SoftwareAuthenticator, said: Said | None = None) -> dict[str, str]:
        """Return what shows in a session that one has a passkey."""
        asked = await self.does(who, PROOF, password=PASSWORD)
        return {"challenge": asked["challenge"], "credential": it.sign(asked["options"], said)}
