"""What must hold before a backup is restored: of the version, the keys and the home folder."""

from pathlib import Path

from auth import vault
from auth.keys import open_keys
from server import cut_off, migrations
from server.backups import Manifest
from server.restoring import Chosen
from server.running import CannotRun
from server.settings import Settings


def require_fit(chosen: Chosen, settings: Settings, given_keys: Path | None) -> None:
    """Require that this installation can take a backup. Raise CannotRun, BadKeys; it changes nothing."""
    revision, begun = chosen.manifest.revision, cut_off.begun(settings.home)
    if not migrations.is_known(revision):
        raise CannotRun(f"The backup is of a newer version of Kluis, with the tables of {revision}.")
    if begun is not None and begun != chosen.mark:
        raise CannotRun(
            f"{settings.home}: the restore of another backup was cut off here: finish it with "
            f"--backup {begun.partition(' ')[0]}, or empty the folder."
        )
    if begun is None and given_keys and settings.keys.exists():
        raise CannotRun(f"{settings.keys} is there already: leave --keys out, or take that file away.")
    require_keys(chosen.manifest, given_keys or settings.keys)
    if begun is None and settings.database_url is None:
        require_empty(settings)


def require_keys(manifest: Manifest, path: Path) -> None:
    """Require that a file holds the keys that open a backup. Raise CannotRun, BadKeys."""
    if not path.exists():
        raise CannotRun(f"{path} is not there: name the copy of the keys with --keys.")
    if open_keys(path).installation != manifest.installation:
        raise CannotRun(f"{path} holds the keys of another installation than the backup.")
    held = {int(it["keyId"]) for it in vault.read(path)[1]["key"]}
    if not held >= set(manifest.needed_keys):
        raise CannotRun(f"{path} lacks keys that the backup needs: take the copy that was made with it.")


def require_empty(settings: Settings) -> None:
    """Require that nothing is in the home folder but keys. Raise CannotRun."""
    found = sorted(settings.home.iterdir()) if settings.home.is_dir() else []
    # A disk of its own has a folder of its own.
    ours = {settings.keys.absolute(), (settings.home / "lost+found").absolute()}
    others = [it.name for it in found if it.absolute() not in ours]
    if others:
        raise CannotRun(f"{settings.home} is not empty: it holds {', '.join(others)}.")
