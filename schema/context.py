"""What every field is given: the request of the resolvers, and what an operation is told by."""

from typing import Any, TypeAlias

import strawberry
from graphql import OperationDefinitionNode

from core.errors import TooExpensive, Unauthenticated
from core.tokens import Token
from resolvers.ports import Ports
from resolvers.request import Announce, Request


class Context(Request):
    """One operation; its id is told with every error that is ours to mend."""

    def __init__(  # noqa: PLR0913  all that is known of who asks
        self,
        ports: Ports,
        token: Token | None = None,
        *,
        request_id: str = "",
        user_agent: str = "",
        address: str = "",
        is_browser: bool = False,
        announce: Announce | None = None,
    ) -> None:
        super().__init__(
            ports, token, user_agent=user_agent, address=address, is_browser=is_browser, announce=announce
        )
        self.request_id = request_id
        self.cost = 0
        """In points; known once the operation is."""
        self.text = ""
        """Of the document, as it came."""
        self.operation: OperationDefinitionNode | None = None
        """What is executed, once it was found in the document."""

    @property
    def kind(self) -> str:
        """Return what kind of operation it is: `none` as long as nobody knows."""
        return self.operation.operation.value if self.operation else "none"

    @property
    def name(self) -> str:
        """Return what its author calls the operation."""
        return self.operation.name.value if self.operation and self.operation.name else ""

    async def pay(self, points: int) -> None:
        """Spend points of the viewer's account; of whoever is nobody, of the address.

        Raise TooManyTries, TooExpensive, and Unauthenticated where a session that has ended would have paid.
        """
        viewer = self.asker
        if viewer is None:
            self._pay_as_nobody(points)
        elif not self.ports.points.spend_at_hand(viewer, points, self.now):
            await self.release()
            await self.ports.points.spend(viewer, points, self.now)

    def _pay_as_nobody(self, points: int) -> None:
        try:
            self.ports.strangers.spend(self.address, points, self.now)
        except TooExpensive:
            if self.token:
                raise Unauthenticated from None
            raise


Info: TypeAlias = strawberry.Info[Context, Any]
