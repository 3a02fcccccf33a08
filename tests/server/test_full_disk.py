"""A disk that is full: whoever sends a file is told so, nothing half written stays, the rest is as it was."""

import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any, Final

import httpx
import pytest

from tests.api import Api
from tests.programs import WANTING

ROOT: Final = Path(__file__).parents[2]
# As little as holds some files, and not a large one more.
DISK: Final = "4m"
SMALL: Final = b"words " * 15_000
LARGE: Final = b"words " * 600_000
MOUNT: Final = 'mount -t tmpfs -o size="$1",mode=700 tmpfs "$2" && shift 2 && exec "$@"'
CREATE: Final = "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { url } } }"
LIST: Final = "{ documents(first: 100) { totalCount nodes { description contentUrl } } }"
MULTIPART: Final = """
mutation ($input: UploadDocumentInput!) { uploadDocument(input: $input) { document { id } } }
"""


@contextmanager
def on_small_disk(url: str, folder: Path, listening: socket.socket) -> Generator[Path]:
    """Run a server whose files are on a disk of its own; yield where that is seen from here."""
    unshare = which("unshare")
    if unshare is None:
        pytest.skip(f"{WANTING}unshare")
    files = folder / "files"
    files.mkdir(exist_ok=True)
    # Whoever runs the tests may mount in a world of his own.
    alone = [unshare, "--user", "--map-root-user", "--mount"]
    server = [sys.executable, "-m", "tests.server.mortal_server", url, str(folder), str(listening.fileno())]
    command = [*alone, "sh", "-c", MOUNT, "sh", DISK, str(files), *server]
    with subprocess.Popen(command, cwd=ROOT, pass_fds=[listening.fileno()]) as process:
        try:
            yield Path(f"/proc/{process.pid}/root{files}")
        finally:
            process.kill()


@pytest.fixture
async def distant(api: Api) -> AsyncGenerator[tuple[Api, socket.socket]]:
    """The API of a server that is not there yet, and the socket on which it will be."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, timeout=60) as http:
            found = Api(api.ports, api.world, http)
            await api.token("bert")
            found.tokens = api.tokens
            yield found, listening


async def put(api: Api, content: bytes) -> httpx.Response:
    """Send a text step by step; return what its PUT is answered."""
    said = {"fileName": "a.txt", "mediaType": "text/plain", "byteSize": len(content)}
    url = (await api.gets("bert", CREATE, input=said))["createUpload"]["upload"]["url"]
    return await api.http.put(url.removeprefix(api.ports.public_url), content=content)


async def refusal(api: Api) -> Any:
    """Return the code with which a small file is refused, None for none."""
    parts = {
        "operations": f'{{"query": "{" ".join(MULTIPART.split())}", '
        '"variables": {"input": {"description": "A paper", "file": null}}}',
        "map": '{"file": ["variables.input.file"]}',
    }
    files = {"file": ("a.txt", SMALL)}
    answer = await api.http.post("/graphql", data=parts, files=files, headers=await api.headers("bert"))
    errors = answer.json().get("errors", ())
    return errors[0]["extensions"]["code"] if errors else None


def files_in(folder: Path) -> list[int]:
    """Return the sizes of all files on a disk."""
    return [it.stat().st_size for it in folder.rglob("*") if it.is_file()]


async def test_whoever_sends_a_file_to_a_full_disk_is_told_and_nothing_of_it_stays(
    distant: tuple[Api, socket.socket], database_url: str, tmp_path: Path
) -> None:
    api, listening = distant
    with on_small_disk(database_url, tmp_path, listening) as disk:
        kept = 0
        while (code := await refusal(api)) is None:
            kept += 1
        assert code == "STORE_AWAY"
        assert kept > 10
        answer = await put(api, LARGE)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "STORE_AWAY")
        assert answer.headers["retry-after"] == "60"
        # Of what was refused nothing is there; what was kept can be read.
        assert len(files_in(disk)) == kept
        listed = (await api.gets("bert", LIST))["documents"]
        own = [it for it in listed["nodes"] if it["description"] == "A paper"]
        assert len(own) == kept
        for it in own:
            read = await api.http.get(it["contentUrl"].removeprefix(api.ports.public_url))
            assert read.content == SMALL
