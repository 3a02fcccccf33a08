"""The disk: what a local folder needs so that its objects are private and survive a power cut.

obstore renames into place but never syncs, and it creates with the mode that the umask leaves.
"""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def make_root(root: Path) -> None:
    """Create the root folder if there is none yet."""
    root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def require_room(root: Path) -> None:
    """Require that something can be written in the root folder. Raise OSError."""
    with TemporaryFile(dir=root) as file:
        file.write(b"1")
        file.flush()


def make_room(root: Path, key: str) -> None:
    """Create the private folders that the key names, before obstore creates them for all to see."""
    for folder in reversed(_folders(root, key)):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def harden(root: Path, key: str) -> None:
    """Make the object private and durable: its bytes first, then every folder that leads to it."""
    descriptor = os.open(root / key, os.O_RDONLY)
    try:
        os.fchmod(descriptor, PRIVATE_FILE)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    for folder in _folders(root, key):
        _sync_folder(folder)


def forget(root: Path, key: str) -> None:
    """Make a removal durable; without this a power cut can bring an erased document back."""
    folder = (root / key).parent
    if folder.exists():
        _sync_folder(folder)


def clear_rests(folder: Path, before: float) -> int:
    """Remove files of writes that were cut off before a moment (seconds since 1970); return how many.

    obstore writes into a file that it calls `name#number`, which it neither lists nor takes up again.
    """
    cleared = 0
    for rest in folder.glob("*/*#*"):
        # The upload may end meanwhile, and another server may clear too.
        with suppress(FileNotFoundError):
            if rest.stat().st_mtime < before:
                rest.unlink()
                cleared += 1
    return cleared


def _folders(root: Path, key: str) -> list[Path]:
    """From the object's folder up to the root, which holds the name of the first."""
    inner = (root / key).parent
    return [inner, inner.parent, root]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
