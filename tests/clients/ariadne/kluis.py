"""Kluis by ariadne-codegen: a package of typed methods, made from the schema and the operations."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from io import BytesIO
from typing import Any

import httpx
from kluis_client import (
    CompleteTwoFactorInput,
    CompleteUploadInput,
    CreateUploadInput,
    DocumentFilter,
    GraphQLClientGraphQLMultiError,
    KluisClient,
    Line,
    Right,
    SetDocumentRightsInput,
    SignInInput,
    SignInStep,
    Upload,
    UploadDocumentInput,
)
from mistakes import Refused
from watching import from_its_beginning, watch, why
from websockets.exceptions import WebSocketException


class Listening(KluisClient):
    """Knows what the client keeps to itself: when a subscription stands, and what to close after it."""

    stands: asyncio.Event
    events: Any = None
    socket: Any = None

    def execute_ws(self, *given: Any, **named: Any) -> Any:
        self.events = super().execute_ws(*given, **named)
        return self.events

    async def _handle_ws_message(self, message: Any, websocket: Any, expected_type: Any = None) -> Any:
        self.socket = websocket
        kind = json.loads(message)["type"]
        if kind == "ping":
            self.stands.set()
        if kind == "error":
            await self.hang_up()
        return await super()._handle_ws_message(message, websocket, expected_type)

    async def hang_up(self) -> None:
        """Close the connection as is due; left to itself it would tell of an internal error (1011)."""
        if self.socket:
            await self.socket.close()

    async def end(self) -> None:
        """Close what is heard, which the method that is made leaves open."""
        if self.events:
            await self.events.aclose()


class Kluis:
    """The portal as whoever signs in sees it."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.address = f"{url}/graphql"
        self.use(token)

    def use(self, token: str | None) -> None:
        """Ask as the owner of this session, or API key, from now on."""
        # A form without a token is taken with the first header alone.
        headers = {"X-Kluis-Request": "1"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.typed = Listening(
            self.address,
            headers=headers,
            ws_url=self.address.replace("http", "ws", 1),
            ws_connection_init_payload={"token": token},
        )

    async def sign_in(
        self, username: str, password: str, *, ask_for_code: Callable[[], str], licence: str
    ) -> None:
        """Open a session; `ask_for_code` asks for what the authenticator app shows. Raise Refused."""
        said = SignInInput(username=username, password=password, licence=licence)
        came: Any = done((await self.typed.sign_in(said)).sign_in)
        if came.step is SignInStep.TWO_FACTOR_REQUIRED:
            proof = CompleteTwoFactorInput(challenge=came.challenge, code=ask_for_code())
            came = done((await self.typed.complete_two_factor(proof)).complete_two_factor)
        self.use(came.token)

    async def documents(self, first: int, containing: str | None = None) -> AsyncGenerator[list[Line]]:
        """Yield the documents that the viewer may read, page by page."""
        wanted, after, has_more = DocumentFilter(description_contains=containing), None, True
        while has_more:
            found = (await self.typed.documents(first, after=after, filter_=wanted)).documents
            yield [it.node for it in found.edges]
            after, has_more = found.page_info.end_cursor, found.page_info.has_next_page

    async def client(self, search: str) -> tuple[str, str]:
        """Return the ids of the first client whose names begin so, and of his account."""
        (found,) = (await self.typed.find_client(search)).relations.nodes
        return found.id, found.portal_account.id

    async def upload(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, up to 25 MiB. Raise Refused."""
        file = Upload(name, BytesIO(content), "text/plain")
        said = UploadDocumentInput(file=file, description=description, relation_ids=[relation_id])
        return done((await self.typed.upload_document(said)).upload_document).document

    async def upload_in_steps(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, in three steps, up to 2 GiB. Raise Refused."""
        announced = CreateUploadInput(file_name=name, media_type="text/plain", byte_size=len(content))
        ticket = done((await self.typed.create_upload(announced)).create_upload).upload
        headers = {it.name: it.value for it in ticket.headers}
        async with httpx.AsyncClient() as http:
            (await http.put(ticket.url, content=content, headers=headers)).raise_for_status()
        said = CompleteUploadInput(upload_id=ticket.id, description=description, relation_ids=[relation_id])
        return done((await self.typed.complete_upload(said)).complete_upload).document

    async def download(self, document_id: str) -> bytes:
        """Return the bytes of a document; the address works for a minute, without a token."""
        url = (await self.typed.content(document_id)).document.content_url
        async with httpx.AsyncClient() as http:
            return (await http.get(url)).raise_for_status().content

    async def share(self, document_id: str, principal_id: str) -> list[str]:
        """Let somebody read a document; return the names of all who can now. Raise Refused."""
        said = SetDocumentRightsInput(document_id=document_id, principal_id=principal_id, rights=[Right.READ])
        principals = [it.principal for it in done((await self.typed.share(said)).set_document_rights).grants]
        return [it.name if it.typename__ == "Group" else it.display_name for it in principals]

    def watch(self, first: int) -> AsyncGenerator[tuple[str | None, list[Line]]]:
        """Yield the newest documents, and again with each event that they are otherwise by."""
        return watch(self.hear, lambda: anext(self.documents(first)))

    async def hear(self) -> AsyncGenerator[str | None]:
        """Yield None when the subscription stands, then the name of each event. Raise BeginAnew, Broken."""
        self.typed.stands = asyncio.Event()
        try:
            async with AsyncExitStack() as after:
                after.push_async_callback(self.typed.end)
                events = from_its_beginning(self.typed.document_events(), self.typed.stands)
                await after.enter_async_context(aclosing(events))
                after.push_async_callback(self.typed.hang_up)
                async for event in events:
                    yield event and event.document_events.typename__
        except GraphQLClientGraphQLMultiError as error:
            raise why(error, error.errors[0].extensions["code"]) or error from error
        except (OSError, WebSocketException) as error:
            raise why(error) or error from error


def done(payload: Any) -> Any:
    """Return the payload of a mutation that did what it was asked to. Raise Refused."""
    if payload.user_errors:
        raise Refused(payload.user_errors)
    return payload
