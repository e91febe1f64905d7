"""A frame is found whole or not at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.journal.frame import frame_at, framed, frames, next_frame

PAYLOADS = st.lists(st.lists(st.binary(max_size=20), max_size=3), max_size=5)


def written(payloads: list[list[bytes]]) -> bytes:
    return b"".join(run for payload in payloads for run in framed(payload))


@given(PAYLOADS)
def test_frames_come_back_in_their_order(payloads: list[list[bytes]]) -> None:
    data = written(payloads)
    found = list(frames(memoryview(data)))
    assert [bytes(frame.payload) for frame in found] == [b"".join(payload) for payload in payloads]
    assert [frame.start for frame in found] == [0, *(frame.end for frame in found)][: len(found)]
    assert not found or found[-1].end == len(data)


@given(st.binary(max_size=50), st.data())
def test_no_part_of_a_frame_and_no_changed_one_is_whole(payload: bytes, data: st.DataObject) -> None:
    whole = written([[payload]])
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert frame_at(memoryview(whole[:cut]), 0) is None
    changed = bytearray(whole)
    changed[cut] ^= data.draw(st.integers(1, 255))
    assert frame_at(memoryview(bytes(changed)), 0) is None


@given(PAYLOADS, st.binary(max_size=30), st.binary(max_size=30))
def test_a_whole_frame_is_found_behind_anything(payloads: list[list[bytes]], odd: bytes, last: bytes) -> None:
    start = len(written(payloads))
    data = written(payloads) + odd + b"\xfeCB" + written([[last]])
    found = next_frame(memoryview(data), start)
    assert found is not None
    assert bytes(found.payload) == last
    assert next_frame(memoryview(data), found.start + 1) is None
