"""The mix of journeys: what clients and advisors do, how often, and what is asked of the server for it."""

from dataclasses import dataclass
from typing import Final

SIGN_IN: Final = """mutation ($input: SignInInput!) {
  signIn(input: $input) { step token viewer { account { id displayName } } userErrors { code } }
}"""
PART_OF_LIST: Final = """
    pageInfo { hasNextPage endCursor }
    nodes { id description fileName updatedAt categories { id name } }"""
NARROWED: Final = f"""query ($filter: DocumentFilter) {{
  categories {{ id name }}
  documents(first: 25, filter: $filter) {{ totalCount {PART_OF_LIST} }}
}}"""
DOCUMENT: Final = """query ($id: ID!) {
  document(id: $id) {
    id description documentDate fileName mediaType byteSize scanState createdAt updatedAt viewerCan
    dossier { id name }
    categories { id name }
    relations { id displayName }
    createdBy { id displayName }
  }
}"""
CONTENT_URL: Final = "query ($id: ID!) { document(id: $id) { contentUrl } }"
UPLOAD: Final = """mutation ($input: UploadDocumentInput!) {
  uploadDocument(input: $input) { document { id description } userErrors { code } }
}"""
RELATIONS: Final = """query ($search: String!) {
  relations(first: 25, search: $search) {
    pageInfo { hasNextPage endCursor }
    nodes { id displayName email portalAccount { id } }
  }
}"""
GRANT: Final = """mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) {
    grants { principal { ... on Account { id displayName } ... on Group { id name } } rights }
    userErrors { code }
  }
}"""
HISTORY: Final = """query ($id: ID!) {
  document(id: $id) {
    id description
    history(first: 25) { nodes { kind occurredAt version account { id displayName } } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that people do, and how many of a hundred arrivals it is."""

    name: str
    percent: int


CLIENT_SIGNS_IN: Final = Part("A client signs in", 2)
HOME: Final = Part("opens the home page, 50 documents", 18)
NARROWS: Final = Part("narrows the list to a category, or to a text", 10)
OPENS: Final = Part("opens a document", 12)
DOWNLOADS: Final = Part("downloads it", 8)
SENDS_IN: Final = Part("sends one in", 3)
LOOKS_FOR: Final = Part("An advisor looks for a relation", 12)
DOSSIER: Final = Part("opens a dossier, 25 documents", 20)
FILES: Final = Part("puts a document into it", 4)
GRANTS: Final = Part("grants it to a client", 4)
WHO_SAW: Final = Part("looks at who saw a document", 7)
MIX: Final = (
    CLIENT_SIGNS_IN, HOME, NARROWS, OPENS, DOWNLOADS, SENDS_IN, LOOKS_FOR, DOSSIER, FILES, GRANTS, WHO_SAW,
)  # fmt: skip
