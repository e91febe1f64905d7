"""Small real PNG images, the same in every run."""

from __future__ import annotations

import base64
import struct
import zlib
from random import Random
from typing import Any

_SIDE = 48  # pixels


def image_block(seed: int, *, level: int = 9) -> dict[str, Any]:
    """An image block; another zlib level gives other bytes for the same pixels."""
    data = base64.b64encode(png(seed, level=level)).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def png(seed: int, *, level: int = 9) -> bytes:
    """A picture of 48 × 48 pixels: coloured stripes with a little noise."""
    rng = Random(seed)
    colours = [bytes(rng.randrange(256) for _ in range(3)) for _ in range(6)]
    rows = b"".join(
        b"\x00" + b"".join(_pixel(colours[(row + column) // 8 % 6], rng) for column in range(_SIDE))
        for row in range(_SIDE)
    )
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, level)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _pixel(colour: bytes, rng: Random) -> bytes:
    return colour if rng.random() < 0.9 else bytes(channel ^ 1 for channel in colour)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
