"""What people do on their journeys, each as its requests to the server."""

import re
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from random import Random
from typing import Any, Final

import orjson

from bench import journey_mix
from bench.file_transfers import path_of
from bench.journey_lines import Lines
from bench.journey_mix import MIX, Part
from bench.journey_world import FILE_BYTES, PASSWORD, WITH_FILES, Cast, Client, Office, Ungranted, file_of
from bench.load import OK, Reply, posted
from bench.names import GIVEN
from bench.open_load import NotAnswered
from bench.operations import DOSSIER_PAGE, HOME_PAGE
from resolvers.first_categories import CATEGORIES

CODE: Final = re.compile(rb'"code":\s*"(\w+)"')
BOUNDARY: Final = "bench-part"
# Where all advisors call from (RFC 5737); the proxy that would stand before the server tells it.
OFFICE_ADDRESS: Final = "203.0.113.7"
Variables = Mapping[str, Any]


class Journeys:
    """Lets somebody do something, by chance and by the shares of the mix."""

    def __init__(self, cast: Cast, lines: Lines, chance: Random) -> None:
        self.cast = cast
        self.lines = lines
        self.chance = chance
        self.requests = 0
        self._numbers = count(1)
        self._parts = [it for it in MIX for _ in range(it.percent)]
        self._steps: dict[Part, Callable[[], Awaitable[None]]] = {
            journey_mix.CLIENT_SIGNS_IN: self.sign_in,
            journey_mix.HOME: self.open_home,
            journey_mix.NARROWS: self.narrow,
            journey_mix.OPENS: self.open_document,
            journey_mix.DOWNLOADS: self.download,
            journey_mix.SENDS_IN: self.send_in,
            journey_mix.LOOKS_FOR: self.look_for_relation,
            journey_mix.DOSSIER: self.open_dossier,
            journey_mix.FILES: self.file_document,
            journey_mix.GRANTS: self.grant,
            journey_mix.WHO_SAW: self.look_who_saw,
        }

    async def arrive(self) -> str:
        """Let somebody do something; return what. Raise NotAnswered, OSError, EOFError."""
        part = self.chance.choice(self._parts)
        await self._steps[part]()
        return part.name

    async def sign_in(self) -> None:
        """A client signs in, and goes on in the new session."""
        client = self.client()
        given = {"username": client.username, "password": PASSWORD, "licence": client.slug}
        said = await self.change(journey_mix.SIGN_IN, {"input": given}, "", client.address)
        if not said["token"]:
            raise NotAnswered(f"signIn: {said['step']}")
        client.token = said["token"]

    async def open_home(self) -> None:
        """A client opens the portal."""
        await self.ask(HOME_PAGE, {}, self.client())

    async def narrow(self) -> None:
        """A client looks for documents of a category, or whose description has a word."""
        office = self.office()
        word = self.chance.choice(CATEGORIES).nl.split()[0]
        by_category = {"categoryIds": [self.chance.choice(office.categories)]}
        chosen = self.chance.choice([by_category, {"descriptionContains": word}])
        await self.ask(journey_mix.NARROWED, {"filter": chosen}, self.chance.choice(office.clients))

    async def open_document(self) -> None:
        """A client opens one of his newest documents."""
        client = self.client()
        await self.ask(journey_mix.DOCUMENT, {"id": self.chance.choice(client.documents)}, client)

    async def download(self) -> None:
        """A client downloads a document: its address first, then the bytes."""
        client = self.client()
        wanted = {"id": self.chance.choice(client.documents[:WITH_FILES])}
        reply = await self.ask(journey_mix.CONTENT_URL, wanted, client)
        url = orjson.loads(reply.body)["data"]["document"]["contentUrl"]
        head = f"GET {path_of(url)} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {client.address}\r\n\r\n"
        content = await self.exchange(head.encode())
        if content.status != OK or len(content.body) < FILE_BYTES:
            raise NotAnswered(f"content: {content.status}")

    async def send_in(self) -> None:
        """A client sends a document in."""
        client = self.client()
        await self.upload({}, client.token, client.address)

    async def look_for_relation(self) -> None:
        """An advisor types the beginning of a name."""
        wanted = {"search": self.chance.choice(GIVEN)[:4].ljust(3, "a")}
        await self.ask_as(journey_mix.RELATIONS, wanted, self.advisor(self.office()))

    async def open_dossier(self) -> None:
        """An advisor opens a dossier with its newest documents."""
        office = self.office()
        wanted = {"id": self.chance.choice(office.folders).dossier}
        await self.ask_as(DOSSIER_PAGE, wanted, self.advisor(office))

    async def file_document(self) -> None:
        """An advisor puts a document into a dossier, for its main person, who is to get it later."""
        office = self.office()
        folder, token = self.chance.choice(office.folders), self.advisor(office)
        into = {
            "dossierId": folder.dossier,
            "relationIds": [folder.relation],
            "categoryIds": [self.chance.choice(office.categories)],
        }
        document = await self.upload(into, token, OFFICE_ADDRESS)
        self.cast.ungranted.append(Ungranted(token, document, folder.client))

    async def grant(self) -> None:
        """An advisor grants a document to a client, who gets a letter."""
        it = self.cast.ungranted.popleft()
        given = {"documentId": it.document, "principalId": it.client, "rights": ["READ"]}
        await self.change(journey_mix.GRANT, {"input": given}, it.token, OFFICE_ADDRESS)

    async def look_who_saw(self) -> None:
        """An advisor looks at who has opened a document."""
        office = self.office()
        wanted = {"id": self.chance.choice(self.chance.choice(office.clients).documents[:WITH_FILES])}
        await self.ask_as(journey_mix.HISTORY, wanted, self.advisor(office))

    def office(self) -> Office:
        """Return any firm."""
        return self.chance.choice(self.cast.offices)

    def client(self) -> Client:
        """Return any client of any firm."""
        return self.chance.choice(self.office().clients)

    def advisor(self, office: Office) -> str:
        """Return the session of any advisor of a firm."""
        return self.chance.choice(office.advisors)

    async def ask(self, query: str, variables: Variables, client: Client) -> Reply:
        """Return what a client is answered. Raise NotAnswered for an error."""
        return await self.ask_as(query, variables, client.token, client.address)

    async def ask_as(
        self, query: str, variables: Variables, token: str, address: str = OFFICE_ADDRESS
    ) -> Reply:
        """Return what whoever has this session is answered. Raise NotAnswered for an error."""
        said = {"query": query, "variables": variables}
        return await self.exchange(posted(said, headers(token, address)))

    async def change(self, query: str, variables: Variables, token: str, address: str) -> dict[str, Any]:
        """Return the payload of a mutation. Raise NotAnswered where it came to nothing."""
        return payload_of(await self.ask_as(query, variables, token, address))

    async def upload(self, into: Variables, token: str, address: str) -> str:
        """Send a document in, and return its id."""
        request = upload_request(next(self._numbers), into, token, address)
        return payload_of(await self.exchange(request))["document"]["id"]

    async def exchange(self, request: bytes) -> Reply:
        """Return an answer. Raise NotAnswered for one that says that something is wrong."""
        self.requests += 1
        reply = await self.lines.exchange(request)
        if reply.status != OK or b'"errors":' in reply.body[:40]:
            code = CODE.search(reply.body)
            raise NotAnswered(f"{reply.status} {code[1].decode() if code else ''}".strip())
        return reply


def payload_of(reply: Reply) -> dict[str, Any]:
    """Return what a mutation came to. Raise NotAnswered for an error, also of the user's."""
    answer: dict[str, Any] = orjson.loads(reply.body)
    ((name, payload),) = answer["data"].items()
    if wrong := answer.get("errors") or payload["userErrors"]:
        raise NotAnswered(f"{name}: {wrong}"[:200])
    return payload


def headers(token: str, address: str) -> str:
    """Return the headers of a request that a proxy has handed on."""
    known = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{known}X-Forwarded-For: {address}"


def upload_request(number: int, into: Variables, token: str, address: str) -> bytes:
    """Return an upload as one multipart request (GraphQL multipart request specification)."""
    given = {"description": f"Sent in, nr. {number}", "file": None, **into}
    operations = orjson.dumps({"query": journey_mix.UPLOAD, "variables": {"input": given}})
    file = b'"0"; filename="paper.pdf"\r\nContent-Type: application/pdf'
    parts = {
        b'"operations"': operations,
        b'"map"': b'{"0": ["variables.input.file"]}',
        file: file_of(number),
    }
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
        + name
        + b"\r\n\r\n"
        + part
        + b"\r\n"
        for name, part in parts.items()
    )
    body += f"--{BOUNDARY}--\r\n".encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Kluis-Request: 1\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"{headers(token, address)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
