"""The API as one of the cast sees it, over HTTP."""

import json
from typing import Any
from uuid import UUID

import httpx

from auth import sessions
from core.tokens import Token
from resolvers.ports import Ports
from tests.world import World

UPLOAD = """
mutation ($input: UploadDocumentInput!) {
  uploadDocument(input: $input) {
    document { id description fileName byteSize sha256 mediaType }
    userErrors { code message path }
  }
}
"""


class Api:
    """Asks as Anna, as Bert, ... or as nobody."""

    def __init__(self, ports: Ports, world: World, http: httpx.AsyncClient) -> None:
        self.ports = ports
        self.world = world
        self.http = http
        self.tokens: dict[str, Token] = {}

    def id(self, type_name: str, key: UUID) -> str:
        """Return the id by which the API knows a row."""
        (written,) = self.ports.ids.write(type_name, [key])
        return written

    async def ask(self, who: str, query: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer: `data`, and `errors` if there are any."""
        body = {"query": query, "variables": variables}
        answer = await self.http.post("/graphql", json=body, headers=await self.headers(who))
        return answer.json()

    async def gets(self, who: str, query: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        answer = await self.ask(who, query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def codes(self, who: str, query: str, **variables: Any) -> list[str]:
        """Return the codes of the errors at the top of an answer."""
        answer = await self.ask(who, query, **variables)
        return [error.get("extensions", {}).get("code") for error in answer.get("errors", [])]

    async def upload(self, who: str, name: str, content: bytes, **said: Any) -> dict[str, Any]:
        """Return what uploadDocument answers to one multipart request."""
        variables = {"input": {"description": "A paper", **said, "file": None}}
        parts = {
            "operations": json.dumps({"query": UPLOAD, "variables": variables}),
            "map": json.dumps({"file": ["variables.input.file"]}),
        }
        headers = await self.headers(who)
        files = {"file": (name, content)}
        answer = await self.http.post("/graphql", data=parts, files=files, headers=headers)
        return answer.json()["data"]["uploadDocument"]

    async def headers(self, who: str) -> dict[str, str]:
        """Return what signs a request: as one of the cast, or as `nobody`."""
        return {} if who == "nobody" else {"Authorization": f"Bearer {await self.token(who)}"}

    async def token(self, who: str) -> Token:
        """Return the token of one of the cast, whose session is opened at the first request."""
        if who not in self.tokens:
            account = self.world.accounts[who]
            token = self.tokens[who] = Token.new(account.licence_id)
            async with self.ports.database.change(account.licence_id) as session:
                sessions.open_session(session, account.id, token, self.ports.clock.now(), "tests")
        return self.tokens[who]
