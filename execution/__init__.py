"""How one operation runs. Knows GraphQL, and nothing of what is asked for."""

from execution.batched import batched
from execution.breadth_first import BreadthFirst
from execution.fields import NEVER_NULL, derived, performed, plain
from execution.guard import Admitted, Guard, Question, Unreadable, hash_of
from execution.limits import Limits
from execution.prices import Cost, ListSize
from execution.typed import Typed, typed

__all__ = [
    "NEVER_NULL",
    "Admitted",
    "BreadthFirst",
    "Cost",
    "Guard",
    "Limits",
    "ListSize",
    "Question",
    "Typed",
    "Unreadable",
    "batched",
    "derived",
    "hash_of",
    "performed",
    "plain",
    "typed",
]
