"""Mangled files: whatever bytes come, the answer is one of two, after no more reads than are allowed."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import media_types
from storage.media_types import ACTIVE, EXTENSIONS, HEAD_SIZE, recognise
from tests.storage import pictures
from tests.storage.genuine import REAL, RUNNING
from tests.storage.inspections import inspected
from tests.storage.zips import parts, streamed

pytestmark = pytest.mark.at_length

SAMPLES: Final = [
    *((recognise(content[:HEAD_SIZE], name), content[:200_000]) for name, content in REAL.items()),
    *(
        (recognise(content[:HEAD_SIZE], name, accepts_active=True), content)
        for name, content in RUNNING.items()
    ),
    (
        media_types.HEIC,
        pictures.heic(
            pictures.meta(
                pictures.sized(9, 9),
                pictures.items(b"grid"),
                pictures.located(1, method=1, start=0),
                pictures.box(b"idat", pictures.grid(9, 9)),
            )
        ),
    ),
    (media_types.TIFF, pictures.pages(9)),
    (media_types.XLSX, streamed(parts("xl"))),
]

TROUBLE = st.sampled_from(
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\0\0\0\1",
        b"\1\0\0\0",
        b"\x7f\xff\xff\xff",
        b"\xff\xff",
        b"PK\5\6",
        b"PK\6\7",
        b"PK\6\6",
    ]
)


@st.composite
def mangled(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a sample in which pieces are overwritten, put in, taken out or doubled, mostly at its ends."""
    media_type, content = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 6))):
        near = draw(st.integers(0, min(len(content), 400)))
        at = draw(st.sampled_from([near, len(content) - near, draw(st.integers(0, len(content)))]))
        piece = draw(st.binary(max_size=8) | TROUBLE | st.just(content[at // 2 : at]))
        dropped = draw(st.sampled_from([0, len(piece), 1, len(content)]))
        content = content[:at] + piece + content[at + dropped :]
    return media_type, content


@given(mangled())
@settings(max_examples=1500, deadline=None)
async def test_a_mangled_file_is_accepted_or_refused_within_bounds(sample: tuple[str, bytes]) -> None:
    assert await inspected(*sample)


@given(st.sampled_from(sorted({*EXTENSIONS.values(), *ACTIVE.values()})), st.binary(max_size=200))
async def test_any_bytes_of_any_type_are_accepted_or_refused(media_type: str, content: bytes) -> None:
    assert await inspected(media_type, content)
