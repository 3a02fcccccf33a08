"""A colleague, who changes things while somebody looks."""

import os

import httpx


async def goes_on() -> bool:
    """Let him do the next thing, as the tests have it; return whether there was something left to do."""
    async with httpx.AsyncClient() as client:
        return (await client.post(f"{os.environ['KLUIS_URL']}/colleague")).json()
