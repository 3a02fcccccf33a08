"""The seal: Tink reads what we write, we read what Tink writes, and nothing opens that was changed."""

import io
import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

import pytest
import tink
from hypothesis import given, settings
from hypothesis import strategies as st
from tink import secret_key_access

from storage.sealing import (
    CLEAR_BYTES,
    FIRST_CLEAR_BYTES,
    HEADER_BYTES,
    KEY_BYTES,
    SEGMENT_BYTES,
    TAG_BYTES,
    Broken,
    Seal,
    clear_start,
    sealed_size,
    segment_at,
)

# Tink tells no types of these.
streaming_aead: Any = import_module("tink.streaming_aead")
aes_gcm_hkdf_streaming_pb2: Any = import_module("tink.proto.aes_gcm_hkdf_streaming_pb2")
proto_keyset_format: Any = import_module("tink").proto_keyset_format
common_pb2: Any = import_module("tink.proto.common_pb2")
tink_pb2: Any = import_module("tink.proto.tink_pb2")

PLACE: Final = b"the place of a file"
SECOND_END: Final = FIRST_CLEAR_BYTES + CLEAR_BYTES
BORDERS: Final = [FIRST_CLEAR_BYTES, SECOND_END, SECOND_END + CLEAR_BYTES]
SIZES: Final = [1, 100, *(it + by for it in BORDERS for by in (-1, 0, 1))]
LARGE: Final = os.urandom(SECOND_END + 1000)
"""Three segments."""
FILE_SIZES: Final = st.one_of(
    st.integers(1, 3 * SEGMENT_BYTES),
    st.builds(int.__add__, st.sampled_from(BORDERS), st.integers(-20, 20)),
)


def sealed(seal: Seal, content: bytes) -> bytes:
    last = segment_at(len(content) - 1)
    parts = (content[clear_start(it) : clear_start(it + 1)] for it in range(last + 1))
    return b"".join(seal.close(it, part, is_last=it == last) for it, part in enumerate(parts))


def segments(text: bytes) -> list[bytes]:
    return [text[it : it + SEGMENT_BYTES] for it in range(0, len(text), SEGMENT_BYTES)]


def opened(seal: Seal, text: bytes) -> bytes:
    return joined(seal, segments(text))


def joined(seal: Seal, found: list[bytes]) -> bytes:
    last = len(found) - 1
    return b"".join(seal.open(number, it, is_last=number == last) for number, it in enumerate(found))


def new(*, bound_to: bytes = PLACE) -> Seal:
    return Seal.new(bound_to=bound_to)


def flipped(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# Tink -------------------------------------------------------------------------------------------------------


def tinks(key: bytes) -> Any:
    """Tink's own AES256_GCM_HKDF_1MB, with a key of ours."""
    streaming_aead.register()
    form = tink_pb2.KeyTemplate()
    form.CopyFrom(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    asked = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKeyFormat.FromString(form.value)
    assert (asked.key_size, asked.params.derived_key_size) == (KEY_BYTES, KEY_BYTES)
    assert asked.params.ciphertext_segment_size == SEGMENT_BYTES
    assert asked.params.hkdf_hash_type == common_pb2.SHA256
    held = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(key_value=key, params=asked.params)
    keys = tink_pb2.Keyset(primary_key_id=1)
    one = keys.key.add(key_id=1, status=tink_pb2.ENABLED, output_prefix_type=tink_pb2.RAW)
    one.key_data.type_url = form.type_url
    one.key_data.value = held.SerializeToString()
    one.key_data.key_material_type = tink_pb2.KeyData.SYMMETRIC
    handle = proto_keyset_format.parse(keys.SerializeToString(), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


class Kept(io.BytesIO):
    """What Tink writes, which closes what it writes into."""

    def close(self) -> None:
        """Stay open."""


@pytest.mark.parametrize("size", SIZES)
def test_tink_reads_what_is_sealed_here(size: int) -> None:
    content, seal = os.urandom(size), new()
    theirs = tinks(seal.secret[:KEY_BYTES])
    with theirs.new_decrypting_stream(io.BytesIO(sealed(seal, content)), PLACE) as stream:
        assert stream.read() == content


@pytest.mark.parametrize("size", SIZES)
def test_what_tink_has_sealed_is_read_here(size: int) -> None:
    content, key, kept = os.urandom(size), os.urandom(KEY_BYTES), Kept()
    with tinks(key).new_encrypting_stream(kept, PLACE) as stream:
        stream.write(content)
    text = kept.getvalue()
    assert len(text) == sealed_size(size)
    assert opened(Seal(key + text[:HEADER_BYTES], bound_to=PLACE), text) == content


def test_tink_refuses_what_was_sealed_for_another_place() -> None:
    seal = new()
    text = sealed(seal, b"contract")
    with (
        tinks(seal.secret[:KEY_BYTES]).new_decrypting_stream(io.BytesIO(text), b"another") as stream,
        pytest.raises(tink.TinkError),
    ):
        stream.read()


# sizes and ranges -------------------------------------------------------------------------------------------


@given(FILE_SIZES)
def test_the_size_of_a_sealed_file_is_known_beforehand(size: int) -> None:
    assert len(sealed(new(), bytes(size))) == sealed_size(size)


@given(FILE_SIZES, st.data())
@settings(max_examples=50)
def test_any_range_is_read_from_the_segments_that_hold_it(size: int, data: st.DataObject) -> None:
    content = (LARGE * 2)[:size]
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    seal = new()
    found = segments(sealed(seal, content))
    first, last, end_of_file = segment_at(start), segment_at(end - 1), segment_at(size - 1)
    assert len(found) == end_of_file + 1
    asked = range(first, last + 1)
    clear = b"".join(seal.open(it, found[it], is_last=it == end_of_file) for it in asked)
    assert clear[start - clear_start(first) : end - clear_start(first)] == content[start:end]


@given(st.integers(0, 1 << 45))
def test_a_byte_lies_in_the_segment_that_begins_before_it(offset: int) -> None:
    number = segment_at(offset)
    assert clear_start(number) <= offset < clear_start(number + 1)


# what was changed -------------------------------------------------------------------------------------------


def broken(seal: Seal, texts: Iterable[bytes]) -> None:
    for text in texts:
        with pytest.raises(Broken):
            opened(seal, text)


def test_every_bit_of_a_small_file_counts() -> None:
    seal = new()
    text = sealed(seal, b"contract")
    assert opened(seal, text) == b"contract"
    broken(seal, (flipped(text, bit) for bit in range(len(text) * 8)))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_bit_in_any_part_of_a_large_file_counts(number: int) -> None:
    seal = new()
    text = sealed(seal, LARGE)
    begins = number * SEGMENT_BYTES
    ends = min(begins + SEGMENT_BYTES, len(text))
    places = {begins, begins + 1, begins + HEADER_BYTES - 1, begins + HEADER_BYTES, begins + HEADER_BYTES + 1}
    places |= {(begins + ends) // 2, ends - TAG_BYTES - 1, ends - TAG_BYTES, ends - 1}
    broken(seal, (flipped(text, at * 8 + at % 8) for at in places))


def test_what_was_cut_off_does_not_open() -> None:
    seal = new()
    text = sealed(seal, b"contract")
    broken(seal, (text[:size] for size in range(1, len(text))))
    large = sealed(seal, LARGE)
    ends = (SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES, len(large) - 1)
    broken(seal, (large[:end] for end in ends))
    broken(seal, (text + b"\0", large + b"\0", large + large[-1000:]))


def test_segments_open_in_their_own_place_only() -> None:
    seal = new()
    one, two, three = segments(sealed(seal, LARGE))
    assert joined(seal, [one, two, three]) == LARGE
    for found in (
        [one, three],
        [one, two],
        [one, two, two],
        [one, three, two],
        [two, one, three],
        [one, one],
    ):
        with pytest.raises(Broken):
            joined(seal, found)
    for number in (0, 1, 3, 1 << 24, (1 << 32) - 1):
        with pytest.raises(Broken):
            seal.open(number, three, is_last=True)
    for number, found in enumerate((one, two, three)):
        with pytest.raises(Broken):
            seal.open(number, found, is_last=number != 2)


def test_another_key_another_header_and_another_place_open_nothing() -> None:
    seal = new()
    text = sealed(seal, b"contract")
    assert opened(Seal(seal.secret, bound_to=PLACE), text) == b"contract"
    key, header = seal.secret[:KEY_BYTES], seal.secret[KEY_BYTES:]
    others = [
        new(),
        new(bound_to=b""),
        Seal(seal.secret, bound_to=b"another place"),
        Seal(seal.secret, bound_to=PLACE + b"\0"),
        Seal(new().secret[:KEY_BYTES] + header, bound_to=PLACE),
        Seal(key + new().secret[KEY_BYTES:], bound_to=PLACE),
        *(Seal(flipped(seal.secret, bit), bound_to=PLACE) for bit in range(0, len(seal.secret) * 8, 5)),
    ]
    for other in others:
        broken(other, [text])


def test_a_header_that_was_exchanged_is_seen_though_the_rest_is_right() -> None:
    seal, other = new(), new()
    text = sealed(seal, b"contract")
    broken(seal, [other.secret[KEY_BYTES:] + text[HEADER_BYTES:], text[:-1]])


def test_no_two_seals_are_alike_and_no_nonce_is_used_twice() -> None:
    seals = [new() for _ in range(100)]
    assert len({it.secret[:KEY_BYTES] for it in seals}) == 100
    assert len({it.secret[KEY_BYTES + 1 : -7] for it in seals}) == 100
    assert len({it.secret[-7:] for it in seals}) == 100
    assert {len(it.secret) for it in seals} == {KEY_BYTES + HEADER_BYTES}
    same = [
        seals[0].close(it, bytes(50), is_last=last)[-66:] for it in range(1, 300) for last in (False, True)
    ]
    assert len(set(same)) == len(same)
