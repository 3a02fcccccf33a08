"""Arthur at work while a client looks: what he does is seen there, also after a break."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from sqlalchemy import delete
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models import AccountGroup, Document, DocumentGrant
from tests.api import Api
from tests.journeys.people import account
from tests.journeys.rows import row, writing
from tests.journeys.rules import SET_RIGHTS, UPDATE

# What his document is called, one name after the other.
NAMES: Final = ("Offer", "Offer of May", "Offer of June", "Offer of July")
GROUP: Final = "Sales"
MEMBERS: Final = """
mutation ($input: SetGroupMembersInput!) { setGroupMembers(input: $input) { userErrors { code } } }
"""
Step = Callable[[], Awaitable[None]]


class Colleague:
    """Each time that a client asks for it, the next thing is done."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.steps: Iterator[tuple[Step, ...]] = iter(
            (
                (self.write, self.share),
                (self.rename(1),),
                (self.take_back,),
                (self.put_into_group, self.rename(2), self.share),
                (self.cut_the_line, self.rename(3)),
            )
        )
        self.cut = asyncio.Event()
        self.goodbyes: list[int] = []
        """With which codes WebSockets were closed by whoever opened them."""

    def beside(self, app: Starlette) -> Starlette:
        """Let an application answer at `/colleague`, and its live connections be cut."""
        app.router.routes.append(Route("/colleague", self.go_on, methods=["POST"]))
        app.add_middleware(Line, cut=self.cut, goodbyes=self.goodbyes)
        return app

    async def go_on(self, _: Request) -> JSONResponse:
        """Do the next thing; tell whether there was one."""
        steps = next(self.steps, ())
        for step in steps:
            await step()
        return JSONResponse(bool(steps))

    async def paper(self) -> str:
        arthur = self.api.world.accounts["arthur"]
        return self.api.id("Document", (await row(self.api, Document, created_by=arthur.id)).id)

    async def does(self, mutation: str, **said: object) -> None:
        """Change something that is changed without userErrors."""
        for payload in (await self.api.gets("arthur", mutation, input=said)).values():
            assert payload["userErrors"] == []

    async def write(self) -> None:
        """Write a document that nobody else can see."""
        firm_wide = (self.api.world.firm.administrators, self.api.world.firm.users)
        async with writing(self.api) as firm:
            paper = await firm.document(NAMES[0], self.api.world.accounts["arthur"])
            of_licence = DocumentGrant.licence_id == paper.licence_id
            of_others = (DocumentGrant.document_id == paper.id, DocumentGrant.principal_id.in_(firm_wide))
            await firm.session.execute(delete(DocumentGrant).where(of_licence, *of_others))

    async def share(self, *, rights: tuple[str, ...] = ("READ",)) -> None:
        anna = account(self.api, "anna")
        await self.does(SET_RIGHTS, documentId=await self.paper(), principalId=anna, rights=rights)

    async def take_back(self) -> None:
        await self.share(rights=())

    def rename(self, number: int) -> Step:
        async def step() -> None:
            await self.does(UPDATE, documentId=await self.paper(), description=NAMES[number])

        return step

    async def put_into_group(self) -> None:
        """Whoever listens is told to begin anew."""
        group = self.api.id("Group", (await row(self.api, AccountGroup, name=GROUP)).id)
        await self.does(MEMBERS, groupId=group, accountIds=[account(self.api, "anna")])

    async def cut_the_line(self) -> None:
        """Whoever listens loses the connection, and is told nothing."""
        self.cut.set()
        await asyncio.sleep(0)
        self.cut.clear()


class Line:
    """Live connections, all of which can be cut at once."""

    def __init__(self, app: ASGIApp, cut: asyncio.Event, goodbyes: list[int]) -> None:
        self.app = app
        self.cut = cut
        self.goodbyes = goodbyes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection live until it is cut, as if whoever asked had gone."""
        if scope["type"] != "websocket" and scope.get("path") != "/graphql/stream":
            await self.app(scope, receive, send)
            return
        cutting = asyncio.create_task(self.cut.wait())

        async def received() -> Message:
            receiving = asyncio.ensure_future(receive())
            await asyncio.wait((receiving, cutting), return_when=asyncio.FIRST_COMPLETED)
            if cutting.done():
                receiving.cancel()
                return {"type": f"{scope['type']}.disconnect", "code": 1006}
            message = await receiving
            if message["type"] == "websocket.disconnect":
                self.goodbyes.append(message["code"])
            return message

        try:
            await self.app(scope, received, send)
        finally:
            cutting.cancel()
