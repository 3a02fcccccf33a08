"""Errors at the top of an answer: with a code, in the viewer's language, and nothing that is ours to know."""

import logging
from traceback import format_tb

from graphql import FieldNode, GraphQLError

from core.errors import Internal, KluisError, TooManyTries
from languages import translate
from schema.context import Context
from schema.user_errors import REFUSALS, language_of

log = logging.getLogger("kluis.errors")


def told(error: GraphQLError, request: Context) -> GraphQLError:
    """Return an error of a field as it is told; one that GraphQL itself raised says enough."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return error
    return said(cause, request, error)


def said(cause: Exception, request: Context, at: GraphQLError | None = None) -> GraphQLError:
    """Return an exception as it is told, with the place where it happened, if it has one."""
    if isinstance(cause, REFUSALS) and at and at.nodes:
        request.refused.add((cause.code, field_of(at)))
    if not isinstance(cause, KluisError):
        note(cause, request)
        cause = Internal(number=request.request_id)
    return GraphQLError(
        translate(cause.template, language_of(request), **cause.values),
        at.nodes if at else None,
        path=at.path if at else None,
        extensions=extensions_of(cause),
    )


def field_of(error: GraphQLError) -> str:
    """Return the name of the field that an error is about; not what the caller calls it."""
    return next((it.name.value for it in error.nodes or () if isinstance(it, FieldNode)), "")


def note(error: Exception, request: Context) -> None:
    """Write into the log where something of ours failed, under the number that the caller may know."""
    log.error("request %s failed\n%s", request.request_id, trace_of(error))


def trace_of(error: BaseException) -> str:
    """Return where an error came from, without its words: nobody knows what they quote."""
    return "".join([*format_tb(error.__traceback__), type(error).__qualname__])


def extensions_of(error: KluisError) -> dict[str, object]:
    """Return what programs are told of an error: its code, and what helps to mend it."""
    extensions: dict[str, object] = {"code": error.code}
    if error.path:
        extensions["argument"] = list(error.path)
    if isinstance(error, TooManyTries):
        extensions["retryAfterSeconds"] = error.retry_after
    return extensions
