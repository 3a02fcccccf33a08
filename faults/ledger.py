"""What the vault has promised: what was acknowledged to whom, and when."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Success:
    """A request that was answered as it must be; times are of the monotonic clock, in seconds."""

    server: str
    kind: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that somebody sent in."""

    sender: str
    description: str
    """It is of one document alone, however often the request was sent."""
    digest: bytes


@dataclass(slots=True)
class Ledger:
    """Everything that was acknowledged."""

    uploads: dict[str, Sent] = field(default_factory=dict[str, Sent])
    """Documents, by their ids."""
    grants: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Documents and the accounts that they were shared with."""
    letters: dict[str, int] = field(default_factory=dict[str, int])
    """How many letters were promised to an address."""
    promised_at: dict[str, float] = field(default_factory=dict[str, float])
    """When the first of them was, by the clock on the wall."""
    successes: list[Success] = field(default_factory=list[Success])
    refusals: dict[str, int] = field(default_factory=dict[str, int])
    """How often a request was not answered as it must be, by the code or the kind of trouble."""

    def keep(self, id_: str, content: bytes, description: str, sender: str) -> None:
        """Note a document that is acknowledged."""
        self.uploads[id_] = Sent(sender, description, sha256(content).digest())

    def promise(self, address: str) -> None:
        """Note that a letter is to come to an address."""
        self.letters[address] = self.letters.get(address, 0) + 1
        self.promised_at.setdefault(address, time.time())

    def note(self, server: str, kind: str, began: float) -> None:
        """Note an answer as it must be."""
        self.successes.append(Success(server, kind, began, time.monotonic()))

    def refuse(self, code: str) -> None:
        """Note an answer that is not."""
        self.refusals[code] = self.refusals.get(code, 0) + 1

    def recovered(self, since: float, servers: Iterable[str], kinds: Iterable[str]) -> float | None:
        """Return how long after a moment every server had done each kind again; None: not yet."""
        wanted = [(server, kind) for server in servers for kind in kinds]
        first = {(it.server, it.kind): it.ended for it in reversed(self.successes) if it.began >= since}
        if any(it not in first for it in wanted):
            return None
        return max(first[it] for it in wanted) - since

    def longest_gap(self, since: float, until: float) -> float:
        """Return the longest time between two moments in which nothing was acknowledged."""
        moments = sorted(it.ended for it in self.successes if since <= it.ended <= until)
        return max(later - earlier for earlier, later in pairwise([since, *moments, until]))
