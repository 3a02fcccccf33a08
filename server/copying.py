"""Copying the objects that a snapshot names into a folder: what is there already is not copied again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from resolvers.backups import licence_of
from storage.copies import Carried, copy, side_by_side
from storage.store import Missing, Store


@dataclass
class Copying:
    """Objects on their way from a store into the folder of all backups."""

    source: Store
    folder: Path
    named: Mapping[str, int]
    """How many bytes each must have."""
    known: Mapping[str, str]
    """The digests of those of the last backup."""
    digests: dict[str, str] = field(default_factory=dict[str, str])
    new: int = 0
    absent: list[str] = field(default_factory=list[str])
    """What the store has not, or not as it must be."""

    async def run(self, moment: datetime, went_on: Callable[[int], object]) -> None:
        """Copy all, and clear away what others that were cut off before this moment left half written."""
        self.target = Store.open(self.folder)
        for licence_id in {licence_of(it) for it in self.named}:
            await self.target.clear_rests(licence_id, before=moment)

        async def carry(key: str) -> None:
            digest = await self.found(key) or await self.brought(key)
            if digest:
                self.digests[key] = digest
            else:
                self.absent.append(key)
            went_on(1)

        await side_by_side(carry, self.named)

    async def found(self, key: str) -> str | None:
        """Return the digest of an object that is there already.

        One of a backup that was cut off is there as a whole, but nobody has noted its digest.
        """
        try:
            if (self.folder / key).stat().st_size != self.named[key]:
                return None
        except FileNotFoundError:
            return None
        if key in self.known:
            return self.known[key]
        there = Carried(self.target, key)
        async for _ in there.pieces():
            pass
        return there.sha256

    async def brought(self, key: str) -> str | None:
        """Copy an object; return its digest, None where it is missing or has another size."""
        try:
            if await self.source.size(key) != self.named[key]:
                return None
            carried = await copy(self.source, self.target, key)
        except Missing:
            return None
        self.new += 1
        return carried.sha256
