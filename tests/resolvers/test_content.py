"""Content below the journeys: looking at the headers of a file is not opening it."""

from sqlalchemy import select

from models import Event
from tests.api import Api

LINK = "query ($id: ID!) { document(id: $id) { contentUrl } }"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


async def opened(api: Api) -> list[str]:
    kinds = select(Event.kind).where(Event.kind.in_(("document.opened", "document.downloaded")))
    async with api.ports.database.snapshot(api.world.firm.licence_id) as connection:
        return list((await connection.execute(kinds)).scalars())


async def test_looking_at_the_headers_is_no_download(api: Api) -> None:
    uploaded = (await api.upload("bert", "photo.png", PNG))["document"]
    url = (await api.gets("bert", LINK, id=uploaded["id"]))["document"]["contentUrl"]
    looked = await api.http.head(url)
    assert (looked.status_code, looked.headers["content-length"]) == (200, str(len(PNG)))
    assert await opened(api) == []
    assert (await api.http.get(url)).content == PNG
    assert await opened(api) == ["document.downloaded"]
