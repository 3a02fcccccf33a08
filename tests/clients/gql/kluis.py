"""Kluis by gql: operations are checked against the published schema before they are sent."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from gql import Client, FileVar, GraphQLRequest
from gql.transport.httpx import HTTPXTransport
from graphql import parse, separate_operations
from mistakes import Refused

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
        self.use(token)

    def use(self, token: str | None) -> None:
        """Ask as the owner of this session, or API key, from now on."""
        # A form without a token is taken with the first header alone.
        headers = {"X-Kluis-Request": "1"} | ({"Authorization": f"Bearer {token}"} if token else {})
        schema = self.published(headers) if token else None
        self.gql = Client(schema=schema, transport=HTTPXTransport(self.address, headers=headers))

    def published(self, headers: dict[str, str]) -> str | None:
        """Return the schema; None for clients of the firm, who may not read it."""
        answer = httpx.get(f"{self.address}/schema.graphql", headers=headers)
        return answer.text if answer.is_success else None

    def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Return what comes of one operation. Raise gql's TransportQueryError."""
        request = GraphQLRequest(OPERATIONS[operation], variable_values=variables)
        sends_file = "file" in variables.get("input", {})
        return self.gql.execute(request, upload_files=sends_file)

    def change(self, operation: str, mutation: str, **said: Any) -> dict[str, Any]:
        """Return the payload of a mutation that did what it was asked to. Raise Refused."""
        payload = self.ask(operation, input=said)[mutation]
        if payload["userErrors"]:
            raise Refused([Mistake(**it) for it in payload["userErrors"]])
        return payload

    def sign_in(self, username: str, password: str, *, ask_for_code: Callable[[], str], licence: str) -> None:
        """Open a session; `ask_for_code` asks for what the authenticator app shows. Raise Refused."""
        came = self.change("SignIn", "signIn", username=username, password=password, licence=licence)
        if came["step"] == "TWO_FACTOR_REQUIRED":
            code = ask_for_code()
            came = self.change(
                "CompleteTwoFactor", "completeTwoFactor", challenge=came["challenge"], code=code
            )
        self.use(came["token"])

    def documents(self, first: int, containing: str | None = None) -> Iterator[list[Line]]:
        """Yield the documents that the viewer may read, page by page."""
        wanted = {"descriptionContains": containing}
        page = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            found = self.ask("Documents", first=first, after=page["endCursor"], filter=wanted)["documents"]
            yield [line(it["node"]) for it in found["edges"]]
            page = found["pageInfo"]

    def client(self, search: str) -> tuple[str, str]:
        """Return the ids of the first client whose names begin so, and of his account."""
        (found,) = self.ask("FindClient", search=search)["relations"]["nodes"]
        return found["id"], found["portalAccount"]["id"]

    def upload(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, up to 25 MiB. Raise Refused."""
        file = FileVar(BytesIO(content), filename=name)
        said = {"file": file, "description": description, "relationIds": [relation_id]}
        return line(self.change("UploadDocument", "uploadDocument", **said)["document"])

    def upload_in_steps(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, in three steps, up to 2 GiB. Raise Refused."""
        announced = {"fileName": name, "mediaType": "text/plain", "byteSize": len(content)}
        ticket = self.change("CreateUpload", "createUpload", **announced)["upload"]
        headers = {it["name"]: it["value"] for it in ticket["headers"]}
        httpx.put(ticket["url"], content=content, headers=headers).raise_for_status()
        said = {"uploadId": ticket["id"], "description": description, "relationIds": [relation_id]}
        return line(self.change("CompleteUpload", "completeUpload", **said)["document"])

    def download(self, document_id: str) -> bytes:
        """Return the bytes of a document; the address works for a minute, without a token."""
        url = self.ask("Content", id=document_id)["document"]["contentUrl"]
        return httpx.get(url).raise_for_status().content

    def share(self, document_id: str, principal_id: str) -> list[str]:
        """Let somebody read a document; return the names of all who can now. Raise Refused."""
        said = {"documentId": document_id, "principalId": principal_id, "rights": ["READ"]}
        grants = self.change("Share", "setDocumentRights", **said)["grants"]
        return [it["principal"].get("displayName") or it["principal"]["name"] for it in grants]


def line(document: dict[str, Any]) -> Line:
    """Return the line of a document."""
    return Line(document["id"], document["description"], document["byteSize"])
