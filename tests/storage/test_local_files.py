"""Files of a folder: whatever lies in it, and nothing else."""

import hashlib
from pathlib import Path

import pytest

from core.errors import NotFound
from storage.local_files import CHUNK, file_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a paper in a folder of its own, beside what is nobody's business."""
    found = tmp_path / "papers"
    (found / "within").mkdir(parents=True)
    (found / "within" / "one.txt").write_bytes(b"one")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "papers-too").mkdir()
    (tmp_path / "papers-too" / "two.txt").write_bytes(b"two")
    (found / "link").symlink_to(tmp_path)
    (found / "linked.txt").symlink_to(tmp_path / "secret.txt")
    (found / "again.txt").symlink_to(found / "within" / "one.txt")
    (found / "nowhere.txt").symlink_to(found / "never.txt")
    (found / "circle").symlink_to(found / "circle")
    return found


@pytest.mark.parametrize(
    "name", ["within/one.txt", "within/../within/one.txt", "./within//one.txt", "again.txt"]
)
def test_a_file_within_the_folder_is_found(folder: Path, name: str) -> None:
    found = file_in(folder, name)
    assert (found.name, found.byte_size) == ("one.txt", 3)


def test_a_folder_may_be_a_link_itself(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(folder)
    assert file_in(tmp_path / "elsewhere", "within/one.txt").byte_size == 3


@pytest.mark.parametrize(
    "name",
    [
        "none.txt",
        "",
        ".",
        "within",
        "../secret.txt",
        "within/../../secret.txt",
        "../papers-too/two.txt",
        "link/secret.txt",
        "linked.txt",
        "nowhere.txt",
        "circle",
        "circle/one.txt",
        "one.txt/within",
        "x" * 300,
        "x/" * 3_000,
    ],
)
def test_whatever_is_no_file_within_it_is_not_there(folder: Path, name: str) -> None:
    with pytest.raises(NotFound) as refused:
        file_in(folder, name)
    assert refused.value.path == ("file",)


def test_a_place_of_the_whole_machine_is_not_there(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        file_in(folder, str(tmp_path / "secret.txt"))
    assert file_in(folder, str(folder / "within" / "one.txt")).byte_size == 3


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_its_bytes_are_read_whole_in_parts_and_as_their_digest(tmp_path: Path, size: int) -> None:
    content = bytes(it % 251 for it in range(1_000)) * (size // 1_000 + 1)
    (tmp_path / "it.txt").write_bytes(content[:size])
    found = file_in(tmp_path, "it.txt")
    assert b"".join([it async for it in found.chunks()]) == content[:size]
    assert await found.digest() == hashlib.sha256(content[:size]).digest()
    assert await found.read_at(size // 2, 7) == content[:size][size // 2 : size // 2 + 7]
