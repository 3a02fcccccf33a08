"""The vault: keys that are rotated while programs run, and a file that is broken meanwhile."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import tink

from auth import vault
from auth.keys import open_keys, rotate
from auth.vault import TINKS, Vault

LETTER = b"letter"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The key file of an installation."""
    open_keys(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def opens(it: Vault, sealed: bytes) -> bool:
    try:
        return it.open(sealed, bound_to=LETTER) == b"secret"
    except tink.TinkError:
        return False


def seal(it: Vault) -> bytes:
    return it.seal(b"secret", bound_to=LETTER)


def key_ids(path: Path) -> list[int]:
    return [it["keyId"] for it in json.loads(path.read_text())["vault"]["key"]]


def test_a_new_key_seals_from_the_next_secret_on_in_every_program(path: Path) -> None:
    running, before = Vault(path), Vault(path).mark
    assert seal(running).startswith(before)
    rotate(path, vault.rotated)
    sealed = seal(running)
    assert sealed.startswith(Vault(path).mark)
    assert not sealed.startswith(before)
    assert opens(Vault(path), sealed)


def test_what_a_newer_key_has_sealed_opens_in_a_program_that_runs(path: Path) -> None:
    running = Vault(path)
    rotate(path, vault.rotated)
    assert opens(running, seal(Vault(path)))


def test_what_was_sealed_with_an_older_key_still_opens(path: Path) -> None:
    running = Vault(path)
    sealed = [seal(running)]
    for _ in range(3):
        rotate(path, vault.rotated)
        sealed.append(seal(running))
    assert len({it[:5] for it in sealed}) == 4
    assert all(opens(each, it) for each in (running, Vault(path)) for it in sealed)


def test_what_was_sealed_with_an_older_key_opens_no_more_once_that_is_given_up(path: Path) -> None:
    running = Vault(path)
    old = seal(running)
    rotate(path, vault.rotated)
    new = seal(running)
    rotate(path, vault.without_old)
    assert seal(running).startswith(new[:5])
    for each in (running, Vault(path)):
        assert (opens(each, old), opens(each, new)) == (False, True)


def test_a_program_that_slept_through_it_all_sees_the_one_key_that_is_left(path: Path) -> None:
    running = Vault(path)
    rotate(path, vault.rotated)
    rotate(path, vault.without_old)
    assert opens(running, seal(Vault(path)))
    assert opens(Vault(path), seal(running))


def test_all_begins_with_the_mark_that_the_newest_key_seals(path: Path) -> None:
    running, marks = Vault(path), set[bytes]()
    for _ in range(3):
        mark = running.mark
        assert (len(mark), mark[:1]) == (5, TINKS)
        assert all(seal(each).startswith(mark) for each in (running, Vault(path)))
        marks.add(mark)
        rotate(path, vault.rotated)
    assert len(marks) == 3


def test_what_does_not_open_is_an_error_also_after_a_rotation(path: Path) -> None:
    running = Vault(path)
    sealed = seal(running)
    for _ in range(2):
        with pytest.raises(tink.TinkError):
            running.open(sealed, bound_to=b"another letter")
        rotate(path, vault.rotated)


def write_broken(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


def with_vault(said: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | {"vault": said}))


def put_anothers(path: Path) -> None:
    """Put the keys of another installation into the place of these."""
    open_keys(path.with_name("others.json"))
    path.with_name("others.json").replace(path)


def put_no_key_that_seals(path: Path) -> None:
    with_vault(vault.fresh() | {"primaryKeyId": 1})(path)


def put_ids(said: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | {"ids": said}))


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "FileNotFoundError"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "IsADirectoryError"),
    "empty": (write_broken(""), "JSONDecodeError"),
    "half": (lambda path: path.write_text(path.read_text()[:-40]), "JSONDecodeError"),
    "no text": (lambda path: path.write_bytes(b"\xff\xfe"), "UnicodeDecodeError"),
    "a list": (write_broken("[]"), "TypeError"),
    "nothing in it": (write_broken("{}"), "KeyError"),
    "no key set": (with_vault({}), "TinkError"),
    "a word": (with_vault("keys"), "TinkError"),
    "no key that seals": (put_no_key_that_seals, "TinkError"),
    "of another installation": (put_anothers, "ValueError"),
    "of nobody": (put_ids(None), "TypeError"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_file_that_is_broken_locks_nobody_out(
    path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    breaks, kind = BREAKS[name]
    running, kept = Vault(path), path.with_name("kept.json")
    before, mark = seal(running), running.mark
    shutil.copy(path, kept)
    breaks(path)
    sealed = seal(running)
    assert caplog.messages == [f"the key file can not be read again ({kind})"]
    assert opens(running, before)
    assert opens(running, sealed)
    assert len(caplog.messages) == 1
    assert not opens(running, b"nothing that was sealed")
    assert running.mark == mark
    assert caplog.messages == [f"the key file can not be read again ({kind})"] * 3
    assert sealed.startswith(mark)


def test_a_file_that_was_put_right_again_counts(path: Path) -> None:
    running, before = Vault(path), path.read_text()
    path.write_text("{")
    assert opens(running, seal(running))
    path.write_text(before)
    rotate(path, vault.rotated)
    assert seal(running).startswith(Vault(path).mark)


def test_a_file_without_a_key_set_opens_no_vault(path: Path) -> None:
    with_vault({})(path)
    with pytest.raises(tink.TinkError):
        Vault(path)


def test_programs_that_rotate_together_lose_no_key(path: Path) -> None:
    together = Barrier(8)

    def run() -> list[bytes]:
        own = Vault(path)
        sealed = [seal(own)]
        together.wait()
        rotate(path, vault.rotated)
        return [*sealed, seal(own)]

    with ThreadPoolExecutor(8) as pool:
        done = [it.result() for it in [pool.submit(run) for _ in range(8)]]
    assert len(set(key_ids(path))) == 9
    after = Vault(path)
    assert all(opens(after, it) for sealed in done for it in sealed)


def test_no_reader_ever_sees_half_a_file(path: Path) -> None:
    rotations, seen = 20, set[int]()

    def read() -> None:
        while len(seen) <= rotations:
            ids = key_ids(path)
            seen.add(len(ids))
            if len(ids) > rotations:
                return

    with ThreadPoolExecutor(2) as pool:
        reading = pool.submit(read)
        for _ in range(rotations):
            rotate(path, vault.rotated)
        reading.result()
    assert max(seen) == rotations + 1
