"""The mark of a restore that is under way, or was cut off: on a home folder with it nothing starts."""

from pathlib import Path
from typing import Final

from server import backups
from server.cluster import NotStarted

NAME: Final = "restoring"


def require_none(home: Path) -> None:
    """Require that no restore into a home folder was begun and not finished. Raise NotStarted."""
    if (home / NAME).exists():
        raise NotStarted(f"{home} is being restored, or that was cut off: run restore again, or empty it")


def begun(home: Path) -> str | None:
    """Return which backup is being restored into a home folder, None for none."""
    try:
        return (home / NAME).read_text()
    except FileNotFoundError:
        return None


def begin(home: Path, backup: str) -> None:
    """Mark a home folder."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    backups.written(home / NAME, [backup])
    backups.sync(home)


def finish(home: Path) -> None:
    """Take the mark away: all that was restored is durable."""
    (home / NAME).unlink()
    backups.sync(home)
