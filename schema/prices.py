"""How many items lists are taken to have where nobody says it, and what is dearer than an object."""

from typing import Final

from execution import Cost, ListSize
from resolvers.paging import DEFAULT_SIZE

COUNTED: Final = Cost(weight="10")
CHANGES: Final = Cost(weight="10")
# Up to two hundred changes, whatever comes of them.
LOOKED_THROUGH: Final = Cost(weight="10")
# What somebody with a session could guess at.
SECRETS: Final = Cost(weight="500")
SEALED: Final = Cost(weight="2")
# Paid once, for all that is told later.
SUBSCRIBED: Final = Cost(weight="10")
# A point for each row.
IMPORTED: Final = ListSize(slicing_arguments=["input.rows"])
# Up to a thousand checks, and what comes of it.
ARCHIVE: Final = Cost(weight="50")

PAGE: Final = ListSize(
    assumed_size=DEFAULT_SIZE, slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]
)
PAGE_FORWARDS: Final = ListSize(
    assumed_size=DEFAULT_SIZE, slicing_arguments=["first"], sized_fields=["edges", "nodes"]
)
AS_MANY_AS_IDS: Final = ListSize(slicing_arguments=["ids"])


def about(items: int) -> ListSize:
    """Return the size of a list that no argument cuts."""
    return ListSize(assumed_size=items)
