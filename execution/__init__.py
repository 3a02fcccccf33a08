"""How one operation runs. Knows GraphQL, and nothing of what is asked for."""

from execution.batched import batched
from execution.breadth_first import BreadthFirst
from execution.fields import derived, performed, plain
from execution.typed import Typed, typed

__all__ = ["BreadthFirst", "Typed", "batched", "derived", "performed", "plain", "typed"]
