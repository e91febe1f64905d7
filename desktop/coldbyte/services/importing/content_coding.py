"""Bodies as they came over the wire, without their content coding (gzip, deflate)."""

from __future__ import annotations

import zlib

from coldbyte.services.importing.source import LONGEST

_GZIP, _RAW = 16 + zlib.MAX_WBITS, -zlib.MAX_WBITS


class CodingError(ValueError):
    """A body can't be read: its coding is not known, or its data is damaged. The words say which."""


def decoded(data: bytes, codings: str, longest: int = LONGEST) -> bytes:
    """A body without its codings, which stand in the header `content-encoding` in the order of their use.

    Raise CodingError, also for a body that would become larger than `longest`.
    """
    names = [name.strip().lower() for name in codings.split(",")]
    for name in reversed([name for name in names if name not in ("", "identity")]):
        data = _decoded(data, name, longest)
    return data


def _decoded(data: bytes, name: str, longest: int) -> bytes:
    match name:
        case "gzip" | "x-gzip":
            return _inflated(data, _GZIP, longest)
        case "deflate":
            wrapped = len(data) > 1 and data[0] & 15 == 8 and not (data[0] << 8 | data[1]) % 31
            return _inflated(data, zlib.MAX_WBITS if wrapped else _RAW, longest)
    raise CodingError(f"it is compressed with {name[:20]!r}, which can't be read here")


def _inflated(data: bytes, form: int, longest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while data:
            one = zlib.decompressobj(form)
            parts.append(one.decompress(data, longest + 1 - size))
            size += len(parts[-1])
            if size > longest:
                raise CodingError(f"it is larger than {longest // 2**20} MB when it is unpacked")
            if not one.eof:
                break  # the response was cut off: what is there counts
            data = one.unused_data if form == _GZIP else b""  # gzip may have several members
    except zlib.error:
        if not size:
            raise CodingError("its compressed data is damaged") from None
    return b"".join(parts)
