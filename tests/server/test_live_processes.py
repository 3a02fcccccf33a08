"""Live events of a server in a process of its own: they come from another one, and end when it is stopped."""

import socket
from pathlib import Path

from tests.api import Api
from tests.http.hearing import listening, stream
from tests.journeys.feeding import give_numbers
from tests.journeys.lively import added, gone, share
from tests.server import mortal_server


async def test_what_another_process_does_is_heard_until_this_one_is_stopped(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = mortal_server.begin(database_url, tmp_path, door)
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        try:
            async with (
                listening(url, api, "carla") as carla,
                stream(url, headers=await api.headers("carla")) as streamed,
            ):
                await share(api, "carla", "READ")
                await give_numbers(api)
                assert [await carla.event(), await streamed.event()] == [added(api)] * 2
                await share(api, "carla")
                await give_numbers(api)
                assert [await carla.event(), await streamed.event()] == [gone(api)] * 2
                server.terminate()
                assert (await carla.end())[0] == 1012
                assert await streamed.hear() is None
            server.join(20)
            assert server.exitcode == 0
        finally:
            server.kill()
            server.join()
