"""Subscriptions over WebSocket: one conversation in graphql-transport-ws (its PROTOCOL.md) a connection."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import orjson
from graphql import GraphQLError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from auth.bearers import token_in
from core.errors import Busy, Forbidden, TookTooLong, Unauthenticated
from core.tokens import Token
from resolvers.crowd import Crowd
from resolvers.ports import Ports
from resolvers.strangers import network_of
from resolvers.switchboard import Stopping
from schema.context import Context
from schema.operation import refusal
from schema.subscribing import NotOpened, Stream, Subscriptions
from schema.telling import note, said
from server.answers import body_of
from server.asking import asked_of, refused_document
from server.bodies import NoOperation, parameters
from server.context import address_of, context_of, token_in_cookie
from server.http_rules import HttpRules, origin_of
from server.transport_ws import PROTOCOL, Closing, Code, Said, read
from server.trusted_documents import DocumentRefused

MOST_OF_ACCOUNT: Final = 5
# Of one network, on which nobody has said yet who he is.
MOST_STRANGERS: Final = 50
RESTARTS: Final = "The server restarts. Connect again."
HAS_ENDED: Final = "The session has ended. Sign in again."
FAILED: Final = "Something went wrong here. Connect again."
# Of a reason, in bytes (RFC 6455, section 5.5).
LONGEST_REASON: Final = 123


class WebSockets:
    """Holds a conversation on each WebSocket."""

    def __init__(self, subscriptions: Subscriptions, ports: Ports, rules: HttpRules) -> None:
        self.subscriptions = subscriptions
        self.ports = ports
        self.rules = rules
        self.origins = rules.origins | {origin_of(ports.public_url)}
        self.strangers = Crowd(MOST_STRANGERS)
        self.accounts = Crowd(MOST_OF_ACCOUNT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Talk until one of the two has enough."""
        await Conversation(self, HTTPConnection(scope), receive, send).hold()


class Conversation:
    """What is said on one WebSocket."""

    def __init__(self, house: WebSockets, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        self.house = house
        self.connection = connection
        self.token: Token | None = None
        self.told: dict[str, asyncio.Task[None]] = {}
        """Who tells of each subscription, by its id."""
        self._receive = receive
        self._send = send
        # Whoever reads slowly keeps the others waiting, so that one message at the most is under way.
        self._one_at_a_time = asyncio.Lock()
        self._over: asyncio.Future[Closing | None] = asyncio.get_running_loop().create_future()

    async def hold(self) -> None:
        """Talk to the end, and leave nothing behind."""
        talking = asyncio.create_task(self.talk())
        try:
            closing = await self._over
        finally:
            tasks = (talking, *self.told.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if closing:
            reason = closing.reason.encode()[:LONGEST_REASON].decode(errors="ignore")
            with suppress(OSError):
                await self._send({"type": "websocket.close", "code": int(closing.code), "reason": reason})

    def end(self, closing: Closing | None) -> None:
        """End the conversation; None: nobody is there any more."""
        if not self._over.done():
            self._over.set_result(closing)

    async def talk(self) -> None:
        """Take message after message, each when the one before was dealt with."""
        try:
            await self.shake_hands()
            await self.be_greeted()
            await self.listen()
        except Closing as closing:
            self.end(closing)
        except OSError:
            self.end(None)
        except Exception as error:  # noqa: BLE001  whatever it is, it is ours to mend
            note(error, self.context())
            self.end(Closing(Code.TRY_AGAIN, FAILED))

    async def shake_hands(self) -> None:
        """Accept the connection, in the one protocol that is spoken here. Raise Closing."""
        await self._receive()
        is_spoken = PROTOCOL in self.connection.scope["subprotocols"]
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL if is_spoken else None})
        if not is_spoken:
            raise Closing(Code.NOT_THIS_PROTOCOL, f"Speak {PROTOCOL}.")

    async def be_greeted(self) -> None:
        """Find out who connects. Raise Closing."""
        try:
            with self.house.strangers.enter(network_of(address_of(self.connection))):
                async with asyncio.timeout(self.house.rules.greet_within):
                    while (message := await self.heard()).kind != "connection_init":
                        await self.reply(message)
        except TimeoutError:
            raise Closing(Code.TOO_LATE, "Connection initialisation timeout") from None
        except Busy:
            raise Closing(Code.TRY_AGAIN, "Too many connections say nothing.") from None
        self.token = self.token_of(message)

    async def listen(self) -> None:
        """Let somebody known subscribe, until he has gone. Raise Closing."""
        context = self.context()
        try:
            await context.open()
        finally:
            await context.close()
        if context.asker is None:
            raise Closing(Code.FORBIDDEN, "Sign in first.")
        try:
            with self.house.accounts.enter(context.viewer.account_id):
                await self.say({"type": "connection_ack"})
                while True:
                    await self.answer(await self.heard())
        except Busy:
            raise Closing(Code.TOO_MANY, "Too many connections of this account.") from None

    def token_of(self, message: Said) -> Token | None:
        """Return the token of the first message, or of the cookie."""
        token = (message.payload or {}).get("token")
        if token is None:
            return token_in_cookie(self.connection, self.house.origins)
        return token_in(token) if isinstance(token, str) else None

    def context(self) -> Context:
        """Return the context of one reading on this connection."""
        return context_of(self.house.ports, self.connection, self.token, request_id=uuid4().hex)

    async def heard(self) -> Said:
        """Return the next message. Raise Closing, and OSError when nobody is there any more."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise ConnectionResetError
        return read(message.get("text"))

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message, once the one before has left. Raise OSError."""
        async with self._one_at_a_time:
            await self._send({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def answer(self, message: Said) -> None:
        """Do what a message of somebody known asks for. Raise Closing."""
        if message.kind == "connection_init":
            raise Closing(Code.TOO_MANY, "Too many initialisation requests")
        if message.kind == "subscribe":
            await self.subscribe(message)
        elif message.kind != "complete":
            await self.reply(message)
        elif task := self.told.pop(message.id, None):
            task.cancel()

    async def reply(self, message: Said) -> None:
        """Answer what anybody may say. Raise Closing."""
        if message.kind == "ping":
            payload = {"payload": message.payload} if message.payload else {}
            await self.say({"type": "pong", **payload})
        elif message.kind != "pong":
            raise Closing(Code.UNAUTHORIZED, "Unauthorized")

    async def subscribe(self, message: Said) -> None:
        """Open a subscription, and say by a ping that it stands. Raise Closing."""
        if message.id in self.told:
            raise Closing(Code.ALREADY_EXISTS, f"Subscriber for {message.id} already exists")
        try:
            stream = await self.opened(message)
        except NoOperation as error:
            raise Closing(Code.BAD_REQUEST, str(error)) from None
        except Stopping:
            raise Closing(Code.RESTART, RESTARTS) from None
        except NotOpened as refused:
            if refused.answer.refusal == Unauthenticated.code:
                raise Closing(Code.UNAUTHORIZED, HAS_ENDED) from None
            await self.fail(message.id, refused.answer.errors)
        else:
            self.told[message.id] = asyncio.create_task(self.tell(message.id, stream))
            # The protocol has no word for it, and every client can listen to pings.
            await self.say({"type": "ping", "payload": {"subscribed": message.id}})

    async def opened(self, message: Said) -> Stream:
        """Return the subscription that a message asks for. Raise NoOperation, NotOpened, Stopping."""
        rules = self.house.rules
        parts = parameters(message.payload, rules)
        try:
            asked = asked_of(parts, rules, is_to_last=True)
            async with asyncio.timeout(rules.answer_within):
                return await self.house.subscriptions.open(asked, self.context)
        except DocumentRefused as error:
            raise NotOpened(refused_document(error)) from None
        except TimeoutError:
            raise NotOpened(refusal(TookTooLong(), self.context())) from None

    async def fail(self, id_: str, errors: Sequence[GraphQLError]) -> None:
        """Say that a subscription was refused, or has ended by an error."""
        await self.say({"type": "error", "id": id_, "payload": [it.formatted for it in errors]})

    async def tell(self, id_: str, stream: Stream) -> None:
        """Tell what is heard of one subscription, until it ends."""
        try:
            await self.tell_all(id_, stream)
        except Unauthenticated:
            self.end(Closing(Code.UNAUTHORIZED, HAS_ENDED))
        except Forbidden as error:
            self.end(Closing(Code.FORBIDDEN, str(error)))
        except Stopping:
            self.end(Closing(Code.RESTART, RESTARTS))
        except OSError:
            self.end(None)
        finally:
            stream.close()
            # The tracer of Python 3.11 does not see what follows a cancellation.
            if self.told.get(id_) is asyncio.current_task():  # pragma: no branch
                del self.told[id_]

    async def tell_all(self, id_: str, stream: Stream) -> None:
        """Tell each event, and of the error that ends them. Raise what ends the whole conversation."""
        try:
            async for answer in stream.answers():  # pragma: no branch  it ends by an error
                if answer:
                    await self.say({"type": "next", "id": id_, "payload": body_of(answer)})
        except (Unauthenticated, Forbidden, Stopping, OSError):
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it is told in words of our own
            await self.fail(id_, [said(error, stream.context)])
