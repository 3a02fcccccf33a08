"""The manual's whole journey, over real HTTP and real mail."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pytest

from auth.passwords import CHEAPEST
from core.clock import SystemClock
from demo.firm import Firm
from demo.papers import PAPERS, content
from demo.world import PASSWORD, ROLES
from resolvers.database import Database
from resolvers.founding import found_licence
from server import running
from server.settings import Settings
from tests.databases import PATIENT

CONTRACT = content(next(paper for paper in PAPERS if paper.file_name.startswith("huwelijkscontract")))
PHOTO = content(next(paper for paper in PAPERS if paper.file_name == "chateau-frankrijk.jpg"))
FOREIGNER = "eva@elders.example"

ABOUT = """fragment About on Document {
  id description updatedAt createdAt viewerCan contentUrl revision
  dossier { id name } categories { id name } relations { id displayName }
}"""
DOCUMENTS = ABOUT + "query ($filter: DocumentFilter) { documents(filter: $filter) { nodes { ...About } } }"
DOCUMENT = ABOUT + "query ($id: ID!) { document(id: $id) { ...About } node(id: $id) { id } }"
UPLOAD = (
    ABOUT
    + """mutation ($input: UploadDocumentInput!) {
  uploadDocument(input: $input) { document { ...About } userErrors { code message } } }"""
)
UPDATE = (
    ABOUT
    + """mutation ($input: UpdateDocumentInput!) {
  updateDocument(input: $input) { document { ...About } userErrors { code message } } }"""
)
SHARE = """mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) {
    document { updatedAt } userErrors { code message } } }"""

LOOK_UP = """{
  relations(search: "callewaert") { nodes { id displayName portalAccount { id } } }
  categories { id name }
  dossiers(search: "klantenportaal") { nodes { id } } }"""
GRANT = """mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { account { status } } }"""

FIRST_STEP = "mutation ($input: SignInInput!) { signIn(input: $input) { step challenge } }"
SECOND_STEP = """mutation ($input: CompletePasswordChangeInput!) {
  completePasswordChange(input: $input) { token } }"""


class Person:
    """Somebody with a browser or a program."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def signs_in(self, username: str, password: str = PASSWORD, licence: str = "demo") -> None:
        said = {"username": username, "password": password, "licence": licence}
        answer = await self.asks(
            "mutation ($input: SignInInput!) { signIn(input: $input) { token } }", input=said
        )
        self.http.headers["Authorization"] = f"Bearer {answer['signIn']['token']}"

    async def signs_in_first(self, username: str, mailed: str, chosen: str) -> None:
        """Sign in with a mailed password, and choose one of one's own in its place."""
        said = {"username": username, "password": mailed, "licence": "demo"}
        step = (await self.asks(FIRST_STEP, input=said))["signIn"]
        assert step["step"] == "PASSWORD_CHANGE_REQUIRED"
        chosen_twice = {"newPassword": chosen, "newPasswordConfirmation": chosen}
        answer = await self.asks(SECOND_STEP, input={"challenge": step["challenge"], **chosen_twice})
        self.http.headers["Authorization"] = f"Bearer {answer['completePasswordChange']['token']}"

    async def asks(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def uploads(self, name: str, file: bytes, **said: Any) -> dict[str, Any]:
        operations = json.dumps({"query": UPLOAD, "variables": {"input": {**said, "file": None}}})
        form = {"operations": operations, "map": json.dumps({"0": ["variables.input.file"]})}
        answer = (await self.http.post("/graphql", data=form, files={"0": (name, file)})).json()["data"]
        assert answer["uploadDocument"]["userErrors"] == []
        return answer["uploadDocument"]["document"]

    async def sees(self, **narrowed: Any) -> list[dict[str, Any]]:
        return (await self.asks(DOCUMENTS, filter=narrowed))["documents"]["nodes"]

    async def updates(self, document: dict[str, Any], **said: Any) -> dict[str, Any]:
        answer = (await self.asks(UPDATE, input={"documentId": document["id"], **said}))["updateDocument"]
        assert answer["userErrors"] == []
        return answer["document"]

    async def finds(self, document: dict[str, Any]) -> dict[str, Any] | None:
        return (await self.asks(DOCUMENT, id=document["id"]))["document"]


class Portal:
    """The running server, as people meet it."""

    def __init__(self, mail: Path, people: dict[str, Person]) -> None:
        self.mail = mail
        self.people = people

    async def mail_to(self, address: str, count: int) -> list[str]:
        """Return the text of the mails that have come for somebody, as soon as there are so many."""
        async with asyncio.timeout(20):
            # Nobody tells when a file is written.
            while len(found := sorted(self.mail.glob(f"*{address}*.eml"))) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]
        bodies = [message.get_body(("plain",)) for message in messages]
        return [
            f"{message['Subject']}\n{body.get_content()}"
            for message, body in zip(messages, bodies, strict=True)
            if body
        ]


@pytest.fixture
async def portal(database_url: str, tmp_path: Path) -> AsyncGenerator[Portal]:
    """The demo on a database of its own, and another licence that must see nothing of it."""
    settings = Settings(home=tmp_path, port=0, database_url=database_url)
    with running.listen(settings) as listening:
        known = running.on_port_of(settings, listening)
        async with running.application(known, database_url, is_demo=True) as app:
            server = running.server_of(app)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            await add_foreigner(database_url)
            async with AsyncExitStack() as stack:
                yield await everybody(known.public_url, tmp_path, stack)
            server.should_exit = True
            await serving


async def add_foreigner(database_url: str) -> None:
    """Add a second licence with an advisor of its own."""
    database = Database(database_url, PATIENT)
    founded = await found_licence(database, "elsewhere", "Kantoor Elders")
    async with database.change(founded.licence_id) as session:
        firm = Firm(session, founded, now=SystemClock().now(), password_hash=CHEAPEST.hash(PASSWORD))
        await firm.staff(FOREIGNER, "Eva", "Claes", administrator=True)
    await database.close()


async def everybody(url: str, home: Path, stack: AsyncExitStack) -> Portal:
    """Return the portal with everybody signed in, except the client and his partner."""
    people = {
        role: Person(await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30)))
        for role in (*ROLES, "foreigner")
    }
    for role in ("administrator", "advisor", "outsider"):
        await people[role].signs_in(ROLES[role])
    await people["foreigner"].signs_in(FOREIGNER, licence="elsewhere")
    return Portal(home / "mail", people)


async def sees_nothing_of(person: Person, document: dict[str, Any]) -> bool:
    """Return whether no path that takes an id, and no list, leads to the document."""
    lists = [await person.sees(), await person.sees(relationId=document["relations"][0]["id"])]
    if document["dossier"]:
        lists.append(await person.sees(dossierId=document["dossier"]["id"]))
    said = {"documentId": document["id"], "description": "mine now"}
    refused = await person.asks(UPDATE, input=said)
    shared = await person.asks(
        SHARE, input={"documentId": document["id"], "principalId": document["id"], "rights": []}
    )
    return (
        await person.finds(document) is None
        and all(document["id"] not in [it["id"] for it in found] for found in lists)
        and [error["code"] for error in refused["updateDocument"]["userErrors"]] == ["NOT_FOUND"]
        and [error["code"] for error in shared["setDocumentRights"]["userErrors"]] == ["NOT_FOUND"]
    )


@dataclass
class Files:
    """What the advisor knows: the client, his dossier, and the categories by name."""

    bert: dict[str, Any]
    dossier: dict[str, Any]
    categories: dict[str, str]


async def look_up(advisor: Person) -> Files:
    """Return what the advisor finds in her lists."""
    found = await advisor.asks(LOOK_UP)
    people = {it["displayName"]: it for it in found["relations"]["nodes"]}
    categories = {it["name"]: it["id"] for it in found["categories"]}
    return Files(people["Bert Callewaert"], found["dossiers"]["nodes"][0], categories)


async def upload_a_contract(advisor: Person, files: Files) -> dict[str, Any]:
    """The advisor uploads a PDF and hangs it on the client, who still does not see it (S013)."""
    contracts = [files.categories["Contracten"]]
    contract = await advisor.uploads(
        "contract.pdf", CONTRACT, description="Nieuw contract", categoryIds=contracts
    )
    return await advisor.updates(contract, relationIds=[files.bert["id"]])


async def tick_read(advisor: Person, contract: dict[str, Any], files: Files) -> str:
    """The advisor ticks read for the client; return the moment of that change."""
    principal = files.bert["portalAccount"]["id"]
    tick = {"documentId": contract["id"], "principalId": principal, "rights": ["READ"]}
    shared = (await advisor.asks(SHARE, input=tick))["setDocumentRights"]
    assert shared["userErrors"] == []
    return shared["document"]["updatedAt"]


async def find_it_and_download(client: Person, shared_at: str) -> None:
    """The client sees it under its category, dated by the sharing (S068), and gets the same bytes."""
    (seen,) = await client.sees(descriptionContains="nieuw contract")
    assert [it["name"] for it in seen["categories"]] == ["Contracten"]
    assert seen["viewerCan"] == ["READ"]
    assert seen["updatedAt"] == shared_at > seen["createdAt"]
    assert (await client.http.get(seen["contentUrl"])).content == CONTRACT


async def send_a_photo(client: Person, advisor: Person, files: Files) -> dict[str, Any]:
    """The client's photo is there at once: uncategorised, on him, in the dossier's list (S070-S078)."""
    photo = await client.uploads("chateau.jpg", PHOTO, description="Chateau Frankrijk 2")
    assert (photo["categories"], photo["dossier"]) == ([], None)
    assert [it["displayName"] for it in photo["relations"]] == ["Bert Callewaert"]
    assert photo["id"] in [it["id"] for it in await client.sees(uncategorised=True)]
    assert photo["id"] in [it["id"] for it in await advisor.sees(dossierId=files.dossier["id"])]
    assert photo["id"] in [it["id"] for it in await advisor.sees(relationId=files.bert["id"])]
    return photo


async def classify(client: Person, advisor: Person, photo: dict[str, Any], files: Files) -> dict[str, Any]:
    """The advisor gives the photo a category and a dossier, and the client sees both at once (S079, S081)."""
    chosen = [files.categories["Foto's van een eigendom"]]
    photo = await advisor.updates(photo, dossierId=files.dossier["id"], categoryIds=chosen)
    found = await client.finds(photo)
    assert found is not None
    assert [it["name"] for it in found["categories"]] == ["Foto's van een eigendom"]
    assert found["dossier"]["name"] == "Test klantenportaal"
    assert found["updatedAt"] == photo["updatedAt"]
    return photo


async def test_an_advisor_shares_a_document_and_the_client_sends_one_back(portal: Portal) -> None:
    advisor, client = portal.people["advisor"], portal.people["client"]
    files = await look_up(advisor)
    contract = await upload_a_contract(advisor, files)
    await client.signs_in(ROLES["client"])
    assert await client.finds(contract) is None

    shared_at = await tick_read(advisor, contract, files)
    (mail,) = await portal.mail_to(ROLES["client"], 1)
    assert "Geachte heer Callewaert" in mail
    assert "contract" not in mail.lower()
    await find_it_and_download(client, shared_at)

    photo = await send_a_photo(client, advisor, files)
    (told,) = await portal.mail_to(ROLES["advisor"], 1)
    assert "Bert Callewaert" in told
    photo = await classify(client, advisor, photo, files)

    for stranger in (portal.people["outsider"], portal.people["foreigner"]):
        assert await sees_nothing_of(stranger, contract)
        assert await sees_nothing_of(stranger, photo)
    assert len(list(portal.mail.glob("*.eml"))) == 2


async def test_a_relation_gets_access_by_mail_and_signs_in(portal: Portal) -> None:
    advisor, sophie = portal.people["advisor"], portal.people["partner"]
    found = await advisor.asks('{ relations(search: "sophie") { nodes { id } } }')
    given = await advisor.asks(GRANT, input={"relationId": found["relations"]["nodes"][0]["id"]})
    assert given["grantPortalAccess"]["account"]["status"] == "INVITED"

    (mail,) = await portal.mail_to("sophie@marchand.example", 1)
    password = re.search(r"(\w{4}-){3}\w{5}", mail)
    assert password
    await sophie.signs_in_first("sophie@marchand.example", password.group(), "een eigen lang paswoord")
    assert (await sophie.asks("{ viewer { mustChangePassword language } }"))["viewer"] == {
        "mustChangePassword": False,
        "language": "FR",
    }
