"""What every field is given: the request of the resolvers, and the number by which it is told."""

from typing import Any, TypeAlias

import strawberry

from core.tokens import Token
from resolvers.ports import Ports
from resolvers.request import Announce, Request


class Context(Request):
    """One operation; its id is told with every error that is ours to mend."""

    def __init__(
        self,
        ports: Ports,
        token: Token | None = None,
        *,
        request_id: str = "",
        user_agent: str = "",
        announce: Announce | None = None,
    ) -> None:
        super().__init__(ports, token, user_agent=user_agent, announce=announce)
        self.request_id = request_id


Info: TypeAlias = strawberry.Info[Context, Any]
