"""What an advisor does, by a client in Python; tells what came of it as JSON."""

import asyncio
import json
import os
from contextlib import aclosing
from typing import Any

import colleague
import kluis
from mistakes import Refused

NOTE = b"Dear Bert, this is for you."
LARGE = b"1234567890" * 30_000


async def journey() -> dict[str, Any]:
    """Return what came of all that an advisor does."""
    portal = kluis.Kluis(os.environ["KLUIS_URL"])
    await portal.sign_in(
        os.environ["KLUIS_USERNAME"],
        os.environ["KLUIS_PASSWORD"],
        ask_for_code=lambda: os.environ["KLUIS_CODE"],
        licence=os.environ["KLUIS_LICENCE"],
    )
    pages = [page async for page in portal.documents(2)]
    filtered = [it async for page in portal.documents(2, containing="contract") for it in page]
    relation, account = await portal.client("bert call")
    sent = await portal.upload("note.txt", NOTE, "A note", relation)
    sent_in_steps = await portal.upload_in_steps("large.txt", LARGE, "A large note", relation)
    newest = await anext(portal.documents(2))
    return {
        "pages": [[it.description for it in page] for page in pages],
        "filtered": [it.description for it in filtered],
        "sent": [sent.description, sent.byte_size],
        "sentInSteps": [sent_in_steps.description, sent_in_steps.byte_size],
        "newest": [it.description for it in newest],
        "readers": await portal.share(sent.id, account),
        "downloaded": (await portal.download(sent.id)).decode(),
        "refused": await refused(portal, sent.id),
        **await watched(portal),
    }


async def refused(portal: kluis.Kluis, document_id: str) -> list[str]:
    """Return why Dirk is not let in, who has nothing to do with a document."""
    _, stranger = await portal.client("dirk")
    try:
        await portal.share(document_id, stranger)
    except Refused as error:
        return [it.code for it in error.mistakes]
    return []


async def watched(portal: kluis.Kluis) -> dict[str, list[Any]]:
    """Return what is seen of a colleague's work the moment it happens, also after a break."""
    lists: list[list[str]] = []
    heard: set[str | None] = set()
    is_idle = False
    async with aclosing(portal.watch(2)) as watching:
        async for event, newest in watching:
            heard |= {event} - {None}
            names = [it.description for it in newest]
            if names not in lists[-1:]:
                lists.append(names)
                is_idle = True
            # The list can be ahead of what is heard: it is read as it is.
            if is_idle and len(heard) >= min(len(lists) - 1, 3):
                is_idle = False
                if not await colleague.goes_on():
                    break
    return {"watched": lists, "heard": sorted(heard)}


print(json.dumps(asyncio.run(journey())))  # noqa: T201  whoever runs it reads this
