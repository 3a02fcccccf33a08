"""A connection that is left open is told with the test that left it."""

import asyncio
import socket


async def test_a_connection_names_the_test_that_made_it() -> None:
    mine, other = socket.socketpair()
    with other:
        _, writer = await asyncio.open_connection(sock=mine)
        named = repr(writer.transport)
        writer.close()
        await writer.wait_closed()
    assert "test_a_connection_names_the_test_that_made_it" in named
