"""The edges of the house that resolvers reach through: database, files, clock, keys and passwords."""

from dataclasses import dataclass, field
from datetime import timedelta

from auth.keys import Keys
from auth.opaque_ids import OpaqueIds
from auth.passwords import Passwords
from core.clock import Clock
from resolvers.database import Database
from resolvers.now_and_then import NowAndThen
from resolvers.points import Points
from resolvers.strangers import Strangers
from resolvers.turns import Turns
from storage.files import Files
from storage.malware import Clamd
from storage.previews import Renderer


@dataclass(frozen=True, slots=True)
class Ports:
    """What one server lends to all operations."""

    database: Database
    files: Files
    clock: Clock
    passwords: Passwords
    keys: Keys
    ids: OpaqueIds
    public_url: str
    origins: tuple[str, ...]
    """Of the pages that people use: that of the public address first, then those of front ends elsewhere."""
    upload_limit: int
    """Bytes that a file may have which comes as a part of a request."""
    large_upload_limit: int
    """Bytes that a file may have which is sent to an address of its own."""
    news_wait: timedelta
    """How long news waits for more of it, so that one letter tells of all."""
    points: Points
    purge_after: timedelta = timedelta(days=30)
    """How long a deleted document can be brought back."""
    scanner: Clamd | None = None
    """What searches files for malware; None: nobody does."""
    renderer: Renderer = field(default_factory=Renderer)
    strangers: Strangers = field(default_factory=Strangers)
    turns: Turns = field(default_factory=Turns)
    now_and_then: NowAndThen = field(default_factory=NowAndThen)
