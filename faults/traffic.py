"""The traffic of a firm: advisors who let clients in and share documents, clients who send some in."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import httpx

from demo.world import PASSWORD, ROLES
from faults.ledger import Ledger

SIGN_IN: Final = "mutation ($input: SignInInput!) { signIn(input: $input) { token userErrors { code } } }"
RELATION: Final = """mutation ($input: CreateRelationInput!) {
  createRelation(input: $input) { relation { id } userErrors { code } } }"""
ACCESS: Final = """mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { account { id } userErrors { code } } }"""
UPLOAD: Final = """mutation ($input: UploadDocumentInput!) {
  uploadDocument(input: $input) { document { id } userErrors { code } } }"""
SHARE: Final = """mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) { document { id } userErrors { code } } }"""
FIELD_OF: Final = {
    SIGN_IN: "signIn",
    RELATION: "createRelation",
    ACCESS: "grantPortalAccess",
    UPLOAD: "uploadDocument",
    SHARE: "setDocumentRights",
}
KINDS: Final = ("createRelation", "grantPortalAccess", "uploadDocument", "setDocumentRights")
"""What every server must do again."""
PASSING: Final = frozenset({"DATABASE_AWAY", "STORE_AWAY", "TIMEOUT", "BUSY", "RATE_LIMITED"})
# In seconds.
PATIENCE: Final = 20.0
PAUSE: Final = 0.1
AGAIN_AFTER: Final = 0.2
LARGEST: Final = 60_000


class Broken(Exception):
    """The vault said what it must not say; the text says what."""


@dataclass(slots=True)
class Person:
    """Somebody who asks a server of his own while it answers, and then the next one, as a proxy would."""

    username: str
    name: str
    servers: Mapping[str, str]
    """Addresses by name, his own first."""
    ready: set[str]
    """The names of servers that want requests, which somebody else keeps up to date."""
    ledger: Ledger
    http: httpx.AsyncClient
    dice: Random
    token: str = ""
    is_told: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_done(
        self, query: str, given: Mapping[str, Any], content: bytes | None = None
    ) -> dict[str, Any]:
        """Return what a mutation gives, asked until it is answered as it must be. Raise Broken."""
        while True:
            # Where none wants any, they are asked all the same.
            for server in [it for it in self.servers if it in self.ready] or self.servers:
                found = await self.ask(server, query, given, content)
                if found is not None:
                    return found
            await asyncio.sleep(AGAIN_AFTER)

    async def ask(
        self, server: str, query: str, given: Mapping[str, Any], content: bytes | None
    ) -> dict[str, Any] | None:
        """Return what one server says; None where it is to be asked again. Raise Broken."""
        began = time.monotonic()
        try:
            answer = await self.http.post(
                f"{self.servers[server]}/graphql",
                headers={"Authorization": f"Bearer {self.token}"} if query != SIGN_IN else {},
                **body_of(query, given, content),
            )
            said = answer.json()
        except (httpx.TransportError, json.JSONDecodeError) as trouble:
            self.ledger.refuse(type(trouble).__name__)
            return None
        if said.get("errors"):
            code = said["errors"][0]["extensions"]["code"]
            self.ledger.refuse(code)
            if code == "UNAUTHENTICATED":
                await self.sign_in()
            elif code not in PASSING:
                raise Broken(f"{FIELD_OF[query]}: {said['errors']}")
            return None
        found = said["data"][FIELD_OF[query]]
        if found["userErrors"]:
            raise Broken(f"{FIELD_OF[query]} {given}: {found['userErrors']}")
        self.ledger.note(server, FIELD_OF[query], began)
        return found

    async def sign_in(self) -> None:
        """Get a session."""
        said = {"username": self.username, "password": PASSWORD}
        self.token = (await self.until_done(SIGN_IN, {"input": said}))["token"]

    async def reads(self, query: str, id_: str) -> dict[str, Any] | None:
        """Return a document as his own server has it; None where there is none."""
        said: dict[str, Any] = {"query": query, "variables": {"id": id_}}
        address = next(iter(self.servers.values()))
        while True:
            headers = {"Authorization": f"Bearer {self.token}"}
            answer: dict[str, Any] = (
                await self.http.post(f"{address}/graphql", headers=headers, json=said)
            ).json()
            errors = answer.get("errors", ())
            if not any(it["extensions"]["code"] in PASSING for it in errors):
                return answer["data"]["document"]
            await asyncio.sleep(AGAIN_AFTER)

    async def sends(self, key: str, **more: Any) -> str:
        """Send a document in; return its id."""
        content = f"{key}\n".encode() * self.dice.randint(1, LARGEST // (len(key) + 1))
        given = {"description": key, "idempotencyKey": key, "file": None, **more}
        id_ = (await self.until_done(UPLOAD, {"input": given}, content))["document"]["id"]
        self.ledger.keep(id_, content, key, self.username)
        return id_

    async def lets_somebody_in(self, key: str) -> None:
        """Make a relation, give it access, and share a document with it."""
        email = f"{key}@clients.example"
        given: dict[str, Any] = {"givenName": "Someone", "familyName": key, "email": email}
        made = await self.until_done(RELATION, {"input": given | {"idempotencyKey": f"{key} relation"}})
        relation = made["relation"]["id"]
        given = {"relationId": relation, "idempotencyKey": f"{key} access"}
        account = (await self.until_done(ACCESS, {"input": given}))["account"]["id"]
        self.ledger.promise(email)
        document = await self.sends(key, relationIds=[relation])
        given = {"documentId": document, "principalId": account, "rights": ["READ"]}
        await self.until_done(SHARE, {"input": given})
        self.ledger.grants.add((document, account))
        self.ledger.promise(email)

    async def works(self) -> None:
        """Go on until told to stop. Raise Broken."""
        await self.sign_in()
        number = 0
        while not self.is_told.is_set():
            key = f"{self.name}-{number}"
            await (self.sends(key) if self.username == ROLES["client"] else self.lets_somebody_in(key))
            number += 1
            await asyncio.sleep(PAUSE)


def body_of(query: str, given: Mapping[str, Any], content: bytes | None) -> dict[str, Any]:
    """Return the arguments of an HTTP request: JSON, or a form where there is a file."""
    operation = {"query": query, "variables": given}
    if content is None:
        return {"json": operation}
    return {
        "data": {"operations": json.dumps(operation), "map": json.dumps({"0": ["variables.input.file"]})},
        "files": {"0": ("note.txt", content)},
    }
