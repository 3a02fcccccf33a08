"""What the HTTP view allows: sizes, times, methods, and which pages may ask in a browser's name."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from server.trusted_documents import TrustedDocuments

# Room for the operation and the part headers beside a file of the largest size.
BESIDE_THE_FILE: Final = 1 << 20
# The port that an address of this kind does not name.
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class HttpRules:
    """Every limit of the view; what an operator can set comes from the settings."""

    largest_json: int = 256 << 10
    """In bytes; a multipart body may hold a file beside that."""
    deepest_json: int = 64
    read_within: float = 300.0
    """In seconds: a body that comes slower is given up."""
    answer_within: float = 10.0
    at_once: int = 64
    """Operations under way in this process."""
    greet_within: float = 10.0
    """In seconds: a WebSocket on which nobody says who he is is closed."""
    allows_get: bool = False
    origins: frozenset[str] = frozenset()
    """Of front ends that may use the session's cookie, such as https://portal.example."""
    documents: TrustedDocuments = field(default_factory=TrustedDocuments)

    @property
    def methods(self) -> tuple[str, ...]:
        """Return how operations may come."""
        return ("GET", "POST") if self.allows_get else ("POST",)


def origin_of(url: str) -> str:
    """Return the origin of a web address, as browsers send it (RFC 6454). Raise ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
