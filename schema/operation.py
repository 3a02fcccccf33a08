"""The life of one operation: who asks is found out, one connection serves it, and its errors are told."""

import logging
from collections.abc import AsyncIterator
from traceback import format_tb

from graphql import ExecutionResult, GraphQLError
from strawberry.extensions import SchemaExtension

from core.errors import Internal, Invalid, KluisError
from languages import translate
from schema.context import Context
from schema.texts import not_storable
from schema.user_errors import language_of

UNSTORABLE_TEXT = "A text cannot hold the character U+0000 or half a character (a lone surrogate)."
log = logging.getLogger("kluis.errors")


class Operation(SchemaExtension):
    """Opens the request before the first field and closes it after the last."""

    @property
    def request(self) -> Context:
        """Return the request that this operation is."""
        return self.execution_context.context

    async def on_execute(self) -> AsyncIterator[None]:
        if not_storable(self.execution_context):
            refused = GraphQLError("", original_error=Invalid(UNSTORABLE_TEXT))
            self.execution_context.result = ExecutionResult(data=None, errors=[refused])
            yield
            return
        try:
            await self.request.open()
            yield
        finally:
            await self.request.close()

    async def on_operation(self) -> AsyncIterator[None]:
        yield
        result = self.execution_context.result
        # Nothing here streams: what there is has `errors`, whichever of the two result classes it is.
        if result is not None and (errors := getattr(result, "errors", None)):
            result.errors = [tell(error, self.request) for error in errors]


def tell(error: GraphQLError, request: Context) -> GraphQLError:
    """Return an error with a code, in the viewer's language; what is ours to mend is told as a number."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return error
    if not isinstance(cause, KluisError):
        log.error("request %s failed\n%s", request.request_id, trace_of(cause))
        cause = Internal(number=request.request_id)
    return GraphQLError(
        translate(cause.template, language_of(request), **cause.values),
        error.nodes,
        path=error.path,
        extensions=extensions_of(cause),
    )


def trace_of(error: BaseException) -> str:
    """Return where an error came from, without its words: nobody knows what they quote."""
    return "".join([*format_tb(error.__traceback__), type(error).__qualname__])


def extensions_of(error: KluisError) -> dict[str, object]:
    """Return what programs are told of an error: its code, and which argument is at fault."""
    said: dict[str, object] = {"code": error.code}
    if error.path:
        said["argument"] = list(error.path)
    return said
