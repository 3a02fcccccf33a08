"""Operations as one of the cast asks them, below HTTP."""

from typing import Any, Final

import schema
from resolvers.points import BUCKET
from resolvers.strangers import BUCKET as OF_STRANGERS
from schema.context import Context
from schema.operation import Answer, Asked, Operations
from tests.api import Api

HERE: Final = "192.0.2.1"


class Desk:
    """Takes operations in; `at_hand` and `lent` tell what they leave behind."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.ports = api.ports
        self.operations = Operations(schema.build())

    async def context(self, who: str, kind: type[Context] = Context, address: str = HERE) -> Context:
        """Return what an operation of one of the cast, or of `nobody`, is given."""
        token = None if who == "nobody" else await self.api.token(who)
        return kind(self.ports, token, request_id=f"request of {who}", address=address)

    async def ask(
        self, who: str, text: str, kind: type[Context] = Context, address: str = HERE, **said: Any
    ) -> Answer:
        """Return the answer to an operation."""
        return await self.operations.run(Asked(text, **said), await self.context(who, kind, address))

    async def code(self, who: str, text: str, **said: Any) -> str | None:
        """Return why an operation is not executed; None when it is, without an error."""
        answer = await self.ask(who, text, **said)
        assert answer.refusal or not answer.errors, answer.errors
        return answer.refusal

    async def gets(self, who: str, text: str, **said: Any) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        answer = await self.ask(who, text, **said)
        assert not answer.errors, answer.errors
        assert answer.data is not None
        return answer.data

    def lent(self) -> int:
        """Return how many connections have not been given back."""
        pool: Any = self.ports.database.engine.pool
        return pool.checkedout()

    async def at_hand(self, who: str) -> int:
        """Return how many points the server has taken for one of the cast and not spent."""
        context = await self.context(who)
        await context.open()
        await context.close()
        return self.ports.points.at_hand(context.viewer, context.now)

    async def spend_all(self, who: str, address: str = HERE) -> None:
        """Spend all that one of the cast, or nobody at an address, has."""
        context = await self.context(who, address=address)
        await context.open()
        await context.pay(BUCKET.capacity if context.asker else OF_STRANGERS.capacity)
        await context.close()


def codes_in(answer: Answer) -> list[Any]:
    """Return the codes of all errors of an answer."""
    return [(it.extensions or {}).get("code") for it in answer.errors]


def words_in(answer: Answer) -> str:
    """Return the words of all errors of an answer."""
    return "\n".join(it.message for it in answer.errors)
