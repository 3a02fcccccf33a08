"""How many operations of somebody are under way at once."""

from collections import Counter
from collections.abc import Generator, Hashable
from contextlib import contextmanager

from core.errors import Busy


class Crowd:
    """Lets in so many of each, and turns the others away."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.inside = Counter[Hashable]()

    @contextmanager
    def enter(self, who: Hashable) -> Generator[None]:
        """Be inside while the block runs. Raise Busy when there are too many of them."""
        if self.inside[who] >= self.most:
            raise Busy
        self.inside[who] += 1
        try:
            yield
        finally:
            self.inside[who] -= 1
            if not self.inside[who]:
                del self.inside[who]
