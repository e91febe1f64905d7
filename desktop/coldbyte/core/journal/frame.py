"""Frames: runs of bytes that tell a whole one from a torn or damaged one.

A frame is a mark that occurs in no UTF-8, the size of its payload, a CRC-32 of size and payload, the payload.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

_MARK = b"\xfeCB\xff"
_HEAD = struct.Struct(">4sII")
_SIZE = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame, from the byte `start` to the byte `end`."""

    start: int
    end: int
    payload: memoryview


def framed(payload: Sequence[bytes]) -> list[bytes]:
    """A frame around a payload that comes in runs, as runs. Raise struct.error for 4 GiB or more."""
    size = sum(map(len, payload))
    check = crc32(_SIZE.pack(size))
    for run in payload:
        check = crc32(run, check)
    return [_HEAD.pack(_MARK, size, check), *payload]


def frame_at(data: memoryview, start: int) -> Frame | None:
    """The frame that begins at a byte, None where there is no whole one."""
    if start + _HEAD.size > len(data):
        return None
    mark, size, check = _HEAD.unpack_from(data, start)
    end = start + _HEAD.size + size
    if mark != _MARK or end > len(data):
        return None
    payload = data[end - size : end]
    return Frame(start, end, payload) if crc32(payload, crc32(_SIZE.pack(size))) == check else None


def frames(data: memoryview, start: int = 0) -> Iterator[Frame]:
    """The frames from a byte on, one behind the other, up to the first that is not whole."""
    while (frame := frame_at(data, start)) is not None:
        yield frame
        start = frame.end


def next_frame(data: memoryview, start: int) -> Frame | None:
    """The first whole frame that begins at a byte or anywhere behind it."""
    found = data.obj
    assert isinstance(found, bytes)
    while (start := found.find(_MARK, start)) >= 0:
        if (frame := frame_at(data, start)) is not None:
            return frame
        start += 1
    return None
