"""The operations that are measured, and who asks them."""

from dataclasses import dataclass
from typing import Final

from bench.world import World

VIEWER: Final = "{ viewer { language account { id displayName } } }"
HOME_PAGE: Final = """{
  documents(first: 50) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id description documentDate fileName mediaType byteSize scanState createdAt updatedAt viewerCan
      dossier { id name }
      categories { id name }
      relations { id displayName }
    }
  }
}"""
DOSSIER_PAGE: Final = """query ($id: ID!) {
  dossier(id: $id) {
    id name
    members { role relation { id displayName } }
    documents(first: 25) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id description documentDate fileName updatedAt
        categories { id name }
        createdBy { id displayName }
      }
    }
  }
}"""
RIGHTS_TAB: Final = """query ($id: ID!) {
  document(id: $id) {
    id description
    grants {
      principal { ... on Account { id displayName } ... on Group { id name } }
      rights source grantedBy { displayName } grantedAt
    }
  }
}"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to be sent."""

    name: str
    token: str
    query: str
    variables: dict[str, str]


def operations_in(world: World) -> list[Operation]:
    """Return the operations as they are asked in this world."""
    client, advisor = world.tokens["client"], world.tokens["advisor"]
    return [
        Operation("A client's home page, 50 documents", client, HOME_PAGE, {}),
        Operation("An advisor's dossier page, 25 documents", advisor, DOSSIER_PAGE, {"id": world.dossier}),
        Operation("One document with its grants", advisor, RIGHTS_TAB, {"id": world.document}),
        Operation("The viewer", client, VIEWER, {}),
    ]
