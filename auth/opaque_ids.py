"""Ids as the outside sees them: encrypted, so that they tell neither an age nor a number (ASVS 8.2)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from core.tokens import pack, unpack

# One letter says the type, so that a mistaken id is found where it is used.
LETTERS: Final = {
    "Account": "A",
    "ApiKey": "P",
    "BusinessUnit": "B",
    "Category": "C",
    "CategoryRule": "K",
    "Document": "D",
    "DocumentVersion": "V",
    "Dossier": "F",
    "Grant": "G",
    "Group": "U",
    "Holding": "H",
    "Letter": "M",
    "Licence": "L",
    "Passkey": "W",
    "Relation": "R",
    "Session": "S",
    "TotpDevice": "T",
    "Upload": "N",
}
TYPES: Final = {letter: name for name, letter in LETTERS.items()}
BLOCK = 16
# Letters of a block in base64, and from the start of one to that of the next.
SPELLED: Final = 22
SPELLED_APART: Final = 24


class OpaqueIds:
    """Turns the database's keys into ids and back.

    A UUID is one block of AES. What makes ECB weak, equal blocks looking equal, is what an id needs.
    """

    def __init__(self, key: bytes) -> None:
        cipher = Cipher(AES(key), ECB())  # noqa: S305  see above
        # ECB keeps no state from one block to the next, so that one context serves for good.
        self._encrypt = cipher.encryptor().update
        self._decrypt = cipher.decryptor().update

    def hide(self, keys: Sequence[UUID]) -> list[bytes]:
        """Return each key encrypted: 16 bytes each, in order."""
        hidden = self._encrypt(b"".join(key.bytes for key in keys))
        return [hidden[at : at + BLOCK] for at in range(0, len(hidden), BLOCK)]

    def reveal(self, hidden: bytes) -> UUID:
        """Return the key that `hide` made these 16 bytes of."""
        return UUID(bytes=self._decrypt(hidden))

    def write(self, type_name: str, keys: Sequence[UUID]) -> list[str]:
        """Return the ids of things of one type, in order."""
        letter = LETTERS[type_name]
        # With two zero bytes behind it a block ends where base64 begins anew: one call spells them all, and
        # the 22 letters that `pack` would write are the same.
        spelled = pack(b"".join(hidden + b"\0\0" for hidden in self.hide(keys)))
        return [letter + spelled[at : at + SPELLED] for at in range(0, len(spelled), SPELLED_APART)]

    def read(self, text: str) -> tuple[str, UUID] | None:
        """Return type and key that an id stands for, or None when it is no id at all."""
        type_name = TYPES.get(text[:1])
        hidden = unpack(text[1:])
        if type_name is None or hidden is None or len(hidden) != BLOCK:
            return None
        return type_name, self.reveal(hidden)
