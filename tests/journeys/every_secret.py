"""Every kind of secret that there is, got over HTTP and by mail as its owner gets it."""

import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import httpx
from pyotp.totp import TOTP
from sqlalchemy import update

from auth.api_keys import FINGERPRINT, MARK
from mail.sink import Sink
from models import Licence
from server.context import COOKIE
from tests.api import Api
from tests.journeys.caring import does
from tests.journeys.invited import mailed
from tests.journeys.passkeys import COMPLETE, CONFIRM, CONFIRM_APP, PROOF, SIGN_IN, START, START_APP, Journey
from tests.journeys.programs import creates
from tests.journeys.steps import CHANGE
from tests.mail.correspondents import kept, links_of, text_of
from tests.server.desks import worker_of
from tests.world import PASSWORD

Secrets = dict[str, str]
"""Each secret by what it is."""
GRANT: Final = """mutation ($input: GrantPortalAccessInput!) {
  it: grantPortalAccess(input: $input) { userErrors { code } } }"""
CREATE: Final = """mutation ($input: CreateAccountInput!) {
  it: createAccount(input: $input) { userErrors { code } } }"""
REPLACE: Final = """mutation ($input: ChangePasswordInput!) {
  it: changePassword(input: $input) { userErrors { code } } }"""
LINKS: Final = "{ documents(first: 1) { nodes { contentUrl } } }"
FIRST_PASSWORD: Final = re.compile(r"\b[2-9a-z]{4}(?:-[2-9a-z]{4}){2}-[2-9a-z]{5}\b")
BERT: Final = "bert@callewaert.example"
FEMKE: Final = "femke@dupont.example"
DIRK: Final = "dirk@schyns.example"
FEMKES: Final = "vier groene olifanten dansen"
CARLAS: Final = "zeilboot kever mist"
IN_THE_WRONG_FIELD: Final = "lantaarn pinguin wolkbreuk"
WRONG: Final = "regenjas en een tuinslang"
NEXT_CODE: Final = timedelta(seconds=30)


async def every_secret(journey: Journey, folder: Path) -> Secrets:
    """Return all of them; those that work once are still to be used, where no name says otherwise."""
    found = {"the password of the cast": PASSWORD}
    found |= await passwords(journey)
    found |= await first_passwords(journey, folder)
    found |= await links(journey, folder)
    found |= await waiting_letters(journey)
    found |= await of_an_app(journey)
    found |= await of_a_passkey(journey, found)
    found |= await challenges(journey, found)
    found |= await of_a_program(journey.api)
    return found | await content_link(journey.api, found["session by a code"])


async def passwords(journey: Journey) -> Secrets:
    """Replace Carla's password; type one wrong, and one into the field of the user name."""
    said = {"oldPassword": PASSWORD, "newPassword": CARLAS, "newPasswordConfirmation": CARLAS}
    assert (await journey.does("carla", REPLACE, **said))["userErrors"] == []
    for username, password in ((DIRK, WRONG), (IN_THE_WRONG_FIELD, "")):
        assert (await signs_in(journey, username, password))["step"] is None
    return {
        "own password": CARLAS,
        "wrong password": WRONG,
        "password in the wrong field": IN_THE_WRONG_FIELD,
    }


async def first_passwords(journey: Journey, folder: Path) -> Secrets:
    """Mail Femke and Dirk a first password each; Femke replaces hers, and Dirk is about to."""
    relation = journey.api.id("Relation", journey.api.world.relations["femke"].id)
    assert (await journey.does("anna", GRANT, relationId=relation))["userErrors"] == []
    assert (await does(journey.api, "anna", "resetPassword", "dirk"))["userErrors"] == []
    mails = await delivered(journey.api, folder / "first passwords")
    femkes, dirks = (FIRST_PASSWORD.findall(text_of(mails[it]))[0] for it in (FEMKE, DIRK))
    asked = await signs_in(journey, FEMKE, femkes)
    answer = await chooses(journey.api, asked["challenge"], FEMKES)
    waiting = await signs_in(journey, DIRK, dirks)
    return {
        "first password, replaced": femkes,
        "challenge, used": asked["challenge"],
        "password in place of the first": FEMKES,
        "session of a browser": answer.cookies[COOKIE],
        "first password": dirks,
        "challenge for a password": waiting["challenge"],
    }


async def links(journey: Journey, folder: Path) -> Secrets:
    """Mail somebody new on the staff a link, which is not followed."""
    await let_mail(journey.api, "LINK")
    await joins(journey, "greet@de-linde.example")
    mails = await delivered(journey.api, folder / "links")
    _, _, token = links_of(mails["greet@de-linde.example"].as_bytes())[0].partition("#")
    return {"mailed link": token}


async def waiting_letters(journey: Journey) -> Secrets:
    """Let two letters wait in the outbox, one with a link and one with a first password."""
    await joins(journey, "hilde@de-linde.example")
    link = await mailed(journey.api, "access_granted_by_link")
    await let_mail(journey.api, "PASSWORD")
    await joins(journey, "ivo@de-linde.example")
    return {
        "link in a letter that waits": link,
        "first password in a letter that waits": await mailed(journey.api, "access_granted"),
    }


async def of_an_app(journey: Journey) -> Secrets:
    """Let Bert add an app and sign in with it; Carla begins with one too."""
    begun = (await journey.does("bert", START_APP, password=PASSWORD))["enrolment"]
    app, now = TOTP(begun["secret"]), journey.clock.now()
    added = await journey.does("bert", CONFIRM_APP, enrolmentId=begun["id"], code=app.at(now))
    asked = await signs_in(journey, BERT, PASSWORD)
    done = await journey.does("nobody", COMPLETE, challenge=asked["challenge"], code=app.at(now + NEXT_CODE))
    pending = (await journey.does("carla", START_APP, password=CARLAS))["enrolment"]
    journey.clock.advance(2 * NEXT_CODE)
    return {
        "secret of an app": begun["secret"],
        "secret of an app, not confirmed": pending["secret"],
        "code that confirmed, used": app.at(now),
        "code, used": app.at(now + NEXT_CODE),
        "code": app.at(journey.clock.now()),
        "session by a code": done["token"],
        **{f"recovery code {it}": code for it, code in enumerate(added["recoveryCodes"])},
    }


async def of_a_passkey(journey: Journey, found: Secrets) -> Secrets:
    """Let Bert add a passkey and sign in with it, and once more with a recovery code."""
    it = journey.authenticator()
    begun = await journey.does("bert", START, password=PASSWORD, recoveryCode=found["recovery code 8"])
    said = {"challenge": begun["challenge"], "name": "Phone", "credential": it.make(begun["options"])}
    assert (await journey.does("bert", CONFIRM, **said))["userErrors"] == []
    sessions: list[str] = []
    for proof in ("credential", "recoveryCode"):
        asked = await signs_in(journey, BERT, PASSWORD)
        shown = it.sign(asked["passkeyOptions"]) if proof == "credential" else found["recovery code 9"]
        done = await journey.does("nobody", COMPLETE, challenge=asked["challenge"], **{proof: shown})
        sessions.append(done["token"])
    return dict(zip(("session by a passkey", "session by a recovery code"), sessions, strict=True))


async def challenges(journey: Journey, found: Secrets) -> Secrets:
    """Let Bert begin with what he does not end: a sign-in, one more passkey, a proof."""
    asked = await signs_in(journey, BERT, PASSWORD)
    begun = await journey.does("bert", START, password=PASSWORD, recoveryCode=found["recovery code 7"])
    proof = await journey.does("bert", PROOF, password=PASSWORD)
    return {
        "challenge for a factor": asked["challenge"],
        "challenge for a passkey": begun["challenge"],
        "challenge for a proof": proof["challenge"],
    }


async def of_a_program(api: Api) -> Secrets:
    """Make a key; what is answered to the same once more has no secret."""
    made, again = [await creates(api, idempotencyKey="crm 1") for _ in range(2)]
    assert (again["apiKey"], again["secret"]) == (made["apiKey"], None)
    return {
        "API key": made["secret"],
        "API key without its mark": made["secret"][len(MARK) + FINGERPRINT + 1 :],
    }


async def content_link(api: Api, token: str) -> Secrets:
    """Let Bert send a document, and ask with one of his sessions where its bytes are."""
    assert (await api.upload("bert", "note.txt", b"for Anna"))["userErrors"] == []
    headers = {"Authorization": f"Bearer {token}"}
    answer = await api.http.post("/graphql", json={"query": LINKS}, headers=headers)
    (node,) = answer.json()["data"]["documents"]["nodes"]
    return {"link to content": node["contentUrl"].rpartition("/")[2]}


async def signs_in(journey: Journey, username: str, password: str) -> dict[str, Any]:
    """Take the first step of a sign-in."""
    said = {"username": username, "password": password, "licence": "de-linde"}
    return await journey.does("nobody", SIGN_IN, **said)


async def chooses(api: Api, challenge: str, password: str) -> httpx.Response:
    """Choose a password of one's own, in a browser."""
    said = {"challenge": challenge, "newPassword": password, "newPasswordConfirmation": password}
    body = {"query": CHANGE, "variables": {"input": said}}
    return await api.http.post("/graphql", json=body)


async def let_mail(api: Api, first_secret: str) -> None:
    """Let the licence mail first passwords, or links."""
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        await session.execute(
            update(Licence).where(Licence.id == licence_id).values(first_secret=first_secret)
        )


async def joins(journey: Journey, address: str) -> None:
    """Let an administrator add somebody to the staff."""
    said = {"username": address, "givenName": "Wie", "familyName": "Wouters"}
    assert (await journey.does("arthur", CREATE, **said))["userErrors"] == []


async def delivered(api: Api, folder: Path) -> dict[str, EmailMessage]:
    """Send every letter that waits; return what came, by whom it was for."""
    async with Sink(folder) as url:
        worker = worker_of(api.ports, url)
        while await worker.deliver_due():
            pass
    return {str(it["To"]): it for it in kept(folder)}
