"""What the caller can mend: told in the payload, beside what was asked for."""

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

import strawberry

from core.errors import Conflict, Correctable, Forbidden, InUse, NotFound, Problems, TooManyTries
from core.viewer import Language
from execution import Typed, batched
from languages import translate
from resolvers.reading import Reading
from schema.context import Info
from schema.nodes import Node, named
from schema.prices import about
from schema.words import UserErrorCode


@strawberry.interface(
    description="Something the caller can put right; top-level `errors` are for what they cannot."
)
class UserError:
    code: UserErrorCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="In the viewer's language.")
    path: list[str] | None = strawberry.field(
        description='Where in the arguments, such as ["input", "file"].'
    )


@strawberry.type(description="An argument that cannot be.")
class InputError(UserError):
    pass


@strawberry.type(description="Somebody else changed it first.")
class ConflictError(UserError):
    current_revision: int = strawberry.field(description="The revision that stands.")


@strawberry.type(description="Too many tries.")
class RateLimitedError(UserError):
    retry_after_seconds: int = strawberry.field(description="How long to wait, in seconds.")


async def users_of(errors: Sequence[Any], request: Reading) -> list[list[Typed]]:
    keys = [key for error in errors for key in error.keys]
    found = dict(zip(keys, await named(request, keys), strict=True))
    return [[it for key in error.keys if (it := found[key])] for error in errors]


@strawberry.type(description="What others hang on cannot be deleted.")
class InUseError(UserError):
    keys: strawberry.Private[Sequence[tuple[str, UUID]]]
    used_by: list[Node] = batched(
        users_of,
        description="What uses it, as far as the viewer may see it: of each kind the first ten.",
        directives=[about(10)],
    )


def no_errors() -> Any:
    """Return the field `userErrors` of a payload: empty when all went well."""
    return strawberry.field(
        default_factory=list,
        description="What the caller can put right; empty when all went well.",
        directives=[about(1)],
    )


def language_of(request: Reading) -> Language:
    """Return the viewer's language, English for nobody."""
    return request.asker.language if request.asker else Language.EN


def told(error: Correctable, language: Language) -> UserError:
    """Return an error as the payload tells it."""
    code = UserErrorCode(error.code)
    message = translate(error.template, language, **error.values)
    path = list(error.path) or None
    if isinstance(error, Conflict) and error.current_revision is not None:
        return ConflictError(code=code, message=message, path=path, current_revision=error.current_revision)
    if isinstance(error, TooManyTries):
        return RateLimitedError(code=code, message=message, path=path, retry_after_seconds=error.retry_after)
    if isinstance(error, InUse):
        return InUseError(code=code, message=message, path=path, keys=error.used_by)
    return InputError(code=code, message=message, path=path)


REFUSALS: Final = (Forbidden, NotFound)
"""What is remembered: what may not be seen is told as what is not there."""
Arguments = ParamSpec("Arguments")
Payload = TypeVar("Payload")


def verb(
    payload: Callable[..., Payload],
) -> Callable[
    [Callable[Concatenate[Info, Arguments], Awaitable[Payload]]],
    Callable[Concatenate[Info, Arguments], Awaitable[Payload]],
]:
    """Return what makes a mutation answer with `payload`, and tell in it what the caller can put right."""

    def decorate(
        do: Callable[Concatenate[Info, Arguments], Awaitable[Payload]],
    ) -> Callable[Concatenate[Info, Arguments], Awaitable[Payload]]:
        @wraps(do)
        async def answer(info: Info, *arguments: Arguments.args, **named: Arguments.kwargs) -> Payload:
            try:
                return await do(info, *arguments, **named)
            except Problems as all_of_them:
                errors = all_of_them.errors
            except Correctable as error:
                errors = (error,)
            refused = {(it.code, info.field_name) for it in errors if isinstance(it, REFUSALS)}
            info.context.refused.update(refused)
            return payload(user_errors=[told(it, language_of(info.context)) for it in errors])

        return answer

    return decorate
