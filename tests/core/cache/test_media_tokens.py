"""Images by their pixels, documents by their pages, without decoding what is drawn in them."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.media_tokens import Size, image_size, image_tokens, media_tokens, pdf_pages
from coldbyte.core.text.text import Text

SIZES = st.tuples(st.integers(1, 16_383), st.integers(1, 16_383))
PAGE = 2_650


def png(size: Size) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", *size) + b"\x08\x02\0\0\0"


def gif(size: Size) -> bytes:
    return b"GIF89a" + struct.pack("<HH", *size) + b"\0\0\0"


def jpeg(size: Size, *, before: int = 0) -> bytes:
    segments = b"".join(
        b"\xff\xe1" + struct.pack(">H", part + 2) + b"\xff" * part
        for part in [60_000] * (before // 60_000) + [before % 60_000]
    )
    frame = struct.pack(">BHH", 8, size[1], size[0]) + b"\x03"
    return b"\xff\xd8" + segments + b"\xff\xff\xc2" + struct.pack(">H", len(frame) + 2) + frame


def lossy(size: Size) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a" + struct.pack("<HH", *size)


def lossless(size: Size) -> bytes:
    bits = (size[0] - 1) | (size[1] - 1) << 14
    return b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", bits) + b"\0" * 8


def extended(size: Size) -> bytes:
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
    return b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + sides


@pytest.mark.parametrize("write", [png, gif, jpeg, lossy, lossless, extended])
@given(size=SIZES)
def test_the_size_stands_in_the_header(write: object, size: Size) -> None:
    assert callable(write)
    assert image_size(write(size)) == size


@given(st.binary(max_size=80), st.integers(0, 40), st.sampled_from([png, gif, jpeg, lossy, lossless]))
def test_broken_headers_have_no_size_and_break_nothing(junk: bytes, cut: int, write: object) -> None:
    assert callable(write)
    image_size(junk)
    pdf_pages(junk)
    size = image_size(write((300, 200))[:cut])
    assert size in (None, (300, 200))


@given(SIZES)
def test_an_image_never_takes_more_than_the_largest_size_does(size: Size) -> None:
    assert 1 <= image_tokens(*size) <= 1_533


def test_known_images_take_what_was_reported() -> None:
    assert image_tokens(597, 566) == pytest.approx(450, abs=2)  # a recorded request: 455 to 474
    assert image_tokens(1_568, 200) == image_tokens(3_136, 400)
    assert image_tokens(1_000, 1_000) == 1_333


def tokens(kind: str, data: bytes) -> tuple[int, str]:
    text = Text.from_str(base64.b64encode(data).decode())
    found = media_tokens(kind, {"type": "base64"}, text)
    assert media_tokens(kind, {"type": "base64"}, text) == found
    return found


def test_a_size_far_behind_other_data_is_found() -> None:
    assert tokens("image", jpeg((750, 100), before=130_000)) == (100, "pixels")
    assert tokens("image", png((750, 100)) + bytes(90_000)) == (100, "pixels")


def test_what_can_not_be_seen_is_a_guess() -> None:
    assert tokens("image", b"no image")[1] == "guess"
    assert media_tokens("image", {"type": "base64"}, Text.from_str("!!! é"))[1] == "guess"
    assert media_tokens("image", {"type": "url", "url": "https://example.org/a.png"}, None)[1] == "guess"
    assert media_tokens("document", {"type": "file", "file_id": "file_1"}, None) == (PAGE, "guess")


def test_pages_are_counted_where_they_can_be_read() -> None:
    plain = b"%PDF-1.4\n<< /Type /Pages /Count 3 >>" + b"<< /Type /Page /Parent 1 0 R >>\n" * 3
    assert tokens("document", plain) == (3 * PAGE, "pages")
    counted = b"%PDF-1.7\n<</Type/Pages/Kids[]/Count 12>>"
    assert tokens("document", counted) == (12 * PAGE, "pages")
    packed = b"%PDF-1.7\n" + zlib.compress(b"<< /Type /Page >>" * 9) + bytes(120_000)
    assert tokens("document", packed) == (3 * PAGE, "guess")
