"""The schema as text, for whoever writes programs against it."""

from typing import Final

from core.errors import Forbidden, Unauthenticated
from permissions.people import may_introspect
from schema.build import sdl
from schema.context import Context

# In points: about what introspection costs.
PRICE: Final = 10


async def published(request: Context) -> str:
    """Return the schema for whoever may introspect. Raise Unauthenticated, Forbidden, TooManyTries."""
    await request.open()
    await request.pay(PRICE)
    if request.asker is None:
        raise Unauthenticated
    if not may_introspect(request.asker):
        raise Forbidden
    return sdl()
