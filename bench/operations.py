"""The operations that are measured, and who asks."""

from dataclasses import dataclass
from typing import Final

PAGE: Final = """{ documents(first: 50) { pageInfo { hasNextPage endCursor } nodes {
  id description documentDate updatedAt createdAt fileName mediaType byteSize viewerCan
  dossier { id name } categories { id name } relations { id displayName } } } }"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One measured operation."""

    name: str
    role: str
    query: str


OPERATIONS: Final = (
    Operation("viewer", "client", "{ viewer { language account { id displayName } } }"),
    Operation("client's home page, 50 documents", "client", PAGE),
    Operation("advisor's list, 50 documents", "advisor", PAGE),
    Operation(
        "client's list, counted",
        "client",
        "{ documents(first: 1) { totalCount } }",
    ),
)
