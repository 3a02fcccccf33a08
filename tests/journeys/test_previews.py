"""Pictures of first pages: made once, kept sealed, and shown to whoever may open the file itself."""

import asyncio
import io
import logging
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from models import Preview
from resolvers.previews import TRIED_AGAIN_AFTER
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import refusals
from tests.journeys.drawing import PICTURE, Counted
from tests.journeys.filing import (
    PREVIEW,
    SAFE_HEADERS,
    add_file,
    assert_dead,
    flip,
    gives,
    kinds_of_events,
    lose,
    objects,
    over,
    paper_of,
    preview_of,
    safe_headers,
)
from tests.journeys.rows import rows
from tests.storage import real_files

PDF = real_files.pdf()


@pytest.fixture
def renderer() -> Counted:
    return Counted()


@pytest.fixture
async def counted(api: Api, renderer: Counted) -> AsyncGenerator[Api]:
    """The API of a server with a renderer that counts."""
    async with over(api, renderer=renderer) as other:
        yield other


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent: its id."""
    return await paper_of(api, "bert", PDF)


async def pictures(api: Api) -> list[Preview]:
    """Return the rows of pictures."""
    return sorted(await rows(api, Preview), key=lambda it: (it.number, it.width))


# a picture --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    ("name", "file", "widest"),
    [
        ("a.pdf", real_files.pdf, 1280),
        # It was taken upright, and has no more pixels.
        ("a.jpg", real_files.jpeg, 1200),
        ("a.png", real_files.png, 1280),
    ],
)
async def test_a_page_is_a_picture_of_the_width_that_was_asked_for(
    api: Api, name: str, file: Callable[[], bytes], widest: int, width: int
) -> None:
    id_ = await paper_of(api, "bert", file(), name)
    url = await preview_of(api, "bert", id_, width=width)
    assert url is not None
    assert url.startswith("http://kluis.test/preview/")
    answer = await gives(api, url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert safe_headers(answer) == SAFE_HEADERS
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, drawn.width) == ("WEBP", min(width, widest))


@pytest.mark.parametrize("width", [0, -1, 319, 321, 640, 1279, 2**31 - 1])
async def test_there_are_two_widths(api: Api, paper: str, width: int) -> None:
    assert await refusals(api, "bert", PREVIEW, id=paper, width=width) == [("INVALID", ["width"])]


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", b"words"), ("a.csv", b"a;b\n"), ("a.docx", real_files.word())]
)
async def test_of_what_has_no_page_there_is_no_picture(api: Api, name: str, content: bytes) -> None:
    id_ = await paper_of(api, "bert", content, name)
    for width in (320, 1280):
        assert await preview_of(api, "bert", id_, width=width) is None


# made once, kept sealed -------------------------------------------------------------------------------------


async def test_a_picture_is_made_once(counted: Api, renderer: Counted, paper: str) -> None:
    for who in ("bert", "anna", "bert"):
        url = await preview_of(counted, who, paper)
        for _ in range(2):
            assert (await gives(counted, url)).content == PICTURE
    assert renderer.asked == [(PDF, "application/pdf", 320)]
    assert (await gives(counted, await preview_of(counted, "bert", paper, width=1280))).content == PICTURE
    assert renderer.asked[1:] == [(PDF, "application/pdf", 1280)]
    assert [it.width for it in await pictures(counted)] == [320, 1280]


async def test_each_version_has_its_own_picture(counted: Api, renderer: Counted, paper: str) -> None:
    old = await preview_of(counted, "bert", paper)
    await gives(counted, old)
    await add_file(counted, "anna", paper, real_files.long_pdf(), "b.pdf")
    renderer.picture = b"another"
    assert (await gives(counted, await preview_of(counted, "bert", paper))).content == b"another"
    assert (await gives(counted, old)).content == PICTURE
    assert [it[0] for it in renderer.asked] == [PDF, real_files.long_pdf()]
    assert [it.number for it in await pictures(counted)] == [1, 2]


async def test_a_picture_is_kept_sealed(counted: Api, tmp_path: Path, paper: str) -> None:
    await gives(counted, await preview_of(counted, "bert", paper))
    (picture,) = await pictures(counted)
    assert picture.object_key is not None
    assert picture.object_key in await objects(counted)
    content = (tmp_path / "files" / picture.object_key).read_bytes()
    assert len(content) > len(PICTURE)
    assert PICTURE not in content
    assert b"RIFF" not in content


async def test_a_real_picture_is_kept_sealed(api: Api, tmp_path: Path, paper: str) -> None:
    picture = (await gives(api, await preview_of(api, "bert", paper))).content
    assert picture[:4] + picture[8:12] == b"RIFFWEBP"
    for path in (tmp_path / "files").rglob("*"):
        assert not path.is_file() or b"WEBP" not in path.read_bytes()[:100]


@pytest.mark.parametrize("harm", [lose, flip])
async def test_a_picture_that_is_lost_or_damaged_is_made_again(
    counted: Api,
    renderer: Counted,
    tmp_path: Path,
    paper: str,
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Path, str], None],
) -> None:
    await gives(counted, await preview_of(counted, "bert", paper))
    (before,) = await pictures(counted)
    assert before.object_key is not None
    harm(tmp_path, before.object_key)
    for _ in range(2):
        assert (await gives(counted, await preview_of(counted, "bert", paper))).content == PICTURE
    assert len(renderer.asked) == 2
    (after,) = await pictures(counted)
    assert after.object_key != before.object_key
    assert await kinds_of_events(counted, "document.damaged") == []
    (told,) = [it for it in caplog.records if it.name == "kluis.previews"]
    found = "missing" if harm is lose else "damaged"
    assert (told.levelno, told.getMessage()) == (
        logging.WARNING,
        f"the picture {before.object_key} is {found}",
    )


async def test_two_who_ask_at_once_leave_one_picture(counted: Api, renderer: Counted, paper: str) -> None:
    urls = [await preview_of(counted, who, paper) for who in ("bert", "anna")]
    before = await objects(counted)
    both = asyncio.Barrier(2)
    render = renderer.render

    async def together(pieces: AsyncIterable[bytes], media_type: str, width: int) -> bytes | None:
        await both.wait()
        return await render(pieces, media_type, width)

    renderer.render = together
    answers = await asyncio.gather(*(gives(counted, url) for url in urls))
    assert [it.content for it in answers] == [PICTURE] * 2
    assert len(renderer.asked) == 2
    (picture,) = await pictures(counted)
    assert await objects(counted) - before == {picture.object_key}
    assert (await gives(counted, urls[0])).content == PICTURE
    assert len(renderer.asked) == 2


# none -------------------------------------------------------------------------------------------------------


async def test_a_file_without_a_picture_is_tried_once(counted: Api, renderer: Counted, paper: str) -> None:
    renderer.picture = None
    url = await preview_of(counted, "bert", paper)
    before = await objects(counted)
    for _ in range(2):
        await assert_dead(counted, url)
    assert len(renderer.asked) == 1
    assert await objects(counted) == before
    assert await kinds_of_events(counted, "document.viewed") == []
    assert await preview_of(counted, "bert", paper) is None
    assert await preview_of(counted, "anna", paper) is None
    # In the other width it was not tried yet, nor of the next version.
    assert await preview_of(counted, "bert", paper, width=1280) is not None
    await add_file(counted, "anna", paper, real_files.long_pdf(), "b.pdf")
    assert await preview_of(counted, "bert", paper) is not None


async def test_a_day_later_it_is_tried_again(
    counted: Api, renderer: Counted, clock: SetClock, paper: str
) -> None:
    renderer.picture = None
    await assert_dead(counted, await preview_of(counted, "bert", paper))
    renderer.picture = PICTURE
    clock.advance(TRIED_AGAIN_AFTER - timedelta(seconds=1))
    counted.tokens.clear()
    assert await preview_of(counted, "bert", paper) is None
    clock.advance(timedelta(seconds=1))
    url = await preview_of(counted, "bert", paper)
    assert url is not None
    answer = await counted.http.get(url)
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert len(renderer.asked) == 2
    (picture,) = await pictures(counted)
    assert picture.object_key is not None


async def test_a_file_that_needs_a_password_has_no_picture(api: Api) -> None:
    id_ = await paper_of(api, "bert", real_files.encrypted_pdf())
    await assert_dead(api, await preview_of(api, "bert", id_))
    assert await preview_of(api, "bert", id_) is None
    (none,) = await pictures(api)
    assert (none.object_key, none.sealed_key, none.byte_size, none.sha256) == (None, None, None, None)


async def test_pictures_are_told_for_a_whole_list(counted: Api, renderer: Counted, paper: str) -> None:
    others = [await paper_of(counted, "bert", b"words", "a.txt"), await paper_of(counted, "bert", PDF)]
    renderer.picture = None
    await gives(counted, await preview_of(counted, "bert", others[1]))
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Document { previewUrl } } }"
    found = (await counted.gets("bert", query, ids=[paper, *others]))["nodes"]
    assert [it["previewUrl"] is not None for it in found] == [True, False, False]
