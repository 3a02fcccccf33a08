"""The key file: made once, for the owner's eyes alone, and refused in one line where it cannot be used."""

import errno
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import tink

from auth import vault
from auth.keys import BadKeys, Keys, copy, open_keys, rotate, write_new


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "keys.json"


def same(one: Keys, other: Keys) -> bool:
    sealed = one.seal(b"secret", bound_to=b"letter")
    return (one.ids, one.links) == (other.ids, other.links) and (
        other.open(sealed, bound_to=b"letter") == b"secret"
    )


def test_keys_are_made_at_the_first_start(path: Path) -> None:
    keys = open_keys(path)
    assert (len(keys.ids), len(keys.links)) == (16, 32)
    assert keys.ids not in keys.links


def test_nobody_else_can_read_the_keys(path: Path) -> None:
    open_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_but_the_keys_is_left_behind(path: Path) -> None:
    open_keys(path)
    assert [it.name for it in path.parent.iterdir()] == ["keys.json"]


def test_the_same_keys_are_read_again(path: Path) -> None:
    assert same(open_keys(path), open_keys(path))


def test_two_installations_have_different_keys(path: Path) -> None:
    one, other = open_keys(path), open_keys(path.with_name("other.json"))
    assert one.ids != other.ids
    assert one.links != other.links
    with pytest.raises(tink.TinkError):
        other.open(one.seal(b"secret", bound_to=b"letter"), bound_to=b"letter")


def test_keys_that_are_there_are_never_replaced(path: Path) -> None:
    write_new(path)
    before = path.read_text()
    write_new(path)
    assert path.read_text() == before
    assert [it.name for it in path.parent.iterdir()] == ["keys.json"]


def test_programs_that_start_together_agree(path: Path) -> None:
    together = Barrier(8)

    def start() -> Keys:
        together.wait()
        return open_keys(path)

    with ThreadPoolExecutor(8) as pool:
        keys = [it.result() for it in [pool.submit(start) for _ in range(8)]]
    assert all(same(keys[0], it) for it in keys)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o660])
def test_keys_that_others_can_read_are_refused(path: Path, mode: int) -> None:
    open_keys(path)
    path.chmod(mode)
    with pytest.raises(BadKeys, match=f"^{path}: others can read the keys. Run: chmod 600 {path}$"):
        open_keys(path)


def without(name: str) -> str:
    return json.dumps({it: "00" * 16 for it in ("ids", "links", "vault") if it != name})


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "null", '"keys"', without("ids"), without("links"), without("vault"), without("")],
)
def test_a_file_that_holds_no_keys_is_refused(path: Path, text: str) -> None:
    write(path, text)
    with pytest.raises(BadKeys, match=f"^{path}: this is not a file of keys.$"):
        open_keys(path)


@pytest.mark.parametrize("change", [{"ids": "xyz"}, {"ids": 1}, {"ids": "00"}, {"links": "00" * 31}])
def test_a_file_with_a_broken_key_is_refused(path: Path, change: dict[str, object]) -> None:
    open_keys(path)
    write(path, json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadKeys, match="this is not a file of keys"):
        open_keys(path)


def test_bytes_that_are_no_text_are_refused(path: Path) -> None:
    write(path, "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadKeys, match="this is not a file of keys"):
        open_keys(path)


def test_a_place_where_nothing_can_be_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadKeys, match=r"^[^\n]*/keys.json: File exists.$"):
        open_keys(tmp_path / "file" / "keys.json")


def test_a_folder_in_the_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True, mode=0o700)
    with pytest.raises(BadKeys, match=f"^{path}: Is a directory.$"):
        open_keys(path)


def test_a_sealed_secret_does_not_show(path: Path) -> None:
    keys = open_keys(path)
    assert b"secret" not in keys.seal(b"secret", bound_to=b"letter")
    assert keys.seal(b"secret", bound_to=b"") != keys.seal(b"secret", bound_to=b"")


@pytest.mark.parametrize("bound_to", [b"another letter", b"", b"lette"])
def test_a_sealed_secret_opens_only_where_it_belongs(path: Path, bound_to: bytes) -> None:
    keys = open_keys(path)
    sealed = keys.seal(b"secret", bound_to=b"letter")
    with pytest.raises(tink.TinkError):
        keys.open(sealed, bound_to=bound_to)
    assert keys.open(sealed, bound_to=b"letter") == b"secret"


def test_a_sealed_secret_that_was_changed_does_not_open(path: Path) -> None:
    keys = open_keys(path)
    sealed = bytearray(keys.seal(b"secret", bound_to=b"letter"))
    sealed[-1] ^= 1
    with pytest.raises(tink.TinkError):
        keys.open(bytes(sealed), bound_to=b"letter")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def test_a_mark_stands_for_one_text_under_one_installations_keys(tmp_path: Path) -> None:
    keys, others = (open_keys(tmp_path / name) for name in ("keys.json", "others.json"))
    assert keys.mark("bert") == open_keys(tmp_path / "keys.json").mark("bert")
    assert len({keys.mark("bert"), keys.mark("Bert"), others.mark("bert")}) == 3
    assert len(keys.mark("")) == 64


def test_a_rotation_changes_the_key_set_alone(path: Path) -> None:
    keys = open_keys(path)
    sealed = keys.seal(b"secret", bound_to=b"letter")
    before = json.loads(path.read_text())
    rotate(path, vault.rotated)
    after = json.loads(path.read_text())
    assert {name for name in before if before[name] != after[name]} == {"vault"}
    assert open_keys(path).open(sealed, bound_to=b"letter") == b"secret"
    assert same(keys, open_keys(path))


def test_a_file_that_was_rotated_is_for_the_owners_eyes_alone_and_the_only_one(path: Path) -> None:
    open_keys(path)
    rotate(path, vault.rotated)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [it.name for it in path.parent.iterdir()] == ["keys.json"]


def test_a_file_that_another_has_rotated_stays_its_owners(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_keys(path)
    given: list[tuple[bool, int, int]] = []

    def give(draft: Path, user: int, group: int) -> None:
        given.append((draft == path, user, group))

    monkeypatch.setattr(os, "chown", give)
    rotate(path, vault.rotated)
    assert given == [(False, path.stat().st_uid, path.stat().st_gid)]


def test_a_file_to_which_a_link_leads_is_rotated_where_it_lies(path: Path, tmp_path: Path) -> None:
    open_keys(path)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    through, directly = open_keys(link), open_keys(path)
    rotate(link, vault.rotated)
    assert link.is_symlink()
    assert len(json.loads(path.read_text())["vault"]["key"]) == 2
    assert same(through, directly)


def test_the_bytes_are_durable_before_they_have_the_name_and_the_name_is_afterwards(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_keys(path)
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def replaced(draft: Path, target: Path) -> Path:
        done.append("name")
        return replace(draft, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    rotate(path, vault.rotated)
    assert done == ["file", "name", "folder"]


def test_a_rotation_that_fails_leaves_the_keys_as_they_were(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_keys(path)
    before = path.read_text()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadKeys, match=f"^{path}: No space left on device.$"):
        rotate(path, vault.rotated)
    assert path.read_text() == before
    assert [it.name for it in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"vault": {}}', '{"vault": 1}'])
def test_what_holds_no_keys_is_not_rotated(path: Path, text: str) -> None:
    write(path, text)
    with pytest.raises(BadKeys, match=f"^{path}: this is not a file of keys.$"):
        rotate(path, vault.rotated)
    assert path.read_text() == text


def test_keys_that_are_not_there_are_not_rotated(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    with pytest.raises(BadKeys, match=f"^{path}: No such file or directory.$"):
        rotate(path, vault.rotated)
    with pytest.raises(BadKeys, match="No such file or directory"):
        rotate(tmp_path / "nowhere" / "keys.json", vault.rotated)


def test_a_copy_of_the_keys_is_the_owners_alone_and_follows_a_rotation(path: Path, tmp_path: Path) -> None:
    write_new(path)
    target = tmp_path / "apart" / "keys.json"
    copy(path, target)
    assert same(open_keys(path), open_keys(target))
    assert [stat.S_IMODE(it.stat().st_mode) for it in (target.parent, target)] == [0o700, 0o600]
    rotate(path, vault.rotated)
    copy(path, target)
    assert target.read_text() == path.read_text()


def test_a_copy_displaces_no_keys_that_are_nowhere_else(path: Path, tmp_path: Path) -> None:
    write_new(path)
    other = tmp_path / "other.json"
    write_new(other)
    before = other.read_text()
    with pytest.raises(BadKeys, match=r"other.json holds keys that .*keys.json has not: keep it"):
        copy(path, other)
    assert other.read_text() == before
    other.write_text("{}")
    with pytest.raises(BadKeys, match=r"other.json: this is not a file of keys"):
        copy(path, other)
    with pytest.raises(BadKeys, match=r"deeper: Not a directory"):
        copy(path, other / "deeper" / "keys.json")
