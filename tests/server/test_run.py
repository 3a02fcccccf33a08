"""The way in: which Python it takes, what it installs and when, and what it starts."""

import ast
import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with requirements and nothing installed."""
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    return tmp_path


def pretend_installed(root: Path, *names: str) -> None:
    python = run.python_of(root)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (root / ".venv" / "stamp").write_text("\n".join(run.stamp(root, it) for it in names))


def must_not_install(*_: object) -> None:
    pytest.fail("it installs")


def test_an_old_python_gets_one_line() -> None:
    with pytest.raises(SystemExit) as caught:
        run.require((3, 10, 12))
    assert str(caught.value) == "Kluis needs Python 3.11 or newer, and this is Python 3.10."
    run.require((3, 11, 0))


def test_an_old_python_understands_the_file_up_to_that_line() -> None:
    assert ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        ([], ["-m", "server.cli", "demo"]),
        (["serve", "--port", "1"], ["-m", "server.cli", "serve", "--port", "1"]),
        (["test"], ["-m", "server.gate"]),
        (["test", "tests/x.py", "-k", "y"], ["-m", "pytest", "tests/x.py", "-k", "y"]),
    ],
)
def test_the_arguments_name_the_program(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], started: list[str]
) -> None:
    pretend_installed(root, "requirements.txt", "requirements-dev.txt")
    became: list[list[str]] = []
    monkeypatch.chdir(ROOT)

    def become(_path: str, command: list[str], _environment: dict[str, str]) -> None:
        became.append(command)

    monkeypatch.setattr(os, "execve", become)
    run.main(root, arguments)
    assert became == [[str(run.python_of(root)), *started]]
    assert Path.cwd() == root


def test_the_callers_python_does_not_leak_in() -> None:
    found = {"PYTHONPATH": "/elsewhere", "VIRTUAL_ENV": "/elsewhere", "PATH": "/bin", "KLUIS_PORT": "1"}
    assert run.environment(found) == {"PATH": "/bin", "KLUIS_PORT": "1"}


def test_what_is_installed_is_not_installed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_installed(root, "requirements.txt")
    monkeypatch.setattr(run, "install", must_not_install)
    run.ready(root, "requirements.txt")


def test_other_requirements_or_another_place_or_no_python_mean_not_ready(root: Path) -> None:
    pretend_installed(root, "requirements.txt")
    assert run.is_ready(root, "requirements.txt")
    assert not run.is_ready(root, "requirements-dev.txt")
    for name in ("requirements.txt", "requirements-uv.txt"):
        before = (root / name).read_text()
        (root / name).write_text("# newer\n")
        assert not run.is_ready(root, "requirements.txt")
        (root / name).write_text(before)
    moved = root / "moved"
    shutil.copytree(root, moved, symlinks=True)
    assert not run.is_ready(moved, "requirements.txt")
    run.python_of(root).unlink()
    assert not run.is_ready(root, "requirements.txt")


def test_another_projects_environment_is_not_emptied_through_a_link(root: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (root / ".venv").symlink_to(theirs)
    (theirs / "kept").touch()
    with pytest.raises(run.NotInstalled, match="is a link"):
        run.ready(root, "requirements.txt")
    assert [it.name for it in theirs.iterdir()] == ["kept"]


def test_who_waited_for_the_lock_finds_the_work_done(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def someone_else_installs(*_: object) -> None:
        pretend_installed(root, "requirements.txt")

    monkeypatch.setattr(run.fcntl, "flock", someone_else_installs)
    monkeypatch.setattr(run, "install", must_not_install)
    run.ready(root, "requirements.txt")


def test_a_python_without_ensurepip_is_told_what_to_install(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert run.main(root, []) == run.NOT_INSTALLED
    assert capsys.readouterr().err.endswith("on Debian or Ubuntu: apt install python3-venv\n")


def test_a_folder_that_cannot_be_written_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / ".venv").write_text("")
    assert run.main(root, []) == run.NOT_INSTALLED
    assert capsys.readouterr().err.endswith("/.venv/stamp: Not a directory\n")


def test_an_interrupted_installation_ends_quietly(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "install", interrupted)
    assert run.main(root, []) == run.INTERRUPTED


def test_a_user_without_a_home_has_no_cache(tmp_path: Path) -> None:
    assert run.has_cache({"HOME": str(tmp_path)})
    assert run.has_cache({"HOME": "/proc/none", "UV_CACHE_DIR": str(tmp_path / "not" / "yet")})
    assert run.has_cache({}) == os.access("/", os.W_OK)


# The installer itself, without a network: two wheels made here, one of which plays uv.

UV = "import sys; open(sys.prefix + '/synced', 'a').write(' '.join(sys.argv[1:]) + '\\n')"


def make_wheel(folder: Path, name: str, file: str, content: str) -> str:
    """Make a wheel of one file; return its line for a requirements file."""
    wheel = folder / f"{name}-1-py3-none-any.whl"
    about = f"{name}-1.dist-info"
    files = {
        f"{name}/{file}": content,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        record = ""
        for path, text in files.items():
            archive.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(text)}\n"
        archive.writestr(f"{about}/RECORD", f"{record}{about}/RECORD,,\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"--no-index\n--find-links {folder}\n{name}==1 --hash=sha256:{digest}\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose environment was made by the fake uv."""
    root = tmp_path_factory.mktemp("installed")
    (root / "requirements-uv.txt").write_text(make_wheel(root, "uv", "__main__.py", UV))
    (root / "requirements.txt").write_text(make_wheel(root, "first", "__init__.py", ""))
    (root / "requirements-dev.txt").write_text(make_wheel(root, "second", "__init__.py", ""))
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (root / ".venv" / "left").write_text("by a run that was killed")
    run.ready(root, "requirements-dev.txt")
    return root


def test_a_half_made_environment_is_made_anew_and_filled_with_uv(installed: Path) -> None:
    assert not (installed / ".venv" / "left").exists()
    synced = (installed / ".venv" / "synced").read_text()
    assert synced.startswith("pip sync ")
    assert "--require-hashes" in synced
    assert synced.endswith(f"{installed}/requirements-dev.txt\n")


def test_who_can_test_can_serve(installed: Path) -> None:
    assert run.is_ready(installed, "requirements-dev.txt")
    assert run.is_ready(installed, "requirements.txt")


def test_a_whole_environment_is_brought_up_to_date_and_with_pip_where_uv_fails(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = run.python_of(installed)
    uv = make_wheel(installed, "uv", "__main__.py", "raise SystemExit('no uv here')")
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "uv"], check=True)
    (installed / "requirements-uv.txt").write_text(uv)
    run.ready(installed, "requirements.txt")
    assert "no uv here" in capsys.readouterr().err
    assert (installed / ".venv" / "synced").exists()
    subprocess.run([python, "-c", "import first"], check=True)
    assert not run.is_ready(installed, "requirements-dev.txt")


@pytest.mark.parametrize(
    ("digest", "complaint"),
    [("--hash=sha256:" + "0" * 64, "DO NOT MATCH THE HASHES"), ("", "Hashes are required")],
)
def test_a_package_with_another_digest_or_none_is_refused(
    installed: Path, capsys: pytest.CaptureFixture[str], digest: str, complaint: str
) -> None:
    wanted = make_wheel(installed, "third", "__init__.py", "").partition("--hash")[0]
    (installed / "requirements.txt").write_text(f"{wanted}{digest}\n")
    (installed / "requirements-uv.txt").write_text("no-such-package\n")
    assert run.main(installed, []) == run.NOT_INSTALLED
    assert complaint in capsys.readouterr().err.partition("Trying pip")[2]
    assert not (installed / ".venv" / "stamp").exists()
