"""The life of one operation: who asks, what it is, what it costs, and what it answers."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import Any, Final, cast

import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.utilities import get_operation_ast

from core.errors import Busy, DatabaseAway, Internal, Invalid, KluisError, TooExpensive, TooManyTries
from execution import Admitted, Guard, Limits, Question, Unreadable
from permissions.people import may_introspect
from resolvers.crowd import Crowd
from resolvers.standing import standing
from resolvers.strangers import network_of
from schema.context import Context
from schema.telling import note, said, told
from schema.texts import document_holds_unstorable, holds_unstorable

UNSTORABLE_TEXT = "A text cannot hold the character U+0000 or half a character (a lone surrogate)."
SUBSCRIBE_THERE: Final = "Subscriptions come over WebSocket, or by POST to /graphql/stream."
SUBSCRIBE_HERE: Final = "Only subscriptions come in this way. Send other operations by POST to /graphql."
MOST_COERCION_ERRORS: Final = 10
DEAREST: Final = 2_000
LEAST: Final = 1
MOST_AT_ONCE: Final = 10
# What it costs to read a document that is not known yet: a point for so many of its characters.
CHARACTERS_A_POINT: Final = 16
LIMITS: Final = Limits(
    once=frozenset(
        {
            "signIn",
            "completeTwoFactor",
            "startTwoFactorEnrolment",
            "confirmTwoFactorEnrolment",
            "disableTwoFactor",
            "regenerateRecoveryCodes",
            "startPasskeyEnrolment",
            "confirmPasskeyEnrolment",
            "startPasskeyProof",
            "removePasskey",
        }
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation as it came."""

    text: str
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    operation_name: str | None = None
    is_trusted: bool = False
    """The operator has vouched for its document."""
    may_change: bool = True
    """Whether it came in a way in which a mutation may come."""
    tells_cost: bool = False
    is_to_last: bool = False
    """Whether it came in a way in which a subscription comes, and nothing else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; `refusal` is the code of the reason why nothing was executed, None if it was."""

    data: dict[str, Any] | None = None
    errors: Sequence[GraphQLError] = ()
    extensions: dict[str, Any] = field(default_factory=dict[str, Any])
    refusal: str | None = None
    retry_after: int | None = None
    """In seconds."""


class Operations:
    """Runs the operations of one schema."""

    def __init__(self, schema: strawberry.Schema, limits: Limits = LIMITS) -> None:
        self.schema: GraphQLSchema = vars(schema)["_schema"]
        # graphql-core leaves open what the context of an operation is.
        self.executor = cast("Any", schema).execution_context_class
        self.guard = Guard(self.schema, limits)
        self.crowd = Crowd(MOST_AT_ONCE)

    async def run(self, asked: Asked, request: Context) -> Answer:
        """Return the answer to an operation; whatever goes wrong is told in it."""
        try:
            return await self.attempt(asked, request)
        finally:
            await leave(request)

    async def attempt(self, asked: Asked, request: Context) -> Answer:
        """Find out who asks, and return the answer to the operation."""
        try:
            await request.open()
            with self.crowd.enter(who_of(request)):
                return await self.answer(asked, request)
        except Unreadable as refused:
            return Answer(errors=refused.errors, refusal=refused.code)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told in words of our own
            return refusal(error, request)

    async def answer(self, asked: Asked, request: Context) -> Answer:
        """Return the answer to an operation of somebody known. Raise Unreadable, KluisError."""
        executor = await self.paid(asked, request)
        # Now, and not when something may have been changed already.
        extensions = await costs(request) if asked.tells_cost and request.asker else {}
        return replace(await answered(executor, request), extensions=extensions)

    async def paid(self, asked: Asked, request: Context) -> Any:
        """Return what executes an operation that was paid for. Raise Unreadable, KluisError."""
        request.text = asked.text
        admitted = await self.admit(asked, request)
        request.operation = operation = chosen(admitted, asked)
        executor: Any = self.executor.build(
            self.schema,
            admitted.document,
            context_value=request,
            raw_variable_values=asked.variables,
            operation_name=asked.operation_name,
            max_coercion_errors=MOST_COERCION_ERRORS,
            hide_suggestions=not may_introspect(request.asker),
            operation_extensions={},
            plans=admitted.plans,
        )
        if isinstance(executor, list):
            # The one behind the last says that there are more.
            errors = cast("list[GraphQLError]", executor)[:MOST_COERCION_ERRORS]
            raise Unreadable("BAD_USER_INPUT", errors)
        price = admitted.price(self.schema, operation).of(executor.variable_values.coerced)
        # To find out who asks is work too.
        request.cost = max(LEAST, price)
        if request.cost > DEAREST and not asked.is_trusted:
            raise TooExpensive(cost=request.cost, limit=DEAREST)
        await request.pay(request.cost)
        return executor

    async def admit(self, asked: Asked, request: Context) -> Admitted:
        """Return the document of an operation. Raise Unreadable, TooManyTries, TooExpensive, Invalid."""
        question = Question(asked.text, may_introspect(request.asker), asked.is_trusted)
        admitted = self.guard.recall(question)
        if admitted is None:
            if not asked.is_trusted:
                # To read it is work, whatever comes of it; the operator's own are read once.
                await request.pay(1 + len(asked.text) // CHARACTERS_A_POINT)
            # Somebody else may have brought it meanwhile.
            admitted = self.guard.admit(question)
        if holds_unstorable(asked.variables) or document_holds_unstorable(admitted):
            raise Invalid(UNSTORABLE_TEXT)
        return admitted


async def answered(executor: Any, request: Context) -> Answer:
    """Return what comes of an operation, or of one event of a subscription."""
    result = executor.execute_operation()
    done = cast("ExecutionResult", await result if isawaitable(result) else result)
    return Answer(done.data, [told(it, request) for it in done.errors or ()])


def who_of(request: Context) -> Hashable:
    """Return whom an operation is counted for: an account, or all those who are nobody in one network."""
    return request.asker.account_id if request.asker else network_of(request.address)


async def leave(request: Context) -> None:
    """Give back what an operation held. If that fails, what it has done stands, and is answered."""
    try:
        await request.close()
    except Exception as error:  # noqa: BLE001  the answer is there already, whatever it is
        note(error, request)


def chosen(admitted: Admitted, asked: Asked) -> OperationDefinitionNode:
    """Return the operation that is meant. Raise Unreadable when none is, or it may not come in this way."""
    operation = get_operation_ast(admitted.document, asked.operation_name)
    if operation is None:
        error = GraphQLError("Name one of the document's operations.")
        raise Unreadable("OPERATION_RESOLUTION_FAILURE", [error])
    if operation.operation is not OperationType.QUERY and not asked.may_change:
        error = GraphQLError("Only queries may come by GET.", operation)
        raise Unreadable("METHOD_NOT_ALLOWED", [error])
    lasts = operation.operation is OperationType.SUBSCRIPTION
    if lasts is not asked.is_to_last:
        error = GraphQLError(SUBSCRIBE_THERE if lasts else SUBSCRIBE_HERE, operation)
        raise Unreadable("WRONG_TRANSPORT", [error])
    return operation


async def costs(request: Context) -> dict[str, Any]:
    """Return what an answer says of its price."""
    now = await standing(request)
    return {
        "cost": {
            "cost": request.cost,
            "limit": now.limit,
            "remaining": now.remaining,
            "restoreRate": now.restore_rate,
        }
    }


def refusal(error: Exception, request: Context) -> Answer:
    """Return the answer of an operation that was not executed."""
    code = error.code if isinstance(error, KluisError) else Internal.code
    retry_after = error.retry_after if isinstance(error, TooManyTries | Busy | DatabaseAway) else None
    return Answer(errors=[said(error, request)], refusal=code, retry_after=retry_after)
