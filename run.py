#!/usr/bin/env python3
"""The way in: makes the virtual environment beside this file when needed, then runs the command line in it.

    python3 run.py [command ...]      the command line; without a command, the demo
    python3 run.py test               everything that must hold before a change lands
    python3 run.py test tests/x.py    these tests, with pytest's options

It works with nothing but Python's standard library. Relative paths are taken from the folder of this file.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OLDEST = (3, 11)
NOT_INSTALLED = 69  # EX_UNAVAILABLE of sysexits.h: worth another try, unlike a failed test
INTERRUPTED = 130


def require(version: "tuple[int, ...]") -> None:
    """Leave, with one line that says why, when that version of Python is too old."""
    if version < OLDEST:
        sys.exit(f"Kluis needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}.")


require(sys.version_info[:3])  # before the first line that an older Python does not understand


class NotInstalled(Exception):
    """The virtual environment could not be made; the text says why."""


def main(root: Path, arguments: list[str]) -> int:
    """Become the program that the arguments name; return an exit status when it cannot be installed."""
    try:
        ready(root, "requirements-dev.txt" if arguments[:1] == ["test"] else "requirements.txt")
    except NotInstalled as reason:
        say(f"The packages could not be installed.\n{reason}")
        return NOT_INSTALLED
    except KeyboardInterrupt:
        return INTERRUPTED
    os.chdir(root)
    python = str(python_of(root))
    return os.execve(python, [python, *program(arguments)], environment(os.environ))


def program(arguments: list[str]) -> list[str]:
    """What Python is to run for these arguments."""
    if arguments[:1] != ["test"]:
        return ["-m", "server.cli", *(arguments or ["demo"])]
    return ["-m", "pytest", *arguments[1:]] if arguments[1:] else ["-m", "server.gate"]


def environment(found: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what would bring another folder's packages in."""
    foreign = {"PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX"}
    foreign |= {
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_USER",
        "PIP_ROOT",
        "UV_SYSTEM_PYTHON",
        "UV_TARGET",
        "UV_PREFIX",
    }
    return {name: value for name, value in found.items() if name not in foreign}


def ready(root: Path, wanted: str) -> None:
    """Return when the packages of that requirements file are there; raises NotInstalled.

    The folder is locked meanwhile, so that two runs do not both write; who waited finds the work done. What
    is started meanwhile holds the lock too: when this program is killed, the next one waits for its children.
    """
    if is_ready(root, wanted):
        return
    folder = os.open(root, os.O_RDONLY)
    os.set_inheritable(folder, True)  # noqa: FBT003  # it takes no names
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not is_ready(root, wanted):
            install(root, wanted)
    except OSError as error:
        raise NotInstalled(f"{error.filename or root}: {error.strerror}") from error
    finally:
        os.close(folder)


def is_ready(root: Path, wanted: str) -> bool:
    """Whether a whole environment was made from these requirements, by this Python, in this place."""
    return os.access(python_of(root), os.X_OK) and stamp(root, wanted) in stamps(root)


def python_of(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def stamps(root: Path) -> list[str]:
    """The lines of the stamp file; none when there is no such file."""
    try:
        return (root / ".venv" / "stamp").read_text().splitlines()
    except OSError:
        return []


def stamp(root: Path, wanted: str) -> str:
    """One line that is another one when the environment must be another one."""
    files = [(root / name).read_bytes() for name in ("requirements-uv.txt", wanted)]
    return f"{wanted} {hashlib.sha256(bytes(1).join(files)).hexdigest()} {maker(root)}"


def maker(root: Path) -> str:
    return f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()} {root}"


def install(root: Path, wanted: str) -> None:
    """Make the environment, or bring a whole one up to date; raises NotInstalled.

    The stamp goes first and comes last: an environment that was stopped halfway has none, and is made anew.
    """
    say(f"Installing the packages of {wanted} ...")
    venv = root / ".venv"
    is_whole = os.access(python_of(root), os.X_OK) and any(it.endswith(maker(root)) for it in stamps(root))
    (venv / "stamp").unlink(missing_ok=True)
    if not is_whole:
        make_venv(venv)
    fill(root, wanted)
    made = {wanted, "requirements.txt"}  # whoever has the packages for the tests has those for the server
    (venv / "stamp.new").write_text("\n".join(stamp(root, it) for it in sorted(made)))
    (venv / "stamp.new").rename(venv / "stamp")


def make_venv(venv: Path) -> None:
    """Make an environment that holds pip and nothing else; raises NotInstalled."""
    if venv.is_symlink():
        raise NotInstalled(f"{venv} is a link. What it leads to would be emptied: remove the link.")
    if importlib.util.find_spec("ensurepip") is None:
        raise NotInstalled("This Python has no ensurepip; on Debian or Ubuntu: apt install python3-venv")
    finish([sys.executable, "-m", "venv", "--clear", str(venv)])


def fill(root: Path, wanted: str) -> None:
    """Install with uv, which is quick, or with pip where uv does not work; raises NotInstalled."""
    python = str(python_of(root))
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    sync = [python, "-m", "uv", "pip", "sync", "--quiet", "--python", python, "--system-certs"]
    cache = [] if has_cache(os.environ) else ["--no-cache"]
    try:
        finish([*pip, "--require-hashes", "-r", str(root / "requirements-uv.txt")])
        finish([*sync, *cache, "--compile-bytecode", "--require-hashes", str(root / wanted)])
    except NotInstalled as reason:
        say(f"Not with uv: {reason}\nTrying pip ...")
        finish([*pip, "--require-hashes", "-r", str(root / wanted)])


def has_cache(found: Mapping[str, str]) -> bool:
    """Whether uv can write to its cache: a user without a home of their own has none."""
    places = {"UV_CACHE_DIR": "", "XDG_CACHE_HOME": "uv", "HOME": ".cache/uv"}
    folder = next((Path(found[name]) / rest for name, rest in places.items() if found.get(name)), Path("/"))
    while not os.access(folder, os.F_OK):
        folder = folder.parent
    return os.access(folder, os.W_OK)


def finish(command: list[str]) -> None:
    """Run a command to its end, with the lock; raises NotInstalled with what it said."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, close_fds=False, env=environment(os.environ)
    )
    if done.returncode:
        raise NotInstalled((done.stderr + done.stdout).strip())


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent, sys.argv[1:]))
