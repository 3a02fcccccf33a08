"""Kluis by ariadne-codegen: a package of typed methods, made from the schema and the operations."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import httpx
from kluis_client import (
    CompleteTwoFactorInput,
    CompleteUploadInput,
    CreateUploadInput,
    DocumentFilter,
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


class Kluis:
    """The portal as whoever signs in sees it."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.address = f"{url}/graphql"
        self.use(token)

    def use(self, token: str | None) -> None:
        """Ask as the owner of this session, or API key, from now on."""
        # A form without a token is taken with the first header alone.
        headers = {"X-Kluis-Request": "1"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.typed = KluisClient(self.address, headers=headers)

    def sign_in(self, username: str, password: str, *, ask_for_code: Callable[[], str], licence: str) -> None:
        """Open a session; `ask_for_code` asks for what the authenticator app shows. Raise Refused."""
        said = SignInInput(username=username, password=password, licence=licence)
        came: Any = done(self.typed.sign_in(said).sign_in)
        if came.step is SignInStep.TWO_FACTOR_REQUIRED:
            proof = CompleteTwoFactorInput(challenge=came.challenge, code=ask_for_code())
            came = done(self.typed.complete_two_factor(proof).complete_two_factor)
        self.use(came.token)

    def documents(self, first: int, containing: str | None = None) -> Iterator[list[Line]]:
        """Yield the documents that the viewer may read, page by page."""
        wanted, after, has_more = DocumentFilter(description_contains=containing), None, True
        while has_more:
            found = self.typed.documents(first, after=after, filter_=wanted).documents
            yield [it.node for it in found.edges]
            after, has_more = found.page_info.end_cursor, found.page_info.has_next_page

    def client(self, search: str) -> tuple[str, str]:
        """Return the ids of the first client whose names begin so, and of his account."""
        (found,) = self.typed.find_client(search).relations.nodes
        return found.id, found.portal_account.id

    def upload(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, up to 25 MiB. Raise Refused."""
        file = Upload(name, BytesIO(content), "text/plain")
        said = UploadDocumentInput(file=file, description=description, relation_ids=[relation_id])
        return done(self.typed.upload_document(said).upload_document).document

    def upload_in_steps(self, name: str, content: bytes, description: str, relation_id: str) -> Line:
        """Send a document in, in three steps, up to 2 GiB. Raise Refused."""
        announced = CreateUploadInput(file_name=name, media_type="text/plain", byte_size=len(content))
        ticket = done(self.typed.create_upload(announced).create_upload).upload
        headers = {it.name: it.value for it in ticket.headers}
        httpx.put(ticket.url, content=content, headers=headers).raise_for_status()
        said = CompleteUploadInput(upload_id=ticket.id, description=description, relation_ids=[relation_id])
        return done(self.typed.complete_upload(said).complete_upload).document

    def download(self, document_id: str) -> bytes:
        """Return the bytes of a document; the address works for a minute, without a token."""
        return httpx.get(self.typed.content(document_id).document.content_url).raise_for_status().content

    def share(self, document_id: str, principal_id: str) -> list[str]:
        """Let somebody read a document; return the names of all who can now. Raise Refused."""
        said = SetDocumentRightsInput(document_id=document_id, principal_id=principal_id, rights=[Right.READ])
        principals = [it.principal for it in done(self.typed.share(said).set_document_rights).grants]
        return [it.name if it.typename__ == "Group" else it.display_name for it in principals]


def done(payload: Any) -> Any:
    """Return the payload of a mutation that did what it was asked to. Raise Refused."""
    if payload.user_errors:
        raise Refused(payload.user_errors)
    return payload
