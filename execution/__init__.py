"""How one operation runs. Knows GraphQL, and nothing of what is asked for."""

from execution.batched import Levels, batched
from execution.fields import derived, performed, plain
from execution.typed import Typed, typed

__all__ = ["Levels", "Typed", "batched", "derived", "performed", "plain", "typed"]
