"""A colleague, who changes things while somebody looks."""

import os

import httpx


async def goes_on() -> None:
    """Let him do the next thing, as the tests have it."""
    async with httpx.AsyncClient() as client:
        (await client.post(f"{os.environ['KLUIS_URL']}/colleague")).raise_for_status()
