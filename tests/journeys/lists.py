"""Lists as front ends ask for them."""

from typing import Final

LIST: Final = """
query ($first: Int) {
  documents(first: $first) {
    totalCount
    nodes {
      description dossier { name } categories { name } relations { displayName }
      createdBy { displayName } businessUnit { name } contentUrl viewerCan
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
RIGHTS_TABS: Final = """
query ($first: Int) {
  documents(first: $first) {
    nodes { grants { rights principal { ... on Account { displayName } ... on Group { name } } } }
  }
}
"""
HOME: Final = """
query ($first: Int) {
  documents(first: $first) {
    totalCount
    nodes { description dossier { name } categories { name } relations { displayName } viewerCan }
    pageInfo { hasNextPage }
  }
}
"""
DOSSIERS: Final = """
query ($first: Int) {
  dossiers(first: $first) {
    nodes { name documents { totalCount nodes { description categories { name } } } }
  }
}
"""
