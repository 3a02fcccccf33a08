"""Kluis by gql: operations are checked against the published schema before they are sent."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from gql import Client, FileVar, GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLSchema, build_schema, parse, separate_operations
from mistakes import Refused
from watching import from_its_beginning, watch, why

OPERATIONS = separate_operations(parse(Path(__file__).with_name("operations.graphql").read_text()))


class Line(NamedTuple):
    """A line of a list of documents."""

    id: str
    description: str
    byte_size: int


class Mistake(NamedTuple):
    """An entry of `userErrors`."""

    code: str
    message: str
    path: list[str] | None


class Kluis:
    """The portal as whoever signs in sees it."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.address = f"{url}/graphql"
        self.live_address = self.address.replace("http", "ws", 1)
        self.token = token
        self.schema: GraphQLSchema | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What signs a request; a form without a token is taken with the first header alone."""
        return {"X-Kluis-Request": "1"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    async def use(self, token: str | None) -> None:
        """Ask as the owner of this session, or API key, from now on, within the schema that he may read."""
        self.token = token
        async with httpx.AsyncClient(headers=self.headers) as http:
            answer = await http.get(f"{self.address}/schema.graphql")
        # The firm's clients may not.
        self.schema = build_schema(answer.text) if answer.is_success else None

    async def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Return what comes of one operation. Raise gql's TransportQueryError."""
        request = GraphQLRequest(OPERATIONS[operation], variable_values=variables)
        sends_file = "file" in variables.get("input", {})
        client = Client(schema=self.schema, transport=HTTPXAsyncTransport(self.address, headers=self.headers))
        return await client.execute_async(request, upload_files=sends_file)

    async def change(self, operation: str, mutation: str, **said: Any) -> dict[str, Any]:
        """Return the payload of a mutation that did what it was asked to. Raise Refused."""
        payload = (await self.ask(operation, input=said))[mutation]
        if payload["userErrors"]:
            raise Refused([Mistake(**it) for it in payload["userErrors"]])
        return payload

    async def sign_in(
        self, username: str, password: str, *, ask_for_code: Callable[[], str], licence: str
    ) -> None:
        """Open a session; `ask_for_code` asks for what the authenticator app shows. Raise Refused."""
        came = await self.change("SignIn", "signIn", username=username, password=password, licence=licence)
        if came["step"] == "TWO_FACTOR_REQUIRED":
            code = ask_for_code()
            came = await self.change(
                "CompleteTwoFactor", "completeTwoFactor", challenge=came["challenge"], code=code
            )
        await self.use(came["token"])

    async def documents(self, first: int, containing: str | None = None) -> AsyncGenerator[list[Line]]:
        """Yield the documents that the viewer may read, page by page."""
        wanted = {"descriptionContains": containing}
        page = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            found = (await self.ask("Documents", first=first, after=page["endCursor"], filter=wanted))[
                "documents"
            ]
            yield [line(it["node"]) for it in found["edges"]]
            page = found["pageInfo"]

    async def client(self, search: str) -> tuple[str, str]:
        """Return the ids of the first client whose names begin so, and of his account."""
        (found,) = (await self.ask("FindClient", search=search))["relations"]["nodes"]
        return found["id"], found["portalAccount"]["id"]

    async def upload(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, up to 25 MiB. Raise Refused."""
        file = FileVar(BytesIO(content), filename=name)
        said = {"file": file, "description": description, "relationIds": [relation_id]}
        return line((await self.change("UploadDocument", "uploadDocument", **said))["document"])

    async def upload_in_steps(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, in three steps, up to 2 GiB. Raise Refused."""
        announced = {"fileName": name, "mediaType": "text/plain", "byteSize": len(content)}
        ticket = (await self.change("CreateUpload", "createUpload", **announced))["upload"]
        headers = {it["name"]: it["value"] for it in ticket["headers"]}
        async with httpx.AsyncClient() as http:
            (await http.put(ticket["url"], content=content, headers=headers)).raise_for_status()
        said = {"uploadId": ticket["id"], "description": description, "relationIds": [relation_id]}
        return line((await self.change("CompleteUpload", "completeUpload", **said))["document"])

    async def download(self, document_id: str) -> bytes:
        """Return the bytes of a document; the address works for a minute, without a token."""
        url = (await self.ask("Content", id=document_id))["document"]["contentUrl"]
        async with httpx.AsyncClient() as http:
            return (await http.get(url)).raise_for_status().content

    async def share(self, document_id: str, principal_id: str) -> list[str]:
        """Let somebody read a document; return the names of all who can now. Raise Refused."""
        said = {"documentId": document_id, "principalId": principal_id, "rights": ["READ"]}
        grants = (await self.change("Share", "setDocumentRights", **said))["grants"]
        return [it["principal"].get("displayName") or it["principal"]["name"] for it in grants]

    def watch(self, first: int) -> AsyncGenerator[tuple[str | None, list[Line]]]:
        """Yield the newest documents, and again with each event that they are otherwise by."""
        return watch(self.hear, lambda: anext(self.documents(first)))

    async def hear(self) -> AsyncGenerator[str | None]:
        """Yield None when the subscription stands, then the name of each event. Raise BeginAnew, Broken."""
        transport = WebsocketsTransport(
            self.live_address,
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
            init_payload={"token": self.token},
        )
        try:
            async with Client(schema=self.schema, transport=transport) as session:
                events = session.subscribe(GraphQLRequest(OPERATIONS["DocumentEvents"]))
                async with aclosing(from_its_beginning(events, transport.ping_received)) as heard:
                    async for event in heard:
                        yield event and event["documentEvents"]["__typename"]
        except TransportQueryError as error:
            raise why(error, error.errors[0]["extensions"]["code"]) or error from error
        except TransportConnectionFailed as error:
            raise why(error) or error from error


def line(document: dict[str, Any]) -> Line:
    """Return the line of a document."""
    return Line(document["id"], document["description"], document["byteSize"])
